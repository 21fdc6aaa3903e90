"""The queue of records that wait for a person: grouped by cause, filtered, searched, page by page.

Pages are found by the last item of the page before, never by counting rows, and every way to
filter has an index that ends with the item's number: a page costs the same wherever it stands.
Counts are kept beside the items, so that a million of them need not be counted to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, column, func, literal_column, select, table, text, union_all

from weighbridge.findings import ArgumentError, Finding
from weighbridge.ledger import Ledger
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.schema import (
    REVIEW_CAUSE_PARTS,
    REVIEW_CAUSES,
    REVIEW_ITEMS,
    REVIEW_SEARCH,
    REVIEW_TALLIES,
)
from weighbridge.review.intake import Words, take_in
from weighbridge.review.states import State

_MOST_BRANCHES = 100
_MOST_COUNTED = 10_000
_POSTGRES_WORDS = "to_tsvector('simple', regexp_replace(review_items.text, '[^[:alnum:]]+', ' ', 'g'))"
"""As in the index, which serves no other expression."""

_SEARCH = table(REVIEW_SEARCH, column("rowid"), column(REVIEW_SEARCH))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items are meant. What is None is not asked.

    Attributes:
        state: one of `weighbridge.review.states.State`; None means all states.
        cause: the number of a cause.
        code, check, property: of one of the findings that keep the record out.
        text: words, or beginnings of words, of the record's own text; all must be there.
        assignee: who took it on.
    """

    contract: str | None = None
    object_name: str | None = None
    run: str | None = None
    state: str | None = State.OPEN.value
    cause: int | None = None
    code: str | None = None
    check: str | None = None
    property: str | None = None
    text: str | None = None
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class CausePart:
    """One of the things that keep a record out: a finding's code, the check's name, the property."""

    code: str
    check: str
    property: str | None


@dataclass(frozen=True, slots=True)
class Cause:
    """A set of things that keep records out together, and how many records wait because of exactly these.

    Attributes:
        items: how many records, in the states that were asked for.
    """

    id: int
    contract_id: str
    object: str
    parts: tuple[CausePart, ...]
    items: int


