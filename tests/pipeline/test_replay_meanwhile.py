"""What people do while a replay is on: it publishes what still stands, and the trail tells what it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipeline.test_replay import NOON, correct, published, sound, states
from tests.review.waiting import contract, judged
from weighbridge.pipeline.again.replay import replay
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.watcher import Nobody
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import decide, decisions_of, picks_of, withdraw
from weighbridge.review.queue import Filter, Queue
from weighbridge.review.states import Kind
from weighbridge.review.trail import trail


class Meanwhile(Nobody):
    """Does something once, when a stage begins."""

    def __init__(self, stage: str, then: Callable[[], object]) -> None:
        self._stage, self._then, self.done = stage, then, False

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        if name.startswith(self._stage) and not self.done:
            self.done = True
            self._then()


def about(folder: Path, record: int) -> tuple[list[str], list[tuple[str, str]]]:
    """Return a record's trail, and each decision about it: who took it, and what became of it."""
    with open_ledger(folder / "out") as ledger:
        (item,) = [i for i in Queue(ledger).every(Filter(state=None)) if i.record == record]
        taken = [(d["decided_by"], d["state"]) for d in decisions_of(ledger, item.id)]
        return [t.action for t in trail(ledger, item)], taken


def take_back(folder: Path, record: int, choice: Choice | None = None) -> None:
    """Cy withdraws what was decided, and may decide otherwise."""
    with open_ledger(folder / "out") as ledger:
        items = [i for i in Queue(ledger).every(Filter(state=None)) if i.record == record]
        assert withdraw(ledger, picks_of(items), by="Cy", why="wait", at=NOON).counts == {"done": 1}
        if choice is not None:
            again = [i for i in Queue(ledger).every(Filter(state=None)) if i.record == record]
            assert decide(ledger, folder / "out", picks_of(again), choice, by="Cy", why="so", at=NOON).counts == {
                "done": 1
            }


def reject(folder: Path, record: int) -> None:
    """Cy confirms that the record is rejected."""
    with open_ledger(folder / "out") as ledger:
        items = [i for i in Queue(ledger).items().items if i.record == record]
        choice = Choice(Kind.CONFIRM_REJECTION)
        assert decide(ledger, folder / "out", picks_of(items), choice, by="Cy", why="no", at=NOON).counts == {"done": 1}


def test_what_is_withdrawn_while_records_are_judged_is_not_published(tmp_path: Path) -> None:
    judged(tmp_path)
    correct(tmp_path, 4, 6, country="XX")
    watcher = Meanwhile("weighing again", lambda: take_back(tmp_path, 4))
    done = replay(tmp_path / "out", by="Bob", watcher=watcher)
    assert watcher.done
    assert done.published == 1
    assert sorted(published(tmp_path)) == [1, 6]
    assert about(tmp_path, 4) == (["kept", "decided", "withdrawn"], [("Ada", "withdrawn")])
    assert states(tmp_path) == {"open": 5, "published": 1}
    sound(tmp_path)


def test_what_is_decided_otherwise_meanwhile_waits_for_the_next_replay(tmp_path: Path) -> None:
    judged(tmp_path)
    correct(tmp_path, 4, country="XX")
    other = Choice(Kind.CORRECT, values={"country": "YY"})
    replay(tmp_path / "out", by="Bob", watcher=Meanwhile("weighing again", lambda: take_back(tmp_path, 4, other)))
    assert sorted(published(tmp_path)) == [1]
    assert replay(tmp_path / "out", by="Bob").published == 1
    assert published(tmp_path)[4][3] == "YY"
    assert about(tmp_path, 4)[1] == [("Ada", "withdrawn"), ("Cy", "published")]
    sound(tmp_path)


def test_a_rejection_confirmed_meanwhile_keeps_a_newer_contract_from_publishing(tmp_path: Path) -> None:
    judged(tmp_path)
    newer = contract(tmp_path, version="1.1.0", country_length=3)
    watcher = Meanwhile("weighing again", lambda: reject(tmp_path, 4))
    assert replay(tmp_path / "out", by="Bob", contract=newer, watcher=watcher).published == 1
    assert sorted(published(tmp_path)) == [1, 6]
    assert about(tmp_path, 4)[1] == [("Cy", "standing")]
    sound(tmp_path)


@pytest.mark.parametrize("stage", ["writing the manifest", "committing published"])
def test_what_comes_too_late_is_told_as_that(tmp_path: Path, stage: str) -> None:
    judged(tmp_path)
    correct(tmp_path, 4, country="XX")
    other = Choice(Kind.CORRECT, values={"country": "YY"})
    replay(tmp_path / "out", by="Bob", watcher=Meanwhile(stage, lambda: take_back(tmp_path, 4, other)))
    assert published(tmp_path)[4][3] == "XX"
    told, taken = about(tmp_path, 4)
    assert told == ["kept", "decided", "withdrawn", "decided", "published"]
    assert taken == [("Ada", "published"), ("Cy", "failed")]
    assert states(tmp_path) == {"open": 5, "published": 1}
    sound(tmp_path)
