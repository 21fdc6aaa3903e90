"""What is sent back: the records byte for byte, the reasons, and nothing that bites."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.review.waiting import LINES, contract, guests, judged
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.run import run
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import decide, picks_of
from weighbridge.review.export import Exported, export
from weighbridge.review.queue import Filter, Queue
from weighbridge.review.states import Kind, State
from weighbridge.review.trail import CLASSIFIED, trail
from weighbridge.sinks import new_key
from weighbridge.sinks.seal import KEY_VARIABLE

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def sent_back(folder: Path, to: Path, *, may_see_raw: bool = True) -> Exported:
    with open_ledger(folder / "out") as ledger:
        queue = Queue(ledger)
        queue.take_in(folder / "out", NOON)
        picks = picks_of(queue.items().items)
        decide(ledger, folder / "out", picks, Choice(Kind.SEND_BACK), by="Ada", why="=please fix", at=NOON)
        items = queue.items(Filter(state=State.RETURNED.value)).items
        return export(ledger, folder / "out", items, to, may_see_raw=may_see_raw, by="Bob", at=NOON)


def test_records_go_back_byte_for_byte_with_their_reasons(tmp_path: Path) -> None:
    judged(tmp_path)
    done = sent_back(tmp_path, tmp_path / "back.zip")
    assert (done.records, done.without_bytes) == (6, 0)
    assert done.sha256 == hashlib.sha256((tmp_path / "back.zip").read_bytes()).hexdigest()
    with zipfile.ZipFile(tmp_path / "back.zip") as packed:
        assert packed.read("records/001.bin").decode().splitlines() == list(LINES[1:])
        manifest = json.loads(packed.read("manifest.json"))
        for name, digest in manifest["sha256"].items():
            assert hashlib.sha256(packed.read(name)).hexdigest() == digest
        record = manifest["records"][3]
        whole = packed.read(record["file"])
        assert whole[record["start"] : record["start"] + record["bytes"]].decode() == LINES[record["record"] - 1]
        reasons = list(csv.DictReader(io.StringIO(packed.read("reasons.csv").decode("utf-8-sig"))))
    assert {r["code"] for r in reasons if r["record"] == "5"} == {"LEG-013", "CHK-004"}
    assert reasons[0]["message"] == "'=please fix"


def test_cells_that_would_be_formulas_are_not(tmp_path: Path) -> None:
    lines = (*LINES[:1], "=1+1;=cmd|' /C calc'!A0;14/04/2001;DE", "@SUM(1);-2;14/04/2001;DE", "+7;\t=1;14/04/2001;GERM")
    run(contract(tmp_path), guests(tmp_path, lines), into=tmp_path / "out")
    sent_back(tmp_path, tmp_path / "back")
    rows = list(csv.reader(io.StringIO((tmp_path / "back" / "reasons.csv").read_text("utf-8-sig"))))
    assert len(rows) > 2
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("may_see", [True, False])
def test_classified_records_go_only_with_who_may_see_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, may_see: bool
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    judged(tmp_path, classification="pii")
    done = sent_back(tmp_path, tmp_path / "back", may_see_raw=may_see)
    assert done.without_bytes == (0 if may_see else 6)
    everything = b"".join(p.read_bytes() for p in (tmp_path / "back").rglob("*") if p.is_file())
    assert (b"Fay" in everything) is may_see
    with open_ledger(tmp_path / "out") as ledger:
        for item in Queue(ledger).items(Filter(state=State.RETURNED.value)).items:
            last = trail(ledger, item)[-1]
            assert (last.action, last.who, last.why == CLASSIFIED) == ("exported", "Bob", may_see)
