"""An output folder that stands in an object store, worked on in a working folder of this host.

What a verb does, it does in the working folder; then one step shows it in the store:

    take the lease ─▶ bring what others wrote here ─▶ the verb ─▶ data files ─▶ all else aside ─▶ *say so* ─▶ in place

Data files have names of their own and are shown by nothing until a table's log names them. Everything else that
changed (results, logs, the ledger) is written aside, and shown by one replacement of one object, `weighbridge.json`;
then it is brought to where it belongs, logs in their order, the ledger last. Killed before that replacement, the store
shows what it did; killed after it, whoever comes next, from any host, brings the rest in place. A host's working folder
that holds what was never shown, while others went on, is made equal to the store again.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from weighbridge.findings import ArgumentError, Finding, LedgerError, Place, PublishError, WeighbridgeError
from weighbridge.pipeline.output.inventory import data_in, ledger_now, logs_in, staging_in, words_in
from weighbridge.pipeline.output.lease import MARK, Lease, Mark, read_mark
from weighbridge.pipeline.output.ledgers import LEDGER_FILE, LEDGER_VARIABLE, has_ledger
from weighbridge.readers.containers.places import is_url, shown_url
from weighbridge.sinks import atomic_write, locked, writing
from weighbridge.sinks.store import SCHEMES, Store

HOME_VARIABLE = "WEIGHBRIDGE_WORK"
LEASE_SECONDS = 300.0
WAIT_SECONDS = 600.0
_STATE, _ASIDE, _LOG = "store.json", ".pending", "_delta_log"
_OURS_ALONE = frozenset({_STATE, "locks"})
_READS_AT_MOST = 5


def is_stored(into: str) -> bool:
    """Whether an output folder is named by the address of an object store."""
    return is_url(into) and into.partition("://")[0].lower() in SCHEMES


def working_folder(url: str, options: Mapping[str, str] | None = None) -> Path:
    """Return where this host works on what stands at a URL: below WEIGHBRIDGE_WORK, or the user's state folder."""
    named = [value for name, value in sorted((options or {}).items()) if "endpoint" in name.lower()]
    endpoint = next(iter(named), os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "")
    base = os.environ.get(HOME_VARIABLE) or Path(
        os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state", "weighbridge", "stores"
    )
    return Path(base) / sha256(f"{endpoint} {url.rstrip('/')}".encode()).hexdigest()[:16]


@contextmanager
def opened(
    url: str,
    *,
    writes: bool,
    options: Mapping[str, str] | None = None,
    say: Callable[[str], None] = lambda words: None,
    lease_seconds: float = LEASE_SECONDS,
    wait_seconds: float = WAIT_SECONDS,
    make: Callable[[str, Mapping[str, str]], Store] = Store,
) -> Iterator[Path]:
    """Give the working folder of a store as it is now; when the block ends, show in the store what was done in it.

    Args:
        url: a place of its own, such as ``s3://bucket/warehouse``.
        writes: whether the block may change anything. One that does is alone there, on all hosts.
        options: `storage_options`, by the names that deltalake and Polars know; else as the environment says.
        say: told, in words, what takes long.
        lease_seconds: so long after a host's death others wait for it.
        wait_seconds: so long is waited for another host.
        make: gives the store.

    Raises:
        ArgumentError: OUT-010, no such store; or a ledger in a database, which would know of what no store shows.
        PublishError: OUT-011 to OUT-014.
        LedgerError: RUN-008, nothing was ever run into it, and the block only reads.
    """
    if os.environ.get(LEDGER_VARIABLE):
        detail = f"{LEDGER_VARIABLE} names a database, and a store keeps its ledger in itself"
        raise ArgumentError(
            Finding("OUT-010", Place(source=shown_url(url)), detail, fix=f"unset {LEDGER_VARIABLE}, or use a folder")
        )
    store = make(url, options or {})
    home = working_folder(url, options)
    with writing(home):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    work = _Work(home, store, say)
    if not writes:
        work.read()
        yield home
        return
    with locked(home.parent, home.name, holder="another verb on this host", on_wait=say):
        work.state = _State.of(home)
        atomic_write(home / _STATE, work.state.to_bytes())
        with Lease(store, work.state.holder, seconds=lease_seconds, wait_seconds=wait_seconds, say=say) as lease:
            work.catch_up(lease)
            try:
                yield home
            except WeighbridgeError:
                with suppress(WeighbridgeError):
                    work.show(lease)  # that it failed, and what it did before
                raise
            work.show(lease)


