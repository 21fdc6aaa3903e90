"""Profiles that runs left, so that what came before can be compared without its data."""

from __future__ import annotations

from pathlib import Path

from weighbridge.findings import Finding, LedgerError, Place
from weighbridge.pipeline.history import PROFILE_FILE, folder_of, judged_run
from weighbridge.profile import Partial, load


def profile_of_run(into: Path, run: str) -> Partial:
    """Return the profile that a run left in its folder; it merges with those of other runs.

    Args:
        into: the output folder.
        run: its id, the beginning of one, or ``latest``.

    Raises:
        ArgumentError: there is no such run, or there are several.
        LedgerError: RUN-016, the run came to no result; RUN-032, it kept no profile, or that is damaged.
    """
    record = judged_run(into, run)
    path = folder_of(into, record.id) / PROFILE_FILE
    try:
        return load(path.read_bytes())
    except FileNotFoundError as error:
        noted = record.outputs.get("reports") or {}
        removed = f"retention removed it on {noted['removed'][:10]}" if noted.get("removed") else "its folder has none"
        raise LedgerError(Finding("RUN-032", Place(source=str(path)), removed)) from error
    except (OSError, ValueError) as error:
        raise LedgerError(Finding("RUN-032", Place(source=str(path)), str(error))) from error
