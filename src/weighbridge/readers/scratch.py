"""Temporary folders that say by their name whose they are, so that those of dead processes can be told and removed.

    weighbridge-<pid>-<when it began>-<machine>-<boot>-<random>

The name is made with the folder in one step: a process killed right after leaves no folder that nobody knows.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from weighbridge.ledger.entries import Process
from weighbridge.ledger.process import is_alive, this_process
from weighbridge.quick import dataclass

PREFIX = "weighbridge-"
_NAME = re.compile(rf"{PREFIX}(\d+)-([0-9a-z]+)-([0-9a-f]{{8}})-([0-9a-f]{{8}})-\w+")
_UNKNOWN = "x"


@dataclass(frozen=True, slots=True)
class Scratch:
    """A temporary folder that some Weighbridge made.

    Attributes:
        pid: of the process that made it; None when the name does not say.
        alive: whether that process still runs; None when that cannot be seen from here, or the name says nothing.
    """

    path: Path
    pid: int | None
    alive: bool | None


def scratch_folder(kind: str = "") -> tempfile.TemporaryDirectory[str]:
    """Return a new folder of this process under TMPDIR, removed when it is cleaned up or collected."""
    ours = this_process()
    prefix = f"{PREFIX}{ours.pid}-{ours.started or _UNKNOWN}-{_machine(ours)}-{_digest(ours.boot)}-{kind}"
    return tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)


def scratch_folders(under: Path | None = None) -> Iterator[Scratch]:
    """Yield the folders that any Weighbridge left or uses in a folder, TMPDIR by default, by name.

    Raises:
        OSError: the folder cannot be listed.
    """
    here = this_process()
    root = Path(tempfile.gettempdir()) if under is None else under
    for path in sorted(root.glob(f"{PREFIX}*")):
        if path.is_dir() and not path.is_symlink():
            yield _of(path, here)


def _of(path: Path, here: Process) -> Scratch:
    named = _NAME.fullmatch(path.name)
    if named is None:
        return Scratch(path, None, None)
    pid, started, machine, boot = int(named[1]), named[2], named[3], named[4]
    if machine != _machine(here):
        return Scratch(path, pid, None)
    if boot != _digest(here.boot):
        return Scratch(path, pid, False)
    maker = Process(here.host, pid, here.boot, here.namespace, None if started == _UNKNOWN else started)
    return Scratch(path, pid, is_alive(maker, here))


def _machine(process: Process) -> str:
    return _digest(f"{process.host} {process.namespace}")


def _digest(text: str | None) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()[:8]
