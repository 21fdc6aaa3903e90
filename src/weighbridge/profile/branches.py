"""The profile as branches of the caller's plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from weighbridge.profile.figures import RECORDS, aggregates, taken_apart
from weighbridge.profile.partial import Partial
from weighbridge.profile.summary import summed_up
from weighbridge.profile.tally import SCHEMA, counting


@dataclass(frozen=True, slots=True)
class ProfilePlan:
    """What to profile.

    Attributes:
        dtypes: columns and their types.
        masked: columns of which no value, extreme or shape may be shown.
    """

    dtypes: Mapping[str, pl.DataType]
    masked: frozenset[str]

    def branches(self, frame: pl.LazyFrame) -> list[pl.LazyFrame]:
        """Return the branches to collect together with the caller's own.

        Each shares `frame`, which the caller has cached; none holds its rows. They may be
        collected again: nothing is kept between collections.
        """
        if not self.dtypes:
            return [frame.select(aggregates({}, frozenset()))]
        tally = (
            frame.select(list(self.dtypes))
            .map_batches(counting(self.dtypes, self.masked), schema=SCHEMA, streamable=True)
            .group_by("column", "kind", "key", "text")
            .agg(pl.col("count").sum())
        )
        return [frame.select(aggregates(self.dtypes, self.masked)), tally]

    def partial(self, results: Sequence[pl.DataFrame]) -> Partial:
        """Return what the branches gave, ready to be merged with that of other scans."""
        row = results[0].row(0, named=True)
        tally = results[1] if self.dtypes else pl.DataFrame(schema=SCHEMA)
        return Partial(dict(self.dtypes), self.masked, int(row[RECORDS]), taken_apart(row, self.dtypes), tally)

    def read(self, results: Sequence[pl.DataFrame]) -> dict[str, Any]:
        """Return the figures of each column as JSON values; see `weighbridge.profile.summary`."""
        return summed_up(self.partial(results))


def plan(dtypes: Mapping[str, pl.DataType], masked: frozenset[str] = frozenset()) -> ProfilePlan:
    """Return the plan of a profile of these columns."""
    return ProfilePlan(dict(dtypes), masked & frozenset(dtypes))
