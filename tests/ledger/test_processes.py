"""Many processes on one ledger: nothing lost, nobody refused; and telling the living from the dead."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from weighbridge.ledger import Ledger, Process, RunState, is_alive, this_process

STARTER = Path(__file__).parent / "start_runs.py"


def test_processes_that_make_and_fill_one_ledger_at_once_lose_nothing(where: str, tmp_path: Path) -> None:
    go = tmp_path / "go"
    started = [
        subprocess.Popen([sys.executable, str(STARTER), where, str(n * 100), "10", str(go)], stdout=subprocess.PIPE)
        for n in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    go.touch()
    assert [p.communicate()[0] and p.returncode for p in started] == [b""] * 4
    assert [p.returncode for p in started] == [0] * 4
    with Ledger.open(where) as ledger:
        runs = ledger.runs(limit=100)
        assert len(runs) == 40
        assert {r.state for r in runs} == {RunState.PUBLISHED}
        assert len({r.extract_id for r in runs}) == 40
        assert len(ledger.review_items(limit=1000)) == 40 * 20
        assert ledger.unfinished() == []


def test_a_process_lives_until_it_ends() -> None:
    here = this_process()
    script = "from weighbridge.ledger import this_process; print(repr(this_process()), flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    told: Process = eval(other.stdout.readline(), {"Process": Process})
    assert told == replace(here, pid=other.pid, started=told.started)
    assert is_alive(told, here) is True
    other.kill()
    while is_alive(told, here):  # it is dead when the kernel has finished with it, not yet waited for
        pass
    assert is_alive(told, here) is False
    other.communicate()
    assert is_alive(told, here) is False


def test_an_id_taken_over_by_another_process_is_not_the_same_process() -> None:
    here = this_process()
    assert is_alive(here, here) is True
    assert is_alive(replace(here, started="1"), here) is False
    assert is_alive(replace(here, pid=1, started=None), here) is True


def test_what_cannot_be_seen_is_not_called_dead() -> None:
    here = this_process()
    assert is_alive(replace(here, host="elsewhere", pid=1), here) is None
    assert is_alive(replace(here, namespace="pid:[1]"), here) is None
    assert is_alive(replace(here, boot="before"), here) is False
