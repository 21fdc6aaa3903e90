"""Baselines: profiles of runs that were pinned, to be compared with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.findings import Finding, LedgerError, Place
from weighbridge.quick import dataclass
from weighbridge.sinks import slug

if TYPE_CHECKING:
    from weighbridge.profile import Partial

FOLDER, PROFILE, WORDS = "baselines", "profile.parquet", "pinned.json"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A run's profile that extracts to come are compared with.

    Attributes:
        run: whose profile it is.
        records: how many records it is of.
        by, why: who pinned it, and the reason.
        at: when, UTC.
    """

    contract_id: str
    object: str
    run: str
    records: int
    by: str
    why: str
    at: datetime


def unpin(into: Path, contract_id: str, object_name: str) -> Pinned:
    """Take a baseline away, and return what it was.

    Raises:
        LedgerError: RUN-035, there is none.
    """
    folder = baseline_folder(into, contract_id, object_name)
    pinned = pinned_in(folder)
    if pinned is None:
        raise LedgerError(Finding("RUN-035", Place(source=str(folder)), f"{contract_id}.{object_name}"))
    for name in (WORDS, PROFILE):
        (folder / name).unlink(missing_ok=True)
    return pinned


def baselines(into: Path) -> tuple[Pinned, ...]:
    """Return every baseline of an output folder."""
    found: Iterable[Pinned | None] = (pinned_in(path.parent) for path in sorted((into / FOLDER).glob(f"*/*/{WORDS}")))
    return tuple(pinned for pinned in found if pinned is not None)


def pinned_profile(into: Path, contract_id: str, object_name: str) -> tuple[Pinned, Partial]:
    """Return the baseline of an object, and the profile that was pinned.

    Raises:
        LedgerError: RUN-035, there is none, or its profile cannot be read.
    """
    from weighbridge.profile import load

    folder = baseline_folder(into, contract_id, object_name)
    pinned = pinned_in(folder)
    if pinned is None:
        raise LedgerError(Finding("RUN-035", Place(source=str(folder)), f"{contract_id}.{object_name}"))
    try:
        return pinned, load((folder / PROFILE).read_bytes())
    except (OSError, ValueError) as error:
        raise LedgerError(Finding("RUN-035", Place(source=str(folder)), f"its profile: {error}")) from error


def baseline_folder(into: Path, contract_id: str, object_name: str) -> Path:
    """Return where the baseline of an object stands, whether there is one or not."""
    return into / FOLDER / slug(contract_id) / slug(object_name)


def pinned_in(folder: Path) -> Pinned | None:
    """Return the baseline of a folder, None where there is none."""
    try:
        written = json.loads((folder / WORDS).read_text(encoding="utf-8"))
        return Pinned(**{**written, "at": datetime.fromisoformat(written["at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
