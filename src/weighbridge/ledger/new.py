"""A new ledger in SQLite, made as it stands: going through every migration took longer than a small run.

    python -m weighbridge.ledger.new > src/weighbridge/ledger/new.sql

writes the script anew, from what the migrations make of an empty database.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect

from weighbridge.ledger.migrations import HEAD
from weighbridge.ledger.schema import VERSION_TABLE

SCRIPT = Path(__file__).with_suffix(".sql")
_NEXT = "\n-- next\n"
_MADE = (
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'review_search_[^nt]*' "
    "ORDER BY type = 'trigger', rowid"
)
"""What was made on purpose: SQLite makes the tables within a search index itself."""


def made_at_once(connection: Connection) -> bool:
    """Make the tables of a ledger of version `HEAD`; False where there is one, or the script is of another version."""
    if connection.dialect.name != "sqlite" or inspect(connection).has_table(VERSION_TABLE):
        return False
    version, *statements = SCRIPT.read_text().rstrip("\n").split(_NEXT)
    if version != f"-- {HEAD}":
        return False
    for statement in statements:
        connection.exec_driver_sql(statement)
    return True


def script(connection: Connection) -> str:
    """Return the script that makes what is in the database of `connection`, a ledger and nothing else."""
    made = [str(sql) for (sql,) in connection.exec_driver_sql(_MADE)]
    stands = f"INSERT INTO {VERSION_TABLE} (version_num) VALUES ('{HEAD}')"
    return _NEXT.join([f"-- {HEAD}", *made, stands]) + "\n"


if __name__ == "__main__":
    from weighbridge.ledger.engine import ledger_engine, upgrade

    engine, _ = ledger_engine(":memory:")
    with engine.begin() as empty:
        upgrade(empty)
        print(script(empty), end="")
