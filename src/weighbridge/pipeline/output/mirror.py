"""A copy of an output folder in an object store, kept up by one call after each run, and brought back by another.

Data files go first, then what runs wrote, then the tables' logs in their order, then the ledger, as it was before any
of them; what is gone here goes there last. A run that has not begun to commit is left out: no log names its files. So
whoever reads a table in the store, at any instant and after any kill, finds every file that its log names; and the
next call goes on where one was killed, as an object is there whole or not at all.

    <url>/mirror.json           whose copy it is
    <folder>/mirror/<key>.json  the same, and which of the files that may change were copied as they are
"""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from weighbridge.findings import Finding, LedgerError, Place, PublishError
from weighbridge.pipeline.output.inventory import data_in, ledger_now, logs_in, staging_in, words_in
from weighbridge.pipeline.output.ledgers import LEDGER_FILE, LEDGER_URL, has_ledger, require_local
from weighbridge.pipeline.watcher import Nobody, Watcher
from weighbridge.sinks import atomic_write, locked
from weighbridge.sinks.remote import Remote

MARK = "mirror.json"
_LOCK = "mirror"


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What one call did.

    Attributes:
        copied, copied_bytes: files that were written, there or here.
        removed: objects that were removed, as they are gone here.
        whole: how many files the copy has.
    """

    url: str
    copied: int
    copied_bytes: int
    removed: int
    whole: int


@dataclass(slots=True)
class _Copying:
    """Which files were copied, of those that may change: path → size and time of the last change."""

    path: Path
    owner: str
    known: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, into: Path, url: str) -> _Copying:
        path = into / "mirror" / f"{sha256(url.encode()).hexdigest()[:16]}.json"
        try:
            told = json.loads(path.read_bytes())
            return cls(path, told["owner"], told["known"])
        except (OSError, ValueError, KeyError):
            return cls(path, "")

    def write(self) -> None:
        atomic_write(self.path, json.dumps({"owner": self.owner, "known": self.known}).encode())


def mirror(
    into: Path, url: str, *, options: Mapping[str, str] | None = None, watcher: Watcher | None = None
) -> Mirrored:
    """Make the copy at a URL equal to an output folder.

    Args:
        into: the output folder; runs may be at work in it, and are copied once they have ended.
        url: a place of the folder's own, such as ``s3://bucket/warehouse``.
        options: `endpointUrl` and `location`; by default as the environment says.
        watcher: told how far it has come.

    Raises:
        LedgerError: nothing was ever run into this folder.
        PublishError: OUT-011, it is another folder's copy; OUT-012, the store refuses; calling again goes on.
    """
    watcher = watcher or Nobody()
    require_local(into)
    if not has_ledger(into):
        raise LedgerError(Finding("RUN-008", Place(source=str(into)), "no run was ever made into this folder"))
    with locked(into, _LOCK, holder="mirror", on_wait=watcher.stage), ledger_now(into) as ledger_file:
        remote = Remote(url, options or {})
        copying = _Copying.of(into, url)
        there = remote.files()
        _claim(remote, copying, there)
        logs = logs_in(into)
        staging = staging_in(into)
        tables = {p: into / p for p in data_in(into, staging)}
        words = {p: into / p for p in words_in(into, staging)}
        copied = _Counted(remote, copying, there, watcher)
        copied.put("copying tables", tables, lambda path, size: there.get(path) == size)
        copied.put("copying results and reports", words, copied.is_known)
        copied.put("copying logs", logs, lambda p, size: p.endswith(".json") and there.get(p) == size)
        copied.put("copying the ledger", ledger_file, lambda path, size: False)
        watcher.stage("removing what is gone")
        here = {*tables, *words, *logs, *ledger_file, MARK}
        gone = [p for p in there if p not in here and not _of_runs(p, staging) and not (into / p).is_file()]
        for path in gone:
            remote.remove(path)
        copying.known = {p: told for p, told in copying.known.items() if p in here}
        copying.write()
    return Mirrored(remote.name, copied.files, copied.bytes, len(gone), len(here))


def restore(
    into: Path, url: str, *, options: Mapping[str, str] | None = None, watcher: Watcher | None = None
) -> Mirrored:
    """Bring a copy back into a new folder, the ledger last; killed, it may be called again.

    Raises:
        PublishError: OUT-011, the folder has a ledger already; OUT-012, there is no copy, or the store refuses.
    """
    watcher = watcher or Nobody()
    require_local(into)
    if has_ledger(into):
        raise PublishError(Finding("OUT-011", Place(source=str(into)), "it has runs of its own"))
    remote = Remote(url, options or {})
    there = remote.files()
    if MARK not in there or not {LEDGER_FILE, LEDGER_URL} & there.keys():
        raise PublishError(Finding("OUT-012", Place(source=remote.name), "no whole copy of an output folder is there"))
    watcher.stage("copying back", sum(there.values()))
    last = {LEDGER_FILE, LEDGER_URL}
    copied, copied_bytes = 0, 0
    for path in [*sorted(p for p in there if p not in {*last, MARK}), *sorted(last & there.keys())]:
        file = into / path
        if not file.resolve().is_relative_to(into.resolve()):
            raise PublishError(Finding("OUT-012", Place(source=remote.name), "an object's name leaves the folder"))
        if not (file.suffix == ".parquet" and file.is_file() and file.stat().st_size == there[path]):
            remote.get(path, file)
            copied, copied_bytes = copied + 1, copied_bytes + there[path]
        watcher.advance(there[path])
    return Mirrored(remote.name, copied, copied_bytes, 0, len(there))


class _Counted:
    """Copies files that are not there as they are, and counts them."""

    def __init__(self, remote: Remote, copying: _Copying, there: Mapping[str, int], watcher: Watcher) -> None:
        self._remote, self._copying, self._there, self._watcher = remote, copying, there, watcher
        self.files = 0
        self.bytes = 0

    def is_known(self, path: str, size: int) -> bool:
        """Whether a file that may change was copied as it is."""
        told = self._copying.known.get(path)
        return told is not None and self._there.get(path) == size == told[0]

    def put(self, stage: str, files: Mapping[str, Path], is_there: Callable[[str, int], bool]) -> None:
        """Copy those files, in their order, that are not there."""
        self._watcher.stage(stage)
        for path, file in files.items():
            try:
                state = file.stat()
            except FileNotFoundError:
                continue  # it went meanwhile, as a log's old entries do
            told = [state.st_size, state.st_mtime_ns]
            if is_there(path, state.st_size) and self._copying.known.get(path, told) == told:
                continue
            self._remote.put(path, file)
            self._copying.known[path] = told
            self.files, self.bytes = self.files + 1, self.bytes + state.st_size
            self._watcher.advance(state.st_size)


def _claim(remote: Remote, copying: _Copying, there: Mapping[str, int]) -> None:
    """Make sure that the copy is this folder's, or nobody's yet."""
    if MARK in there:
        owner = str(json.loads(remote.read(MARK) or b"{}").get("owner"))
        if owner != copying.owner:
            raise PublishError(Finding("OUT-011", Place(source=remote.name), f"it is the copy {owner}"))
        return
    if there:
        raise PublishError(Finding("OUT-011", Place(source=remote.name), f"{len(there):,} other objects are there"))
    copying.owner, copying.known = uuid.uuid4().hex, {}
    copying.write()
    with tempfile.NamedTemporaryFile(prefix="weighbridge-mirror-") as file:
        file.write(json.dumps({"owner": copying.owner}).encode())
        file.flush()
        remote.put(MARK, Path(file.name))


def _of_runs(path: str, runs: Iterable[str]) -> bool:
    return any(run_id in path for run_id in runs)