@contextmanager
def at(into: str | Path, *, writes: bool, options: Mapping[str, str] | None = None) -> Iterator[Path]:
    """Give an output folder that may be named by an address, too; see `opened`."""
    if not isinstance(into, str) or not is_stored(into):
        yield Path(into)
        return
    with opened(into, writes=writes, options=options) as home:
        yield home


@dataclass(slots=True)
class _State:
    """What a working folder knows of the store.

    Attributes:
        holder: its own name.
        place, session: what it is a copy of.
        next: the session that it was about to show.
        known: path → tag in the store, size and time of the last change here.
        ledger: of the snapshot that is in the store.
    """

    holder: str = field(default_factory=lambda: uuid.uuid4().hex)
    place: str = ""
    session: str | None = None
    next: str | None = None
    known: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    ledger: str = ""

    @classmethod
    def of(cls, home: Path) -> _State:
        try:
            told = json.loads((home / _STATE).read_bytes())
            return cls(**{**told, "known": {path: tuple(known) for path, known in told["known"].items()}})
        except (OSError, ValueError, TypeError, KeyError):
            return cls()

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    def is_of(self, mark: Mark) -> bool:
        return self.place == mark.place and mark.session in {self.session, self.next}


class _Work:
    def __init__(self, home: Path, store: Store, say: Callable[[str], None]) -> None:
        self.home, self.store, self.say = home, store, say
        self.state = _State()

    def read(self) -> None:
        """Make the folder equal to what the store shows, unless a verb on this host works in it."""
        try:
            with locked(self.home.parent, self.home.name, holder="another verb on this host", nowait=True):
                for _ in range(_READS_AT_MOST):
                    mark, self.state = read_mark(self.store), _State.of(self.home)
                    if mark is None or mark.session is None:
                        detail = "no run was ever made into it"
                        raise LedgerError(Finding("RUN-008", Place(source=self.store.name), detail))
                    if self.state.is_of(mark):
                        return
                    with suppress(FileNotFoundError):  # another host has shown more meanwhile
                        self._fetch(mark)
                raise PublishError(Finding("OUT-013", Place(source=self.store.name), "it changed while it was read"))
        except PublishError as error:
            if error.findings[0].code != "OUT-006":
                raise

    def catch_up(self, lease: Lease) -> None:
        """Bring in place what a session before could not, and bring here what others wrote."""
        if lease.is_new and self.state.session is not None:
            detail = f"what was there is gone; remove {self.home} to begin anew"
            raise PublishError(Finding("OUT-012", Place(source=self.store.name), detail))
        if lease.mark.pending:
            self._in_place(lease)
        if not self.state.is_of(lease.mark):
            try:
                self._fetch(lease.mark)
            except FileNotFoundError as error:
                raise PublishError(Finding("OUT-012", Place(source=self.store.name), f"{error} is gone")) from error
        self.state.session, self.state.next = lease.mark.session, None
        self._write_state()

    def show(self, lease: Lease) -> None:
        """Show in the store what the folder holds."""
        if not has_ledger(self.home):
            return
        with ledger_now(self.home) as ledger:
            staging = staging_in(self.home)
            data = {path: self.home / path for path in data_in(self.home, staging)}
            words = {path: self.home / path for path in (*words_in(self.home, staging), *_site(self.home))}
            logs = logs_in(self.home)
            now = {p: _told(f) for p, f in {**data, **words, **logs}.items()}
            digest = sha256(ledger[LEDGER_FILE].read_bytes()).hexdigest()
            there = self.store.files()
            self._require_no_other_writer(there.keys() - now.keys())
            aside = {
                p: f
                for p, f in {**words, **logs}.items()
                if (known := self.state.known.get(p)) is None or known[1:] != now[p] or p not in there
            }
            if digest != self.state.ledger or LEDGER_FILE not in there:
                aside |= ledger
            gone = [p for p in there if p not in now and p not in {MARK, LEDGER_FILE}]
            if aside:
                self.store.put({p: f for p, f in data.items() if p not in there or there[p].size != now[p][0]})
                self.state.next = uuid.uuid4().hex
                self._write_state()
                beside = {_aside(self.state.next, path): file for path, file in aside.items()}
                self.store.put(beside)
                try:
                    lease.change(session=self.state.next, pending=tuple(aside))
                except PublishError as error:
                    if error.findings[0].code == "OUT-014":  # else it may have been said: the next one finds out
                        self.store.remove(beside)
                    raise
                self._in_place(lease)
            self.store.remove(gone)
        self.state.session, self.state.next, self.state.ledger = lease.mark.session, None, digest
        tags = {path: one.tag for path, one in self.store.files().items()}
        self.state.known = {path: (tags[path], *told) for path, told in now.items() if path in tags}
        self._write_state()

    def _in_place(self, lease: Lease) -> None:
        """Copy what a session wrote aside to where it belongs; may be done again."""
        session, paths = str(lease.mark.session), lease.mark.pending
        at_once = [p for p in paths if f"/{_LOG}/" not in p and p != LEDGER_FILE]
        self.store.copy((_aside(session, p), p) for p in at_once)
        for path in (p for p in paths if p not in set(at_once)):
            self.store.copy([(_aside(session, path), path)])
        lease.change(pending=())
        self.store.remove(_aside(session, path) for path in paths)

    def _require_no_other_writer(self, strange: set[str]) -> None:
        """Refuse to show anything beside what another program committed to a table."""
        entries = sorted(p for p in strange if f"/{_LOG}/" in p and not p.startswith(_ASIDE))
        if alien := [p for p in entries if p.endswith(".json") and p not in self.state.known]:
            detail = f"{alien[0]} was written by another program"
            raise PublishError(Finding("OUT-014", Place(source=self.store.name), detail))

    def _fetch(self, mark: Mark) -> None:
        """Make the folder equal to what the store shows under this mark."""
        self.state = _State(self.state.holder, known=self.state.known)
        self._write_state()  # killed on the way, the folder is no copy of anything
        there = {p: o for p, o in self.store.files().items() if p != MARK}
        source = {p: p for p in there if not p.startswith(f"{_ASIDE}/")} if mark.session is not None else {}
        source |= {path: _aside(str(mark.session), path) for path in mark.pending}
        wanted = {}
        for path, name in source.items():
            file = self.home / path
            if not file.resolve().is_relative_to(self.home.resolve()):
                raise PublishError(
                    Finding("OUT-012", Place(source=self.store.name), "an object's name leaves the folder")
                )
            if name not in there:
                raise FileNotFoundError(name)
            if path != LEDGER_FILE and self.state.known.get(path) != (there[name].tag, *_told(file)):
                wanted[name] = file
        self._forget_all_but(source)
        if wanted:
            size = sum(there[name].size for name in wanted)
            self.say(f"bringing {len(wanted):,} files ({size / 1e6:,.1f} MB) of {self.store.name} to {self.home}")
        self.store.get(wanted)
        digest = self._fetch_ledger(source)
        known = {
            path: (there[name].tag, *_told(self.home / path)) for path, name in source.items() if path != LEDGER_FILE
        }
        self.state = _State(self.state.holder, mark.place, mark.session, None, known, digest)
        self._write_state()

    def _fetch_ledger(self, source: Mapping[str, str]) -> str:
        """Replace the ledger's content in one transaction: another process may have it open."""
        if LEDGER_FILE not in source:
            for file in self.home.glob(f"{LEDGER_FILE}*"):
                file.unlink()
            return ""
        with tempfile.TemporaryDirectory(prefix="weighbridge-store-") as scratch:
            snapshot = Path(scratch) / LEDGER_FILE
            self.store.get({source[LEDGER_FILE]: snapshot})
            try:
                with (
                    closing(sqlite3.connect(snapshot)) as theirs,
                    closing(sqlite3.connect(self.home / LEDGER_FILE)) as ours,
                ):
                    theirs.backup(ours)
            except sqlite3.Error as error:
                raise LedgerError(Finding("LED-004", detail=str(error))) from error
        with ledger_now(self.home) as now:
            return sha256(now[LEDGER_FILE].read_bytes()).hexdigest()

    def _forget_all_but(self, kept: Mapping[str, str]) -> None:
        with writing(self.home):
            for top in self.home.iterdir():
                if top.name in _OURS_ALONE or top.name.startswith(LEDGER_FILE):
                    continue
                for file in [top, *top.rglob("*")] if top.is_dir() and not top.is_symlink() else [top]:
                    if (file.is_file() or file.is_symlink()) and file.relative_to(self.home).as_posix() not in kept:
                        file.unlink()
            for folder in self.home.glob("runs/*/work"):
                shutil.rmtree(folder, ignore_errors=True)

    def _write_state(self) -> None:
        atomic_write(self.home / _STATE, self.state.to_bytes())


def _aside(session: str, path: str) -> str:
    return f"{_ASIDE}/{session}/{path}"


def _told(file: Path) -> tuple[int, int]:
    try:
        state = file.stat()
    except OSError:
        return -1, -1
    return state.st_size, state.st_mtime_ns


def _site(home: Path) -> list[str]:
    """Return the pages that `weighbridge site` made."""
    return [p.relative_to(home).as_posix() for p in sorted((home / "site").rglob("*")) if p.is_file()]
