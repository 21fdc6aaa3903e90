"""Bytes of records with classified properties: sealed, opened for who has the key, withheld without one."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.people import CONTRACT
from weighbridge.cli.app import run as command
from weighbridge.findings import PublishError, code
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.quarantine import kept_records
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables, new_key

SOURCE = "id,name,age\n1,Ada,36\n2,,41\n3,Grace,x\n4,Linus,21\n5,Bo,121\n"


@pytest.fixture
def job(tmp_path: Path) -> tuple[Path, Path, Path]:
    contract = tmp_path / "people.odcs.yaml"
    contract.write_text(CONTRACT.replace("- name: name\n", "- name: name\n    classification: pii\n"))
    source = tmp_path / "a.csv"
    source.write_text(SOURCE)
    return contract, source, tmp_path / "out"


def run_it(job: tuple[Path, Path, Path]) -> RunResult:
    contract, source, into = job
    result = run(contract, source, into=into)
    assert result.state == "published"
    return result


def table(into: Path, name: str) -> pl.DataFrame:
    return pl.scan_delta(str(Tables(into, "people", "people").path(name))).collect()


def test_sealed_bytes_open_with_the_key_and_the_receipt_is_proved_with_them(
    job: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY", new_key())
    run_it(job)
    into = job[2]
    kept = table(into, "quarantine")
    assert set(kept["raw_form"]) == {"sealed"}
    assert not any(b"Grace" in raw for raw in kept["raw"])
    assert set(table(into, "warnings")["raw_form"]) == {"sealed"}
    assert [r.raw for r in kept_records(into, "latest").records] == [None, None]
    assert [r.raw for r in kept_records(into, "latest", opened=True).records] == [b"2,,41", b"3,Grace,x"]
    outcome = audit(into, "latest")
    assert outcome.stands
    assert outcome.compared_records == 2
    assert outcome.findings == ()


def test_another_key_opens_nothing_and_none_leaves_the_bytes_uncompared(
    job: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY", new_key())
    run_it(job)
    into = job[2]
    monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY", new_key())
    assert [f.code for f in audit(into, "latest").findings] == ["OUT-031", "OUT-031"]
    assert not audit(into, "latest").stands
    assert command(["quarantine", "--into", str(into), "--raw"]) == 2
    assert code("OUT-031").fix in capsys.readouterr().err
    monkeypatch.delenv("WEIGHBRIDGE_SEAL_KEY")
    outcome = audit(into, "latest")
    assert outcome.stands
    assert outcome.compared_records == 0
    assert [f.code for f in outcome.findings] == ["OUT-031"]
    with pytest.raises(PublishError):
        kept_records(into, "latest", opened=True)


def test_sealed_bytes_that_are_not_the_sources_are_found(
    job: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY", new_key())
    run_it(job)
    (kept,) = Tables(job[2], "people", "people").quarantine.rglob("*/run-*/*.parquet")
    rows = pl.read_parquet(kept, hive_partitioning=False)
    rows.with_columns(raw=pl.col("raw").reverse()).write_parquet(kept)
    outcome = audit(job[2], "latest")
    assert not outcome.stands
    assert {f.code for f in outcome.findings} == {"OUT-033"}


def test_without_a_key_bytes_are_withheld_and_the_run_says_so(job: tuple[Path, Path, Path]) -> None:
    result = run_it(job)
    (finding,) = [f for f in result.findings if f.code == "OUT-030"]
    assert finding.detail == "of 3 records"
    assert finding.fix == code("OUT-030").fix
    into, kept = job[2], table(job[2], "quarantine")
    assert set(kept["raw_form"]) == {"withheld"}
    assert kept["raw"].null_count() == 2
    content = SOURCE.encode()
    framed = [content[o : o + n] for o, n in kept.sort("record").select("offset", "length").iter_rows()]
    assert [raw.strip() for raw in framed] == [b"2,,41", b"3,Grace,x"]
    assert audit(into, "latest").stands
    assert "withheld" in str(kept_records(into, "latest", opened=True).records[0])


def test_values_are_sealed_where_a_record_has_no_bytes(
    job: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY", new_key())
    frame = pl.DataFrame({"id": [1, 2], "name": ["Ada", "a name too long"], "age": [36, 41]})
    assert run(job[0], frame, into=job[2]).state == "published"
    (kept,) = table(job[2], "quarantine").to_dicts()
    assert kept["raw_form"] == "sealed values"
    assert b"a name" not in kept["raw"]
    (shown,) = kept_records(job[2], "latest").records
    assert shown.values == '{"id":"2","name":"•••(15)","age":"41"}'
    (opened,) = kept_records(job[2], "latest", opened=True).records
    assert json.loads(opened.values or "") == {"id": "2", "name": "a name too long", "age": "41"}


def test_a_bad_key_stops_the_run_before_anything_is_written(
    job: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY", "hunter2")
    contract, source, into = job
    assert command(["run", str(contract), str(source), "--into", str(into)]) == 2
    assert "OUT-032" in (said := capsys.readouterr().err)
    assert "hunter2" not in said
    assert not into.exists()


def test_a_key_made_by_the_command_seals(
    job: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "keys"
    assert command(["seal-key", "--to", str(file), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["key_id"]) == 16
    assert command(["seal-key", "--to", str(file)]) == 2
    assert command(["seal-key"]) == 0
    capsys.readouterr()
    monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY_FILE", str(file))
    run_it(job)
    assert command(["quarantine", "--into", str(job[2]), "--raw"]) == 0
    assert "3,Grace,x" in capsys.readouterr().out
