"""Audit: the receipt is proved again from bytes, and whatever was tampered with is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.pipeline.people import CONTRACT
from weighbridge.findings import ArgumentError, SourceError, code
from weighbridge.pipeline.audit import audit
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
    with pytest.raises(SourceError):
        audit(into, "latest")
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
    import polars as pl

    (kept,) = Tables(into, "people", "people").quarantine.rglob("*/run-*/*.parquet")
    forged = pl.read_parquet(kept, hive_partitioning=False).with_columns(raw=pl.lit(b"2,Eve,41"))
    forged.write_parquet(kept)
    outcome = audit(into, "latest")
    assert outcome.exit_code == 1
    assert {f.code for f in outcome.findings} == {"RUN-010"}


def test_an_unknown_run_is_said_so(into: Path) -> None:
    with pytest.raises(ArgumentError) as raised:
        audit(into, "20200101")
    assert raised.value.findings[0].code == "RUN-008"
    assert code("RUN-008").fix in str(raised.value)
