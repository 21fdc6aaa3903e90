"""Which ledger an output folder has: a file in it, or a team's database.

A ledger belongs to one output folder: runs of another would look like dead ones here. So a
folder remembers its database in ``ledger.url``, without user and password, and a database that
has runs of another folder is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.findings import ArgumentError, Finding, LedgerError, Place
from weighbridge.sinks import atomic_write

if TYPE_CHECKING:
    from weighbridge.ledger import Ledger

LEDGER_FILE = "ledger.db"
LEDGER_URL = "ledger.url"
LEDGER_VARIABLE = "WEIGHBRIDGE_LEDGER"
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")
"""How an address begins once a path is made of it, which takes one of its two slashes."""


@contextmanager
def ledger_at(url: str | None) -> Iterator[None]:
    """Use this database for the ledger inside the block, as if the environment said so; None changes nothing."""
    before = os.environ.get(LEDGER_VARIABLE)
    if url is not None:
        os.environ[LEDGER_VARIABLE] = url
    try:
        yield
    finally:
        if url is not None:
            os.environ.pop(LEDGER_VARIABLE)
            if before is not None:
                os.environ[LEDGER_VARIABLE] = before


def require_local(into: Path) -> None:
    """Refuse an address in place of a folder, before a folder of that name is made.

    Raises:
        ArgumentError: OUT-010.
    """
    if (address := _ADDRESS.match(str(into))) is not None:
        raise ArgumentError(Finding("OUT-010", detail=f"{address[1]}:// is an address"))


def open_ledger(into: Path) -> Ledger:
    """Open, or make, the ledger of an output folder.

    It is the database that WEIGHBRIDGE_LEDGER names in the environment, else the one that the
    folder remembers, else a file in it.

    Raises:
        ArgumentError: OUT-010, it is no folder.
        LedgerError: it cannot be opened (LED-001 to LED-003), or belongs to another folder (LED-007).
    """
    require_local(into)
    from weighbridge.ledger import Ledger

    remembered = _remembered(into)
    place = os.environ.get(LEDGER_VARIABLE) or remembered
    if place is None:
        return Ledger.open(into / LEDGER_FILE)
    known_as = _without_user(place)
    if remembered is not None and remembered != known_as:
        raise _anothers(into, f"the folder's ledger is {remembered}, not {known_as}")
    if remembered is None and (into / LEDGER_FILE).is_file():
        raise _anothers(into, f"the folder has a ledger of its own, {LEDGER_FILE}")
    ledger = Ledger.open(place)
    if remembered is None:
        if ledger.runs(limit=1) and _remembered(into) is None:
            ledger.close()
            raise _anothers(into, f"{known_as} has runs that were not made into this folder")
        atomic_write(into / LEDGER_URL, f"{known_as}\n".encode())
    return ledger


def ledger_of(into: Path) -> Ledger:
    """Open the ledger of an output folder that was run into before.

    Raises:
        ArgumentError: OUT-010, it is no folder.
        LedgerError: RUN-008, nothing was ever run into this folder.
    """
    require_local(into)
    if not has_ledger(into):
        raise LedgerError(Finding("RUN-008", Place(source=str(into)), "no run was ever made into this folder"))
    return open_ledger(into)


def ledger_place(into: Path) -> str | Path:
    """Return where the ledger of an output folder is: the path of its file, or the URL of its database."""
    return os.environ.get(LEDGER_VARIABLE) or _remembered(into) or into / LEDGER_FILE


def has_ledger(into: Path) -> bool:
    """Return whether anything was ever run into this folder."""
    return (into / LEDGER_FILE).is_file() or (into / LEDGER_URL).is_file()


def _remembered(into: Path) -> str | None:
    try:
        return (into / LEDGER_URL).read_text().strip() or None
    except OSError:
        return None


def _without_user(url: str) -> str:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError as UrlError

    try:
        parsed = make_url(url)
    except UrlError as error:
        raise LedgerError(Finding("LED-001", detail="it is not the URL of a database")) from error
    return parsed._replace(username=None, password=None).render_as_string()


def _anothers(into: Path, why: str) -> LedgerError:
    return LedgerError(Finding("LED-007", Place(source=str(into)), why))
