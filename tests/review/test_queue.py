"""The queue: taken in once, grouped by cause, filtered, searched, read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.review.waiting import LINES, contract, guests, judged
from tests.support.postgres import Server
from weighbridge.findings import ArgumentError, code
from weighbridge.ledger import Ledger
from weighbridge.pipeline.output.ledgers import ledger_at, open_ledger
from weighbridge.pipeline.run import run
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import approve, assign, decide, picks_of, refuse, withdraw
from weighbridge.review.queue import Filter, Queue
from weighbridge.review.states import Kind, State
from weighbridge.review.trail import trail

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


_FEW = {"sqlite": 0, "sqlite few": 2_000, "postgresql": 0, "postgresql rare": 3, "postgresql few": 2_000}


@pytest.fixture(params=_FEW)
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Queue]:
    """The queue of one run, on either database, by its index of words and without."""
    server: Server | None = (
        request.getfixturevalue("postgres_server") if request.param.startswith("postgresql") else None
    )
    with ledger_at(server.url() if server is not None else None):
        judged(tmp_path)
        with open_ledger(tmp_path / "out") as ledger:
            queue = Queue(ledger, few=_FEW[request.param])
            queue.take_in(tmp_path / "out", NOON)
            yield queue


def records(queue: Queue, wanted: Filter | None = None) -> list[int]:
    return [item.record for item in queue.items(wanted).items]


def test_every_kept_record_is_in_the_queue_once(queue: Queue, tmp_path: Path) -> None:
    assert queue.take_in(tmp_path / "out", NOON) == 0
    assert sorted(records(queue)) == [2, 3, 4, 5, 6, 7]
    assert {i.record: i.verdict for i in queue.items().items}[2] == "uncertain"


def test_causes_come_by_what_settles_most_records(queue: Queue) -> None:
    causes = queue.causes()
    assert [c.items for c in causes] == [2, 1, 1, 1, 1]
    assert [(p.code, p.property) for p in causes[0].parts] == [("CHK-004", "country")]
    assert queue.cause(causes[0].id) == causes[0]
    both = next(c for c in causes if len(c.parts) == 2)
    assert records(queue, Filter(cause=both.id)) == [5]


def test_filters_find_what_they_say(queue: Queue) -> None:
    assert sorted(records(queue, Filter(code="LEG-013"))) == [2, 5]
    assert sorted(records(queue, Filter(property="country"))) == [4, 5, 6]
    assert records(queue, Filter(check="id|type")) == [3]
    assert records(queue, Filter(check="id|type", property="born")) == []
    assert records(queue, Filter(text="FAY ita")) == [6]
    assert records(queue, Filter(text="gu")) == [7]
    assert records(queue, Filter(text='" * ( -')) == []
    assert records(queue, Filter(contract="other")) == []
    assert len(records(queue, Filter(contract="guests", object_name="guests", state=None))) == 6
    assert queue.count(Filter(text="nothing so")) == 0
    assert queue.count(Filter(code="LEG-013")) == 2


def test_pages_follow_each_other_without_gap(queue: Queue) -> None:
    for wanted in (Filter(), Filter(code="CHK-004"), Filter(state=None), Filter(text="2001")):
        whole = [i.id for i in queue.items(wanted, limit=100).items]
        assert [i.id for i in queue.every(wanted, batch=2)] == whole
        middle = queue.item(whole[1])
        before, after = queue.neighbour(middle, wanted, forward=False), queue.neighbour(middle, wanted)
        assert before is not None
        assert before.id == whole[0]
        assert after is None or after.id == whole[2]


def test_an_extract_that_is_judged_again_supersedes_what_waited(queue: Queue, tmp_path: Path) -> None:
    newer = contract(tmp_path, version="1.1.0", country_length=3)
    run(newer, tmp_path / "guests.csv", into=tmp_path / "out")
    assert queue.states()[State.SUPERSEDED] == 6
    queue.take_in(tmp_path / "out", NOON)
    assert queue.states()[State.OPEN] == 4
    item = queue.items().items[0]
    assert len(queue.of_record(item)) == 2


def test_of_two_people_who_decide_one_item_the_first_has_it(queue: Queue, tmp_path: Path) -> None:
    seen = picks_of(queue.items(Filter(check="country|maxLength")).items)
    choice = Choice(Kind.CONFIRM_REJECTION)
    first = decide(queue.ledger, tmp_path / "out", seen, choice, by="Ada", why="wrong", at=NOON)
    second = decide(queue.ledger, tmp_path / "out", seen, Choice(Kind.SEND_BACK), by="Bob", why="?", at=NOON)
    assert first.counts == {"done": 3}
    assert second.counts == {"stale": 3}
    assert "look at what was decided" in second.outcomes[0].findings[0].fix
    assert queue.states() == {State.OPEN: 3, State.REJECTED: 3}


def test_a_decision_is_withdrawn_and_leaves_its_trail(queue: Queue, tmp_path: Path) -> None:
    item = queue.items(Filter(check="born|date.order")).items[0]
    choice = Choice(Kind.ACCEPT_READING, reading=0)
    decide(queue.ledger, tmp_path / "out", picks_of([item]), choice, by="Ada", why="day first", at=NOON)
    decided = queue.item(item.id)
    assert decided.state is State.DECIDED
    again = withdraw(queue.ledger, picks_of([decided]), by="Bob", why="not so sure", at=NOON)
    assert again.counts == {"done": 1}
    told = trail(queue.ledger, queue.item(item.id))
    assert [(t.who, t.action) for t in told[1:]] == [("Ada", "decided"), ("Bob", "withdrawn")]
    assert queue.item(item.id).state is State.OPEN
    nothing = withdraw(queue.ledger, picks_of([queue.item(item.id)]), by="Bob", why="x", at=NOON)
    assert [o.findings[0].code for o in nothing.outcomes] == ["REV-003"]
    assert "open items are decided on" in nothing.outcomes[0].findings[0].fix


def test_an_item_is_taken_on(queue: Queue) -> None:
    item = queue.items().items[0]
    assign(queue.ledger, picks_of([item]), "Ada", by="Ada", at=NOON)
    assert [i.id for i in queue.items(Filter(assignee="Ada")).items] == [item.id]


def test_what_is_not_there_is_said(queue: Queue, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError) as refused:
        queue.item(99)
    assert "weighbridge queue" in refused.value.findings[0].fix
    with pytest.raises(ArgumentError):
        queue.cause(99)
    gone = decide(queue.ledger, tmp_path / "out", [(99, 1)], Choice(Kind.SEND_BACK), by="A", why="b", at=NOON)
    assert gone.counts == {"refused": 1}


def test_four_eyes_are_two_people(tmp_path: Path) -> None:
    judged(tmp_path, review="{fourEyes: true}")
    with open_ledger(tmp_path / "out") as ledger:
        queue = Queue(ledger)
        queue.take_in(tmp_path / "out", NOON)
        items = queue.items(Filter(check="country|maxLength")).items
        choice = Choice(Kind.CONFIRM_REJECTION)
        decide(ledger, tmp_path / "out", picks_of(items), choice, by="Ada", why="wrong", at=NOON)
        waiting = queue.items(Filter(state=State.AWAITING.value)).items
        assert len(waiting) == 3
        same = approve(ledger, picks_of(waiting[:1]), by=" ada", why="sure", at=NOON)
        assert "have another person" in same.outcomes[0].findings[0].fix
        assert approve(ledger, picks_of(waiting[:2]), by="Bob", why="seen", at=NOON).counts == {"done": 2}
        assert refuse(ledger, picks_of(waiting[2:]), by="Bob", why="no", at=NOON).counts == {"done": 1}
        assert queue.states() == {State.OPEN: 4, State.REJECTED: 2}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["decide", "withdraw", "send"]), max_size=6), st.integers(1, 6))
def test_counts_are_always_those_of_the_items(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], n: int
) -> None:
    folder = tmp_path_factory.mktemp("queue")
    ledger = _filled(folder, n)
    queue = Queue(ledger)
    for step in steps:
        items = queue.items(Filter(state=None)).items
        if step == "withdraw":
            withdraw(ledger, picks_of(items), by="a", why="b", at=NOON)
        else:
            kind = Kind.SEND_BACK if step == "send" else Kind.CONFIRM_REJECTION
            decide(ledger, folder, picks_of(items[: max(1, n // 2)]), Choice(kind), by="a", why="b", at=NOON)
        counted = pl.Series([i.state.value for i in queue.items(Filter(state=None)).items]).value_counts()
        assert {s.value: c for s, c in queue.states().items()} == dict(counted.iter_rows())
    ledger.close()


_MADE: dict[str, Path] = {}


def _filled(folder: Path, n: int) -> Ledger:
    """A ledger with one run and n items, without a run's cost each time."""
    import shutil

    if "run" not in _MADE:
        made = folder / "made"
        made.mkdir()
        judged(made)
        with open_ledger(made / "out") as ledger:
            Queue(ledger).take_in(made / "out", NOON)
        _MADE["run"] = made / "out"
    shutil.copy(_MADE["run"] / "ledger.db", folder / "ledger.db")
    shutil.copytree(_MADE["run"] / "runs", folder / "runs", dirs_exist_ok=True)
    return Ledger.open(folder / "ledger.db")


