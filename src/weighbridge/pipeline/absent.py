"""Why a column's nulls are null: missing, for which stated reason, unreadable, or not decided.

A profile counts nulls alike; the masks of the suspects know them apart. The three stay three
different things to the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from weighbridge.findings import Effect
from weighbridge.legacy.reading import Certainty
from weighbridge.pipeline.plan import WORD_BITS, mask_columns
from weighbridge.pipeline.weigh import mask_counts
from weighbridge.probe import RowProbe

_LEAVES_OPEN = (Effect.REVIEW, Effect.REJECT)


def told_apart(profile: dict[str, Any], suspects: Path, probes: Sequence[RowProbe]) -> dict[str, Any]:
    """Return the profile with `missing`, `unreadable`, `undecided` and `reasons` of each column.

    The first three sum to `nulls`. `reasons` lists ``{"reason": words, "count": n}`` of missing values,
    most frequent first; values that are missing without a word on it are not listed.

    Args:
        profile: as the weighing gave it; not changed.
        suspects: the file the plan wrote.
        probes: in the bit order of the suspects' masks.
    """
    reading = [(i, p) for i, p in enumerate(probes) if p.reading and p.properties]
    counts = dict[tuple[str, str], int]()
    for masks, count in mask_counts(suspects, mask_columns(probes)).items() if reading else ():
        said: dict[str, set[str]] = {}
        for i, probe in reading:
            if masks[i // WORD_BITS] >> (i % WORD_BITS) & 1:
                said.setdefault(probe.properties[0], set()).add(_outcome(probe))
        for name, outcomes in said.items():
            grave = "unreadable" if "unreadable" in outcomes else "undecided" if "undecided" in outcomes else ""
            for outcome in {grave} if grave else outcomes:
                counts[name, outcome] = counts.get((name, outcome), 0) + count
    columns = {name: _column(name, figures, counts) for name, figures in profile.get("columns", {}).items()}
    return {**profile, "columns": columns}


def _outcome(probe: RowProbe) -> str:
    """Return what a doubt makes of the value: unreadable, undecided, a reason after ``:``, or nothing."""
    if probe.reading == Certainty.UNREADABLE:
        return "unreadable"
    if probe.reading == Certainty.AMBIGUOUS and probe.effect in _LEAVES_OPEN:
        return "undecided"
    return f":{probe.reason}" if probe.reason else ""


def _column(name: str, figures: dict[str, Any], counts: dict[tuple[str, str], int]) -> dict[str, Any]:
    unreadable, undecided = (min(counts.get((name, word), 0), figures["nulls"]) for word in ("unreadable", "undecided"))
    reasons = [(outcome[1:], n) for (column, outcome), n in counts.items() if column == name and outcome[:1] == ":"]
    return {
        **figures,
        "missing": max(figures["nulls"] - unreadable - undecided, 0),
        "unreadable": unreadable,
        "undecided": undecided,
        "reasons": [{"reason": words, "count": n} for words, n in sorted(reasons, key=lambda r: (-r[1], r[0]))],
    }
