"""The databases the ledger's tests run on: SQLite, and PostgreSQL where a URL of one is given.

``WEIGHBRIDGE_TEST_DATABASE_URL`` names a PostgreSQL database whose schema `public` may be wiped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from weighbridge.ledger import Ledger

TEAM_URL = os.environ.get("WEIGHBRIDGE_TEST_DATABASE_URL")


@pytest.fixture(params=["sqlite", *(["postgresql"] if TEAM_URL else [])])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is: a path, or a URL."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    assert TEAM_URL is not None
    engine = create_engine(TEAM_URL)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return TEAM_URL


@pytest.fixture
def ledger(where: str) -> Iterator[Ledger]:
    """A new ledger there."""
    with Ledger.open(where) as opened:
        yield opened
