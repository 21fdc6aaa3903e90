"""What explains a failed check beyond its count: where it concentrates and what fails with it."""

from __future__ import annotations

from weighbridge.quick import dataclass


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the extract in which a check fails far more often than by chance.

    Attributes:
        by: ``"column"``, ``"source"``, ``"epoch"`` or ``"place"`` (a stretch of records of a source).
        name: the column's name; the source's for ``"place"``; empty otherwise.
        values: the values that make the slice, at most a few; None stands for null. Never of a classified column.
        failed: failing records in the slice; `failures`: all failing records.
        records: records in the slice; `of_records`: all records that were compared.
        p_value: how likely so many would be by chance, corrected for every comparison made.
    """

    by: str
    name: str
    values: tuple[str | None, ...]
    failed: int
    failures: int
    records: int
    of_records: int
    p_value: float

    @property
    def lift(self) -> float:
        """How many times as often records of the slice fail as records do on the whole."""
        return (self.failed / self.failures) / (self.records / self.of_records)


@dataclass(frozen=True, slots=True)
class Cause:
    """What is likely behind checks that fail in the same records, or behind one that fails in a telling way.

    Attributes:
        kind: ``"shifted"`` (values stand under their neighbours' names), ``"one_value"`` (one value breaks
            several checks) or ``"together"``; of records with another number of fields ``"torn"``,
            ``"run_together"`` or ``"other_table"``, which one check alone can show.
        leader: the check that fails in nearly all records in which the others fail.
        followers: the others, the most frequent first; none where one check alone shows it.
        records: records in which the leader and at least one follower fail.
        words: what is likely behind it, in a sentence; no value of a record stands in it.
    """

    kind: str
    leader: str
    followers: tuple[str, ...]
    records: int
    words: str
