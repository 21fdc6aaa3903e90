"""Replay: once, whole, by what people decided or by a newer contract; killed at any stage, and after undos."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.review.waiting import LINES, contract, guests, judged
from weighbridge.cli.app import run as command
from weighbridge.findings import ArgumentError, Severity, code
from weighbridge.pipeline.again.replay import replay
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.doctor import examine
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.run import run
from weighbridge.report.summary import summary
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import decide, picks_of
from weighbridge.review.queue import Filter, Queue
from weighbridge.review.states import Kind, State
from weighbridge.review.trail import trail
from weighbridge.sinks import SETTLED, Tables, new_key, scan_published, scan_table
from weighbridge.sinks.seal import KEY_VARIABLE

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def decided(folder: Path, choice: Choice, *records: int) -> dict[str, int]:
    """Decide about records of the output folder, and return the counts."""
    into = folder / "out"
    with open_ledger(into) as ledger:
        queue = Queue(ledger)
        queue.take_in(into, NOON)
        items = [i for i in queue.items().items if i.record in records]
        return decide(ledger, into, picks_of(items), choice, by="Ada", why="asked them", at=NOON).counts


def correct(folder: Path, *records: int, **values: str | None) -> dict[str, int]:
    return decided(folder, Choice(Kind.CORRECT, values=values), *records)


def states(folder: Path) -> dict[str, int]:
    with open_ledger(folder / "out") as ledger:
        return {s.value: n for s, n in Queue(ledger).states().items()}


def published(folder: Path) -> dict[int, tuple[object, ...]]:
    rows = scan_published(folder / "out", "guests", "guests").collect()
    assert rows["_wb_record"].is_duplicated().sum() == 0
    return {r["_wb_record"]: (r["id"], r["name"], r["born"], r["country"]) for r in rows.iter_rows(named=True)}


def kept(folder: Path, name: str = "quarantine") -> list[int]:
    return scan_table(Tables(folder / "out", "guests", "guests").path(name)).collect()["record"].sort().to_list()


def sound(folder: Path) -> None:
    """The receipt is proved, and nothing is wrong in the place."""
    told = audit(folder / "out", "latest")
    assert told.stands, told.findings
    found = [f for f in examine(folder / "out").findings if f.code in {"OPS-009", "OPS-010", "OPS-012", "OPS-015"}]
    assert found == []


def kill(folder: Path, stage: str) -> None:
    """Replay in another process, which dies when the stage begins."""
    driver = Path(__file__).with_name("replay_and_die.py")
    scratch = folder / "scratch"
    scratch.mkdir()
    killed = subprocess.run(
        [sys.executable, str(driver), str(folder / "out"), stage],
        check=False,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    assert killed.returncode == 9


def test_what_people_decided_is_published_once_with_its_history(tmp_path: Path) -> None:
    judged(tmp_path)
    decided(tmp_path, Choice(Kind.ACCEPT_READING, reading=1), 2)
    correct(tmp_path, 4, 6, country="XX")
    dry = replay(tmp_path / "out", by="Bob", dry_run=True)
    assert (dry.published, dry.kept_out, list(published(tmp_path))) == (3, 0, [1])
    done = replay(tmp_path / "out", by="Bob")
    assert (done.published, done.exit_code) == (3, 0)
    again = replay(tmp_path / "out", by="Bob")
    assert again.runs == ()
    rows = published(tmp_path)
    assert sorted(rows) == [1, 2, 4, 6]
    assert str(rows[2][2]) == "2001-03-04"
    assert rows[4][3] == "XX"
    assert kept(tmp_path) == [3, 5, 7]
    settled = scan_table(Tables(tmp_path / "out", "guests", "guests").path(SETTLED)).sort("record").collect()
    assert settled["record"].to_list() == [2, 4, 6]
    assert settled["changed"].to_list() == [["born"], ["country"], ["country"]]
    assert settled["decided_by"].unique().to_list() == ["Ada"]
    assert settled["raw"][1] == b"4;Dot;15/04/2001;GER"
    repairs = scan_table(Tables(tmp_path / "out", "guests", "guests").repairs).filter(pl.col("code") == "REV-011")
    assert sorted(repairs.collect()["before"].to_list()) == ["03/04/2001", "GER", "ITA"]
    assert "the trail of the record" in code("REV-011").fix
    assert states(tmp_path) == {"open": 3, "published": 3}
    with open_ledger(tmp_path / "out") as ledger:
        item = Queue(ledger).items(Filter(state=State.PUBLISHED.value)).items[0]
        assert [t.action for t in trail(ledger, item)] == ["kept", "decided", "published"]
    sound(tmp_path)
    said = audit(tmp_path / "out", "latest")
    assert any("the table `settled`" in f.fix for f in said.findings)


def test_a_newer_contract_publishes_what_it_lets_pass_and_tells_what_still_fails(tmp_path: Path) -> None:
    judged(tmp_path)
    decided(tmp_path, Choice(Kind.CONFIRM_REJECTION), 6)
    newer = contract(tmp_path, version="1.1.0", country_length=3)
    dry = replay(tmp_path / "out", by="Bob", contract=newer, dry_run=True)
    (one,) = dry.runs
    assert (one.candidates, one.published, one.rejected, one.uncertain) == (5, 1, 2, 2)
    assert [(s.checks, s.records) for s in one.still] == [
        (("born|date.order",), 2),
        (("framing|RDR-010",), 1),
        (("id|type",), 1),
    ]
    done = replay(tmp_path / "out", by="Bob", contract=newer)
    assert done.exit_code == 1
    assert sorted(published(tmp_path)) == [1, 4]
    assert kept(tmp_path) == [3, 5, 6, 7]
    sound(tmp_path)
    followed = run(newer, tmp_path / "guests.csv", into=tmp_path / "out")
    assert followed.state == "published"
    assert sorted(published(tmp_path)) == [1, 4, 6]
    sound(tmp_path)


SERVER = """servers:
- server: here
  type: local
  path: guests.csv
  format: csv
  customProperties:
  - {property: recordFormat, vendor: weighbridge, value: {quote: ""}}
