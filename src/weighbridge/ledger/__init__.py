"""The operational state: runs, what they found and decided, and the queue of records for review.

`Ledger` is imported when it is first asked for: a check that writes nothing needs no database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weighbridge.ledger.entries import (
    CheckEntry,
    Delivery,
    Process,
    Recurrence,
    ReviewEntry,
    ReviewItem,
    Run,
    RunFacts,
    RunState,
    SourceEntry,
    Unfinished,
    new_run_id,
)
from weighbridge.ledger.process import is_alive, this_process

if TYPE_CHECKING:
    from weighbridge.ledger.ledger import Ledger

__all__ = [
    "CheckEntry",
    "Delivery",
    "Ledger",
    "Process",
    "Recurrence",
    "ReviewEntry",
    "ReviewItem",
    "Run",
    "RunFacts",
    "RunState",
    "SourceEntry",
    "Unfinished",
    "is_alive",
    "new_run_id",
    "this_process",
]


def __getattr__(name: str) -> Any:
    if name == "Ledger":
        from weighbridge.ledger.ledger import Ledger

        return Ledger
    raise AttributeError(f"module 'weighbridge.ledger' has no attribute {name!r}")
