"""Who may write to an output folder that stands in an object store: one at a time, on whatever host.

An object says who works there, and until when; it is replaced only by whoever has seen it as it is. A worker that lives
renews its time. One that died lets go of it by the time's running out, or by its own host's coming back. One that was
slow, and whose place another took, finds the object changed at the very step that would show its work, and shows none.

    <url>/weighbridge.json    place, session, pending, lease
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from weighbridge.findings import Finding, Place, PublishError
from weighbridge.sinks.store import Store, Version

MARK = "weighbridge.json"
_RENEWALS = 5
_LOOK_SECONDS, _LEAST_SECONDS = 1.0, 0.1


@dataclass(frozen=True, slots=True)
class Mark:
    """What the store says of itself.

    Attributes:
        place: whose copy it is; another one whenever it was begun anew.
        session: the last session whose work is shown; None before the first.
        pending: what that session wrote, as paths, in their order, while it is being brought to where it belongs.
        holder: the working folder that may write now; None when nobody works.
        who: the same in words.
        until: ISO 8601, UTC; from then on others may take its place.
    """

    place: str = field(default_factory=lambda: uuid.uuid4().hex)
    session: str | None = None
    pending: tuple[str, ...] = ()
    holder: str | None = None
    who: str = ""
    until: str = ""

    @classmethod
    def of(cls, written: bytes, store: Store) -> Mark:
        """Return what was written so.

        Raises:
            PublishError: OUT-012, it is no such thing.
        """
        try:
            told: dict[str, Any] = json.loads(written)
            return cls(**{**told, "pending": tuple(told["pending"])})
        except (ValueError, TypeError, KeyError) as error:
            raise PublishError(Finding("OUT-012", Place(source=store.name), f"{MARK} is damaged")) from error

    def to_bytes(self) -> bytes:
        """Return what `of` reads."""
        return json.dumps(asdict(self)).encode()


def read_mark(store: Store) -> Mark | None:
    """Return what the store says of itself; None when nothing was ever run into it.

    Raises:
        PublishError: OUT-012.
    """
    read = store.read(MARK)
    return None if read is None else Mark.of(read[0], store)


class Lease:
    """The right to write, held inside the block and renewed by a thread of its own.

    Attributes:
        mark: what the store says now.
        is_new: whether the place was empty.
    """

    def __init__(self, store: Store, holder: str, *, seconds: float, wait_seconds: float, say: Callable[[str], None]):
        self.mark = Mark()
        self.is_new = False
        self._store, self._holder, self._seconds, self._wait_seconds, self._say = (
            store, holder, seconds, wait_seconds, say,
        )  # fmt: skip
        self._version: Version | None = None
        self._one = threading.Lock()
        self._over = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name="weighbridge-lease", daemon=True)

    def __enter__(self) -> Self:
        """Take it, as soon as it is free.

        Raises:
            PublishError: OUT-013, another host works there all the time; OUT-011, the place is another's; OUT-012.
        """
        deadline, told = time.monotonic() + self._wait_seconds, False
        while not self._take():
            if not told:
                self._say(f"waiting for {self.mark.who}, which works at {self._store.name}")
                told = True
            if time.monotonic() > deadline:
                raise PublishError(Finding("OUT-013", Place(source=self._store.name), self.mark.who))
            time.sleep(_LOOK_SECONDS)
        self._renewing.start()
        return self

    def _take(self) -> bool:
        read = self._store.read(MARK)
        if read is None:
            if others := len(self._store.files()):
                detail = f"{others:,} objects that no run wrote are there"
                raise PublishError(Finding("OUT-011", Place(source=self._store.name), detail))
            self.is_new = True
        else:
            self.mark, self.is_new = Mark.of(read[0], self._store), False
            if self.mark.holder not in (None, self._holder) and datetime.fromisoformat(self.mark.until) > _now():
                return False
        mine = replace(self.mark, holder=self._holder, who=_who(), until=self._until())
        version = self._store.swap(MARK, mine.to_bytes(), None if read is None else read[1])
        if version is None:
            return False
        self.mark, self._version = mine, version
        return True

    def change(self, **what: Any) -> None:
        """Say something else of the store, if nobody has taken our place.

        Raises:
            PublishError: OUT-014, somebody has; OUT-012.
        """
        with self._one:
            new = replace(self.mark, **what)
            version = self._store.swap(MARK, new.to_bytes(), self._version)
            if version is None:
                raise PublishError(Finding("OUT-014", Place(source=self._store.name)))
            self.mark, self._version = new, version

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._renewing.join()
        try:
            self.change(holder=None, who="", until="")
        except PublishError:
            if kind is None:
                raise

    def _renew(self) -> None:
        while not self._over.wait(max(self._seconds / _RENEWALS, _LEAST_SECONDS)):
            try:
                self.change(until=self._until())
            except PublishError as error:
                if error.findings[0].code == "OUT-014":
                    return

    def _until(self) -> str:
        return (_now() + timedelta(seconds=self._seconds)).isoformat()


def _who() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _now() -> datetime:
    return datetime.now(UTC)