schema:"""


def test_a_record_that_could_not_be_taken_apart_is_when_the_contract_says_how(tmp_path: Path) -> None:
    run(contract(tmp_path), guests(tmp_path, (*LINES, '8;"Hy" Jr;18/04/2001;DE')), into=tmp_path / "out")
    assert 8 in kept(tmp_path)
    newer = contract(tmp_path, version="1.1.0")
    newer.write_text(newer.read_text().replace("schema:", SERVER, 1))
    told = replay(tmp_path / "out", by="Bob", contract=newer)
    assert told.published == 1
    assert published(tmp_path)[8][1] == '"Hy" Jr'
    sound(tmp_path)


def test_a_key_may_repeat_neither_in_quarantine_nor_in_the_table(tmp_path: Path) -> None:
    lines = (*LINES[:1], "2;Bob;13/05/2001;FRA", "1;Cy;14/04/2001;DE", "1;Dot;15/04/2001;DE")
    run(contract(tmp_path), guests(tmp_path, lines), into=tmp_path / "out")
    assert kept(tmp_path) == [1, 2, 3, 4] or kept(tmp_path) == []
    lines = (*LINES[:1], "2;Bob;13/05/2001;FRA", "x;Cy;14/04/2001;DE", "y;Dot;15/04/2001;DE")
    run(contract(tmp_path), guests(tmp_path, lines, "second.csv"), into=tmp_path / "out")
    correct(tmp_path, 3, id="1")
    told = replay(tmp_path / "out", by="Bob")
    assert told.published == 0
    assert told.runs[0].still[0].checks == ("primaryKey|id",) or "id" in told.runs[0].still[0].checks[0]
    assert states(tmp_path)["open"] >= 3
    correct(tmp_path, 3, 4, id="3")
    assert replay(tmp_path / "out", by="Bob").published == 0
    correct(tmp_path, 3, id="3")
    correct(tmp_path, 4, id="4")
    assert replay(tmp_path / "out", by="Bob").published == 2
    sound(tmp_path)


@pytest.mark.parametrize("sealed", [True, False])
def test_sealed_records_are_taken_apart_from_their_own_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sealed: bool
) -> None:
    if sealed:
        monkeypatch.setenv(KEY_VARIABLE, new_key())
    judged(tmp_path, classification="pii")
    (tmp_path / "guests.csv").rename(tmp_path / "gone.csv")
    newer = contract(tmp_path, version="1.1.0", classification="pii", country_length=3)
    told = replay(tmp_path / "out", by="Bob", contract=newer)
    if not sealed:
        assert told.published == 0
        assert any("REV-007" in why for why in told.runs[0].unread)
        return
    assert told.published == 2
    assert published(tmp_path)[6][1] == "Fay"
    assert correct(tmp_path, 3, id="3", name="Cyril") == {"done": 1}
    assert b"Cyril" not in (tmp_path / "out" / "ledger.db").read_bytes()
    assert replay(tmp_path / "out", by="Bob").published == 1
    assert published(tmp_path)[3][:2] == (3, "Cyril")
    repairs = scan_table(Tables(tmp_path / "out", "guests", "guests").repairs).collect()
    assert "Cyril" not in repairs.drop("raw").write_json()
    assert "Cyril" not in json.dumps(told.to_dict())


STAGES = ("weighing again", "staging", "writing the manifest", "committing settled", "committing published",
          "committing quarantine", "noting what is replayed")  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_replay_is_finished_or_redone(tmp_path: Path, stage: str) -> None:
    judged(tmp_path)
    decided(tmp_path, Choice(Kind.ACCEPT_READING, reading=1), 2)
    correct(tmp_path, 4, 6, country="XX")
    kill(tmp_path, stage)
    rows = published(tmp_path)
    assert sorted(rows) in ([1], [1, 2, 4, 6])
    replay(tmp_path / "out", by="Bob")
    assert sorted(published(tmp_path)) == [1, 2, 4, 6]
    assert kept(tmp_path) == [3, 5, 7]
    assert states(tmp_path) == {"open": 3, "published": 3}
    sound(tmp_path)


def test_a_run_finishes_what_a_killed_replay_began(tmp_path: Path) -> None:
    judged(tmp_path)
    correct(tmp_path, 4, 6, country="XX")
    kill(tmp_path, "committing published")
    again = run(contract(tmp_path), tmp_path / "guests.csv", into=tmp_path / "out")
    assert again.state == "already_published"
    assert sorted(published(tmp_path)) == [1, 4, 6]
    sound(tmp_path)


def test_what_is_held_or_replaced_is_not_replayed(tmp_path: Path) -> None:
    first = judged(tmp_path)
    newer = contract(tmp_path, version="1.1.0", country_length=3)
    run(newer, tmp_path / "guests.csv", into=tmp_path / "out")
    told = replay(tmp_path / "out", by="Bob", run=first.run_id, everything=True)
    assert "judged the extract again" in told.runs[0].skipped
    held = run(newer, guests(tmp_path, LINES[2:3], "bad.csv"), into=tmp_path / "out")
    assert held.state == "held"
    told = replay(tmp_path / "out", by="Bob", run=held.run_id, everything=True)
    assert "run the extract again" in told.runs[0].skipped
    with pytest.raises(ArgumentError):
        replay(tmp_path / "out", by=" ")


def test_the_verb_tells_people_and_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged(tmp_path)
    into = str(tmp_path / "out")
    assert command(["replay", "--into", into, "--dry-run"]) == 0
    assert "nothing to replay" in capsys.readouterr().out
    newer = str(contract(tmp_path, version="1.1.0", country_length=3))
    assert command(["replay", "--into", into, "--contract", newer, "--dry-run"]) == 1
    said = capsys.readouterr().out
    assert "2 of 6 would be published" in said
    assert "2 still fail born|date.order" in said
    assert command(["replay", "--into", into, "--contract", newer]) == 2
    assert "say who replays" in capsys.readouterr().err
    assert command(["replay", "--into", into, "--contract", newer, "--by", "Bob", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["published"] == 2
    assert command(["replay", "--into", into, "--list"]) == 0
    assert "2 of 6 published" in capsys.readouterr().out


def test_a_new_version_says_by_itself_what_it_would_settle(tmp_path: Path) -> None:
    judged(tmp_path)
    newer = contract(tmp_path, version="1.1.0", country_length=3)
    second = guests(tmp_path, (*LINES[:1], "9;Liv;20/02/2001;SE"), "second.csv")
    said = run(newer, second, into=tmp_path / "out")
    (note,) = [f for f in said.findings if f.code == "REV-014"]
    assert note.detail == "2 of the 6 looked at"
    assert note.severity is Severity.INFO
    assert "--dry-run" in note.fix
    told = " ".join(summary(said).split())
    assert "would be published under this one: 2 of the 6 looked at" in told
    report = (tmp_path / "out" / "runs" / said.run_id / "report.md").read_text()
    assert "REV-014" in report
    assert replay(tmp_path / "out", by="Bob", contract=newer, dry_run=True).published == 2
    third = guests(tmp_path, ("10;Mo;20/02/2001;SE",), "third.csv")
    assert [f for f in run(newer, third, into=tmp_path / "out").findings if f.code == "REV-014"] == []
