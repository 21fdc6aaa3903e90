"""What a replay did, or would do, run by run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StillOut:
    """A set of checks that some records still fail.

    Attributes:
        checks: names of the checks.
        expected: what they expect, in words.
        records: how many records fail just these.
        examples: a few of them, by source and record number.
    """

    checks: tuple[str, ...]
    expected: tuple[str, ...]
    records: int
    examples: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RunReplay:
    """What became of one run's kept records.

    Attributes:
        replay_id: None where nothing was published.
        candidates: records that were judged again.
        published: how many passed (in a dry run: would pass).
        rejected, uncertain: how many still fail, by what they would become.
        already: how many of the run were published by replays before.
        still: why, the most frequent first.
        unread: records that could not be read back, by why.
        skipped: why the run's records were not judged; empty where they were.
    """

    run_id: str
    contract_id: str
    object: str
    replay_id: str | None = None
    candidates: int = 0
    published: int = 0
    rejected: int = 0
    uncertain: int = 0
    already: int = 0
    still: tuple[StillOut, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did, or in a dry run would do, run by run."""

    dry: bool
    runs: tuple[RunReplay, ...]

    @property
    def published(self) -> int:
        """Records that passed."""
        return sum(r.published for r in self.runs)

    @property
    def kept_out(self) -> int:
        """Records that were judged and still do not pass, or could not be read back."""
        return sum(r.candidates - r.published for r in self.runs)

    @property
    def exit_code(self) -> int:
        """0 when everything that was judged passed, 1 when something is still kept out."""
        return 1 if self.kept_out else 0

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {"dry_run": self.dry, "published": self.published, "kept_out": self.kept_out,
                "runs": [asdict(r) for r in self.runs]}  # fmt: skip
