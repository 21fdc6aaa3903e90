"""Charts as geometry: numbers that a template draws, so that a drawing and its table say the same.

A chart is 100 units high and ten units a bar wide; the page stretches it to its place and sets its words
beside it as text, which a person can enlarge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weighbridge.ledger import CheckEntry, Run
from weighbridge.report.numbers import count, rate

KEPT_APART = ("rejected", "uncertain", "repaired")
_STEPS = (*(step * 10.0**power for power in range(-4, 0) for step in (1, 1.5, 2, 3, 4, 6, 8)), 1.0)
_SLOT = 10.0
_GAP = 1.6
_LEAST = 1.5
_LOW = 14.0
_LABEL_ROOM_PERCENT = 9.0


def shares(run: Run) -> dict[str, float] | None:
    """Return the share of each verdict but `accepted`; None for a run without records."""
    if not run.records:
        return None
    return {verdict: (getattr(run, verdict) or 0) / run.records for verdict in KEPT_APART}


def verdict_chart(runs: Sequence[Run], slots: int | None = None) -> dict[str, Any] | None:
    """Return stacked bars of what was not simply accepted, a bar a run, and where the contract's version changed.

    Args:
        runs: oldest first.
        slots: how many bars there is room for, where that is more than there are runs.

    Returns:
        ``{"width", "bars", "marks", "ticks"}``; None where no run has records.
    """
    given = [shares(run) for run in runs]
    if not any(given):
        return None
    most = max(sum(s.values()) for s in given if s is not None)
    top = next((step for step in _STEPS if step >= most), 1.0) if most else 0.01
    width = _SLOT * max(slots or 0, len(runs))
    bars = []
    first = round(width / _SLOT) - len(runs)  # the newest stands on the right
    for i, (run, parts) in enumerate(zip(runs, given, strict=True), first):
        bars.append({"x": i * _SLOT + _GAP / 2, "width": _SLOT - _GAP, "held": run.state == "held"}
                    | {"parts": _stacked(parts or {}, top), "words": in_words(run)})  # fmt: skip
    ticks = [{"at": 100 - 100 * part, "words": rate(top * part)} for part in (0, 0.5, 1)]
    return {"width": width, "bars": bars, "marks": _versions(runs, width, first), "ticks": ticks}


def records_chart(runs: Sequence[Run]) -> dict[str, Any] | None:
    """Return bars of how many records came, a bar a run; None where no run has records."""
    most = max((run.records or 0 for run in runs), default=0)
    if not most:
        return None
    bars = []
    for i, run in enumerate(runs):
        height = 100 * (run.records or 0) / most
        part = {"verdict": "records", "y": 100 - max(height, _LEAST), "height": max(height, _LEAST)}
        words = f"{moment_of(run)}: {count(run.records)} records"
        bars.append({"x": i * _SLOT + _GAP / 2, "width": _SLOT - _GAP, "held": False, "words": words,
                     "parts": [part] if run.records else []})  # fmt: skip
    width = _SLOT * len(runs)
    ticks = [{"at": 100, "words": "0"}, {"at": 0, "words": count(most)}]
    return {"width": width, "bars": bars, "marks": _versions(runs, width, 0), "ticks": ticks}


def strip(
    runs: Sequence[Run], outcomes: Sequence[CheckEntry | None], values: Sequence[float | None], limit: float | None
) -> dict[str, Any]:
    """Return a bar a run of how a check came out, as high as what it measured: a rate of records, a distance, a count.

    Args:
        runs: oldest first.
        outcomes: None where a run did not ask it.
        values: what was measured; None where that is no number.
        limit: the greatest value that holds, where there is one to be drawn.

    Returns:
        ``{"cells", "width", "limit", "marks"}``.
    """
    most = max((abs(v) for v in (*values, limit) if v is not None), default=0.0)
    cells = []
    for i, (entry, value) in enumerate(zip(outcomes, values, strict=True)):
        state = "absent" if entry is None else "holds" if entry.holds else "fails"
        height = {"absent": 0.0, "holds": _LOW, "fails": 100.0}[state]
        if value is not None and most and entry is not None:
            height = _raised(value, most)
        cells.append({"x": i * _SLOT + _GAP / 2, "width": _SLOT - _GAP, "state": state,
                      "y": 100 - height, "height": height})  # fmt: skip
    line = None if limit is None or not most else 100 - _raised(limit, most)
    return {"cells": cells, "width": _SLOT * len(runs), "limit": line, "marks": [m["x"] for m in _changes(runs)]}


def spark(runs: Sequence[Run], values: Sequence[float | None]) -> dict[str, Any]:
    """Return a line through values over time, one point a run, with gaps where there is none.

    Returns:
        ``{"lines", "dots", "width", "marks"}``: lines as lists of points, single points apart.
    """
    known = [v for v in values if v is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    lines: list[list[str]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            lines.append([])
            continue
        share = (value - low) / (high - low) if high > low else 0.5
        lines[-1].append(f"{(i + 0.5) * _SLOT:.4g},{92 - 84 * share:.4g}")
    return {
        "lines": [" ".join(line) for line in lines if len(line) > 1],
        "dots": [line[0].split(",") for line in lines if len(line) == 1],
        "width": _SLOT * len(runs),
        "marks": [m["x"] for m in _changes(runs)],
    }


def _raised(value: float, most: float) -> float:
    return _LOW + (100 - _LOW) * abs(value) / most


def in_words(run: Run) -> str:
    """Return a run's verdicts in one line."""
    parts = shares(run)
    told = "no records" if parts is None else ", ".join(f"{rate(parts[v])} {v}" for v in KEPT_APART)
    return f"{moment_of(run)}, {run.state.value.replace('_', ' ')}: {told}"


def moment_of(run: Run) -> str:
    """Return when a run began, to the minute, UTC."""
    return f"{run.started:%Y-%m-%d %H:%M}"


def _stacked(parts: dict[str, float], top: float) -> list[dict[str, Any]]:
    """Return rectangles from the ground up; what is there at all can be seen."""
    drawn, ground = [], 100.0
    for verdict in KEPT_APART:
        if parts.get(verdict):
            height = min(max(100 * parts[verdict] / top, _LEAST), ground)
            ground -= height
            drawn.append({"verdict": verdict, "y": ground, "height": height})
    return drawn


def _changes(runs: Sequence[Run]) -> list[dict[str, float]]:
    """Return where the contract changed between two runs."""
    fingerprints = [run.contract_fingerprint for run in runs]
    return [{"x": i * _SLOT} for i in range(1, len(runs)) if fingerprints[i - 1] != fingerprints[i]]


def _versions(runs: Sequence[Run], width: float, first: int) -> list[dict[str, Any]]:
    """Return where the contract changed between two runs; a label too near to the one before is left to the table."""
    marks: list[dict[str, Any]] = []
    labelled = -_LABEL_ROOM_PERCENT
    for i in range(1, len(runs)):
        before, after = runs[i - 1], runs[i]
        if before.contract_fingerprint == after.contract_fingerprint:
            continue
        words = after.contract_version
        if before.contract_version == after.contract_version:
            words = f"{words}, changed"
        percent = 100 * (first + i) * _SLOT / width
        has_room = percent - labelled >= _LABEL_ROOM_PERCENT
        labelled = percent if has_room else labelled
        marks.append({"x": (first + i) * _SLOT, "percent": percent, "words": words, "label": has_room, "run": after.id})
    return marks
