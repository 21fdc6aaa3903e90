"""How long records wait."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select

from weighbridge.ledger import Ledger
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.schema import REVIEW_ITEMS, RUNS, UtcDateTime
from weighbridge.review.states import State

_WAITING = (State.OPEN.value, State.AWAITING.value)


def aged(ledger: Ledger, contract_id: str, object_name: str, before: datetime) -> tuple[int, datetime | None]:
    """Return how many records wait since before a moment, and since when the first of all waits.

    A record waits since its run ended, whenever the queue took it in.

    Raises:
        LedgerError: LED-004, the database refused.
    """
    since = func.coalesce(RUNS.c.finished, REVIEW_ITEMS.c.created, type_=UtcDateTime())
    late = func.coalesce(func.sum(case((since < before, 1), else_=0)), 0)
    joined = REVIEW_ITEMS.join(RUNS, RUNS.c.id == REVIEW_ITEMS.c.run_id)
    asked = (
        select(late, func.min(since, type_=UtcDateTime()))
        .select_from(joined)
        .where(
            REVIEW_ITEMS.c.contract_id == contract_id,
            REVIEW_ITEMS.c.object == object_name,
            REVIEW_ITEMS.c.state.in_(_WAITING),
        )
    )
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        count, oldest = connection.execute(asked).one()
    return int(count), oldest


def newest_runs(ledger: Ledger) -> list[tuple[str, str, str]]:
    """Return contract, object and id of the newest run of each that was judged.

    Raises:
        LedgerError: LED-004, the database refused.
    """
    asked = select(RUNS.c.contract_id, RUNS.c.object, func.max(RUNS.c.id)).where(RUNS.c.decision.is_not(None))
    asked = asked.group_by(RUNS.c.contract_id, RUNS.c.object).order_by(RUNS.c.contract_id, RUNS.c.object)
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        return [(contract_id, name, run_id) for contract_id, name, run_id in connection.execute(asked)]
