"""Figures of a column or of the table: each one expression that gives one value, and how to read it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from weighbridge.expectations.literals import comparable, members
from weighbridge.expectations.maps import bounded, numbers
from weighbridge.expectations.view import View

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value still to be computed.

    Attributes:
        value: aggregates to exactly one value; None when nothing need be computed.
        read: turns that value into the metric's.
    """

    value: pl.Expr | None
    read: Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


def figure(metric: str, view: View, domain: Arguments, arguments: Arguments) -> Figure:
    """Return a figure of a column or of the table.

    Args:
        metric: its name, e.g. ``"column.max"``.
        view: the frame and the rows of the domain.
        domain: `column`, where it is of one.
        arguments: of the metric.

    Raises:
        ValueError, TypeError: the column has no such figure.
    """
    if metric in TABLE:
        return TABLE[metric](view, arguments)
    name = str(domain["column"])
    view.dtype(name)
    return COLUMN[metric](view, name, arguments)


def _extreme(view: View, name: str, *, largest: bool) -> Figure:
    values = view.values(name)
    if isinstance(view.dtype(name), pl.Categorical | pl.Enum):
        values = values.cast(pl.String)
    if isinstance(view.dtype(name), pl.List | pl.Array | pl.Struct | pl.Object):
        raise TypeError(f"values of a column of type {view.dtype(name)} have no order")
    return Figure(values.max() if largest else values.min(), _as_it_is)


def _average(view: View, name: str, arguments: Arguments) -> Figure:
    values = view.values(name) if view.dtype(name).is_temporal() else numbers(view, name)
    return Figure(values.mean(), _as_it_is)


def _median(view: View, name: str, arguments: Arguments) -> Figure:
    values = view.values(name) if view.dtype(name).is_temporal() else numbers(view, name)
    return Figure(values.median(), _as_it_is)


def _sum(view: View, name: str, arguments: Arguments) -> Figure:
    dtype = view.dtype(name)
    if not (dtype.is_numeric() or dtype == pl.Boolean or isinstance(dtype, pl.Null | pl.Duration)):
        raise TypeError(f"a column of type {dtype} has no sum")
    if isinstance(dtype, pl.Null):
        return Figure(None, lambda _: 0)
    exact = (
        pl.Int64
        if dtype == pl.Boolean
        else pl.Int128
        if dtype.is_integer()
        else pl.Float64
        if dtype.is_decimal()
        else dtype
    )
    return Figure(view.values(name).cast(exact).sum(), _as_it_is)


def _spread(view: View, name: str, arguments: Arguments) -> Figure:
    return Figure(numbers(view, name).std(), _as_it_is)


def _distinct_count(view: View, name: str, arguments: Arguments) -> Figure:
    values = view.values(name)
    return Figure(values.n_unique() - values.is_null().any().cast(pl.UInt32), _as_it_is)


def _distinct_under(view: View, name: str, arguments: Arguments) -> Figure:
    threshold = arguments["threshold"]
    counted = _distinct_count(view, name, arguments)
    return Figure(counted.value, lambda count: count < threshold)


def _distinct(view: View, name: str, arguments: Arguments) -> Figure:
    return Figure(view.values(name).drop_nulls().unique().implode(), set)


def _not_in_set(view: View, name: str, arguments: Arguments, *, count: bool) -> Figure:
    wanted = arguments.get("value_set")
    if wanted is None:
        return Figure(None, lambda _: 0 if count else [])
    dtype = view.dtype(name)
    values = view.values(name).drop_nulls()
    held = members(wanted, dtype)
    distinct = (values.filter(~_in(values, held, dtype)) if held else values).unique()
    if count:
        return Figure(distinct.len(), _as_it_is)
    listed = distinct.sort() if not isinstance(dtype, pl.Struct | pl.List | pl.Array) else distinct
    return Figure(listed.head(arguments.get("limit") or _MOST_SHOWN).implode(), list)


def _missing_from_column(view: View, name: str, arguments: Arguments, *, count: bool) -> Figure:
    wanted = arguments.get("value_set")
    if wanted is None:
        return Figure(None, lambda _: 0 if count else [])
    dtype = view.dtype(name)
    asked = list(dict.fromkeys(value for value in wanted if value is not None))
    held = members(asked, dtype)
    values = view.values(name).drop_nulls()
    found = (values.filter(_in(values, held, dtype)) if held else values.head(0)).unique()
    limit = arguments.get("limit") or _MOST_SHOWN

    def read(present: Any) -> Any:
        there = set(present)
        absent = [value for value in asked if not (fit := members([value], dtype)) or fit[0] not in there]
        return len(absent) if count else absent[:limit]

    return Figure(found.implode(), read)


