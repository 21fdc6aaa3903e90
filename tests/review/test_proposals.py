"""A decision as a proposed change of the contract: only where it is a rule, and always one that loads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.review.waiting import LINES, contract, guests
from weighbridge.contract import load
from weighbridge.findings import ArgumentError
from weighbridge.pipeline.again.replay import replay
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.run import run
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import decide, picks_of
from weighbridge.review.proposals import Proposal, keep, proposals, propose
from weighbridge.review.queue import Queue
from weighbridge.review.states import Kind

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FILE = (
    LINES[0],
    "2;Bob;03/04/2001;FR",
    "3;Cy;05/06/2001;FR",
    "4;Dot;15/04/2001;GER",
    "5;Eve;15/06/2001;GER",
    "6;Fay;16/04/2001;ITA",
)


def proposed(folder: Path, choice: Choice, *records: int) -> Proposal:
    run(contract(folder), guests(folder, FILE), into=folder / "out")
    with open_ledger(folder / "out") as ledger:
        queue = Queue(ledger)
        queue.take_in(folder / "out", NOON)
        items = [i for i in queue.items().items if i.record in records]
        done = decide(ledger, folder / "out", picks_of(items), choice, by="Ada", why="x", at=NOON)
        assert done.counts == {"done": len(records)}
        found = propose(ledger, folder / "out", done.batch)
        keep(ledger, found, batch=done.batch, by="Ada", at=NOON)
        assert [p["title"] for p in proposals(ledger, "guests")] == [found.title]
        with pytest.raises(ArgumentError):
            propose(ledger, folder / "out", "none")
        return found


def patched(folder: Path, found: Proposal) -> Path:
    """The contract with the diff applied, line by line."""
    gone = [line[1:] for line in found.diff.splitlines() if line.startswith("-") and not line.startswith("---")]
    new = [line[1:] for line in found.diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    text = contract(folder).read_text()
    for before, after in zip(gone, new, strict=True):
        assert text.count(before) == 1
        text = text.replace(before, after)
    path = folder / "patched.odcs.yaml"
    path.write_text(text.replace("1.0.0", "1.1.0"))
    return path


def test_accepted_readings_of_one_format_become_that_format(tmp_path: Path) -> None:
    found = proposed(tmp_path, Choice(Kind.ACCEPT_READING, reading=1), 2, 3)
    assert found.title == "read born as MM/dd/yyyy alone, as 2 decisions did"
    newer = patched(tmp_path, found)
    (rule,) = load(newer).objects[0].property_named("born").rules
    assert list(rule.parameters["formats"]) == ["MM/dd/yyyy"]


def test_a_text_that_always_became_one_value_becomes_a_mapping(tmp_path: Path) -> None:
    found = proposed(tmp_path, Choice(Kind.CORRECT, values={"country": "DE"}), 4, 5)
    assert found.title == "read country GER as DE, as 2 decisions did"
    newer = patched(tmp_path, found)
    assert replay(tmp_path / "out", by="Bob", contract=newer, dry_run=True).published == 2


@pytest.mark.parametrize(
    ("choice", "records", "why"),
    [
        (Choice(Kind.CONFIRM_REJECTION), (4, 5), "turns such records back already"),
        (Choice(Kind.CORRECT, values={"country": "DE"}), (4,), "one record is no rule"),
        (Choice(Kind.CORRECT, values={"country": "DE"}), (4, 6), "no text was corrected more than once"),
        (Choice(Kind.CORRECT, values={"country": "DE", "name": "X"}), (4, 5), "more than one property"),
        (Choice(Kind.CORRECT, values={"born": "2001-01-01"}), (2, 3), "no text was corrected more than once"),
    ],
)
def test_what_is_no_rule_is_not_proposed(tmp_path: Path, choice: Choice, records: tuple[int, ...], why: str) -> None:
    found = proposed(tmp_path, choice, *records)
    assert found.diff == ""
    assert why in found.title
