"""The book of alerts, on both databases: each trouble once, told once, told again in time, ended once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from weighbridge.alert import Book, Trouble
from weighbridge.contract.age import span_of
from weighbridge.ledger import Ledger

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HELD = Trouble("held", "people", "people", title="people is held", body="9 rejected", run_id="r1")
OVER = replace(HELD, is_there=False, run_id="r2")


def tell(book: Book, at: datetime) -> list[str]:
    """Tell all that is due, and return its titles."""
    told = []
    for entry in book.due(at, DAY):
        claimant = book.claim(entry, at, DAY)
        assert claimant is not None
        book.told(entry, claimant, at)
        told.append(f"over: {entry.title}" if entry.over else entry.title)
    return told


def test_a_trouble_is_told_once_and_again_after_the_time(ledger: Ledger) -> None:
    book = Book(ledger)
    book.note([HELD], NOON)
    assert tell(book, NOON) == ["people is held"]
    book.note([replace(HELD, run_id="r9")], NOON + DAY / 2)
    assert tell(book, NOON + DAY / 2) == []
    (entry,) = book.entries()
    assert (entry.times, entry.since, entry.last_seen, entry.run_id) == (2, NOON, NOON + DAY / 2, "r9")
    assert tell(book, NOON + DAY + timedelta(minutes=1)) == ["people is held"]


def test_its_end_is_told_once_and_only_where_it_was_told(ledger: Ledger) -> None:
    book = Book(ledger)
    book.note([OVER], NOON)
    assert book.entries(over=True) == []
    book.note([HELD], NOON)
    book.note([OVER], NOON)
    assert tell(book, NOON) == []
    book.note([HELD], NOON)
    assert tell(book, NOON) == ["people is held"]
    book.note([OVER, OVER], NOON + DAY)
    assert tell(book, NOON + DAY) == ["over: people is held"]
    assert tell(book, NOON + DAY) == []
    assert book.entries() == []
    assert [e.over for e in book.entries(over=True)] == [NOON + DAY]
    book.note([HELD], NOON + 2 * DAY)
    assert [(e.times, e.since) for e in book.entries()] == [(1, NOON + 2 * DAY)]


def test_of_many_who_find_a_trouble_at_once_one_tells_it(ledger: Ledger) -> None:
    book = Book(ledger)

    def find(_: int) -> bool:
        book.note([HELD], NOON)
        return any(book.claim(entry, NOON, DAY) for entry in book.due(NOON, DAY))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(find, range(24))) == 1
    (entry,) = book.entries()
    assert entry.times == 24


def test_what_could_not_be_told_stays_due_and_a_dead_claim_is_free_again(ledger: Ledger) -> None:
    book = Book(ledger)
    book.note([HELD], NOON)
    (entry,) = book.due(NOON, DAY)
    claimant = book.claim(entry, NOON, DAY)
    assert claimant is not None
    assert book.claim(entry, NOON, DAY) is None
    book.failed(entry, claimant)
    (entry,) = book.due(NOON, DAY)
    assert entry.failures == 1
    assert book.claim(entry, NOON, DAY) is not None
    assert book.claim(entry, NOON + timedelta(minutes=6), DAY) is not None


def test_troubles_differ_by_kind_contract_object_and_what_they_are_about(ledger: Ledger) -> None:
    book = Book(ledger)
    others = [
        replace(HELD, kind="rate"),
        replace(HELD, contract_id="p"),
        replace(HELD, object="q"),
        replace(HELD, about="x"),
    ]
    book.note([HELD, *others], NOON)
    assert len(book.entries()) == 5
    assert len(book.entries("p")) == 1


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_span_is_the_sum_of_its_parts(days: int, hours: int, minutes: int) -> None:
    span = timedelta(days=days, hours=hours, minutes=minutes)
    assert span_of(f"P{days}DT{hours}H{minutes}M") == span
    assert span_of(f"P{days}W") == timedelta(weeks=days)
