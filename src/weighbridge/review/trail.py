"""What happened to an item: decisions about it, and who saw or was given classified values of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select

from weighbridge.ledger import Ledger
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.schema import REVIEW_TRAIL
from weighbridge.review.queue import Item


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One thing that happened to an item: when, by whom, what, why."""

    at: datetime
    who: str
    action: str
    why: str
    decision_id: int | None
    body: Mapping[str, Any]


CLASSIFIED = "classified values, and the record's bytes"
"""What is entered of records that hold classified values."""


class Sight(StrEnum):
    """How somebody came to know a record."""

    SEEN = "seen"
    EXPORTED = "exported"


def trail(ledger: Ledger, item: Item) -> tuple[TrailEntry, ...]:
    """Return what happened to an item, from the run that kept it on, the oldest first."""
    query = select(REVIEW_TRAIL).where(REVIEW_TRAIL.c.item_id == item.id).order_by(REVIEW_TRAIL.c.id)
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    first = TrailEntry(item.created, f"run {item.run_id}", "kept", "", None, {"codes": list(item.codes)})
    told = [TrailEntry(r["at"], r["who"], r["action"], r["why"], r["decision_id"], r["body"]) for r in rows]
    return first, *told


def note_sight(ledger: Ledger, items: Iterable[Item], how: Sight, *, by: str, at: datetime, what: str) -> None:
    """Enter that somebody sees, or is given, what is not for everybody; to be called before it is shown.

    Args:
        ledger: whose queue has the items.
        items: the records.
        how: seen on a page, or taken away in a file.
        by: who.
        at: when, UTC.
        what: what of the records, in words, without any value.

    Raises:
        LedgerError: LED-004, it cannot be entered; then it must not be shown either.
    """
    rows: list[dict[str, Any]] = [
        {"item_id": item.id, "at": at, "who": by, "action": how.value, "why": what, "decision_id": None, "body": {}}
        for item in items
    ]
    if rows:
        with ledger_errors(), ledger.engine.begin() as connection:
            connection.execute(insert(REVIEW_TRAIL), rows)
