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


def strip(outcomes: Sequence[CheckEntry | None]) -> list[dict[str, Any]]:
    """Return a cell a run of how a check came out: holds, fails, or was not asked; failures higher by their rate."""
    cells = []
    for i, entry in enumerate(outcomes):
        state = "absent" if entry is None else "holds" if entry.holds else "fails"
        height = {"absent": 0.0, "holds": 22.0, "fails": 100.0}[state]
        cells.append({"x": i * _SLOT + _GAP / 2, "width": _SLOT - _GAP, "state": state,
                      "y": 100 - height, "height": height})  # fmt: skip
    return cells


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
