"""Figures of an extract beside those of the runs published before: rates of verdicts, and figures of columns.

What is compared with is taken from the ledger and from the heads of the profiles that runs left: no data is read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from weighbridge.contract.model import NotExecuted
from weighbridge.findings import Verdict
from weighbridge.outcome.result import CheckResult
from weighbridge.pipeline.explaining.drift import Before, drifted
from weighbridge.pipeline.weighing.results import answered
from weighbridge.probe import Answer, HistoryProbe, Probe
from weighbridge.profile import Partial
from weighbridge.profile.figures import told
from weighbridge.quick import dataclass

if TYPE_CHECKING:
    from weighbridge.ledger import Run

_VERDICTS = {f"{verdict.value}Rate": verdict for verdict in Verdict}


@dataclass(frozen=True, slots=True)
class Present:
    """What is known of this extract when its scan is over.

    Attributes:
        profile: of its columns.
        verdicts: its records by verdict.
        as_of: the moment of the run.
    """

    profile: Partial
    verdicts: Mapping[Verdict, int]
    as_of: datetime


def beside_runs_before(
    probes: Sequence[Probe], present: Present, before: Before
) -> tuple[tuple[CheckResult, ...], tuple[NotExecuted, ...]]:
    """Return how the probes of drift and of histories came out, and those without an answer, with the reason."""
    drift, undrifted = drifted(probes, present.profile, before)
    results, open_ones = [*drift], [*undrifted]
    for probe in probes:
        if not isinstance(probe, HistoryProbe):
            continue
        answer = _answer(probe, present, before)
        if isinstance(answer, str):
            open_ones.append(NotExecuted(f"{probe.name}: history", answer, probe.line))
            continue
        results.append(
            answered(
                probe,
                holds=answer.holds,
                observed=answer.words,
                measured=answer.observed,
                value=answer.observed["figure"],
            )
        )
    return tuple(results), tuple(open_ones)


def _answer(probe: HistoryProbe, present: Present, before: Before) -> Answer | str:
    if probe.column is None:
        now = _share(present.verdicts[_VERDICTS[probe.metric]], sum(present.verdicts.values()))
    else:
        now = figure(present.profile, probe.metric, probe.column, present.as_of)
    if now is None:
        return f"the extract has no {probe.metric}" + (f" of {probe.column}" if probe.column else "")
    found: list[tuple[datetime, float]] = []
    for run in before.runs(probe.alike):
        if len(found) == probe.last:
            break
        then = _then(probe, run, before)
        if then is not None:
            found.append((run.as_of, then))
    return probe.read(now, found)


def _then(probe: HistoryProbe, run: Run, before: Before) -> float | None:
    if probe.column is None:
        return _share(getattr(run, _VERDICTS[probe.metric].value), run.records)
    profile = before.figures(run)
    return None if profile is None else figure(profile, probe.metric, probe.column, run.as_of)


def figure(profile: Partial, metric: str, column: str, as_of: datetime) -> float | None:
    """Return a figure of a column, None where it has none: no records, no values, not such a column then.

    Args:
        profile: of the extract; its tally is not looked at.
        metric: by its name in contracts.
        column: whose.
        as_of: the moment of the run, for `ageHours`.
    """
    if column not in profile.figures:
        return None
    if metric == "nullRate":
        return _share(profile.figures[column].get("nulls"), profile.records)
    figures = told(dict(profile.figures[column]))
    if metric == "ageHours":
        newest = figures.get("max")
        if not isinstance(newest, date):
            return None
        moment = newest if isinstance(newest, datetime) else datetime(newest.year, newest.month, newest.day)
        return (as_of - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))).total_seconds() / 3600
    finite, mean = figures.get("finite"), figures.get("mean")
    value = {
        "mean": mean,
        "sum": mean * finite if mean is not None and finite else None,
        "stdDev": math.sqrt(figures["squares"] / (finite - 1)) if finite and finite > 1 else None,
        "min": figures.get("min"),
        "max": figures.get("max"),
    }[metric]
    if value is None or isinstance(value, str | date) or not math.isfinite(value):
        return None
    return float(value)


def _share(count: int | None, of: int | None) -> float | None:
    return None if count is None or not of else count / of
