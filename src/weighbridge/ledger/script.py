"""The script that makes a new ledger in SQLite, from what the migrations make of an empty database.

    python -m weighbridge.ledger.script > src/weighbridge/ledger/new.sql

writes it anew after a new migration.
"""

from __future__ import annotations

from sqlalchemy import Connection

from weighbridge.ledger.engine import ledger_engine, upgrade
from weighbridge.ledger.migrations import HEAD
from weighbridge.ledger.new import NEXT
from weighbridge.ledger.schema import VERSION_TABLE

_MADE = (
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'review_search_[^nt]*' "
    "ORDER BY type = 'trigger', rowid"
)
"""What was made on purpose: SQLite makes the tables within a search index itself."""


def script(connection: Connection) -> str:
    """Return the script that makes what is in the database of `connection`, a ledger and nothing else."""
    made = [str(sql) for (sql,) in connection.exec_driver_sql(_MADE)]
    stands = f"INSERT INTO {VERSION_TABLE} (version_num) VALUES ('{HEAD}')"
    return NEXT.join([f"-- {HEAD}", *made, stands]) + "\n"


if __name__ == "__main__":
    engine, _ = ledger_engine(":memory:")
    with engine.begin() as empty:
        upgrade(empty)
        print(script(empty), end="")
