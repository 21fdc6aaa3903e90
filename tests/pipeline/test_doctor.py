"""Each thing that can be wrong is found, under its own code and place, and mended where that is safe."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.pipeline.people import contract, people
from weighbridge.cli.app import run as command
from weighbridge.findings import Finding, LedgerError, Severity, code
from weighbridge.ledger import Process, RunState
from weighbridge.ledger.schema import VERSION_TABLE
from weighbridge.pipeline.doctor import Health, examine, surroundings, tables
from weighbridge.pipeline.output.ledgers import ledger_of
from weighbridge.pipeline.output.pinned import baseline_folder, unpin
from weighbridge.pipeline.pinning import pin
from weighbridge.pipeline.run import run
from weighbridge.pipeline.site import publish_site
from weighbridge.readers.scratch import Scratch
from weighbridge.sinks import ShownFile, Tables, locked, scan_published

DRIVER = Path(__file__).with_name("run_and_die.py")
PROCESS = Process("anywhere", 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    run(contract(folder), people(1, 40, faulty=5), into=folder / "out")
    run(contract(folder), people(100, 40), into=folder / "out")
    return folder / "out"


@pytest.fixture
def into(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "out"))


def of_the_folder(health: Health, into: Path) -> list[Finding]:
    """Return what was found in the folder: the machine that runs the tests may have faults of its own."""
    return [
        f for f in health.findings if f.code not in ("OPS-001", "OPS-002", "OPS-004", "OPS-005", "OPS-006", "OPS-017")
    ]


def codes(into: Path, fix: bool = False) -> list[str]:
    found = of_the_folder(examine(into, fix=fix), into)
    assert [f.fix for f in found] == [code(f.code).fix for f in found]
    return [f.code for f in found]


def test_a_folder_as_runs_leave_it_has_nothing(into: Path) -> None:
    assert codes(into) == []


def test_a_missing_and_a_short_file_of_a_table_are_named(into: Path) -> None:
    first, second = sorted(Tables(into, "people", "people").published.rglob("*.parquet"))
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1])
    (finding,) = of_the_folder(examine(into), into)
    assert finding.code == "OPS-009"
    assert first.name in finding.detail
    assert "when it was published" in finding.detail
    assert finding.fix == code("OPS-009").fix


def test_a_damaged_log_is_one_finding(into: Path) -> None:
    log = Tables(into, "people", "people").published / "_delta_log"
    for entry in log.iterdir():
        entry.write_text("{")
    found = codes(into)
    assert found == ["OUT-002"]


def test_rows_that_were_taken_from_a_table_are_missed(into: Path) -> None:
    from deltalake import DeltaTable

    DeltaTable(str(Tables(into, "people", "people").quarantine)).delete()
    (finding,) = of_the_folder(examine(into), into)
    assert finding.code == "OPS-012"
    assert "5 rows in the ledger, 0 in the table" in finding.detail
    shutil.rmtree(Tables(into, "people", "people").quarantine)
    assert codes(into) == ["OPS-012"]


def test_files_of_a_runs_folder_are_missed(into: Path) -> None:
    (receipt, *_), (result, *_) = sorted(into.glob("runs/*/receipt.json")), sorted(into.glob("runs/*/result.json"))
    receipt.unlink()
    result.write_text("{")
    found = of_the_folder(examine(into), into)
    assert [(f.code, f.place.source) for f in found] == [("OPS-015", str(receipt)), ("OPS-015", str(result))]


def test_a_run_that_the_ledger_does_not_know_is_found(into: Path) -> None:
    unknown = into / "runs" / "20200101T000000000Z-0000000000"
    shutil.copytree(next((into / "runs").iterdir()), unknown)
    assert codes(into) == ["OPS-016"]


def test_a_ledger_that_is_lost_is_found(into: Path) -> None:
    for file in into.glob("ledger.db*"):
        file.unlink()
    assert codes(into) == ["OPS-016", "OPS-016"]


def test_a_lost_ledger_is_rebuilt_from_the_runs_folders(into: Path, tmp_path: Path) -> None:
    run(contract(tmp_path), people(1, 40, faulty=5), into=into, again=True)
    run(contract(tmp_path), people(900, 4, faulty=4), into=into)
    with ledger_of(into) as ledger:
        before = [dataclasses.replace(r, process=PROCESS) for r in ledger.runs()]
        checks = [ledger.checks(r.id) for r in before]
        sources = [ledger.sources(r.id) for r in before]
    for file in into.glob("ledger.db*"):
        file.unlink()
    health = examine(into, rebuild_ledger=True)
    assert of_the_folder(health, into) == []
    assert len([words for words in health.mended if "in the ledger" in words]) == 4
    with ledger_of(into) as ledger:
        assert [dataclasses.replace(r, process=PROCESS) for r in ledger.runs()] == before
        assert [ledger.checks(r.id) for r in before] == checks
        assert [ledger.sources(r.id) for r in before] == sources
    assert run(contract(tmp_path), people(100, 40), into=into).state == "already_published"
    again = examine(into, rebuild_ledger=True)
    assert [words for words in again.mended if "in the ledger" in words] == []


def test_a_run_killed_while_committing_is_entered_as_one_and_finished(into: Path, tmp_path: Path) -> None:
    extract = tmp_path / "more.parquet"
    people(200, 30, faulty=2).write_parquet(extract)
    words = [sys.executable, str(DRIVER), str(contract(tmp_path)), str(extract), str(into), "8"]
    subprocess.run(words, capture_output=True, check=False)
    for file in into.glob("ledger.db*"):
        file.unlink()
    damaged = sorted(into.glob("runs/*/result.json"))[0]
    damaged.write_text("{")
    health = examine(into, fix=True, rebuild_ledger=True)
    assert {f.code for f in of_the_folder(health, into)} == {"OPS-015", "OPS-016"}
    assert any("finished or cleared away" in words for words in health.mended)
    assert scan_published(into, "people", "people").collect().height == 35 + 40 + 28


def test_a_ledger_that_is_damaged_is_found_and_nothing_else_is_asked(into: Path) -> None:
    (into / "ledger.db").write_bytes(b"no ledger at all" * 400)
    for aside in ("ledger.db-wal", "ledger.db-shm"):
        (into / aside).unlink(missing_ok=True)
    assert codes(into, fix=True) == ["LED-003"]


def test_a_page_of_the_ledger_that_is_damaged_is_found(into: Path) -> None:
    path = into / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'runs_by_contract'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    content[(root - 1) * size : (root - 1) * size + 200] = b"\xff" * 200
    path.write_bytes(bytes(content))
    assert set(codes(into)) == {"LED-003"}


def test_a_ledger_of_another_version_is_not_migrated_by_looking(into: Path) -> None:
    newest = into / "ledger.db"
    with closing(sqlite3.connect(newest)) as connection, connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = 'from the future'")
    assert codes(into, fix=True) == ["LED-002"]
    for file in into.glob("ledger.db*"):
        file.unlink()
    newest.touch()
    (finding,) = of_the_folder(examine(into), into)
    assert (finding.code, finding.severity) == ("OPS-008", Severity.WARNING)
    assert finding.fix == code("OPS-008").fix
    with closing(sqlite3.connect(newest)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert codes(into, fix=True) == ["OPS-016", "OPS-016"]


@pytest.mark.parametrize("stage", ["2", "12"])
def test_a_killed_run_is_found_and_mended(made: Path, into: Path, stage: str, tmp_path: Path) -> None:
    extract = tmp_path / "more.parquet"
    people(200, 30, faulty=2).write_parquet(extract)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    words = [sys.executable, str(DRIVER), str(contract(tmp_path)), str(extract), str(into), stage]
    subprocess.run(words, capture_output=True, check=False, env=os.environ | {"TMPDIR": str(temporary)})
    (finding,) = [f for f in of_the_folder(examine(into), into) if f.code == "OPS-013"]
    assert finding.severity is Severity.ERROR
    health = examine(into, fix=True)
    assert of_the_folder(health, into) == []
    assert any("finished or cleared away" in words for words in health.mended)
    with ledger_of(into) as ledger:
        assert ledger.run(str(finding.place.source)).state is (
            RunState.PUBLISHED if stage == "12" else RunState.ABANDONED
        )


def test_a_run_at_work_is_a_note_and_is_left_alone(into: Path) -> None:
    key = "people--people--0123456789abcdef"
    with ledger_of(into) as ledger:
        before = ledger.runs(limit=1)[0]
        ledger.start_run(
            run_id="30000101T000000000Z-0123456789",
            contract_id="people",
            contract_version="1",
            contract_fingerprint="x",
            rules_fingerprint="x",
            object_name="people",
            extract_id="sha256:0123456789abcdef",
            as_of=before.as_of,
            started=before.started,
        )
    with locked(into, key, holder="somebody"):
        health = examine(into, fix=True)
    (finding,) = of_the_folder(health, into)
    assert (finding.code, finding.severity) == ("OPS-014", Severity.INFO)
    assert f"somebody (process {os.getpid()}) holds its lock" in finding.detail
    assert health.mended == () or all("run " not in words for words in health.mended)


def test_what_an_ended_run_staged_is_found_and_swept_but_not_what_is_shown(into: Path) -> None:
    table = Tables(into, "people", "people").published
    shown = sorted(table.rglob("*.parquet"))
    run_folder = shown[0].parent
    left = table / "_wb_extract=feedfeedfeedfeed" / run_folder.name
    shutil.copytree(run_folder, left)
    assert codes(into) == [] and left.is_dir()  # a folder of that name is shown: sweeping looks at names
    with ledger_of(into) as ledger:
        run_id = "20200101T000000000Z-0123456789"
        before = ledger.runs(limit=1)[0]
        ledger.start_run(
            run_id=run_id,
            contract_id="people",
            contract_version="1",
            contract_fingerprint="x",
            rules_fingerprint="x",
            object_name="people",
            as_of=before.as_of,
            started=before.started,
        )
        left.rename(left.with_name(f"run-{run_id}"))
        assert "OPS-010" not in codes(into)
        ledger.finish_run(run_id, RunState.FAILED, finished=before.started)
    assert codes(into) == ["OPS-010"]
    assert codes(into, fix=True) == []
    assert sorted(table.rglob("*.parquet")) == shown


@pytest.mark.parametrize(
    ("name", "damage", "detail"),
    [
        ("pinned.json", b"{", "pinned.json is missing or cannot be read"),
        ("pinned.json", None, "pinned.json is missing or cannot be read"),
        ("profile.parquet", None, "profile.parquet is missing or is no profile"),
        ("profile.parquet", b"PAR1", "profile.parquet is missing or is no profile"),
    ],
)
def test_a_baseline_that_nothing_can_be_compared_with_is_found(
    name: str, damage: bytes | None, detail: str, into: Path
) -> None:
    pinned = pin(into, "latest", by="Ada", why="a good month", at=datetime(2026, 11, 23, tzinfo=UTC))
    assert codes(into) == []
    file = baseline_folder(into, pinned.contract_id, pinned.object) / name
    file.write_bytes(damage) if damage is not None else file.unlink()
    (finding,) = of_the_folder(examine(into), into)
    assert (finding.code, finding.severity, finding.detail) == ("OPS-019", Severity.WARNING, detail)
    assert codes(into) == ["OPS-019"]
    pin(into, "latest", by="Ada", why="a good month", at=datetime(2026, 11, 23, tzinfo=UTC))
    assert codes(into) == []
    unpin(into, pinned.contract_id, pinned.object)
    assert codes(into) == []


def test_a_site_that_lacks_pages_or_is_behind_is_found(into: Path, tmp_path: Path) -> None:
    publish_site(into)
    assert codes(into) == []
    run(contract(tmp_path), people(900, 3), into=into)
    (behind,) = of_the_folder(examine(into), into)
    assert (behind.code, behind.severity, behind.detail) == ("OPS-020", Severity.INFO, "1 runs came since")
    publish_site(into)
    assert codes(into) == []
    next((into / "site" / "runs").glob("*.html")).unlink()
    (lost,) = of_the_folder(examine(into), into)
    assert (lost.code, lost.severity) == ("OPS-020", Severity.WARNING)
    assert "1 pages are missing, such as runs/" in lost.detail
    publish_site(into)
    assert codes(into) == []
    (into / "site" / "site.json").write_text("[]")
    assert codes(into) == ["OPS-020"]
    publish_site(into, whole=True)
    assert codes(into) == []


def test_a_clock_that_is_behind_the_newest_run_is_found() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert list(surroundings.clock(now, now + timedelta(seconds=60), "x")) == []
    (finding,) = surroundings.clock(now, now + timedelta(days=1), "x")
    assert finding.code == "OPS-007"
    assert finding.fix == code("OPS-007").fix


def test_a_folder_whose_server_has_another_clock_is_found(tmp_path: Path) -> None:
    (finding,) = surroundings.folder(tmp_path, 0.0)
    assert (finding.code, finding.severity) == ("OPS-007", Severity.WARNING)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_found(tmp_path: Path) -> None:
    (finding,) = surroundings.folder(tmp_path / "none", 0.0)
    assert finding.code == "OPS-003"
    assert finding.fix == code("OPS-003").fix


def test_little_room_and_other_encodings_are_found() -> None:
    assert [f.code for f in surroundings.room(Path("/"), 5_000_000)] == ["OPS-004"]
    assert list(surroundings.room(Path("/"), 1 << 40)) == []
    found = list(surroundings.encodings([("LANG", "ANSI_X3.4-1968"), ("file names", "utf-8")]))
    assert [(f.code, f.place.source) for f in found] == [("OPS-006", "LANG")]
    assert found[0].fix == code("OPS-006").fix


def test_packages_out_of_range_missing_or_at_odds_are_found_each_once() -> None:
    there = {"polars": "1.9", "prefect": "3.8.8", "fastapi": "0.165.0", "apprise": "1.9"}
    required = ["polars>=2.1,<3", "fastapi<0.151", "apprise<2", "numpy>=2", "psycopg; extra == 'postgresql'"]
    found = list(surroundings.packages(required, there.get, "3.10.1"))
    assert [(f.code, f.place.source) for f in found] == [
        ("OPS-001", "python"),
        ("OPS-002", "fastapi"),
        ("OPS-001", "polars"),
        ("OPS-001", "numpy"),
    ]
    assert found[1].fix == "pip install 'fastapi<0.151'"
    assert found[2].fix == code("OPS-001").fix


def test_left_over_folders_are_found_by_whose_they_are(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0" * 2_000_000)
    found = list(surroundings.left_over([Scratch(tmp_path, 7, alive) for alive in (True, False, None)]))
    assert [(f.code, f.severity) for f in found] == [("OPS-005", Severity.WARNING), ("OPS-017", Severity.INFO)]
    assert "process 7, 2.0 MB" in found[0].detail
    assert [f.fix for f in found] == [code(f.code).fix for f in found]


def test_many_small_files_are_a_note(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    file.write_bytes(b"0")
    (finding,) = tables.files({tmp_path: [ShownFile(file, "r", 1, 1)] * 1001})
    assert (finding.code, finding.severity) == ("OPS-011", Severity.INFO)


def test_a_folder_that_nothing_was_run_into_cannot_be_looked_at(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(LedgerError, match="RUN-008"):
            examine(folder)


def test_the_command_tells_and_mends(into: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["doctor", "--into", str(tmp_path / "none"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"][0]["code"] == "RUN-008"
    next(into.glob("runs/*/receipt.json")).unlink()
    assert command(["doctor", "--into", str(into)]) == 1
    said = capsys.readouterr().out
    assert "error: OPS-015" in said
    assert code("OPS-015").fix in said
    assert command(["doctor", "--into", str(into), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["healthy"] is False
    assert "OPS-015" in [f["code"] for f in told["findings"]]
    assert command(["doctor", "--into", str(into), "--quiet"]) == 1
    assert capsys.readouterr().out == ""
