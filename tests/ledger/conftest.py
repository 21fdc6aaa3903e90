"""The databases the ledger's tests run on: SQLite, and a PostgreSQL that the tests start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Server
from weighbridge.ledger import Ledger


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is: a path, or a URL."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    server: Server = request.getfixturevalue("postgres_server")
    return server.url()


@pytest.fixture
def ledger(where: str) -> Iterator[Ledger]:
    """A new ledger there."""
    with Ledger.open(where) as opened:
        yield opened