def test_words_of_classified_values_cannot_be_searched(tmp_path: Path) -> None:
    judged(tmp_path, classification="pii")
    with open_ledger(tmp_path / "out") as ledger:
        queue = Queue(ledger)
        queue.take_in(tmp_path / "out", NOON)
        assert all(name not in (i.text or "") for i in queue.items().items for name in ("Fay", "Gus", "Bob"))
        assert records(queue, Filter(text="ITA")) == [6]
        assert records(queue, Filter(text="Fay")) == []


def test_a_correction_is_held_against_the_contract_at_once(tmp_path: Path) -> None:
    judged(tmp_path)
    assert len(LINES) == 7
    assert guests(tmp_path).is_file()
    with open_ledger(tmp_path / "out") as ledger:
        queue = Queue(ledger)
        queue.take_in(tmp_path / "out", NOON)
        item = queue.items(Filter(text="Fay")).items[0]

        def corrected(**values: str | None) -> list[str]:
            choice = Choice(Kind.CORRECT, values=values)
            now = queue.item(item.id)
            done = decide(ledger, tmp_path / "out", picks_of([now]), choice, by="Ada", why="typo", at=NOON)
            return [f.code for o in done.outcomes for f in o.findings]

        assert corrected(country="ITA") == ["REV-005", "CHK-004"]
        assert "correct the other faults in the same decision" in code("REV-005").fix
        assert corrected(country="IT", id="six") == ["REV-005", "LEG-001"]
        assert corrected(country="IT", id=None) == ["REV-005", "CHK-001"]
        with pytest.raises(ArgumentError) as refused:
            corrected(nation="IT")
        assert "name the property and the value" in refused.value.findings[0].fix
        assert corrected(country="IT") == []
        framing = queue.items(Filter(text="Gus")).items
        done = decide(ledger, tmp_path / "out", picks_of(framing), Choice(Kind.CORRECT, values={"country": "IT"}),
                      by="Ada", why="x", at=NOON)  # fmt: skip
        assert [f.code for f in done.outcomes[0].findings] == ["REV-005", "RDR-010"]


