"""Where a record in the queue stands, and what may become of it.

    open ──decide──▶ awaiting ──approve──▶ decided | rejected | returned ──replay──▶ published
      ▲                 │ refuse                       │ withdraw
      └─────────────────┴──────────────────────────────┘

Without four eyes a decision needs no approval. An extract that is judged again supersedes what
waits of it. Published and superseded are ends.
"""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    """Of an item of the queue."""

    OPEN = "open"
    AWAITING = "awaiting"
    DECIDED = "decided"
    REJECTED = "rejected"
    RETURNED = "returned"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Kind(enum.StrEnum):
    """Of a decision."""

    ACCEPT_READING = "accept_reading"
    CORRECT = "correct"
    CONFIRM_REJECTION = "confirm_rejection"
    SEND_BACK = "send_back"


class DecisionState(enum.StrEnum):
    """Of a decision: what became of it."""

    AWAITING = "awaiting"
    STANDING = "standing"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    PUBLISHED = "published"
    FAILED = "failed"


SETTLES: dict[Kind, State] = {
    Kind.ACCEPT_READING: State.DECIDED,
    Kind.CORRECT: State.DECIDED,
    Kind.CONFIRM_REJECTION: State.REJECTED,
    Kind.SEND_BACK: State.RETURNED,
}
"""What an item becomes by a decision that is in force."""

REVERSIBLE = (State.AWAITING, State.DECIDED, State.REJECTED, State.RETURNED)
"""States that a decision can be taken back from."""
