"""How many different values a column has, and how sure that is.

Counted while they are few. Of more, the least hashes are kept with the count of each: a hash
among the least of all is among the least of every part that has it, so parts merge without
loss. How densely the least lie tells how many there are, to about 4 %; and since they are a fair
sample of the values, with all their counts, how many values are repeated.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from weighbridge.profile.partial import Partial
from weighbridge.profile.tally import SMALLEST_HASHES, Kind, Kinds, hashes
from weighbridge.quick import dataclass

STANDARD_ERROR = 1 / math.sqrt(SMALLEST_HASHES - 2)


@dataclass(frozen=True, slots=True)
class Distinct:
    """The number of different values.

    Attributes:
        number: of them, nulls left out.
        least: it is surely at least this, but for the error.
        most: and at most this.
        exact: whether they were counted.
        looked_at: of how many different values all occurrences were counted.
        repeated: how many of those occur more than once.
    """

    number: int
    least: int
    most: int
    exact: bool
    looked_at: int
    repeated: int

    @property
    def is_known(self) -> str:
        """``exact``, ``estimate``, or ``between`` where parts were summed whose values are not known."""
        return "between" if self.least != self.most else "exact" if self.exact else "estimate"

    @property
    def error(self) -> float:
        """Return the relative standard error of an estimate; 0 for what was counted."""
        return 0.0 if self.exact else STANDARD_ERROR


def distinct_of(partial: Partial, name: str, kinds: Kinds) -> Distinct:
    """Return the number of different values of a column.

    Args:
        partial: the profile.
        name: the column's.
        kinds: the column's rows of the tally.
    """
    number, exact, looked_at, repeated = _of_rows(kinds)
    least, most, counted = partial.figures[name].get("different") or (0, 0, True)
    low, high = max(number, least), number + most
    return Distinct(low, low, high, exact and counted, looked_at if not most else 0, repeated if not most else 0)


def _of_rows(kinds: Kinds) -> tuple[int, bool, int, int]:
    values, hashed = kinds.get(Kind.VALUE), kinds.get(Kind.HASH)
    if hashed is None:
        if values is None:
            return 0, True, 0, 0
        return values.height, True, values.height, int((values["count"].to_numpy() > 1).sum())
    parts = [hashed.select("key", "count")]
    if values is not None:
        text = values["text"].null_count() < values.height
        key = hashes(values["text"] if text else values["key"])
        parts.append(pl.DataFrame({"key": key, "count": values["count"]}))
    least = pl.concat(parts).group_by("key").agg(pl.col("count").sum()).sort("key").head(SMALLEST_HASHES)
    repeated = int((least["count"] > 1).sum())
    if least.height < SMALLEST_HASHES:
        return least.height, True, least.height, repeated
    share = float(np.float64(least["key"][-1])) / 2.0**63
    return round((SMALLEST_HASHES - 1) / share), False, least.height, repeated
