"""Pinning a baseline: what extracts to come are compared with."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from weighbridge.findings import ArgumentError, Finding
from weighbridge.ledger import RunState
from weighbridge.pipeline.output.ledgers import ledger_of
from weighbridge.pipeline.output.pinned import PROFILE, WORDS, Pinned, baseline_folder
from weighbridge.pipeline.profiles import profile_of_run
from weighbridge.profile import dump
from weighbridge.sinks import atomic_write


def pin(into: Path, run: str, *, by: str, why: str, at: datetime) -> Pinned:
    """Keep a copy of a run's profile as what its object's extracts are compared with.

    Args:
        into: the output folder.
        run: its id, the beginning of one, or ``latest``.
        by, why: who pins it, and the reason.
        at: the present, UTC.

    Raises:
        ArgumentError: there is no such run, or there are several; RUN-034, nobody is named, or no reason is given;
            RUN-036, the run did not publish.
        LedgerError: RUN-016, the run came to no result; RUN-032, it left no profile.
    """
    if not by.strip() or not why.strip():
        raise ArgumentError(Finding("RUN-034", detail="say --by and --why"))
    profile = profile_of_run(into, run)
    with ledger_of(into) as ledger:
        record = ledger.run(run)
    if record.state is not RunState.PUBLISHED:
        raise ArgumentError(Finding("RUN-036", detail=f"{record.id} is {record.state.value}"))
    pinned = Pinned(record.contract_id, record.object, record.id, profile.records, by.strip(), why.strip(), at)
    folder = baseline_folder(into, record.contract_id, record.object)
    folder.mkdir(parents=True, exist_ok=True)
    atomic_write(folder / PROFILE, dump(profile))
    atomic_write(folder / WORDS, json.dumps(asdict(pinned), default=datetime.isoformat, indent=1).encode())
    return pinned
