"""A killed run whose recovery is killed too: whoever waited for the lock finishes it, and publishes nothing anew."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.pipeline.people import contract, people
from weighbridge.ledger import RunState
from weighbridge.pipeline.output.history import find_run
from weighbridge.pipeline.output.ledgers import ledger_of
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables, locked, scan_published

DRIVER = Path(__file__).with_name("run_and_die.py")


class LetsGo:
    """A watcher that lets go of a lock, which it holds as one does that is recovering, once it is waited for."""

    def __init__(self, into: Path, key: str) -> None:
        self._held = ExitStack()
        self._held.enter_context(locked(into, key, holder="somebody who will die"))
        self.waited = False

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        if name.startswith("waiting for"):
            self.waited = True
            self._held.close()

    def advance(self, count_bytes: int) -> None:
        pass


@pytest.mark.parametrize("last", ["committing quarantine", "committing published", "writing the report"])
def test_a_run_finishes_what_died_while_it_waited(tmp_path: Path, last: str) -> None:
    path, source, into = contract(tmp_path), tmp_path / "people.parquet", tmp_path / "out"
    people(1, 40, faulty=5).write_parquet(source)
    words = [sys.executable, str(DRIVER), str(path), str(source)]
    stages = subprocess.run([*words, str(tmp_path / "other")], capture_output=True, text=True, check=True).stdout
    at = stages.splitlines().index(last)
    assert subprocess.run([*words, str(into), str(at)], capture_output=True, check=False).returncode == -9
    dead = find_run(into, "latest")
    assert dead.state is RunState.COMMITTING
    watcher = LetsGo(into, Tables(into, "people", "people").lock_of(dead.extract_id or ""))
    result = run(path, people(1, 40, faulty=5), into=into, watcher=watcher)
    assert watcher.waited
    assert (result.state, result.earlier_run) == ("already_published", dead.id)
    with ledger_of(into) as ledger:
        assert [r.id for r in ledger.runs(state=RunState.PUBLISHED)] == [dead.id]
    rows = scan_published(into, "people", "people").collect()
    assert (rows.height, rows["_wb_run"].unique().to_list()) == (35, [dead.id])
