"""One Prefect server for all tests of the flows that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.server import Server, serving, using


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("prefect")) as running:
        yield running


@pytest.fixture
def at_server(server: Server) -> Iterator[Server]:
    """The server, used by the flows that the test itself calls."""
    with using(server):
        yield server
