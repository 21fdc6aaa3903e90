"""What the ledger holds of a subject, taken out of it; and who had that done, when and why.

The entry names no value: the subject is told by a keyed hash, which whoever has the key and the value can
make again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from weighbridge.findings import Finding, LedgerError
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.ledger import Ledger, recount
from weighbridge.ledger.schema import (
    CHECK_RESULTS,
    ERASURES,
    EXTRACT_FINDINGS,
    PROFILES,
    REPLAYS,
    REVIEW_DECISIONS,
    REVIEW_ITEMS,
    REVIEW_SEARCH,
    REVIEW_TRAIL,
    RUNS,
)

Clean = Callable[[Any], Any]
"""Gives a JSON value without what is to be forgotten; the same value when there is nothing of it."""

ERASED = "(erased)"
_IDS_A_QUERY = 500
_SUPERSEDED = "superseded"
_REBUILD = f"INSERT INTO {REVIEW_SEARCH}({REVIEW_SEARCH}) VALUES ('rebuild')"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure, as the ledger keeps it.

    Attributes:
        id: of the erasure.
        object, extract_id: of what it was taken out; None when only words of runs were cleaned.
        properties: by which properties the subject was named.
        subject: HMAC-SHA256 of their values in hex; None where there was no key.
        erased_by, why: who had it done, and the reason.
        counts: records taken out, by table.
    """

    id: str
    contract_id: str
    object: str | None
    extract_id: str | None
    properties: tuple[str, ...]
    subject: str | None
    erased_by: str
    why: str
    at: datetime
    counts: Mapping[str, int]


def enter_erasure(ledger: Ledger, erasure: Erasure) -> None:
    """Enter an erasure, once: another entry of its id changes nothing."""
    row = asdict(erasure) | {"properties": list(erasure.properties), "counts": dict(erasure.counts)}
    with ledger_errors(), ledger.engine.begin() as connection:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(ERASURES).values(row).on_conflict_do_nothing())


def erasures(ledger: Ledger, contract_id: str | None = None) -> list[Erasure]:
    """Return what was erased, of one contract or of all, the oldest first."""
    query = select(ERASURES).order_by(ERASURES.c.id)
    if contract_id is not None:
        query = query.where(ERASURES.c.contract_id == contract_id)
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return [Erasure(**(row | {"properties": tuple(row["properties"])})) for row in rows]


def forget_items(ledger: Ledger, run_id: str, records: Iterable[tuple[str, int]], at: datetime) -> int:
    """Take the words of these records out of the queue, with what people decided and said of them.

    `forget_for_good` takes them out of SQLite's index of words.
    The items stay, superseded, so that counts and the trail's order stay; their texts, changes and reasons go.

    Returns:
        How many items there were.
    """
    wanted, count = set(records), 0
    items = REVIEW_ITEMS.c
    with ledger_errors(), ledger.engine.begin() as connection:
        query = select(items.id, items.source, items.record, items.text, items.state).where(items.run_id == run_id)
        for row in connection.execute(query).mappings().all():
            if (row["source"], row["record"]) not in wanted:
                continue
            count += 1
            state = row["state"] if row["state"] in ("published", _SUPERSEDED) else _SUPERSEDED
            version = items.row_version + 1
            connection.execute(
                update(REVIEW_ITEMS)
                .where(items.id == row["id"])
                .values(state=state, row_version=version, changed=at, text=None if row["text"] is None else "")
            )
            decided = REVIEW_DECISIONS.c.item_id == row["id"]
            connection.execute(update(REVIEW_DECISIONS).where(decided).values(changes={}, why=ERASED))
            trail = REVIEW_TRAIL.c.item_id == row["id"]
            connection.execute(update(REVIEW_TRAIL).where(trail).values(body={}, why=ERASED))
        if count:
            recount(connection, run_id)
    return count


def clean_runs(ledger: Ledger, contract_id: str, clean_of: Callable[[str], Clean]) -> int:
    """Clean what the ledger says of a contract's runs: reasons, observations, findings, profiles, replays.

    Args:
        contract_id: of which contract.
        clean_of: gives, for a run's id, what cleans its values.

    Returns:
        How many rows were changed.
    """
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        run_ids = list(connection.execute(select(RUNS.c.id).where(RUNS.c.contract_id == contract_id)).scalars())
    changed = 0
    for at in range(0, len(run_ids), _IDS_A_QUERY):
        some = run_ids[at : at + _IDS_A_QUERY]
        with ledger_errors(), ledger.engine.begin() as connection:
            changed += _clean(connection, RUNS, "id", ("reasons",), some, clean_of)
            changed += _clean(connection, CHECK_RESULTS, "run_id", ("observed",), some, clean_of)
            changed += _clean(connection, EXTRACT_FINDINGS, "run_id", ("body",), some, clean_of)
            changed += _clean(connection, PROFILES, "run_id", ("figures",), some, clean_of)
            changed += _clean(connection, REPLAYS, "run_id", ("body",), some, clean_of)
    return changed


def _clean(
    connection: Connection,
    table: Table,
    run_column: str,
    columns: tuple[str, ...],
    run_ids: list[str],
    clean_of: Callable[[str], Clean],
) -> int:
    keys = list(table.primary_key.columns)
    asked = dict.fromkeys([*keys, table.c[run_column], *(table.c[name] for name in columns)])
    rows = connection.execute(select(*asked).where(table.c[run_column].in_(run_ids))).mappings().all()
    changed = 0
    for row in rows:
        clean = clean_of(row[run_column])
        new = {name: clean({name: row[name]})[name] for name in columns if row[name] is not None}
        if any(new[name] != row[name] for name in new):
            connection.execute(update(table).where(*(k == row[k.name] for k in keys)).values(new))
            changed += 1
    return changed


def forget_for_good(ledger: Ledger) -> None:
    """Make what was taken out unreadable in the database's own files, too: old pages, the index of words, the log.

    SQLite does all of it here. PostgreSQL's own vacuum takes the old rows away in its time; they are asked for here.

    Raises:
        LedgerError: LED-004, others keep the database busy; calling again goes on.
    """
    postgres = ledger.engine.dialect.name == "postgresql"
    if postgres:
        engine = ledger.engine.execution_options(isolation_level="AUTOCOMMIT")
        with ledger_errors(), engine.connect() as connection:
            connection.execute(text("VACUUM"))
        return
    pooled = ledger.engine.raw_connection()  # VACUUM runs in no transaction
    try:
        for command in (_REBUILD, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            pooled.cursor().execute(command).fetchall()
    except sqlite3.Error as error:
        raise LedgerError(Finding("LED-004", detail=str(error))) from error
    finally:
        pooled.close()
