"""A profile before it is summed up: figures and tallies that merge."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from weighbridge.profile.figures import Figures, added
from weighbridge.profile.sample import Sample, together
from weighbridge.profile.tally import summed
from weighbridge.quick import dataclass


@dataclass(frozen=True, slots=True)
class Partial:
    """What one scan gave.

    Attributes:
        dtypes: of the columns profiled, in order; masked ones included.
        masked: columns whose values may not be shown.
        records: how many rows were counted.
        figures: by column, as `weighbridge.profile.figures` makes them.
        tally: rows of `weighbridge.profile.tally.SCHEMA`, one a column, kind and key.
        sample: of whole rows; None where no rows are kept, as in what runs store.
    """

    dtypes: Mapping[str, pl.DataType]
    masked: frozenset[str]
    records: int
    figures: Mapping[str, Figures]
    tally: pl.DataFrame
    sample: Sample | None = None


def merge(a: Partial, b: Partial) -> Partial:
    """Return the profile of both scans together, as if they had been one, the records of `b` after those of `a`.

    Counts, extremes, moments and tables of values are those of one scan of both.

    Raises:
        ValueError: the two are not of the same columns, types and masks.
    """
    if dict(a.dtypes) != dict(b.dtypes) or a.masked != b.masked:
        raise ValueError("only profiles of the same columns, types and masks can be merged")
    return Partial(
        a.dtypes,
        a.masked,
        a.records + b.records,
        {name: added(a.figures[name], b.figures[name]) for name in a.figures},
        summed(pl.concat([a.tally, b.tally]), a.dtypes, a.masked),
        None if a.sample is None or b.sample is None else together(a.sample, b.sample),
    )
