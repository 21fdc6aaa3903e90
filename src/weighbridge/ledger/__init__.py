"""The operational state: runs, what they found and decided, and the queue of records for review."""

from weighbridge.ledger.entries import (
    CheckEntry,
    Delivery,
    Process,
    ReviewEntry,
    ReviewItem,
    Run,
    RunFacts,
    RunState,
    SourceEntry,
    Unfinished,
    new_run_id,
)
from weighbridge.ledger.ledger import Ledger
from weighbridge.ledger.process import is_alive, this_process

__all__ = [
    "CheckEntry",
    "Delivery",
    "Ledger",
    "Process",
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
