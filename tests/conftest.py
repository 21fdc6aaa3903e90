"""What every test shares: no deadlines (machines are busy), the same examples in every run.

Other examples are drawn with HYPOTHESIS_PROFILE=explore in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support import postgres

settings.register_profile("weighbridge", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "weighbridge"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A real PostgreSQL, started when the first test asks for it."""
    folder = postgres.programs()
    if folder is None:
        pytest.skip(postgres.MISSING)
    with postgres.running(folder) as server:
        yield server
