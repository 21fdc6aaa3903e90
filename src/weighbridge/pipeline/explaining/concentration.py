"""Where the failures of a check concentrate: the slices of an extract in which it fails far more than by chance.

A slice is a value of a column with few values, a source, a layout, or a stretch of records. How often each
slice occurs the profile has counted already; how often a check fails in it is one grouping of the
suspects a dimension, whatever the size of the extract. A slice is told of when it holds a good part of the
failures, at least twice as many as its size lets expect, and when that is no chance (exact hypergeometric
test, corrected for every comparison made). Classified columns make no slices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.decode import EPOCH
from weighbridge.outcome.explained import Slice
from weighbridge.pipeline.explaining.chance import corrected, tail
from weighbridge.pipeline.weighing.plan import failed_in_mask
from weighbridge.probe import RowProbe
from weighbridge.profile import Few
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import RECORD, SOURCE

PLACES = 20
_MOST_DIMENSIONS = 60
_MOST_PROBES = 60
_MOST_SUSPECTS = 1_000_000
_LEAST_FAILURES = 5
_LEAST_IN_SLICE = 3
_LEAST_SHARE = 0.1
_LEAST_LIFT = 2.0
_ALPHA = 0.001
_MOST_VALUES = 3
_MOST_SLICES = 3
_LEAST_RECORDS_FOR_PLACES = 200
_FAILED = "__failed"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an extract's parts before any failure is looked at.

    Attributes:
        values: of columns with few values, how often each occurs among framed records.
        sources: each source's name and records, in order.
        epochs: the layouts by their place, each with its name and its framed records.
        framed: records that could be framed.
    """

    values: Mapping[str, Few]
    sources: Sequence[tuple[str, int]]
    epochs: Mapping[int, tuple[str, int]]
    framed: int


@dataclass(frozen=True, slots=True)
class _Dimension:
    """One way to take an extract apart: keys, how they are computed, how many records each has.

    Attributes:
        words: how each key is shown; `starts` of a source's stretches: how many records come before each.
    """

    by: str
    name: str
    key: pl.Expr
    counts: Mapping[Any, int]
    words: Mapping[Any, str | None]
    starts: tuple[int, ...] = ()

    @property
    def records(self) -> int:
        return sum(self.counts.values())

    def parts(self, failed: Mapping[Any, int]) -> Iterator[tuple[Any, int, int]]:
        """Yield each part with its failures and its records: each value, or each stretch from one place to another."""
        if self.by != "place":
            yield from ((key, n, self.counts.get(key, 0)) for key, n in failed.items())
            return
        for first in range(PLACES):
            n = records = 0
            for last in range(first, min(first + PLACES - 1, PLACES)):
                n, records = n + failed.get(last, 0), records + self.counts[last]
                yield (first, last), n, records

    def told(self, parts: Sequence[Any]) -> tuple[str | None, ...]:
        """Return these parts as they are shown."""
        if self.by != "place":
            return tuple(self.words[key] for key in parts)
        return tuple(f"{self.starts[first] + 1:,} to {self.starts[last + 1]:,}" for first, last in parts)


@dataclass(frozen=True, slots=True)
class _Found:
    """A part of the extract that a probe fails in too often, and how likely that is by chance."""

    probe: str
    dimension: _Dimension
    key: Any
    failed: int
    failures: int
    records: int
    likely: float


