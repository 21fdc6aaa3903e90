"""What the ledger takes and gives: plain values, independent of any database."""

from __future__ import annotations

import enum
from dataclasses import field
from datetime import UTC, datetime
from typing import Any, TypedDict

from weighbridge.quick import dataclass


class RunState(enum.StrEnum):
    """Where a run stands. The first three are on the way; the others are ends."""

    RUNNING = "running"
    STAGED = "staged"
    COMMITTING = "committing"
    PUBLISHED = "published"
    HELD = "held"
    FAILED = "failed"
    ABANDONED = "abandoned"
    ALREADY_PUBLISHED = "already_published"


UNFINISHED: tuple[RunState, ...] = (RunState.RUNNING, RunState.STAGED, RunState.COMMITTING)


@dataclass(frozen=True, slots=True)
class Process:
    """Which process works on a run, so that a later one can tell whether it still lives.

    Attributes:
        host: the machine's name.
        boot: what changes at every start of the machine; None where that cannot be known.
        namespace: within which process ids mean something (containers); None as `boot`.
        started: when the process began, as the system counts it; None as `boot`.
    """

    host: str
    pid: int
    boot: str | None = None
    namespace: str | None = None
    started: str | None = None


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One source of a run; record counts are None until it was read."""

    name: str
    sha256: str
    size_bytes: int
    content_bytes: int | None = None
    records: int | None = None
    record_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """How one check of a run came out; `failed` and `rate` are None for checks of the whole extract."""

    name: str
    code: str
    grain: str
    severity: str
    holds: bool
    failed: int | None = None
    rate: float | None = None
    observed: str | None = None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How a check came out in the runs before one.

    Attributes:
        runs: how many earlier runs asked it, of those that were looked at.
        failed_runs: in how many of them it failed.
        since_run: the first run of the unbroken row of failures before this one; None when it held last.
        since: when that run began.
        before_failed, before_rate: of the run right before; None for a check of the whole extract.
    """

    runs: int
    failed_runs: int
    since_run: str | None = None
    since: datetime | None = None
    before_failed: int | None = None
    before_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the ledger knows it. Times are UTC.

    Attributes:
        extract_id: None until the sources were digested.
        records, accepted, repaired, uncertain, rejected: None until the run was weighed.
        outputs: table name → what the pipeline notes of its commit (version, rows, path).
        earlier_run: the run that published the same, when this one found it published.
    """

    id: str
    contract_id: str
    contract_version: str
    contract_fingerprint: str
    rules_fingerprint: str
    object: str
    state: RunState
    as_of: datetime
    started: datetime
    process: Process
    extract_id: str | None = None
    decision: str | None = None
    reasons: tuple[str, ...] = ()
    finished: datetime | None = None
    folder: str | None = None
    exit_code: int | None = None
    records: int | None = None
    accepted: int | None = None
    repaired: int | None = None
    uncertain: int | None = None
    rejected: int | None = None
    outputs: dict[str, Any] = field(default_factory=dict)
    earlier_run: str | None = None

    @property
    def is_finished(self) -> bool:
        """Whether it came to an end, whichever."""
        return self.state not in UNFINISHED


class RunFacts(TypedDict, total=False):
    """What may be learnt of a run on its way, by the names of `Run`'s attributes."""

    extract_id: str
    decision: str
    reasons: tuple[str, ...]
    folder: str
    exit_code: int
    records: int
    accepted: int
    repaired: int
    uncertain: int
    rejected: int
    outputs: dict[str, Any]
    earlier_run: str


class MarkFacts(RunFacts, total=False):
    """The same, and when the run ended."""

    finished: datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that has not ended, and whether its process lives.

    Attributes:
        alive: None when it runs, or ran, where this process cannot look: on another machine
            or in another container. Who holds the lock of its contract in its output folder
            knows all the same that it is dead.
    """

    run: Run
    alive: bool | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One time an extract came in: which run met it, under which names."""

    run_id: str
    names: tuple[str, ...]
    started: datetime
    state: RunState


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """A record that waits for a person, as a run gives it to the queue."""

    source: str
    record: int
    offset_bytes: int | None
    length_bytes: int | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A record in the review queue.

    Attributes:
        state: as `weighbridge.review.states.State` tells, e.g. ``open`` or ``superseded``.
        row_version: grows with every change, so that two people cannot both settle it.
    """

    id: int
    run_id: str
    contract_id: str
    object: str
    extract_id: str
    entry: ReviewEntry
    state: str
    row_version: int
    created: datetime


def new_run_id(now: datetime, entropy: bytes) -> str:
    """Return a run's id: the moment in UTC to the millisecond, then ten hex digits of entropy.

    Ids sort by time as text, are safe in file names, and are told apart by the entropy.

    Args:
        now: with a time zone.
        entropy: at least five random bytes, e.g. ``os.urandom(5)``.
    """
    if now.tzinfo is None or len(entropy) < 5:
        raise ValueError("a run's id needs a time with a zone and five bytes of entropy")
    moment = now.astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}Z-{entropy[:5].hex()}"
