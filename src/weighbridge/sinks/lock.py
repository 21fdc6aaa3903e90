"""One run at a time on a contract's tables, by a lock of the operating system.

The lock is the first defence and saves work; it is held by an open file, so a killed run
releases it by dying. A ledger in PostgreSQL holds the same name among hosts that such a
lock does not reach. The last defence is the Delta transaction that every commit carries (`commit`).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.findings import Finding, Place, PublishError
from weighbridge.sinks.atomic import writing

if TYPE_CHECKING:
    from weighbridge.ledger import Ledger


@contextmanager
def locked(
    into: Path,
    key: str,
    *,
    holder: str = "",
    on_wait: Callable[[str], None] | None = None,
    nowait: bool = False,
) -> Iterator[None]:
    """Hold the lock `key` of an output folder, among threads as among processes.

    Args:
        into: the output folder; the lock's file is ``<into>/locks/<key>.lock`` and is never removed.
        key: a file name, such as `Tables.key`.
        holder: who we are, told to those who wait for us, e.g. the run id.
        on_wait: called once with a sentence when another holds the lock, before waiting.
        nowait: raise instead of waiting.

    Raises:
        PublishError: OUT-006, another holds it and `nowait`; OUT-001, the lock cannot be made.
    """
    path = into / "locks" / f"{key}.lock"
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        _acquire(handle, path, on_wait, nowait)
        with writing(path):
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps({"holder": holder, "pid": os.getpid()}).encode(), 0)
        yield
    finally:
        os.close(handle)


@contextmanager
def alone(
    into: Path,
    ledger: Ledger,
    key: str,
    *,
    holder: str = "",
    on_wait: Callable[[str], None] | None = None,
    nowait: bool = False,
) -> Iterator[None]:
    """Hold the lock `key` on this host as `locked` does, and among all hosts that share the ledger's database.

    Raises:
        PublishError: as `locked`; LedgerError: LED-004.
    """
    with (
        locked(into, key, holder=holder, on_wait=on_wait, nowait=nowait),
        ledger.holding(key, on_wait=on_wait, nowait=nowait),
    ):
        yield


def held_locks(into: Path) -> dict[str, str]:
    """Return the locks of an output folder that somebody holds now, each with who, in words.

    A lock is let go of by the death of its process, so one that is held is held by the living.
    A file that this user may not read is left out.
    """
    held = {}
    for path in sorted((into / "locks").glob("*.lock")):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            held[path.name.removesuffix(".lock")] = _held_by(handle)
        finally:
            os.close(handle)
    return held


def _acquire(handle: int, path: Path, on_wait: Callable[[str], None] | None, nowait: bool) -> None:
    with writing(path):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = _held_by(handle)
            if nowait:
                raise PublishError(Finding("OUT-006", Place(source=str(path)), who)) from None
            if on_wait is not None:
                on_wait(f"waiting for {who}, which works on the same contract")
            fcntl.flock(handle, fcntl.LOCK_EX)


def _held_by(handle: int) -> str:
    try:
        note = json.loads(os.pread(handle, 4096, 0))
        return f"{note['holder'] or 'a run'} (process {note['pid']})"
    except (ValueError, KeyError, TypeError):
        return "another run"
