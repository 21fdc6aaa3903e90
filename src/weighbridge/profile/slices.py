"""How often each value of a column with few of them occurs: what records can be told apart by.

Of dates with too many days the months are counted. Masked columns are left out: their values are never known.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from weighbridge.profile.domain import Domain, domain_of, keys, shown
from weighbridge.profile.partial import Partial
from weighbridge.profile.tally import Kind
from weighbridge.quick import dataclass

MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class Few:
    """A column's values, all of them, each with its count.

    Attributes:
        dtype: of the column.
        counts: by key, as `keys_of` gives them; None stands for null.
        by_month: whether the values are months of dates.
    """

    dtype: pl.DataType
    counts: dict[Any, int]
    by_month: bool = False

    def keys_of(self, values: pl.Series) -> pl.Series:
        """Return the key of each value of the column."""
        return _months(values) if self.by_month else keys(values)

    def words(self, key: Any) -> str | None:
        """Return the value of a key as it is shown; None for null."""
        if key is None:
            return None
        return str(key) if self.by_month or domain_of(self.dtype) is Domain.TEXT else str(_float_or_whole(key, self))


def few_values(partial: Partial, most: int = MOST_VALUES) -> dict[str, Few]:
    """Return the columns whose values were all counted and are no more than `most`, nulls included."""
    found: dict[str, Few] = {}
    tallies = {key[0]: rows for key, rows in partial.tally.partition_by("column", as_dict=True).items()}
    for position, (name, dtype) in enumerate(partial.dtypes.items()):
        if name in partial.masked or domain_of(dtype) is Domain.NONE or position not in tallies:
            continue
        rows = tallies[position]
        if not rows["kind"].is_in([int(Kind.VALUE), int(Kind.SHAPE), int(Kind.UNSHAPED)]).all():
            continue
        values = rows.filter(pl.col("kind") == int(Kind.VALUE))
        key = values["text" if domain_of(dtype) is Domain.TEXT else "key"]
        counted = dict(zip(key.to_list(), values["count"].to_list(), strict=True))
        by_month = len(counted) > most and isinstance(dtype, pl.Date | pl.Datetime)
        if by_month:
            counted = _by_month(key, values["count"], dtype)
        nulls = partial.records - sum(counted.values())
        if nulls > 0:
            counted[None] = nulls
        if 1 < len(counted) <= most:
            found[name] = Few(dtype, counted, by_month)
    return found


def _by_month(key: pl.Series, counts: pl.Series, dtype: pl.DataType) -> dict[Any, int]:
    days = key.cast(pl.Int32) if dtype == pl.Date else key
    table = pl.DataFrame({"month": _months(days.cast(dtype)), "count": counts})
    summed = table.group_by("month").agg(pl.col("count").sum())
    return dict(zip(summed["month"].to_list(), summed["count"].to_list(), strict=True))


def _months(values: pl.Series) -> pl.Series:
    return values.dt.strftime("%Y-%m")


def _float_or_whole(key: Any, few: Few) -> Any:
    if domain_of(few.dtype) is Domain.FLOAT:
        return shown(pl.Series([key], dtype=pl.Int64).to_numpy().view("float64")[0].item(), few.dtype)
    return shown(key, few.dtype)
