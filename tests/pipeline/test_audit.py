"""Audit: the receipt is proved again from bytes, and whatever was tampered with is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.people import CONTRACT
from weighbridge.findings import ArgumentError, SourceError, code
from weighbridge.pipeline.audit import WITHHELD, audit
from weighbridge.pipeline.output.history import find_run, result_of
from weighbridge.pipeline.quarantine import kept_records
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("id,name,age\n1,Ada,36\n2,,41\n\n3,Grace\n4,Linus,21\n")
    return path


@pytest.fixture
def into(tmp_path: Path, source: Path) -> Path:
    contract = tmp_path / "people.odcs.yaml"
    contract.write_text(CONTRACT)
    folder = tmp_path / "out"
    assert run(contract, source, into=folder).state == "published"
    contract.unlink()  # an audit needs nothing but the run's own folder and the source
    return folder


def test_an_untouched_run_stands(into: Path) -> None:
    outcome = audit(into, "latest")
    assert outcome.stands
    assert outcome.exit_code == 0
    assert outcome.compared_records == 2
    assert outcome.receipt is not None
    assert outcome.receipt.records_in == outcome.receipt.records_out == 4


def test_a_source_that_changed_is_found(into: Path, source: Path) -> None:
    source.write_text(source.read_text().replace("Ada", "Eve"))
    outcome = audit(into, "latest")
    assert outcome.exit_code == 1
    assert outcome.findings[0].code == "RUN-009"
    assert outcome.findings[0].fix == code("RUN-009").fix


def test_a_source_that_moved_can_be_named(into: Path, source: Path, tmp_path: Path) -> None:
    shutil.move(source, tmp_path / "archive.csv")
    with pytest.raises(SourceError) as raised:
        audit(into, "latest")
    assert raised.value.findings[0].fix == f"say where it is now: --source {source}=PATH"
    with pytest.raises(ArgumentError, match=r"the run read no source 'a.csv'"):
        audit(into, "latest", sources={"a.csv": "archive.csv"})
    outcome = audit(into, "latest", sources={str(source): str(tmp_path / "archive.csv")})
    assert outcome.stands


def test_a_file_taken_out_of_the_table_is_found(into: Path) -> None:
    from deltalake import DeltaTable

    DeltaTable(str(Tables(into, "people", "people").published)).delete("id = 1")
    outcome = audit(into, "latest")
    assert outcome.exit_code == 1
    assert outcome.findings[0].code == "RUN-010"
    assert outcome.findings[0].fix == code("RUN-010").fix


def test_kept_bytes_that_are_not_the_sources_are_found(into: Path) -> None:
    (kept,) = Tables(into, "people", "people").quarantine.rglob("*/run-*/*.parquet")
    forged = pl.read_parquet(kept, hive_partitioning=False).with_columns(raw=pl.lit(b"2,Eve,41"))
    forged.write_parquet(kept)
    outcome = audit(into, "latest")
    assert outcome.exit_code == 1
    assert {f.code for f in outcome.findings} == {"RUN-010"}


def test_a_held_run_stands_with_what_it_withheld(tmp_path: Path, source: Path) -> None:
    contract = tmp_path / "people.odcs.yaml"
    contract.write_text(CONTRACT.replace("rate: 0.5", "count: 0"))
    folder = tmp_path / "out"
    assert run(contract, source, into=folder).state == "held"
    outcome = audit(folder, "latest")
    assert outcome.stands
    assert outcome.receipt is not None
    assert {o.name: o.records for o in outcome.receipt.outputs} == {"quarantine": 2, WITHHELD: 2}
    (kept,) = Tables(folder, "people", "people").quarantine.rglob("*/run-*/*.parquet")
    pl.read_parquet(kept, hive_partitioning=False).head(1).write_parquet(kept)
    outcome = audit(folder, "latest")
    assert outcome.exit_code == 1
    assert [f.detail for f in outcome.findings] == [
        "1 records quarantine now, 2 then",
        "3 records withheld now, 2 then",
    ]


def test_a_run_that_was_judged_again_stands_and_names_the_later_one(tmp_path: Path, into: Path, source: Path) -> None:
    first = find_run(into, "latest").id
    contract = tmp_path / "people.odcs.yaml"
    contract.write_text(CONTRACT.replace("maximum: 120", "maximum: 40"))
    later = run(contract, source, into=into).run_id
    outcome = audit(into, first)
    assert outcome.stands
    assert [(f.code, f.detail, f.fix) for f in outcome.findings] == [("RUN-013", f"run {later}", code("RUN-013").fix)]
    assert audit(into, "latest").findings == ()
    assert kept_records(into, first).replaced_by == later
    assert kept_records(into, later).replaced_by is None


def test_a_file_taken_off_the_disk_is_found(into: Path) -> None:
    for file in Tables(into, "people", "people").published.rglob("*/run-*/*.parquet"):
        file.unlink()
    outcome = audit(into, "latest")
    assert outcome.exit_code == 1
    assert [(f.code, f.detail) for f in outcome.findings] == [("RUN-010", "the file is not there")]


def test_an_output_folder_may_be_moved(into: Path, tmp_path: Path) -> None:
    moved = into.rename(tmp_path / "elsewhere")
    assert audit(moved, "latest").stands
    folder = result_of(moved, "latest").folder
    assert folder is not None
    assert (Path(folder) / "report.html").is_file()


def test_an_unknown_run_is_said_so(into: Path) -> None:
    with pytest.raises(ArgumentError) as raised:
        audit(into, "20200101")
    assert raised.value.findings[0].code == "RUN-008"
    assert code("RUN-008").fix in str(raised.value)
