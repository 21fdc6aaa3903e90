"""A name held in the ledger's database: what keeps hosts apart that a lock's file does not reach.

PostgreSQL lets go of it when the connection ends, and so by the death of its process. SQLite is a file on one host,
where locks are files too: nothing is held there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from weighbridge.findings import Finding, Place, PublishError
from weighbridge.ledger.engine import ledger_errors

_LOOK_SECONDS = 0.2
_KEY = "hashtextextended(current_schema() || ' weighbridge ' || :name, 0)"
_TAKE = text(f"SELECT pg_try_advisory_lock({_KEY})")
_LET_GO = text(f"SELECT pg_advisory_unlock({_KEY})")
_SEEN_DEAD = ("SET tcp_keepalives_idle = 30", "SET tcp_keepalives_interval = 10", "SET tcp_keepalives_count = 3")
"""A host without power says no goodbye: the server is to notice within a minute."""


@contextmanager
def holding(
    engine: Engine, name: str, *, on_wait: Callable[[str], None] | None = None, nowait: bool = False
) -> Iterator[None]:
    """Hold a name inside the block, among all hosts that share the database.

    Args:
        engine: of the ledger.
        name: any text.
        on_wait: called once with a sentence when another holds it, before waiting.
        nowait: raise instead of waiting.

    Raises:
        PublishError: OUT-006, another holds it and `nowait`.
        LedgerError: LED-004, the database cannot be asked.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with ledger_errors():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with ledger_errors():
            for statement in _SEEN_DEAD:
                connection.execute(text(statement))
            _take(connection, name, on_wait, nowait)
        yield
    finally:
        with suppress(SQLAlchemyError):  # where the connection is lost, so is what it held
            connection.execute(_LET_GO, {"name": name})
        with suppress(SQLAlchemyError):
            connection.close()


def _take(connection: Connection, name: str, on_wait: Callable[[str], None] | None, nowait: bool) -> None:
    while not connection.execute(_TAKE, {"name": name}).scalar():
        if nowait:
            raise PublishError(Finding("OUT-006", Place(source=name), "a run on another host"))
        if on_wait is not None:
            on_wait("waiting for a run on another host, which works on the same extract")
            on_wait = None
        time.sleep(_LOOK_SECONDS)
