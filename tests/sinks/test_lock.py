"""The lock: one holder among threads and processes, released by dying."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from weighbridge.findings import PublishError
from weighbridge.sinks import locked

HOLDER = """
import sys, time
from pathlib import Path
from weighbridge.sinks.lock import locked
with locked(Path(sys.argv[1]), "k", holder="run r1"):
    print("held", flush=True)
    time.sleep(60)
"""


def hold(into: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(into)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_another_process_is_refused_or_waits_until_the_holder_is_killed(tmp_path: Path) -> None:
    process = hold(tmp_path)
    with pytest.raises(PublishError, match="OUT-006") as refused, locked(tmp_path, "k", nowait=True):
        pass
    assert f"run r1 (process {process.pid})" in str(refused.value)
    assert refused.value.findings[0].fix.startswith("wait for it to end")

    told: list[str] = []
    threading.Timer(0.2, process.kill).start()
    with locked(tmp_path, "k", on_wait=told.append):
        assert process.wait() < 0
    assert told == [f"waiting for run r1 (process {process.pid}), which works on the same contract"]
    assert process.stdout is not None
    process.stdout.close()


def test_threads_take_turns(tmp_path: Path) -> None:
    inside, most = [0], [0]

    def work() -> None:
        for _ in range(50):
            with locked(tmp_path, "k"):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert most == [1]


def test_different_keys_do_not_wait_and_a_lock_can_be_taken_again(tmp_path: Path) -> None:
    with locked(tmp_path, "a"), locked(tmp_path, "b", nowait=True):
        pass
    with locked(tmp_path, "a", nowait=True):
        pass


def test_a_lock_that_cannot_be_made_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("in the way")
    with pytest.raises(PublishError, match="OUT-001"), locked(tmp_path, "k"):
        pass
