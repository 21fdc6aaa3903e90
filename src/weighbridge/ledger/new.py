"""A new ledger in SQLite, made as it stands: going through every migration took longer than a small run.

The script, `new.sql`, is written by `weighbridge.ledger.script`.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect

from weighbridge.ledger.migrations import HEAD
from weighbridge.ledger.schema import VERSION_TABLE

SCRIPT = Path(__file__).with_suffix(".sql")
NEXT = "\n-- next\n"


def made_at_once(connection: Connection) -> bool:
    """Make the tables of a ledger of version `HEAD`; False where there is one, or the script is of another version."""
    if connection.dialect.name != "sqlite" or inspect(connection).has_table(VERSION_TABLE):
        return False
    version, *statements = SCRIPT.read_text().rstrip("\n").split(NEXT)
    if version != f"-- {HEAD}":
        return False
    for statement in statements:
        connection.exec_driver_sql(statement)
    return True
