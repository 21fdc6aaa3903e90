"""How the values of a column are distributed, as a profile knows it: numbers in order, or labels with counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

import numpy as np
import numpy.typing as npt
import polars as pl

from weighbridge.profile.domain import Domain, bucket_middles, domain_of, numbers
from weighbridge.profile.partial import Partial
from weighbridge.profile.tally import Kind
from weighbridge.quick import dataclass

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Distribution:
    """The values of one column.

    Attributes:
        at: numbers, rising; moments and days in the column's physical units; None for labels.
        weight: how often each of them stands.
        labels: texts and how often each stands; empty for numbers.
        rest: values of texts too rare to have a count of their own; of numbers, NaN and infinities.
        nulls: how many there are.
        exact: False where many different values were counted in buckets 0.4 % wide, a day or a minute for times.
    """

    at: Floats | None
    weight: Floats
    labels: Mapping[str, int] = field(default_factory=dict)
    rest: int = 0
    nulls: int = 0
    exact: bool = True

    @property
    def is_ordered(self) -> bool:
        """Whether its values are numbers, days or moments."""
        return self.at is not None

    @property
    def values(self) -> int:
        """How many there are, nulls not counted."""
        return int(self.weight.sum()) if self.at is not None else sum(self.labels.values()) + self.rest


def distribution(partial: Partial, column: str) -> Distribution | None:
    """Return how a column's values are distributed; None for a masked or nested one, of which nothing is known.

    Raises:
        KeyError: the profile has no such column.
    """
    dtype = partial.dtypes[column]
    if column in partial.masked or domain_of(dtype) is Domain.NONE:
        return None
    position = list(partial.dtypes).index(column)
    tally = partial.tally.filter(pl.col("column") == position)
    kinds = {Kind(key[0]): rows for key, rows in tally.partition_by("kind", as_dict=True).items()}
    nulls = int(partial.figures[column]["nulls"])
    if domain_of(dtype) is Domain.TEXT or dtype == pl.Boolean:
        return _labelled(kinds, dtype, partial.records - nulls, nulls)
    points, weights = [], []
    if (values := kinds.get(Kind.VALUE)) is not None:
        points.append(numbers(values["key"], dtype))
        weights.append(values["count"].to_numpy())
    if (grouped := kinds.get(Kind.BUCKET)) is not None:
        points.append(bucket_middles(grouped["key"].to_numpy(), dtype))
        weights.append(grouped["count"].to_numpy())
    at = np.concatenate([*points, np.empty(0)]).astype(np.float64)
    weight = np.concatenate([*weights, np.empty(0)]).astype(np.float64)
    kept = np.isfinite(at)
    order = np.argsort(at[kept], kind="stable")
    figures = partial.figures[column]
    odd = int(figures.get("nan", 0)) + int(figures.get("infinite", 0))
    return Distribution(at[kept][order], weight[kept][order], rest=odd, nulls=nulls, exact=grouped is None)


def _labelled(kinds: Mapping[Kind, pl.DataFrame], dtype: pl.DataType, values: int, nulls: int) -> Distribution:
    tables = [kinds[kind] for kind in (Kind.VALUE, Kind.FREQUENT) if kind in kinds]
    labels: dict[str, int] = {}
    for table in tables:
        key = "key" if dtype == pl.Boolean else "text"
        for value, count in table.select(key, "count").iter_rows():
            name = str(bool(value)).lower() if dtype == pl.Boolean else str(value)
            labels[name] = labels.get(name, 0) + int(count)
    rest = max(values - sum(labels.values()), 0)
    return Distribution(None, np.empty(0), labels, rest, nulls, Kind.FREQUENT not in kinds)
