"""Two hosts that share tables and a ledger in PostgreSQL, and no lock of the file system."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.pipeline.people import contract, people
from tests.pipeline.test_killed import ids, orphans
from tests.support.postgres import Server
from weighbridge.findings import PublishError, code
from weighbridge.ledger import Ledger, RunState
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.output.ledgers import LEDGER_VARIABLE, open_ledger
from weighbridge.pipeline.recover import recover
from weighbridge.pipeline.run import run
from weighbridge.pipeline.watcher import Nobody

DRIVER = Path(__file__).with_name("run_and_die.py")
SHARED = ("published", "quarantine", "review", "repairs", "warnings", "runs")


@pytest.fixture
def url(postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    url = postgres_server.url()
    monkeypatch.setenv(LEDGER_VARIABLE, url)
    return url


def two_hosts(folder: Path) -> tuple[Path, Path]:
    """Return the folder as each of them sees it; locks are each one's own."""
    one, two = folder / "one", folder / "two"
    for host in (one, two):
        host.mkdir()
        for name in SHARED:
            (folder / "shared" / name).mkdir(parents=True, exist_ok=True)
            (host / name).symlink_to(folder / "shared" / name)
    return one, two


class Stops:
    """A watcher that stops at a stage until it may go on."""

    def __init__(self, wanted: str) -> None:
        self.wanted, self.there, self.go_on = wanted, threading.Event(), threading.Event()
        self.stages: list[str] = []

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        self.stages.append(name)
        if name == self.wanted:
            self.there.set()
            self.go_on.wait(60)

    def advance(self, count_bytes: int) -> None:
        pass


@pytest.mark.parametrize("stage", ["weighing", "committing published"])
def test_a_run_that_lives_on_another_host_is_waited_for_and_not_cleared_away(
    stage: str, url: str, tmp_path: Path
) -> None:
    one, two = two_hosts(tmp_path)
    path, frame = contract(tmp_path), people(0, 50)
    with open_ledger(one):
        (two / "ledger.url").write_bytes((one / "ledger.url").read_bytes())
    first, second = Stops(stage), Stops("")
    done: list[RunResult] = []
    begun = threading.Thread(target=lambda: done.append(run(path, frame, into=one, watcher=first)))
    begun.start()
    assert first.there.wait(60)
    with Ledger.open(url) as ledger:
        assert recover(two, ledger, Nobody()) == ()
        with pytest.raises(PublishError, match="OUT-006") as busy, \
                ledger.holding("p", nowait=True), ledger.holding("p", nowait=True):  # fmt: skip
            raise AssertionError
        assert busy.value.findings[0].fix == code("OUT-006").fix
    waits = threading.Thread(target=lambda: done.append(run(path, frame, into=two, watcher=second)))
    waits.start()
    waits.join(1.0)
    assert waits.is_alive()
    first.go_on.set()
    begun.join(60)
    waits.join(60)
    assert [r.state for r in done] == ["published", "already_published"]
    assert "waiting for a run on another host, which works on the same extract" in second.stages
    assert orphans(one) == []


@pytest.mark.parametrize("last", ["3", "13"])
def test_a_run_that_was_killed_on_another_host_is_ended_here_at_once(last: str, url: str, tmp_path: Path) -> None:
    one, two = two_hosts(tmp_path)
    path, frame = contract(tmp_path), people(0, 50)
    frame.write_parquet(tmp_path / "people.parquet")
    words = [sys.executable, str(DRIVER), str(path), str(tmp_path / "people.parquet"), str(one), last]
    assert subprocess.run(words, capture_output=True, check=False).returncode == -9
    (two / "ledger.url").write_bytes((one / "ledger.url").read_bytes())
    run(path, frame, into=two)
    with Ledger.open(url) as ledger:
        states = [r.state for r in ledger.runs()]
        assert ledger.unfinished() == []
    assert states.count(RunState.PUBLISHED) == 1
    assert len(ids(two)) == len(set(ids(two)))
    assert orphans(two) == []
