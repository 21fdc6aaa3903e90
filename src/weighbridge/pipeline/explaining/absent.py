"""Why a column's nulls are null: missing, for which stated reason, unreadable, or not decided.

A profile counts nulls alike; the masks of the suspects know them apart. The three stay three
different things to the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from weighbridge.findings import Effect
from weighbridge.legacy.reading import Certainty
from weighbridge.pipeline.weighing.plan import WORD_BITS, mask_columns
from weighbridge.pipeline.weighing.weigh import mask_counts
from weighbridge.probe import RowProbe
from weighbridge.profile import Partial

_LEAVES_OPEN = (Effect.REVIEW, Effect.REJECT)


def told_apart(profile: Partial, suspects: Path, probes: Sequence[RowProbe]) -> Partial:
    """Return the profile with what is absent of each column: unreadable, undecided, and missing for stated reasons.

    Its summary lists ``{"reason": words, "count": n}`` of missing values, most frequent first; values that
    are missing without a word on it are not listed.

    Args:
        profile: as the weighing gave it; not changed.
        suspects: the file the plan wrote.
        probes: in the bit order of the suspects' masks.
    """
    reading = [(i, p) for i, p in enumerate(probes) if p.reading and p.properties]
    counts: dict[str, dict[str, int]] = {name: {} for name in profile.figures}
    for masks, count in mask_counts(suspects, mask_columns(probes)).items() if reading else ():
        said: dict[str, set[str]] = {}
        for i, probe in reading:
            if masks[i // WORD_BITS] >> (i % WORD_BITS) & 1:
                said.setdefault(probe.properties[0], set()).add(_outcome(probe))
        for name, outcomes in said.items():
            grave = "unreadable" if "unreadable" in outcomes else "undecided" if "undecided" in outcomes else ""
            for outcome in ({grave} if grave else outcomes - {""}) if name in counts else ():
                counts[name][outcome] = counts[name].get(outcome, 0) + count
    figures = {name: {**figures, "absent": counts[name]} for name, figures in profile.figures.items()}
    return replace(profile, figures=figures)


def _outcome(probe: RowProbe) -> str:
    """Return what a doubt makes of the value: unreadable, undecided, a reason after ``:``, or nothing."""
    if probe.reading == Certainty.UNREADABLE:
        return "unreadable"
    if probe.reading == Certainty.AMBIGUOUS and probe.effect in _LEAVES_OPEN:
        return "undecided"
    return f":{probe.reason}" if probe.reason else ""
