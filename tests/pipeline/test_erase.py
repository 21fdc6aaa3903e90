"""One subject's records: in no file, no word and no figure any more, and every receipt proved as before."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from weighbridge.cli.app import run as command
from weighbridge.findings import ArgumentError, code
from weighbridge.ledger.erasures import erasures
from weighbridge.pipeline.again.undo import undo
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.doctor import examine
from weighbridge.pipeline.erasure import Erased, erase, unfinished
from weighbridge.pipeline.erasure.subject import Subject
from weighbridge.pipeline.output.history import find_run
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.output.pinned import baselines
from weighbridge.pipeline.pinning import pin
from weighbridge.pipeline.run import run
from weighbridge.pipeline.site import publish_site
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import decide, picks_of
from weighbridge.review.queue import Queue
from weighbridge.review.states import Kind
from weighbridge.sinks import Tables, new_key, scan_table
from weighbridge.sinks.seal import KEY_VARIABLE

DRIVER = Path(__file__).with_name("erase_and_die.py")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHO = "Zelda Markerson"
SUBJECT = Subject({"name": WHO})
CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: guests
version: 1.0.0
status: active
schema:
- name: guests
  customProperties:
  - {property: breaker, vendor: weighbridge, value: {maxRejected: {rate: RATE}, minRecords: 1}}
  properties:
  - {name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1, required: true}
  - {name: name, logicalType: string, required: true, classification: CLASS}
  - name: zip
    logicalType: string
    customProperties:
    - {property: rules, vendor: weighbridge, value: [{rule: leadingZeros, width: 5}]}
  - name: born
    logicalType: date
    customProperties:
    - {property: rules, vendor: weighbridge, value: [{rule: date, formats: [dd/MM/yyyy, MM/dd/yyyy]}]}
  - {name: country, logicalType: string, logicalTypeOptions: {maxLength: 2}}
  - name: note
    logicalType: string
    logicalTypeOptions: {maxLength: 20}
    customProperties: [{property: severity, vendor: weighbridge, value: warning}]
"""
LINES = (
    "1;Ada;10001;13/02/2001;DE;",
    f"2;{WHO};10002;14/02/2001;DE;",  # published
    f"3;{WHO};123;15/02/2001;DE;lives under the old mill",  # published: repaired, and warned about
    f"4;{WHO};10004;16/02/2001;GER;",  # rejected
    f"5;{WHO};10005;03/04/2001;DE;",  # uncertain
    f"6;{WHO};10006;16/02/2001",  # a field is missing
    "7;Bob;10007;03/05/2001;FR;",
    "8;Cy;77;18/02/2001;GER;",
    "9;Dot;88;19/02/2001;FR;",
)


def judged(folder: Path, *, classification: str = "public", rate: float = 0.99, name: str = "guests.csv") -> Path:
    path, source = folder / "guests.odcs.yaml", folder / name
    path.write_text(CONTRACT.replace("CLASS", classification).replace("RATE", str(rate)))
    source.write_text("\n".join(("id;name;zip;born;country;note", *LINES)) + "\n")
    run(path, source, into=folder / "out")
    return folder / "out"


def forget(into: Path, **how: object) -> Erased:
    return erase(into, "guests", SUBJECT, by="Ada", why="asked on Monday", **how)  # type: ignore[arg-type]


def mentions(into: Path, *marks: str) -> list[str]:
    """Return the files that any of the marks stands in, and which; tables by column."""
    return sorted({f"{p.relative_to(into)}: {m}" for p in into.rglob("*") if p.is_file() for m in marks for text in
                   _contents(p) if m.encode() in text})  # fmt: skip