@dataclass(frozen=True, slots=True)
class Item:
    """A record in the queue.

    Attributes:
        verdict: ``rejected`` or ``uncertain``; None until the run's records were taken in, as `cause_id` and `text`.
        row_version: grows with every change; who decides names the one that was seen.
    """

    id: int
    run_id: str
    contract_id: str
    object: str
    extract_id: str
    source: str
    record: int
    offset_bytes: int | None
    length_bytes: int | None
    codes: tuple[str, ...]
    state: State
    row_version: int
    created: datetime
    verdict: str | None
    cause_id: int | None
    text: str | None
    assignee: str | None
    changed: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, by number; `after` is where the next page begins, None when this is the last."""

    items: tuple[Item, ...]
    after: int | None


class Queue:
    """The questions that people ask the queue. Everything that changes it is in `weighbridge.review.decisions`."""

    def __init__(self, ledger: Ledger, *, few: int = 2_000) -> None:
        """Ask the queue of a ledger; where so few items are meant, or have a word, they are looked at one by one."""
        self.ledger = ledger
        self._few = few

    def take_in(self, into: Path, at: datetime, *, say: Words | None = None) -> int:
        """Take in what runs kept since the last time; see `weighbridge.review.intake.take_in`."""
        return take_in(self.ledger, into, at, say=say)

    def causes(self, wanted: Filter | None = None, *, limit: int = 200) -> tuple[Cause, ...]:
        """Return the causes with items in the filter, what settles most records first.

        The filter's text and assignee are not asked here: counts are kept by run, cause and state.
        """
        wanted = wanted or Filter()
        tallies, causes = REVIEW_TALLIES.c, REVIEW_CAUSES.c
        items = func.sum(tallies["items"]).label("count")
        query = (
            select(causes.id, causes.contract_id, causes.object, causes.parts, items)
            .join(REVIEW_CAUSES, causes.id == tallies.cause_id)
            .where(*self._of_cause(wanted, causes.id))
            .group_by(causes.id)
            .having(items > 0)
            .order_by(items.desc(), causes.id)
            .limit(limit)
        )
        if wanted.run is not None:
            query = query.where(tallies.run_id == wanted.run)
        if wanted.state is not None:
            query = query.where(tallies.state == wanted.state)
        for name, value in (("contract_id", wanted.contract), ("object", wanted.object_name)):
            query = query.where(causes[name] == value) if value is not None else query
        return tuple(
            Cause(
                row["id"],
                row["contract_id"],
                row["object"],
                tuple(CausePart(p["code"], p["check"], p["property"]) for p in row["parts"]),
                int(row["count"]),
            )
            for row in self._rows(query)
        )

    def cause(self, cause_id: int) -> Cause:
        """Return a cause with the number of its open items.

        Raises:
            ArgumentError: REV-001, there is none.
        """
        found = self.causes(Filter(cause=cause_id))
        if found:
            return found[0]
        rows = self._rows(select(REVIEW_CAUSES).where(REVIEW_CAUSES.c.id == cause_id))
        if not rows:
            raise ArgumentError(Finding("REV-001", detail=f"no cause {cause_id}"))
        parts = tuple(CausePart(p["code"], p["check"], p["property"]) for p in rows[0]["parts"])
        return Cause(cause_id, rows[0]["contract_id"], rows[0]["object"], parts, 0)

    def states(self, wanted: Filter | None = None) -> dict[State, int]:
        """Return how many items there are by state, of the filter's contract, object, run and cause."""
        wanted = wanted or Filter()
        tallies, causes = REVIEW_TALLIES.c, REVIEW_CAUSES.c
        query = (
            select(tallies.state, func.sum(tallies["items"]).label("count"))
            .join(REVIEW_CAUSES, causes.id == tallies.cause_id)
            .where(*self._of_cause(wanted, causes.id))
            .group_by(tallies.state)
        )
        query = query.where(tallies.run_id == wanted.run) if wanted.run is not None else query
        for name, value in (("contract_id", wanted.contract), ("object", wanted.object_name)):
            query = query.where(causes[name] == value) if value is not None else query
        return {State(row["state"]): int(row["count"]) for row in self._rows(query) if row["count"]}

    def count(self, wanted: Filter | None = None) -> int:
        """Return how many items are in the filter; with text or assignee, at most 10,000 are counted."""
        wanted = wanted or Filter()
        if wanted.text is None and wanted.assignee is None:
            states = self.states(wanted)
            return states.get(State(wanted.state), 0) if wanted.state is not None else sum(states.values())
        some = self.page_query(wanted, 0, _MOST_COUNTED).subquery()
        return int(self._rows(select(func.count().label("n")).select_from(some))[0]["n"])

    def items(self, wanted: Filter | None = None, *, after: int = 0, limit: int = 50) -> Page:
        """Return a page of items by their number, the oldest first."""
        wanted = wanted or Filter()
        if wanted.text is not None and self.count(replace(wanted, text=None, assignee=None)) <= self._few:
            meant = self._rows(self.page_query(replace(wanted, text=None), after, self._few))
            rows = [row for row in meant if _has_words(row["text"], wanted.text)][: limit + 1]
        else:
            rows = self._rows(self.page_query(wanted, after, limit + 1))
        found = tuple(item_of(row) for row in rows[:limit])
        return Page(found, found[-1].id if len(rows) > limit else None)

    def every(self, wanted: Filter | None = None, *, batch: int = 1_000) -> Iterator[Item]:
        """Yield all items of a filter, page by page."""
        after: int | None = 0
        while after is not None:
            page = self.items(wanted, after=after, limit=batch)
            yield from page.items
            after = page.after

    def item(self, item_id: int) -> Item:
        """Return one item.

        Raises:
            ArgumentError: REV-001, there is none.
        """
        rows = self._rows(select(REVIEW_ITEMS).where(REVIEW_ITEMS.c.id == item_id))
        if not rows:
            raise ArgumentError(Finding("REV-001", detail=f"no item {item_id}"))
        return item_of(rows[0])

    def neighbour(self, item: Item, wanted: Filter, *, forward: bool = True) -> Item | None:
        """Return the next item of a filter, or the one before; None at the end."""
        if forward:
            return next(iter(self.items(wanted, after=item.id, limit=1).items), None)
        query = select(REVIEW_ITEMS).where(*self._conditions(wanted), REVIEW_ITEMS.c.id < item.id)
        query = query.where(*self._of_cause(wanted, REVIEW_ITEMS.c.cause_id))
        query = self._searched(query, wanted.text)
        rows = self._rows(query.order_by(REVIEW_ITEMS.c.id.desc()).limit(1))
        return item_of(rows[0]) if rows else None

    def of_record(self, item: Item) -> tuple[Item, ...]:
        """Return the items of the same record of the same extract in all runs, the newest first."""
        query = select(REVIEW_ITEMS).where(
            REVIEW_ITEMS.c.extract_id == item.extract_id,
            REVIEW_ITEMS.c.contract_id == item.contract_id,
            REVIEW_ITEMS.c.object == item.object,
            REVIEW_ITEMS.c.run_id.in_(
                [r.id for r in self.ledger.runs(item.contract_id, 200, extract_id=item.extract_id)]
            ),
            REVIEW_ITEMS.c.source == item.source,
            REVIEW_ITEMS.c.record == item.record,
        )
        return tuple(item_of(row) for row in self._rows(query.order_by(REVIEW_ITEMS.c.run_id.desc())))

    def page_query(self, wanted: Filter, after: int, limit: int) -> Select[Any]:
        """Return the select of a page: of few causes one branch each, as an index gives only one at a time in order."""
        causes = self._causes_of(wanted)
        if causes is None or len(causes) > _MOST_BRANCHES or wanted.text is not None:
            query = self._page(wanted, after, limit)
            return query.where(*self._of_cause(wanted, REVIEW_ITEMS.c.cause_id + 0))
        if len(causes) == 1:
            return self._page(wanted, after, limit).where(REVIEW_ITEMS.c.cause_id == causes[0])
        branches = [
            self._page(wanted, after, limit)
            .with_only_columns(REVIEW_ITEMS.c.id)
            .where(REVIEW_ITEMS.c.cause_id == cause)
            .subquery()
            .select()
            for cause in causes
        ]
        if not branches:
            return select(REVIEW_ITEMS).where(text("1 = 0"))
        meant = union_all(*branches).subquery()
        ids = select(meant.c.id).order_by(meant.c.id).limit(limit)
        return select(REVIEW_ITEMS).where(REVIEW_ITEMS.c.id.in_(ids)).order_by(REVIEW_ITEMS.c.id)

    def _page(self, wanted: Filter, after: int, limit: int) -> Select[Any]:
        if wanted.text is not None and self.ledger.engine.dialect.name == "sqlite":
            return self._found(wanted, wanted.text, after, limit)
        query = select(REVIEW_ITEMS).where(*self._conditions(wanted), REVIEW_ITEMS.c.id > after)
        rare = None if wanted.text is None else self._rare(wanted.text)
        searched = self._searched(query, wanted.text) if rare is None else query.where(REVIEW_ITEMS.c.id.in_(rare))
        return searched.order_by(REVIEW_ITEMS.c.id).limit(limit)

    def _rare(self, words: str) -> list[int] | None:
        """Return the items that have words which few have, None where many do: those are soon met in order.

        PostgreSQL does not know beforehand, and would look for rare words through all items in their order.
        """
        if self.ledger.engine.dialect.name != "postgresql":
            return None
        query = self._searched(select(REVIEW_ITEMS.c.id), words).limit(self._few + 1)
        with ledger_errors(), self.ledger.engine.connect().execution_options(**READS) as connection:
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # by the index of words, then
            found = [int(row[0]) for row in connection.execute(query)]
        return found if len(found) <= self._few else None

    def _found(self, wanted: Filter, words: str, after: int, limit: int) -> Select[Any]:
        """Return the page that SQLite's index of words leads to; offered another it would take the wrong one."""
        query = select(REVIEW_ITEMS).where(*self._conditions(wanted, offered=False))
        searched = self._searched(query, words)
        return searched.where(_SEARCH.c.rowid > after).order_by(_SEARCH.c.rowid).limit(limit)

    def _conditions(self, wanted: Filter, *, offered: bool = True) -> list[ColumnElement[bool]]:
        asked = {
            "contract_id": wanted.contract,
            "object": wanted.object_name,
            "run_id": wanted.run,
            "state": wanted.state,
            "assignee": wanted.assignee,
        }
        columns = {name: REVIEW_ITEMS.c[name] if offered else REVIEW_ITEMS.c[name] + "" for name in asked}
        return [columns[name] == value for name, value in asked.items() if value is not None]

    def _searched(self, query: Select[Any], words: str | None) -> Select[Any]:
        if words is None:
            return query
        found = re.findall(r"[^\W_]+", words)[:20]
        postgres = self.ledger.engine.dialect.name == "postgresql"
        if postgres and found:
            wanted = func.to_tsquery(text("'simple'"), " & ".join(f"{w}:*" for w in found))
            return query.where(literal_column(_POSTGRES_WORDS).op("@@")(wanted))
        if postgres:
            return query.where(text("1 = 0"))
        matches = _SEARCH.c[REVIEW_SEARCH].op("MATCH")(" ".join(f'"{w}"*' for w in found))
        joined = query.join(_SEARCH, _SEARCH.c.rowid == REVIEW_ITEMS.c.id)
        return joined.where(matches if found else text("1 = 0"))

    def _causes_of(self, wanted: Filter) -> list[int] | None:
        """Return the causes that the filter names or means; None where it says nothing of causes."""
        meant = _parts_of(wanted)
        if wanted.cause is not None:
            return [wanted.cause]
        if not meant:
            return None
        query = select(REVIEW_CAUSES.c.id).where(*self._of_cause(wanted, REVIEW_CAUSES.c.id))
        for name, value in (("contract_id", wanted.contract), ("object", wanted.object_name)):
            query = query.where(REVIEW_CAUSES.c[name] == value) if value is not None else query
        return [row["id"] for row in self._rows(query.limit(_MOST_BRANCHES + 1))]

    def _of_cause(self, wanted: Filter, cause: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if wanted.cause is not None:
            conditions.append(cause == wanted.cause)
        if meant := _parts_of(wanted):
            parts = [REVIEW_CAUSE_PARTS.c[name] == value for name, value in meant.items()]
            conditions.append(cause.in_(select(REVIEW_CAUSE_PARTS.c.cause_id).where(*parts)))
        return conditions

    def _rows(self, query: Select[Any]) -> list[Mapping[str, Any]]:
        with ledger_errors(), self.ledger.engine.connect().execution_options(**READS) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def item_of(row: Mapping[str, Any]) -> Item:
    """Return the item in a row of REVIEW_ITEMS."""
    own = {name: row[name] for name in Item.__dataclass_fields__}
    return replace(Item(**own), codes=tuple(row["codes"]), state=State(row["state"]))


def _has_words(own: str | None, words: str) -> bool:
    """Return whether a text has all the words, or words that begin so: as the indexes of words find them."""
    asked = [w.casefold() for w in re.findall(r"[^\W_]+", words)]
    there = [w.casefold() for w in re.findall(r"[^\W_]+", own or "")]
    return bool(asked) and all(any(t.startswith(a) for t in there) for a in asked)


def _parts_of(wanted: Filter) -> dict[str, str]:
    asked = {"code": wanted.code, "check_name": wanted.check, "property": wanted.property}
    return {name: value for name, value in asked.items() if value is not None}
