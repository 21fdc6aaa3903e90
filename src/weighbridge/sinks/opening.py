"""Opening Delta tables: each thread keeps those that it opened, and only catches up when it asks for one again.

Opening reads what the whole log says, which is long where an extract comes every minute; catching
up reads what was committed since. A handle is kept for as long as the commit that it knows is
still the file it was: a folder that was put in the table's place has another.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from weighbridge.sinks.errors import delta_errors

if TYPE_CHECKING:
    from deltalake import DeltaTable

_MOST_TABLES = 64


class _Known(NamedTuple):
    table: DeltaTable
    version: int
    commit: tuple[int, int, int]


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.tables: dict[Path, _Known] = {}


_OPEN = _OfThread()


def open_table(path: Path) -> DeltaTable | None:
    """Return the table at its newest version; None when there is none yet.

    The handle is this thread's, and is handed out again: who wants another version opens the table `at_version`.

    Raises:
        PublishError: OUT-002, there is one that cannot be read.
    """
    from deltalake.exceptions import TableNotFoundError

    where = path.absolute()
    with delta_errors(path):
        table = _caught_up(where)
        if table is None:
            _OPEN.tables.pop(where, None)
            if not (path / "_delta_log").is_dir():
                return None
            try:
                table = _opened(path, None)
            except TableNotFoundError:
                return None
        version = table.version()
        commit = _commit_file(where, version)
        if commit is not None:
            if len(_OPEN.tables) >= _MOST_TABLES:
                _OPEN.tables.clear()
            _OPEN.tables[where] = _Known(table, version, commit)
        return table


def at_version(path: Path, version: int) -> DeltaTable:
    """Return the table at a version.

    Raises:
        PublishError: OUT-002, it cannot be read, or has no such version.
    """
    with delta_errors(path):
        return _opened(path, version)


def _opened(path: Path, version: int | None) -> DeltaTable:
    from deltalake import DeltaTable

    return DeltaTable(str(path), version=version)


def _caught_up(path: Path) -> DeltaTable | None:
    """Return the table that this thread has open, at the newest version; None where it must be opened anew."""
    from deltalake.exceptions import DeltaError

    known = _OPEN.tables.get(path)
    if known is None or _commit_file(path, known.version) != known.commit:
        return None
    try:
        if _commit_file(path, known.table.version() + 1) is not None:
            known.table.update_incremental()
    except DeltaError:  # opening it anew tells what is wrong, if anything is
        return None
    return known.table


def _commit_file(path: Path, version: int) -> tuple[int, int, int] | None:
    """Return what tells the file of a commit from any other; None where the log was cleaned of it."""
    try:
        told = (path / "_delta_log" / f"{version:020}.json").stat()
    except OSError:
        return None
    return told.st_ino, told.st_mtime_ns, told.st_size
