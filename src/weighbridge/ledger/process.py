"""Which process this is, and whether another one still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from weighbridge.ledger.entries import Process

_PROC = Path("/proc")


def this_process() -> Process:
    """Return this process, in the terms another one needs to look for it."""
    return Process(socket.gethostname(), os.getpid(), _boot(), _namespace(), _started(os.getpid()))


def is_alive(process: Process, here: Process) -> bool | None:
    """Return whether `process` still runs, seen from `here`; None when that cannot be seen from here.

    A process id that another process has since taken over does not count as alive, where the
    system tells when processes began (Linux does).
    """
    if process.host != here.host or process.namespace != here.namespace:
        return None
    if process.boot != here.boot:
        return False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    started = _started(process.pid)
    return process.started is None or started is None or started == process.started


def _boot() -> str | None:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None


def _namespace() -> str | None:
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return None


def _started(pid: int) -> str | None:
    """Field 22 of /proc/PID/stat (proc(5)): clock ticks since boot. A zombie counts as gone."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return "gone" if fields[0] in "ZX" else fields[19]
