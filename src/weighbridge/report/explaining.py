"""What explains a finding, in words: where it concentrates, and since when."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING, Any

from weighbridge.report.numbers import count, plural, rate
from weighbridge.report.text import clip

if TYPE_CHECKING:
    from weighbridge.ledger import Recurrence
    from weighbridge.outcome.explained import Slice
    from weighbridge.outcome.result import CheckResult, RunResult

_LONGEST_VALUE = 60


def slice_words(found: Slice) -> str:
    """Return where failures concentrate, in a sentence."""
    share, part = rate(found.failed / found.failures), rate(found.records / found.of_records)
    times = f"{found.lift:.1f}" if found.lift < 10 else count(round(found.lift))
    return f"{share} of them {_where(found)}, where {part} of the records are: {times} times as many as by chance"


def concentrates(check: CheckResult, showable: Set[str]) -> list[dict[str, Any]]:
    """Return the slices a check fails in; of columns that may not be shown, none.

    Args:
        check: how it came out.
        showable: the columns whose values may be shown; what is not named here is not.
    """
    return [
        {
            "by": s.by,
            "name": s.name,
            "values": [None if v is None else clip(v, _LONGEST_VALUE) for v in s.values],
            "failed": s.failed,
            "failures": s.failures,
            "records": s.records,
            "of_records": s.of_records,
            "lift": s.lift,
            "p_value": s.p_value,
            "words": slice_words(s),
        }
        for s in check.slices
        if s.by != "column" or s.name in showable
    ]


def showable(result: RunResult) -> frozenset[str]:
    """Return the columns whose values may be shown: declared, and not classified."""
    return frozenset(str(p["name"]) for p in result.schema if not p.get("masked"))


def recurrence(found: Recurrence | None) -> dict[str, Any] | None:
    """Return how a failing check came out in earlier runs, with a sentence; None where nobody knows."""
    if found is None or not found.runs:
        return None
    return {
        "runs": found.runs,
        "failed_runs": found.failed_runs,
        "since_run": found.since_run,
        "since": None if found.since is None else f"{found.since:%Y-%m-%d}",
        "before_failed": found.before_failed,
        "before_rate": found.before_rate,
        "words": _since(found),
    }


def _since(found: Recurrence) -> str:
    earlier = plural(found.runs, "earlier run")
    if not found.failed_runs:
        return "new: it held in the last run before" if found.runs == 1 else f"new: it held in all {earlier}"
    if found.since is None:
        return f"again: it held in the last run, and failed in {count(found.failed_runs)} of {earlier}"
    before = ""
    if found.before_failed is not None and found.before_rate is not None:
        before = f"; in the last run {plural(found.before_failed, 'record')} ({rate(found.before_rate)})"
    return f"since {found.since:%Y-%m-%d}; it failed in {count(found.failed_runs)} of {earlier}{before}"


def _where(found: Slice) -> str:
    values = [_value(v) for v in found.values]
    listed = values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
    if found.by == "column":
        return f"where {found.name} is {listed}"
    if found.by == "source":
        return f"in {listed}"
    if found.by == "epoch":
        return f"in records of the layout {listed}"
    return f"in records {listed} of {found.name}"


def _value(value: str | None) -> str:
    if value is None:
        return "missing"
    return clip(value, _LONGEST_VALUE) if value.strip() else "blank"
