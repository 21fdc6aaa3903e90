"""Retention removes what is due, keeps the receipts, and may be asked again at any time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.people import CONTRACT
from weighbridge.cli.app import run as command
from weighbridge.findings import code
from weighbridge.ledger import RunState
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.doctor import examine
from weighbridge.pipeline.output.history import find_run, folder_of
from weighbridge.pipeline.output.ledgers import ledger_of
from weighbridge.pipeline.quarantine import kept_records
from weighbridge.pipeline.retain import kept_until, removals, retain
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables

SLA = "slaProperties:\n- {property: retention, value: 1, unit: y}\n"
OWN = """  - property: retention
    vendor: weighbridge
    value: {quarantine: 30, reports: 60}
"""
LATER = datetime.now(UTC) + timedelta(days=400)


def contract(folder: Path, *, sla: str = SLA, own: str = OWN) -> Path:
    path = folder / "people.odcs.yaml"
    path.write_text(CONTRACT.replace("  properties:\n  - name: id", f"{own}  properties:\n  - name: id") + sla)
    return path


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    for name, text in (("a", "1,Ada,36\n2,,41\n"), ("b", "3,Grace,80\n4,,7\n")):
        (tmp_path / f"{name}.csv").write_text(f"id,name,age\n{text}")
        assert run(contract(tmp_path), tmp_path / f"{name}.csv", into=folder).state == "published"
    return folder


def rows(into: Path, name: str) -> int:
    frame = pl.scan_delta(str(Tables(into, "people", "people").path(name)))
    return int(frame.select(pl.len()).collect().item())


def files(into: Path, name: str) -> list[Path]:
    return list(Tables(into, "people", "people").path(name).rglob("_wb_extract=*/**/*.parquet"))


def test_nothing_is_due_at_first(into: Path) -> None:
    assert retain(into, datetime.now(UTC)).removals == ()
    assert audit(into, "latest").receipt is not None
    assert rows(into, "published") == rows(into, "quarantine") == 2


def test_each_table_goes_when_it_is_due_and_its_files_with_it(into: Path) -> None:
    report = folder_of(into, find_run(into, "latest").id) / "report.html"
    assert report.is_file()
    first = retain(into, datetime.now(UTC) + timedelta(days=45))
    assert {r.what for r in first.removals} == {"quarantine"}
    assert (rows(into, "published"), rows(into, "quarantine")) == (2, 0)
    assert files(into, "quarantine") == []
    assert report.is_file()
    second = retain(into, LATER)
    assert {"published", "reports"} <= {r.what for r in second.removals}
    assert rows(into, "published") == 0
    assert files(into, "published") == []
    assert not report.exists()
    assert (report.parent / "receipt.json").is_file()
    assert (report.parent / "result.json").is_file()


def test_asking_twice_removes_once(into: Path) -> None:
    assert retain(into, LATER).removals
    assert retain(into, LATER).removals == ()


def test_a_rehearsal_removes_nothing(into: Path) -> None:
    said = retain(into, LATER, dry_run=True)
    assert rows(into, "published") == 2
    assert [r.what for r in retain(into, LATER).removals if r.what == "published"] == ["published"] * 2
    assert {r.what for r in said.removals} >= {"published", "quarantine", "reports"}


def test_an_audit_says_what_retention_removed_and_stands(into: Path, tmp_path: Path) -> None:
    retain(into, LATER)
    (tmp_path / "b.csv").unlink()  # the source is as old as its rows
    outcome = audit(into, "latest")
    assert outcome.stands
    assert {f.code for f in outcome.findings} == {"RUN-030"}
    assert outcome.findings[0].fix == code("RUN-030").fix
    assert "kept until" in outcome.findings[0].detail
    assert command(["doctor", "--into", str(into)]) == 0


def test_a_kill_between_removing_and_noting_is_made_good(into: Path) -> None:
    latest = find_run(into, "latest")
    with ledger_of(into) as ledger:
        before = ledger.run(latest.id).outputs
    retain(into, LATER)
    with ledger_of(into) as ledger:
        ledger.note_outputs(latest.id, before)
    assert removals(into, latest.id) == ()
    assert retain(into, LATER).removals
    assert removals(into, latest.id)


def test_an_extract_judged_again_is_young_again_and_one_removed_comes_back_when_asked(
    into: Path, tmp_path: Path
) -> None:
    retain(into, LATER)
    source = tmp_path / "a.csv"
    assert run(contract(tmp_path), source, into=into).state == "already_published"
    assert rows(into, "published") == 0
    assert run(contract(tmp_path), source, into=into, again=True).state == "published"
    assert rows(into, "published") == 1
    assert audit(into, "latest").stands
    retain(into, datetime.now(UTC))
    assert rows(into, "published") == 1


def test_a_held_extracts_records_go_too(tmp_path: Path) -> None:
    path = contract(tmp_path)
    path.write_text(path.read_text().replace("rate: 0.5", "count: 0"))
    (tmp_path / "a.csv").write_text("id,name,age\n1,Ada,36\n2,,41\n")
    into = tmp_path / "out"
    assert run(path, tmp_path / "a.csv", into=into).state == "held"
    assert retain(into, LATER).removals
    assert files(into, "quarantine") == []
    assert find_run(into, "latest").state is RunState.HELD


def test_who_says_nothing_keeps_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("id,name,age\n1,Ada,36\n")
    into = tmp_path / "out"
    run(contract(tmp_path, sla="", own=""), tmp_path / "a.csv", into=into)
    said = retain(into, LATER)
    assert said.removals == ()
    assert [f.code for f in said.findings] == ["RUN-031"]
    assert said.findings[0].fix == code("RUN-031").fix
    assert command(["retain", "--into", str(into)]) == 0
    assert "0 removed" in capsys.readouterr().out


def test_the_command_says_what_it_would_do(into: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["retain", "--into", str(into), "--contract", str(tmp_path / "people.odcs.yaml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"dry_run": False, "removed": [], "findings": []}
    assert command(["retain", "--into", str(tmp_path / "nowhere")]) == 2


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2900, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),
    st.integers(1, 10**6),
    st.sampled_from(["d", "w", "m", "y"]),
)
def test_a_period_ends_after_it_began_and_a_longer_one_not_sooner(since: datetime, number: int, unit: str) -> None:
    until = kept_until(since, number, unit)
    assert until > since
    assert kept_until(since, number + 1, unit) >= until


def test_bytes_go_sooner_and_the_reasons_stay(tmp_path: Path) -> None:
    path = contract(tmp_path, own=OWN.replace("quarantine: 30", "quarantine: 300, raw: 30"))
    (tmp_path / "a.csv").write_text("id,name,age\n1,Ada,36\n2,,41\n3,Grace,150\n")
    into = tmp_path / "out"
    assert run(path, tmp_path / "a.csv", into=into).state == "published"
    latest = find_run(into, "latest").id
    before = {name: table(into, name) for name in ("quarantine", "warnings")}
    assert {r.what for r in retain(into, datetime.now(UTC) + timedelta(days=31)).removals} == {"raw"}
    for name, rows_before in before.items():
        now = table(into, name)
        assert now["raw"].null_count() == now.height == 1
        assert now["raw_form"].to_list() == ["removed"]
        assert now.drop("raw", "raw_form").equals(rows_before.drop("raw", "raw_form"))
    assert not [p for p in into.rglob("*.parquet") if "_wb_extract" in str(p) and b"2,,41" in _bytes_of(p)]
    said = json.loads((folder_of(into, latest) / "result.json").read_bytes())
    assert {e["raw"] for c in said["checks"] for e in c["examples"]} == {None}
    assert "MiwsNDE" not in (folder_of(into, latest) / "report.json").read_text()
    assert retain(into, datetime.now(UTC) + timedelta(days=31)).removals == ()
    assert audit(into, latest).stands
    assert kept_records(into, latest).records[0].findings[0]["code"] == "CHK-001"
    assert [f for f in examine(into).findings if str(into) in str(f.place.source)] == []


def table(into: Path, name: str) -> pl.DataFrame:
    return pl.scan_delta(str(Tables(into, "people", "people").path(name))).collect()


def _bytes_of(path: Path) -> bytes:
    rows = pl.read_parquet(path, hive_partitioning=False)
    return b"\0".join(rows["raw"].drop_nulls()) if "raw" in rows.columns else b""