def _in(values: pl.Expr, held: list[Any], dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return values.cast(pl.String).is_in(pl.Series(held, dtype=pl.String).implode())
    return values.is_in(pl.Series(held, dtype=dtype).implode())


_MOST_SHOWN = 20


def _most_common(view: View, name: str, arguments: Arguments) -> Figure:
    return Figure(view.values(name).drop_nulls().mode().sort().implode(), list)


def _proportion(part: pl.Expr, of: pl.Expr) -> Figure:
    return Figure(pl.struct(part.alias("part"), of.alias("of")), lambda v: v["part"] / v["of"] if v["of"] else 0)


def _unique_proportion(view: View, name: str, arguments: Arguments) -> Figure:
    distinct = _distinct_count(view, name, arguments).value
    assert distinct is not None
    return _proportion(distinct, view.values(name).is_not_null().sum())


def _non_null_proportion(view: View, name: str, arguments: Arguments) -> Figure:
    return _proportion(view.count(view.present(name)), view.count())


_RULES = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantiles(view: View, name: str, arguments: Arguments) -> Figure:
    """Ranked like numpy: "nearest" is the default, and a rank half way goes to the even neighbour."""
    rule: Any = arguments.get("allow_relative_error") or "nearest"
    if rule not in _RULES:
        raise ValueError(
            "If specified for pandas, allow_relative_error must be one an allowed value for the 'interpolation'"
            f"parameter of .quantile() (one of {_RULES})"
        )
    dtype = view.dtype(name)
    if not (dtype.is_numeric() or dtype.is_temporal()):
        raise TypeError(f"a column of type {dtype} has no quantiles")
    quantiles = list(arguments["quantiles"])
    ranked = view.values(name).drop_nulls().sort()
    last = view.values(name).is_not_null().sum().cast(pl.Int64) - 1
    if rule != "nearest":
        values = [ranked.quantile(q, rule) for q in quantiles]
    else:
        values = [ranked.get((last * q).round(mode="half_to_even").cast(pl.Int64), null_on_oob=True) for q in quantiles]
    fields = [value.alias(str(i)) for i, value in enumerate(values)]
    if not fields:
        return Figure(None, lambda _: [])
    return Figure(pl.struct(fields), lambda v: list(v.values()))


def _value_counts(view: View, name: str, arguments: Arguments) -> Figure:
    order = arguments.get("sort") or "value"
    if order not in ("value", "count", "none"):
        raise ValueError("sort must be either 'value', 'count', or 'none'")
    if arguments.get("collate") is not None:
        raise ValueError("collate parameter is not supported on Polars")
    counts = view.values(name).drop_nulls().alias("value").value_counts(name="count").implode()

    def read(pairs: Any) -> Any:
        import pandas as pd  # type: ignore[import-untyped]

        ranked = list(pairs)
        if order != "none":
            ranked.sort(key=lambda pair: pair[order] if order == "value" else -pair["count"])
        index = pd.Index([pair["value"] for pair in ranked], name="value")
        return pd.Series([pair["count"] for pair in ranked], index=index, name="count", dtype="int64")

    return Figure(counts, read)


def _between_count(view: View, name: str, arguments: Arguments) -> Figure:
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if low is None and high is None:
        raise ValueError("min_value and max_value cannot both be None")
    if low is not None and high is not None and low > high:
        raise ValueError("min_value cannot be greater than max_value")
    dtype = view.dtype(name)
    least, most = (None if value is None else comparable(value, dtype) for value in (low, high))
    return Figure(bounded(view.values(name), least, most, arguments).sum(), _as_it_is)


def _histogram(view: View, name: str, arguments: Arguments) -> Figure:
    """As numpy counts: every bin holds its lower edge, the last one its upper edge too."""
    edges = list(arguments["bins"])
    dtype = view.dtype(name)
    values = view.values(name)
    if dtype.is_numeric() or dtype == pl.Boolean:
        values = values.cast(pl.Float64)
    elif dtype.is_temporal():
        edges = [comparable(edge, dtype) for edge in edges]
    else:
        raise TypeError(f"a column of type {dtype} has no histogram")
    last = len(edges) - 2
    bins = [
        ((values >= low) & (values <= high if i == last else values < high)).sum().alias(str(i))
        for i, (low, high) in enumerate(itertools.pairwise(edges))
    ]
    return Figure(pl.struct(bins), lambda v: [int(count) for count in v.values()])


def _partition(view: View, name: str, arguments: Arguments) -> Figure:
    """Bin edges: `uniform`, by quantiles, or `auto` as numpy's `histogram_bin_edges` has it."""
    import math

    kind, n_bins = arguments.get("bins") or "uniform", arguments.get("n_bins") or 10
    if kind == "uniform":
        values = numbers(view, name)
        return Figure(
            pl.struct(values.min().alias("low"), values.max().alias("high")),
            lambda v: _evenly(v["low"], v["high"], n_bins),
        )
    if kind in ("ntile", "quantile", "percentile"):
        quantiles = [i / n_bins for i in range(n_bins + 1)]
        return _quantiles(view, name, {**arguments, "quantiles": quantiles})
    if kind != "auto":
        raise ValueError("Invalid parameter for bins argument")
    values = numbers(view, name)
    quartiles = _quantiles(view, name, {**arguments, "quantiles": (0.0, 0.25, 0.75, 1.0)})
    assert quartiles.value is not None

    def read(found: Any) -> Any:
        count, edges = found["count"], quartiles.read(found["quartiles"])
        if not count:
            return None
        low, first, third, high = (float(edge) for edge in edges)
        bins, spread = math.log2(count + 1.0), third - first
        if spread >= 1.0e-10:
            bins = max(bins, (high - low) / (2.0 * spread / count ** (1 / 3)))
        return _evenly(low, high, math.ceil(bins))

    return Figure(pl.struct(values.is_not_null().sum().alias("count"), quartiles.value.alias("quartiles")), read)


def _evenly(low: Any, high: Any, bins: int) -> list[float] | None:
    import numpy as np

    if low is None or high is None:
        return None

    return [float(edge) for edge in np.linspace(start=low, stop=high, num=bins + 1)]


def _statistics(view: View, name: str, arguments: Arguments) -> Figure:
    values = numbers(view, name)
    fields = {"min": values.min(), "max": values.max(), "mean": values.mean(), "standard_deviation": values.std()}
    return Figure(pl.struct([value.alias(key) for key, value in fields.items()]), dict)


def _length(view: View, name: str, *, largest: bool) -> Figure:
    if not isinstance(view.dtype(name), pl.String | pl.Null):
        raise TypeError(f"values of a column of type {view.dtype(name)} have no length")
    lengths = view.values(name).cast(pl.String).str.len_chars()
    return Figure(lengths.max() if largest else lengths.min(), _as_it_is)


def _types(view: View, arguments: Arguments) -> Figure:
    described = [{"name": name, "type": dtype} for name, dtype in view.schema.items()]
    return Figure(None, lambda _: described)


COLUMN: Mapping[str, Callable[[View, str, Arguments], Figure]] = {
    "column.max": lambda view, name, _: _extreme(view, name, largest=True),
    "column.min": lambda view, name, _: _extreme(view, name, largest=False),
    "column.mean": _average,
    "column.median": _median,
    "column.sum": _sum,
    "column.standard_deviation": _spread,
    "column.distinct_values": _distinct,
    "column.distinct_values.count": _distinct_count,
    "column.distinct_values.count.under_threshold": _distinct_under,
    "column.distinct_values.not_in_set": lambda v, n, a: _not_in_set(v, n, a, count=False),
    "column.distinct_values.not_in_set.count": lambda v, n, a: _not_in_set(v, n, a, count=True),
    "column.distinct_values.missing_from_column": lambda v, n, a: _missing_from_column(v, n, a, count=False),
    "column.distinct_values.missing_from_column.count": lambda v, n, a: _missing_from_column(v, n, a, count=True),
    "column.most_common_value": _most_common,
    "column.unique_proportion": _unique_proportion,
    "column.non_null_proportion": _non_null_proportion,
    "column.non_null_count": lambda view, name, _: Figure(view.count(view.present(name)), _as_it_is),
    "column.quantile_values": _quantiles,
    "column.value_counts": _value_counts,
    "column.histogram": _histogram,
    "column.partition": _partition,
    "column.descriptive_stats": _statistics,
    "column_values.between.count": _between_count,
    "column_values.nonnull.count": lambda view, name, _: Figure(view.count(view.present(name)), _as_it_is),
    "column_values.null.count": lambda view, name, _: Figure(view.count(view.missing(name)), _as_it_is),
    "column_values.length.max": lambda view, name, _: _length(view, name, largest=True),
    "column_values.length.min": lambda view, name, _: _length(view, name, largest=False),
}
"""Of a column, by name of the metric."""

TABLE: Mapping[str, Callable[[View, Arguments], Figure]] = {
    "table.row_count": lambda view, _: Figure(view.count(), _as_it_is),
    "table.columns": lambda view, _: Figure(None, lambda __: list(view.schema)),
    "table.column_count": lambda view, _: Figure(None, lambda __: len(view.schema)),
    "table.column_types": _types,
}
"""Of the table, by name of the metric."""
