"""What could not be read is not read again until it, or the contract, changes.

The ledger knows extracts that were judged. A file that cannot be opened, or whose run ended in
a fault, was never judged; without this memory every look into the folder would try it again,
and call somebody every five minutes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from weighbridge.sinks import atomic_write, locked

FILE = "refused.json"

Entry = dict[str, Any]
"""What a file is known by: path, size, last change, the contract's fingerprint."""


class Refused:
    """The files of one output folder that could not be read, kept in ``<into>/refused.json``.

    A file is known by its path, its size, when it last changed, and the contract's fingerprint.
    Removing the file, or the entry, makes the next look try again.
    """

    def __init__(self, into: Path, fingerprint: str) -> None:
        self._into = into
        self._fingerprint = fingerprint

    def look(self, file: Path) -> Entry | None:
        """Return what the file is known by as it is now; None when it is gone."""
        state = _state_of(file.resolve())
        return None if state is None else {"path": str(file.resolve()), **state, "contract": self._fingerprint}

    def knows(self, entry: Entry | None) -> bool:
        """Say whether a file was refused as it was when it was looked at."""
        return entry is not None and any(_same(entry, known) for known in self._read())

    def remember(self, entry: Entry | None, why: str) -> None:
        """Enter a file as it was before it was tried, so that one that changed meanwhile is tried again.

        Entries of files that are gone or have changed are dropped.

        Raises:
            PublishError: OUT-001, the file cannot be written.
        """
        if entry is None:
            return
        with locked(self._into, "refused"):
            kept = [known for known in self._read() if _still_there(known) and not _same(entry, known)]
            atomic_write(self._into / FILE, json.dumps([*kept, entry | {"why": why}], indent=1).encode())

    def _read(self) -> list[Entry]:
        try:
            found = json.loads((self._into / FILE).read_bytes())
        except (FileNotFoundError, ValueError):
            return []  # a damaged memory costs another attempt, not an extract
        return [e for e in found if isinstance(e, dict)] if isinstance(found, list) else []


def _state_of(file: Path) -> dict[str, int] | None:
    try:
        state = file.stat()
    except OSError:
        return None
    return {"size_bytes": state.st_size, "changed_ns": state.st_ctime_ns}


def _same(one: Entry, other: Entry) -> bool:
    return all(one.get(key) == other.get(key) for key in ("path", "size_bytes", "changed_ns", "contract"))


def _still_there(entry: Entry) -> bool:
    state = _state_of(Path(str(entry.get("path"))))
    return state is not None and all(entry.get(key) == value for key, value in state.items())
