"""From a row of the ledger to a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.ledger.entries import (
    CheckEntry,
    Process,
    ReviewEntry,
    ReviewItem,
    Run,
    RunState,
    SourceEntry,
)

_OF_PROCESS = ("host", "pid", "boot", "namespace", "process_started")


def run_of(row: Mapping[str, Any]) -> Run:
    """Return the run in a row of RUNS."""
    own = {k: v for k, v in row.items() if k not in _OF_PROCESS}
    process = Process(row["host"], row["pid"], row["boot"], row["namespace"], row["process_started"])
    own |= {"state": RunState(row["state"]), "reasons": tuple(row["reasons"]), "process": process}
    return Run(**own)


def source_of(row: Mapping[str, Any]) -> SourceEntry:
    """Return the source in a row of RUN_SOURCES."""
    return SourceEntry(**{k: v for k, v in row.items() if k not in ("run_id", "position")})


def check_of(row: Mapping[str, Any]) -> CheckEntry:
    """Return the check in a row of CHECK_RESULTS."""
    return CheckEntry(**{k: v for k, v in row.items() if k not in ("run_id", "position")})


def review_item_of(row: Mapping[str, Any]) -> ReviewItem:
    """Return the record in a row of REVIEW_ITEMS."""
    entry = ReviewEntry(
        row["source"], row["record"], row["offset_bytes"], row["length_bytes"], codes=tuple(row["codes"])
    )
    names = ("id", "run_id", "contract_id", "object", "extract_id", "state", "row_version", "created")
    return ReviewItem(entry=entry, **{name: row[name] for name in names})
