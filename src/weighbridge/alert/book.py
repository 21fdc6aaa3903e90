"""The book of alerts, in the ledger: each trouble once, since when, how often, when it was told, and when it ended.

Any number of processes may find the same trouble at once: one of them tells it. Who tells claims
it first; a claim whose process died is free again after five minutes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

from weighbridge.alert.trouble import Trouble
from weighbridge.ledger import Ledger
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.schema import ALERTS
from weighbridge.quick import dataclass

_CLAIM = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Entry:
    """One trouble as the book has it.

    Attributes:
        key: what makes it the same trouble.
        since, last_seen: when it was first and last found.
        times: how often.
        over: when it was found to be over; None while it is there.
        told: when people were told last; None when they were not yet.
        failures: how often telling failed since it last went well.
    """

    key: str
    kind: str
    contract_id: str
    object: str | None
    title: str
    body: str
    run_id: str | None
    since: datetime
    last_seen: datetime
    times: int
    over: datetime | None
    told: datetime | None
    failures: int


_COLUMNS = tuple(ALERTS.c[name] for name in Entry.__dataclass_fields__)


class Book:
    """The alerts of one ledger. Whatever the database refuses is LedgerError LED-004."""

    def __init__(self, ledger: Ledger) -> None:
        self._engine = ledger.engine

    def note(self, troubles: Iterable[Trouble], now: datetime) -> None:
        """Enter what was found: new troubles, those seen again, those that are over."""
        found = list(troubles)
        for trouble in found:
            if trouble.is_there:
                self._enter(trouble, now)
        self._end([t.key for t in found if not t.is_there], now)

    def due(self, now: datetime, again_after: timedelta) -> list[Entry]:
        """Return what is to be told: new troubles, those told longer ago than `again_after`, ends of told ones."""
        with ledger_errors(), self._engine.connect().execution_options(**READS) as connection:
            rows = connection.execute(select(*_COLUMNS).where(self._is_due(now, again_after)).order_by(ALERTS.c.since))
            return [Entry(*row) for row in rows]

    def claim(self, entry: Entry, now: datetime, again_after: timedelta) -> str | None:
        """Claim the telling of an entry; None where another process has it, or told it already."""
        claimant = secrets.token_hex(16)
        free = or_(ALERTS.c.claimed.is_(None), ALERTS.c.claimed < now - _CLAIM)
        mine = update(ALERTS).where(ALERTS.c.key == entry.key, free, self._is_due(now, again_after))
        with ledger_errors(), self._engine.begin() as connection:
            done = connection.execute(mine.values(claimed=now, claimant=claimant))
        return claimant if done.rowcount else None

    def told(self, entry: Entry, claimant: str, now: datetime) -> None:
        """Note that people were told."""
        self._release(entry, claimant, told=now, told_over=entry.over is not None, failures=0)

    def failed(self, entry: Entry, claimant: str) -> None:
        """Note that nobody could be told: it stays due."""
        self._release(entry, claimant, failures=entry.failures + 1)

    def entries(self, contract_id: str | None = None, over: bool = False) -> list[Entry]:
        """Return the troubles that are there, the latest first; with `over` those of the past too."""
        found = select(*_COLUMNS).order_by(ALERTS.c.last_seen.desc())
        found = found if over else found.where(ALERTS.c.over.is_(None))
        found = found if contract_id is None else found.where(ALERTS.c.contract_id == contract_id)
        with ledger_errors(), self._engine.connect().execution_options(**READS) as connection:
            return [Entry(*row) for row in connection.execute(found)]

    def _enter(self, trouble: Trouble, now: datetime) -> None:
        words = {"title": trouble.title, "body": trouble.body, "run_id": trouble.run_id, "last_seen": now}
        anew = {**words, "since": now, "times": 1, "over": None, "told": None, "told_over": False, "failures": 0}
        there = update(ALERTS).where(ALERTS.c.key == trouble.key)
        with ledger_errors(), self._engine.begin() as connection:
            seen = there.where(ALERTS.c.over.is_(None)).values(**words, times=ALERTS.c.times + 1)
            if connection.execute(seen).rowcount:
                return
            if connection.execute(there.where(ALERTS.c.over.is_not(None)).values(**anew)).rowcount:
                return
            row = {
                "key": trouble.key,
                "kind": trouble.kind,
                "contract_id": trouble.contract_id,
                "object": trouble.object,
            }
            try:
                with connection.begin_nested():
                    connection.execute(insert(ALERTS).values(**row, **anew))
            except IntegrityError:
                connection.execute(seen)  # another process was there between

    def _end(self, keys: list[str], now: datetime) -> None:
        ended = update(ALERTS).where(ALERTS.c.key.in_(keys), ALERTS.c.over.is_(None))
        with ledger_errors(), self._engine.begin() as connection:
            connection.execute(ended.values(over=now))

    def _release(self, entry: Entry, claimant: str, **facts: object) -> None:
        mine = update(ALERTS).where(ALERTS.c.key == entry.key, ALERTS.c.claimant == claimant)
        with ledger_errors(), self._engine.begin() as connection:
            connection.execute(mine.values(claimed=None, claimant=None, **facts))

    @staticmethod
    def _is_due(now: datetime, again_after: timedelta) -> ColumnElement[bool]:
        untold = or_(ALERTS.c.told.is_(None), ALERTS.c.told < now - again_after)
        ended = and_(ALERTS.c.over.is_not(None), ALERTS.c.told.is_not(None), ALERTS.c.told_over.is_(False))
        return or_(and_(ALERTS.c.over.is_(None), untold), ended)