def _contents(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    if path.suffix == ".parquet":
        for column in pl.read_parquet(path, hive_partitioning=False).iter_columns():
            values = column.to_list()
            yield b"\0".join(v for v in values if isinstance(v, bytes))
            yield json.dumps(values, default=str, ensure_ascii=False).encode()


def is_healthy(into: Path, *, fix: bool = False) -> bool:
    """Return whether the folder is, whatever other processes left in the temporary one."""
    return not [f for f in examine(into, fix=fix).findings if f.code not in ("OPS-004", "OPS-005", "OPS-017")]


def published(into: Path) -> list[int]:
    return sorted(scan_table(Tables(into, "guests", "guests").published).collect()["id"].to_list())


def decided(into: Path) -> None:
    """Take the queue in, and decide about the subject's uncertain record, in words that name it."""
    with open_ledger(into) as ledger:
        queue = Queue(ledger)
        queue.take_in(into, NOON)
        mine = [i for i in queue.items().items if i.record == 5]
        choice = Choice(Kind.CORRECT, values={"note": f"{WHO} called"})
        decide(ledger, into, picks_of(mine), choice, by="Ada", why=f"{WHO} says so", at=NOON)


def test_a_rehearsal_counts_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = judged(tmp_path)
    before = {p: p.read_bytes() for p in into.rglob("*.parquet")}
    assert command(["erase", "--contract", "guests", "--subject", f"name={WHO}", "--into", str(into)]) == 0
    said = capsys.readouterr().out
    assert "would erase: 2 in published, 2 in quarantine, 1 in repairs, 1 in review, 1 in warnings" in said
    assert "add --yes" in said
    assert {p: p.read_bytes() for p in into.rglob("*.parquet")} == before
    with open_ledger(into) as ledger:
        assert erasures(ledger) == []


def test_nothing_of_the_subject_is_left_and_everything_else_is(tmp_path: Path) -> None:
    into = judged(tmp_path)
    decided(into)
    latest = find_run(into, "latest").id
    assert mentions(into, WHO)
    done = forget(into)
    assert done.records == {"published": 2, "quarantine": 2, "repairs": 1, "review": 1, "warnings": 1}
    assert done.sources == (str(tmp_path / "guests.csv"),)
    assert mentions(into, WHO, "Zelda", "under the old mill") == []
    assert mentions(into, "2001-02-14", "2001-02-15", "2001-02-16") == []  # in no figure of a profile either
    assert published(into) == [1, 9]
    tables = Tables(into, "guests", "guests")
    assert scan_table(tables.quarantine).collect()["record"].to_list() == [8]
    assert scan_table(tables.review).collect()["record"].to_list() == [7]
    outcome = audit(into, latest)
    assert outcome.stands, outcome.findings
    assert [f.code for f in outcome.findings] == ["RUN-040"]
    assert outcome.findings[0].fix == code("RUN-040").fix
    assert outcome.receipt is not None
    assert {o.name: o.records for o in outcome.receipt.outputs}["erased"] == 5
    assert is_healthy(into)


def test_pages_of_the_site_say_nothing_of_the_subject_either(tmp_path: Path) -> None:
    into = judged(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    for site in (None, elsewhere):
        publish_site(into, site)
    latest = find_run(into, "latest").id
    page = into / "site" / "runs" / f"{latest}.html"
    assert WHO in page.read_text()
    (into / "runs" / latest / "report.html").unlink()  # what the ledger says goes too
    forget(into)
    assert page.is_file()
    assert mentions(into, WHO, "Zelda", "under the old mill") == []
    publish_site(into, elsewhere)
    assert mentions(elsewhere, WHO, "Zelda", "under the old mill") == []
    assert publish_site(into, elsewhere).written == ()


def test_what_a_later_run_was_compared_with_is_not_shown_any_more(tmp_path: Path) -> None:
    path, into = tmp_path / "guests.odcs.yaml", tmp_path / "out"
    compared = """
  quality:
  - {name: as before, type: custom, engine: weighbridge, severity: warning, implementation: {check: drift, of: zip}}"""
    path.write_text(CONTRACT.replace("CLASS", "public").replace("RATE", "0.99").rstrip() + compared)
    for name, who in (("first.csv", WHO), ("second.csv", "Eve")):
        lines = [f"{i};{who};10002;14/02/2001;DE;" for i in range(4)]
        (tmp_path / name).write_text("\n".join(("id;name;zip;born;country;note", *lines)) + "\n")
        run(path, tmp_path / name, into=into)
    later = into / "runs" / find_run(into, "latest").id / "result.json"
    shown = [c["measured"]["overlay"] for c in json.loads(later.read_bytes())["checks"] if c["code"] == "CHK-070"]
    assert [(b["label"], b["before"], b["now"]) for b in shown[0]] == [("10002", 4, 4)]
    forget(into)
    told = [c["measured"] for c in json.loads(later.read_bytes())["checks"] if c["code"] == "CHK-070"]
    assert [(t["distance"], t["overlay"]) for t in told] == [(0.0, [])]


def test_a_baseline_that_counted_the_subject_is_taken_away(tmp_path: Path) -> None:
    into = judged(tmp_path)
    pinned = pin(into, "latest", by="Ada", why="a good month", at=NOON)
    assert baselines(into) == (pinned,)
    forget(into)
    assert baselines(into) == ()
    assert mentions(into, WHO, "2001-02-14") == []


def test_a_ledger_made_anew_after_an_erasure_says_what_the_tables_say(tmp_path: Path) -> None:
    into = judged(tmp_path)
    forget(into)
    for file in into.glob("ledger.db*"):
        file.unlink()
    found = examine(into, rebuild_ledger=True).findings
    assert [f for f in found if f.code in ("OPS-012", "OPS-015", "OPS-016")] == []
    assert is_healthy(into)
    assert mentions(into, WHO) == []
    assert audit(into, "latest").stands


def test_asked_again_there_is_nothing(tmp_path: Path) -> None:
    into = judged(tmp_path)
    forget(into)
    before = sorted(p.relative_to(into) for p in into.rglob("*.parquet"))
    again = forget(into)
    assert (again.records, again.texts) == ({}, 0)
    assert sorted(p.relative_to(into) for p in into.rglob("*.parquet")) == before
    with open_ledger(into) as ledger:
        assert len(erasures(ledger, "guests")) == 1
    assert run(tmp_path / "guests.odcs.yaml", tmp_path / "guests.csv", into=into).state == "already_published"
    assert mentions(into, WHO) == []


def test_the_ledger_says_who_when_and_why_and_tells_the_subject_only_to_whoever_has_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = judged(tmp_path)
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    done = forget(into)
    with open_ledger(into) as ledger:
        (entry,) = erasures(ledger)
    assert (entry.erased_by, entry.why, entry.properties) == ("Ada", "asked on Monday", ("name",))
    assert entry.subject == done.subject
    assert len(entry.subject or "") == 64
    assert entry.counts == {"published": 2, "quarantine": 2, "repairs": 1, "review": 1, "warnings": 1}
    assert entry.extract_id == find_run(into, "latest").extract_id


def test_without_a_key_the_entry_names_nobody_and_says_so(tmp_path: Path) -> None:
    done = forget(judged(tmp_path))
    assert done.subject is None
    assert [(f.code, f.fix) for f in done.findings] == [("RUN-043", code("RUN-043").fix)]


def test_sealed_records_are_opened_and_withheld_ones_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    into = judged(tmp_path, classification="pii")
    monkeypatch.delenv(KEY_VARIABLE)
    blind = forget(into, dry_run=True)
    assert blind.records == {"published": 2, "repairs": 1, "warnings": 1}
    (told,) = [f for f in blind.findings if f.code == "RUN-041"]
    assert told.fix == code("RUN-041").fix
    named = forget(into, dry_run=True, records=[(str(tmp_path / "guests.csv"), n) for n in (4, 5, 6)])
    assert named.records == {"published": 2, "quarantine": 2, "repairs": 1, "review": 1, "warnings": 1}


def test_sealed_records_are_found_with_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    into = judged(tmp_path, classification="pii")
    done = forget(into)
    assert done.records["quarantine"] >= 1
    assert done.records["review"] == 1
    assert audit(into, "latest").stands


def test_what_was_undone_of_the_subject_goes_too_and_the_rest_can_be_put_in_force_again(tmp_path: Path) -> None:
    into = judged(tmp_path)
    undo(into, "latest", by="Ada", why="as sent", property_name="zip")
    forget(into)
    assert mentions(into, WHO, "Zelda") == []
    assert audit(into, "latest").stands
    rows = scan_table(Tables(into, "guests", "guests").published).collect()
    assert dict(rows.select("id", "zip").iter_rows()) == {1: "10001", 9: "88"}
    undo(into, "latest", by="Ada", why="after all", property_name="zip", redo=True)
    rows = scan_table(Tables(into, "guests", "guests").published).collect()
    assert dict(rows.select("id", "zip").iter_rows()) == {1: "10001", 9: "00088"}
    assert mentions(into, WHO) == []
    assert audit(into, "latest").stands
    assert is_healthy(into)


def test_a_held_extracts_records_are_found(tmp_path: Path) -> None:
    into = judged(tmp_path, rate=0.1)
    assert find_run(into, "latest").state == "held"
    done = forget(into)
    assert done.records == {"quarantine": 2, "review": 1}
    assert mentions(into, WHO) == []
    assert audit(into, "latest").stands


def test_an_earlier_judging_of_the_same_extract_keeps_nothing(tmp_path: Path) -> None:
    into = judged(tmp_path)
    first = find_run(into, "latest").id
    run(tmp_path / "guests.odcs.yaml", tmp_path / "guests.csv", into=into, again=True)
    forget(into)
    assert mentions(into, WHO) == []
    assert audit(into, "latest").stands
    assert audit(into, first).stands
    assert is_healthy(into)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that was judged and decided about, to be copied; its source stays where it is."""
    into = judged(tmp_path_factory.mktemp("once"))
    decided(into)
    return into


@pytest.mark.parametrize("last", [0, 2, 4, 6, 8, 9, 10])
def test_killed_at_any_stage_and_asked_again(once: Path, tmp_path: Path, last: int) -> None:
    into = Path(shutil.copytree(once, tmp_path / "out"))
    words = [sys.executable, str(DRIVER), str(into), "guests", f"name={WHO}", str(last)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.returncode == -9, ended.stderr
    begun = bool(unfinished(into))
    if begun:
        (told,) = [f for f in examine(into).findings if f.code == "RUN-042"]
        assert told.fix == code("RUN-042").fix
        assert is_healthy(into, fix=True)
        assert unfinished(into) == []
    forget(into)
    assert mentions(into, WHO, "Zelda") == []
    assert published(into) == [1, 9]
    assert audit(into, "latest").stands
    assert is_healthy(into)
    with open_ledger(into) as ledger:
        assert len(erasures(ledger)) == 1


def test_who_and_why_must_be_said_and_the_property_be_known(tmp_path: Path) -> None:
    into = judged(tmp_path)
    with pytest.raises(ArgumentError, match="--by"):
        erase(into, "guests", SUBJECT, by="", why="x")
    with pytest.raises(ArgumentError, match="no property nme; there are"):
        erase(into, "guests", Subject({"nme": "x"}), by="Ada", why="x")
    with pytest.raises(ArgumentError, match="no run of a contract 'other'"):
        erase(into, "other", SUBJECT, by="Ada", why="x")
    for words in ([], ["name"], ["name="], ["=x"], ["name=a", "name=b"]):
        with pytest.raises(ArgumentError, match="ARG-001"):
            Subject.of(words)


def test_a_number_is_the_same_number_however_it_is_written(tmp_path: Path) -> None:
    into = judged(tmp_path)
    done = erase(into, "guests", Subject({"id": "009.0"}), by="Ada", why="x")
    assert done.records["published"] == 1
    assert 9 not in published(into)
    assert audit(into, "latest").stands
