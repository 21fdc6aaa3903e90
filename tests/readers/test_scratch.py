"""Temporary folders are told by their name: whose they are, and whether that process still lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from weighbridge.readers.scratch import scratch_folder, scratch_folders


def test_ours_is_alive_and_gone_after_use() -> None:
    with scratch_folder("kind_") as name:
        root = Path(name).parent
        (ours,) = [s for s in scratch_folders(root) if s.path == Path(name)]
        assert ours.pid == os.getpid()
        assert ours.alive is True
    assert not Path(name).exists()


def test_that_of_a_killed_process_is_dead_and_that_of_another_machine_nobodys(tmp_path: Path) -> None:
    code = "from weighbridge.readers.scratch import scratch_folder as f; a = f(); print(a.name, flush=True); input()"
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as maker:
        assert maker.stdout is not None
        made = Path(maker.stdout.readline().strip())
        assert [s.alive for s in scratch_folders(tmp_path)] == [True]
        maker.send_signal(signal.SIGKILL)
        maker.wait()
    assert [(s.path, s.alive) for s in scratch_folders(tmp_path)] == [(made, False)]
    steps = made.name.split("-")
    machine, boot = steps[3], steps[4]
    made.rename(made.with_name(made.name.replace(machine, "0" * 8)))
    assert [s.alive for s in scratch_folders(tmp_path)] == [None]
    (other,) = tmp_path.iterdir()
    other.rename(made.with_name(made.name.replace(boot, "0" * 8)))
    assert [s.alive for s in scratch_folders(tmp_path)] == [False]


def test_a_name_that_says_nothing_is_nobodys_and_a_link_is_no_folder_of_ours(tmp_path: Path) -> None:
    (tmp_path / "weighbridge-old").mkdir()
    (tmp_path / "weighbridge-link").symlink_to(tmp_path)
    assert [(s.path.name, s.pid, s.alive) for s in scratch_folders(tmp_path)] == [("weighbridge-old", None, None)]
