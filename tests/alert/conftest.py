"""The databases that the book of alerts stands in, and a receiver that listens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alert.receiver import Receiver, listening
from tests.support.postgres import Server
from weighbridge.ledger import Ledger


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger."""
    if request.param == "sqlite":
        where = str(tmp_path / "ledger.db")
    else:
        server: Server = request.getfixturevalue("postgres_server")
        where = server.url()
    with Ledger.open(where) as opened:
        yield opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of web hooks."""
    with listening() as there:
        yield there
