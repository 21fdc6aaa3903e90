"""The profile as a part of the caller's plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from weighbridge.profile.figures import RECORDS, aggregates, taken_apart
from weighbridge.profile.partial import Partial
from weighbridge.profile.summary import summed_up
from weighbridge.profile.tally import Tally


@dataclass(frozen=True, slots=True)
class ProfilePlan:
    """What to profile.

    Attributes:
        dtypes: columns and their types.
        masked: columns of which no value, extreme or shape may be shown.
    """

    dtypes: Mapping[str, pl.DataType]
    masked: frozenset[str]

    def tapped(self, frame: pl.LazyFrame, *, only: pl.Expr | None = None) -> tuple[pl.LazyFrame, Tally]:
        """Return `frame` as it is, counted while it passes, and where the counts are.

        Counting in the stream, not beside it, keeps a scan from running ahead of its tally.
        The frame must be scanned once: the tally counts what passes. A caller who scans again
        clears it first.

        Args:
            frame: has the columns to be profiled, and maybe others.
            only: Boolean: which rows are counted; all of them by default.
        """
        tally = Tally(self.dtypes, self.masked)
        if not self.dtypes:
            return frame, tally

        def count(batch: pl.DataFrame) -> pl.DataFrame:
            counted = batch if only is None else _those(batch, only)
            if counted.height:
                tally.add(counted)
            return batch

        return frame.map_batches(count, schema=frame.collect_schema(), streamable=True), tally

    def figures(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Return the branch, one row, of what Polars aggregates by itself; it holds no rows."""
        return frame.select(aggregates(self.dtypes, self.masked))

    def partial(self, figures: pl.DataFrame, tally: Tally) -> Partial:
        """Return what one scan gave, ready to be merged with that of other scans."""
        row = figures.row(0, named=True)
        return Partial(dict(self.dtypes), self.masked, int(row[RECORDS]), taken_apart(row, self.dtypes), tally.read())

    def read(self, figures: pl.DataFrame, tally: Tally) -> dict[str, Any]:
        """Return the figures of each column as JSON values; see `weighbridge.profile.summary`."""
        return summed_up(self.partial(figures, tally))


def plan(dtypes: Mapping[str, pl.DataType], masked: frozenset[str] = frozenset()) -> ProfilePlan:
    """Return the plan of a profile of these columns."""
    return ProfilePlan(dict(dtypes), masked & frozenset(dtypes))


def _those(batch: pl.DataFrame, only: pl.Expr) -> pl.DataFrame:
    mask = batch.select(only).to_series()
    return batch if mask.all() else batch.filter(mask)
