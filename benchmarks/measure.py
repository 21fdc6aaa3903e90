"""One job in a fresh process: what it printed, wall and CPU seconds, peak memory."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_SAMPLE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one job; `peak_bytes` is the resident memory of its whole process tree at its highest."""

    printed: dict[str, Any]
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int


def measured(module: str, source: Path, folder: Path, python: str | Path = sys.executable) -> Measured:
    """Run `python -m module source folder` in an emptied `folder` and measure it.

    Args:
        module: what to run.
        source: what it reads.
        folder: where it writes.
        python: the interpreter of another environment, which must know this project's `benchmarks`.

    Raises:
        RuntimeError: it failed; the message holds what it said.
    """
    shutil.rmtree(folder, ignore_errors=True)
    cpu_before, begun = _cpu_of_children(), time.perf_counter()
    process = subprocess.Popen(
        [str(python), "-m", module, str(source), str(folder)],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},  # start-up as users have it
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watch = _Watch(process.pid)
    watch.start()
    said, complained = process.communicate()
    wall = time.perf_counter() - begun
    watch.done.set()
    watch.join()
    if process.returncode:
        raise RuntimeError(f"{module} failed:\n{complained}")
    cpu = max(_cpu_of_children() - cpu_before, watch.cpu_seconds)
    return Measured(json.loads(said.splitlines()[-1]), wall, cpu, watch.peak_bytes)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Watch(threading.Thread):
    """Looks at the process tree until told to stop (Linux: /proc)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.done = pid, threading.Event()
        self.peak_bytes = 0
        self._cpu_ticks: dict[int, int] = {}

    @property
    def cpu_seconds(self) -> float:
        """What the tree used, those of it included that nobody waited for, such as a JVM."""
        return sum(self._cpu_ticks.values()) / os.sysconf("SC_CLK_TCK")

    def run(self) -> None:
        while not self.done.wait(_SAMPLE_SECONDS):
            tree = [self.pid, *_descendants(self.pid)]
            self.peak_bytes = max(self.peak_bytes, sum(map(_resident_bytes, tree)))
            self._cpu_ticks |= {pid: ticks for pid in tree if (ticks := _cpu_ticks(pid))}


def _descendants(pid: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        children = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    except OSError:
        return []
    return [*children, *(d for child in children for d in _descendants(child))]


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _cpu_ticks(pid: int) -> int:
    try:
        user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    except (OSError, ValueError):
        return 0
    return int(user) + int(system)