def test_a_reading_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    judged(tmp_path)
    with open_ledger(tmp_path / "out") as ledger:
        queue = Queue(ledger)
        queue.take_in(tmp_path / "out", NOON)
        items = queue.items(Filter(text="Bob")).items
        choice = Choice(Kind.ACCEPT_READING, reading="1999-01-01")
        done = decide(ledger, tmp_path / "out", picks_of(items), choice, by="Ada", why="x", at=NOON)
        (finding,) = done.outcomes[0].findings
        assert finding.code == "REV-006"
        assert finding.detail == "the readings of born are 2001-04-03 or 2001-03-04"
        assert "choose one of the readings" in finding.fix


def test_a_classified_value_is_not_kept_without_a_key(tmp_path: Path) -> None:
    path = guests(tmp_path, (LINES[0], "6;;16/04/2001;DE"))
    run(contract(tmp_path, classification="pii"), path, into=tmp_path / "out")
    with open_ledger(tmp_path / "out") as ledger:
        queue = Queue(ledger)
        queue.take_in(tmp_path / "out", NOON)
        choice = Choice(Kind.CORRECT, values={"name": "Fay"})
        picks = picks_of(queue.items().items)
        (one,) = decide(ledger, tmp_path / "out", picks, choice, by="Ada", why="x", at=NOON).outcomes
        assert one.findings[0].code == "REV-009"
        assert "WEIGHBRIDGE_SEAL_KEY" in one.findings[0].fix
    assert b"Fay" not in (tmp_path / "out" / "ledger.db").read_bytes()
