"""How every probe came out: counts from the masks, examples from the suspects, answers from the scan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import field
from itertools import combinations as combinations_of
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.decide import verdict
from weighbridge.findings import Verdict, code
from weighbridge.outcome.result import CheckResult, Example
from weighbridge.pipeline.weighing.cross import Accused
from weighbridge.pipeline.weighing.evidence import Evidence, severity_of
from weighbridge.pipeline.weighing.plan import WORD_BITS, Plan, failed_in_mask, mask_columns
from weighbridge.pipeline.weighing.weigh import Weighed, mask_counts
from weighbridge.probe import (
    Answer,
    CrossProbe,
    FrameProbe,
    HistoryProbe,
    KeyProbe,
    ProfileProbe,
    RowProbe,
    ScalarProbe,
)
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import LENGTH, OFFSET, RAW, RECORD, SOURCE

EXAMPLES_PER_CHECK = 5
_MOST_RAW_BYTES = 4096
_MOST_COMBINATIONS = 2_000
_MOST_TOGETHER = 40


@dataclass(frozen=True, slots=True)
class Failures:
    """How many records failed each row probe, and how many have each verdict.

    Attributes:
        together: how many records failed each pair of probes, the earlier in the plan first; of the most frequent
            combinations, which are nearly all.
    """

    by_probe: dict[str, int]
    verdicts: dict[Verdict, int]
    together: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def read(cls, suspects: Path, probes: Sequence[RowProbe], records: int) -> Failures:
        """Count from the suspects' mask words; records that are no suspects are accepted."""
        by_probe = dict.fromkeys((p.name for p in probes), 0)
        verdicts = dict.fromkeys(Verdict, 0)
        together: dict[tuple[str, str], int] = {}
        combinations = mask_counts(suspects, mask_columns(probes)).items()
        for number, (masks, count) in enumerate(sorted(combinations, key=lambda item: (-item[1], item[0]))):
            failed = [p for i, p in enumerate(probes) if masks[i // WORD_BITS] >> (i % WORD_BITS) & 1]
            if number < _MOST_COMBINATIONS:
                for pair in combinations_of((p.name for p in failed[:_MOST_TOGETHER]), 2):
                    together[pair] = together.get(pair, 0) + count
            for probe in failed:
                by_probe[probe.name] += count
            verdicts[verdict(p.effect for p in failed)] += count
        verdicts[Verdict.ACCEPTED] += records - sum(verdicts.values())
        return cls(by_probe, verdicts, together)


@dataclass(frozen=True, slots=True)
class Examples:
    """Where examples of failing records are taken from, and how they are shown.

    Attributes:
        suspects: the folder the plan wrote them to.
        evidence: how evidence is shown.
        source_names: by `__source` index.
        hide_raw: whether raw bytes must not be shown, because a property is classified.
    """

    suspects: Path
    evidence: Evidence
    source_names: tuple[str, ...]
    hide_raw: bool

    def of(self, failing: Sequence[tuple[int, RowProbe]]) -> dict[str, tuple[Example, ...]]:
        """Return, by probe name, its first failing records in source order.

        Args:
            failing: probes that failed, with their position in the mask.
        """
        frame = pl.scan_parquet(self.suspects)
        raw = pl.lit(None, dtype=pl.Binary) if self.hide_raw else pl.col(RAW).bin.slice(0, _MOST_RAW_BYTES)
        branches = []
        for position, probe in failing:
            seen, readings = self.evidence.seen(probe), self.evidence.readings(probe)
            first = frame.filter(failed_in_mask(position)).head(EXAMPLES_PER_CHECK)
            shown = (raw.alias("raw"), seen.alias("seen"), readings.alias("readings"))
            branches.append(first.select(SOURCE, RECORD, OFFSET, LENGTH, *shown))
        collected = pl.collect_all(branches, engine="streaming")
        return {
            probe.name: tuple(
                Example(self.source_names[source], record, offset, length, raw_bytes, seen, tuple(readings or ()))
                for source, record, offset, length, raw_bytes, seen, readings in rows.iter_rows()
            )
            for (_, probe), rows in zip(failing, collected, strict=True)
        }


def of_records(
    plan: Plan, compared: Sequence[Accused], failures: Failures, examples: Examples
) -> tuple[CheckResult, ...]:
    """Return the result of every probe of records, those that nothing failed included."""
    failing = [(i, p) for i, p in enumerate(plan.row_probes) if failures.by_probe[p.name]]
    shown = examples.of(failing)
    records = sum(failures.verdicts.values())
    asked: list[RowProbe | KeyProbe | CrossProbe] = [
        *plan.row_probes,
        *(c.probe for c in compared if c.row_probe is None),
    ]
    results = []
    for p in asked:
        failed = failures.by_probe.get(p.name, 0)
        result = CheckResult(
            name=p.name,
            code=p.code,
            title=code(p.code).title,
            grain="record",
            severity=severity_of(p.effect),
            effect=p.effect,
            properties=p.properties,
            expected=p.expected,
            holds=not failed,
            failed_records=failed,
            failed_rate=failed / records if records else 0.0,
            fix=p.fix or code(p.code).fix,
            line=p.line,
            origin=p.origin,
            examples=shown.get(p.name, ()),
        )
        results.append(result)
    return tuple(results)


def of_extract(weighed: Weighed) -> tuple[CheckResult, ...]:
    """Return the result of every check of the whole extract."""
    return tuple(
        answered(
            p,
            holds=answer.holds,
            observed=answer.words,
            measured=answer.observed if isinstance(answer.observed, dict) else None,
            value=_figure(answer),
        )
        for p, answer in weighed.answers
    )


def answered(
    probe: ScalarProbe | FrameProbe | ProfileProbe | HistoryProbe,
    *,
    holds: bool,
    observed: str,
    measured: dict[str, Any] | None,
    value: float | None,
) -> CheckResult:
    """Return the result of a check of the whole extract.

    Args:
        probe: what was asked.
        holds: whether it is as it must be.
        observed: what was seen, in words.
        measured: what was seen, for machines.
        value: what was seen as one number, to be drawn over time; None where it is not one, or may not be shown.
    """
    return CheckResult(
        name=probe.name,
        code=probe.code,
        title=code(probe.code).title,
        grain="extract",
        severity=probe.severity,
        effect=None,
        properties=probe.properties,
        expected=probe.expected,
        holds=holds,
        observed=observed,
        fix=probe.fix or code(probe.code).fix,
        line=probe.line,
        origin=probe.origin,
        measured=measured,
        value=value,
    )


def _figure(answer: Answer) -> float | None:
    """Return what was measured as a number, where its words show one: what may not be shown they do not."""
    seen = answer.observed
    if isinstance(seen, bool) or not isinstance(seen, int | float) or not math.isfinite(seen):
        return None
    return float(seen) if any(c.isdigit() for c in answer.words) else None