def concentrations(
    suspects: Path, failing: Sequence[tuple[int, RowProbe]], failures: Mapping[str, int], known: Known
) -> dict[str, tuple[Slice, ...]]:
    """Return, by probe name, the slices its failures concentrate in, the clearest first.

    Args:
        suspects: the folder the plan wrote them to; of more than a million every so many-th is looked at.
        failing: probes that failed, with their position in the mask; the most frequent are looked at.
        failures: how many records failed each.
        known: what is known of the extract's parts.
    """
    looked_at = [(i, p) for i, p in failing if failures[p.name] >= _LEAST_FAILURES]
    looked_at = sorted(looked_at, key=lambda item: -failures[item[1].name])[:_MOST_PROBES]
    dimensions = list(_dimensions(known))
    if not looked_at or not dimensions:
        return {}
    frame = pl.scan_parquet(suspects)
    rows = frame.select(pl.len()).collect().item()
    every = -(-rows // _MOST_SUSPECTS)
    if every > 1:
        frame = frame.gather_every(every)
    counting = [failed_in_mask(i).sum().alias(str(i)) for i, _ in looked_at]
    totals, *grouped = pl.collect_all(
        [frame.select(counting), *(frame.group_by(d.key.alias(_FAILED)).agg(counting) for d in dimensions)],
        engine="streaming",
    )
    found: list[_Found] = []
    comparisons = 0
    for dimension, table in zip(dimensions, grouped, strict=True):
        keys = table[_FAILED].to_list()
        whole = dimension.records // every
        for i, probe in looked_at:
            if dimension.by == "column" and dimension.name in probe.properties:
                continue
            if dimension.by == "column" and probe.origin == "framing":
                continue
            counted = dict(zip(keys, table[str(i)].to_list(), strict=True))
            failures_seen = sum(n for key, n in counted.items() if key in dimension.counts)
            if failures_seen < max(_LEAST_FAILURES, _LEAST_SHARE * int(totals[str(i)][0])):
                continue
            for key, failed, of in dimension.parts(counted):
                records = of // every
                if dimension.by == "epoch" and (dimension.words.get(key) or "") in probe.name:
                    continue  # a check of that layout alone fails nowhere else
                comparisons += 1
                if failed < max(_LEAST_IN_SLICE, _LEAST_SHARE / _MOST_VALUES * failures_seen) or not records:
                    continue
                if failed / failures_seen < _LEAST_LIFT * records / whole:
                    continue
                likely = tail(failed, min(records, whole), min(failures_seen, whole), whole)
                found.append(_Found(probe.name, dimension, key, failed * every, failures_seen * every, of, likely))
    return _told(found, comparisons)


def _told(found: Sequence[_Found], comparisons: int) -> dict[str, tuple[Slice, ...]]:
    """Return what is no chance, the values of a dimension together, the clearest dimensions of each probe first."""
    likely = corrected([f.likely for f in found], comparisons)
    together: dict[tuple[str, int], list[_Found]] = defaultdict(list)
    for part, p_value in zip(found, likely, strict=True):
        if p_value <= _ALPHA:
            together[part.probe, id(part.dimension)].append(replace(part, likely=p_value))
    slices: dict[str, list[Slice]] = defaultdict(list)
    for (name, _), parts in together.items():
        dimension = parts[0].dimension
        if dimension.by == "place":
            best = [max(parts, key=lambda part: part.failed / part.failures - part.records / dimension.records)]
        else:
            best = sorted(parts, key=lambda part: -part.failed)[:_MOST_VALUES]
        failed = sum(part.failed for part in best)
        if failed / best[0].failures >= _LEAST_SHARE:
            slices[name].append(
                Slice(
                    by=dimension.by,
                    name=dimension.name,
                    values=dimension.told([part.key for part in best]),
                    failed=failed,
                    failures=best[0].failures,
                    records=sum(part.records for part in best),
                    of_records=dimension.records,
                    p_value=max(part.likely for part in best),
                )
            )
    return {name: tuple(sorted(s, key=_clearness, reverse=True)[:_MOST_SLICES]) for name, s in slices.items()}


def _clearness(found: Slice) -> tuple[float, int]:
    """Return how much a slice explains: most failures in the least of the extract."""
    return found.failed / found.failures - found.records / found.of_records, -found.records


def _dimensions(known: Known) -> Iterator[_Dimension]:
    """Yield the ways to take the extract apart, those that cost least and tell most first."""
    sources = {i: n for i, (_, n) in enumerate(known.sources)}
    if len(sources) > 1:
        names = {i: name for i, (name, _) in enumerate(known.sources)}
        yield _Dimension("source", "", pl.col(SOURCE).cast(pl.Int64), sources, names)
    for i, (name, records) in enumerate(known.sources):
        if records >= _LEAST_RECORDS_FOR_PLACES and len(known.sources) <= 8:
            yield _places(i, name, records, len(sources) > 1)
    if len(known.epochs) > 1:
        counts = {place: records for place, (_, records) in known.epochs.items()}
        names = {place: name for place, (name, _) in known.epochs.items()}
        yield _Dimension("epoch", "", pl.col(EPOCH).cast(pl.Int64), counts, names)
    for name, few in list(known.values.items())[:_MOST_DIMENSIONS]:
        words = {key: few.words(key) for key in few.counts}
        dtype = pl.String if few.by_month or few.dtype in (pl.String, pl.Categorical, pl.Enum) else pl.Int64
        key = pl.col(name).map_batches(few.keys_of, return_dtype=dtype)
        yield _Dimension("column", name, key, few.counts, words)


def _places(source: int, name: str, records: int, several: bool) -> _Dimension:
    """Return the stretches of a source, each as good as equally long."""
    starts = [-(-records * i // PLACES) for i in range(PLACES + 1)]
    counts: dict[Any, int] = {i: starts[i + 1] - starts[i] for i in range(PLACES)}
    number = pl.col(RECORD).cast(pl.Int64) - 1
    place = (number * PLACES // records).clip(0, PLACES - 1)
    if several:
        place = pl.when(pl.col(SOURCE).cast(pl.Int64) == source).then(place).otherwise(pl.lit(None, dtype=pl.Int64))
    return _Dimension("place", name, place, counts, {}, tuple(starts))
