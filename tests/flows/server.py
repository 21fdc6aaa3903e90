"""A real Prefect server of a test's own, and questions to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_HOME,
    temporary_settings,
)

import flows  # noqa: F401 - its settings come before Prefect's

_START_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        api: where its API is.
        home: its PREFECT_HOME, with its database.
    """

    api: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that is to use this server."""
        return clean_environment(self.home) | {"PREFECT_API_URL": self.api}

    def ask(self, what: str, **body: Any) -> Any:
        """Post a question, e.g. ``flow_runs/filter``, and return the answer."""
        answer = httpx.post(f"{self.api}/{what}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def events(self, *names: str, **filters: Any) -> list[dict[str, Any]]:
        """Return the events of these names, oldest first."""
        wanted = {"event": {"name": list(names)}, "order": "ASC"} | filters
        return list(self.ask("events/filter", filter=wanted, limit=50)["events"])

    def prefect(self, *words: str, cwd: Path) -> str:
        """Run the `prefect` command against this server and return what it prints."""
        command = [sys.executable, "-m", "prefect", *words]
        done = subprocess.run(
            command, cwd=cwd, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def clean_environment(home: Path) -> dict[str, str]:
    """Return this process's environment without its Prefect settings, offline, with a home of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    offline = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "NO_COLOR": "1", "COLUMNS": "200"}
    return kept | offline | {"PREFECT_HOME": str(home)}


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    """Start a server on a free port of 127.0.0.1; end it, by its own process, afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home.mkdir(parents=True, exist_ok=True)
    server = Server(f"http://127.0.0.1:{port}/api", home)
    command = [
        sys.executable,
        "-m",
        "prefect",
        "server",
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-ui",
    ]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=server.environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            until(lambda: _healthy(server.api) or process.poll() is not None, _START_SECONDS)
            assert process.poll() is None, (home / "server.log").read_text()
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def using(server: Server) -> Iterator[None]:
    """Let the flows that the test itself calls use a server; without heartbeats, which cost a second a flow."""
    settings = {PREFECT_API_URL: server.api, PREFECT_HOME: server.home, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    with temporary_settings(settings):
        yield


def until(happened: Callable[[], Any], seconds: float = 20) -> Any:
    """Ask again and again until the answer is true; return it.

    Raises:
        AssertionError: it was not true in time.
    """
    deadline = time.monotonic() + seconds
    while not (answer := happened()):
        assert time.monotonic() < deadline, f"did not happen within {seconds} seconds"
        time.sleep(0.2)
    return answer


def _healthy(api: str) -> bool:
    try:
        return httpx.get(f"{api}/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
