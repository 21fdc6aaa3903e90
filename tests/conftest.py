"""What every test shares: no deadlines (machines are busy), seeds that can be repeated."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support import postgres

settings.register_profile("weighbridge", deadline=None, print_blob=True)
settings.load_profile("weighbridge")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A real PostgreSQL, started when the first test asks for it."""
    folder = postgres.programs()
    if folder is None:
        pytest.skip(postgres.MISSING)
    with postgres.running(folder) as server:
        yield server
