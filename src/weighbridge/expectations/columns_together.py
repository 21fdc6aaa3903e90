"""Expectations about several columns of a row: pairs, sums, equality, uniqueness within the record and of a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import combinations
from operator import and_, or_
from typing import Any

import polars as pl

from weighbridge.expectations.literals import NOT_REPRESENTABLE, like_column
from weighbridge.expectations.view import View

Arguments = Mapping[str, Any]


def pair_domain(view: View, names: tuple[str, str], ignore: str | None) -> pl.Expr:
    """Return the rows a pair of columns is asked of.

    Raises:
        ValueError: `ignore_row_if` is none of its words.
    """
    a, b = (view.present(name) for name in names)
    if ignore in (None, "both_values_are_missing"):
        return view.within(a | b)
    if ignore == "either_value_is_missing":
        return view.within(a & b)
    if ignore == "neither":
        return view.within()
    raise ValueError(f'Unrecognized value of ignore_row_if ("{ignore}").')


def multiple_domain(view: View, names: Sequence[str], ignore: str | None) -> pl.Expr:
    """Return the rows several columns are asked of.

    Raises:
        ValueError: `ignore_row_if` is none of its words.
    """
    present = [view.present(name) for name in names]
    if ignore in (None, "all_values_are_missing"):
        return view.within(reduce(or_, present))
    if ignore == "any_value_is_missing":
        return view.within(reduce(and_, present))
    if ignore == "never":
        return view.within()
    raise ValueError(f'Unrecognized value of ignore_row_if ("{ignore}").')


def same_kind(a: pl.DataType, b: pl.DataType) -> bool:
    """Whether values of two types can be held against each other."""
    kinds = [
        "number" if t.is_numeric() or t == pl.Boolean else "moment" if isinstance(t, pl.Date | pl.Datetime) else str(t)
        for t in (a, b)
    ]
    texts = (pl.String, pl.Categorical, pl.Enum)
    return kinds[0] == kinds[1] or (isinstance(a, texts) and isinstance(b, texts)) or pl.Null in (a, b)


def _comparable(view: View, name: str) -> pl.Expr:
    dtype = view.dtype(name)
    if dtype == pl.Boolean:
        return pl.col(name).cast(pl.Int8)
    return pl.col(name).cast(pl.String) if isinstance(dtype, pl.Categorical | pl.Enum) else pl.col(name)


def _pair_equal(view: View, names: tuple[str, str], arguments: Arguments) -> pl.Expr:
    return _equal(view, *names)


def _equal(view: View, a: str, b: str) -> pl.Expr:
    """Both there and the same; what is missing equals nothing."""
    if not same_kind(view.dtype(a), view.dtype(b)):
        return pl.lit(False)
    return (_comparable(view, a) == _comparable(view, b)) & view.present(a) & view.present(b)


def _a_greater_than_b(view: View, names: tuple[str, str], arguments: Arguments) -> pl.Expr:
    a, b = names
    if not same_kind(view.dtype(a), view.dtype(b)):
        raise TypeError(f"'>' not supported between a column of type {view.dtype(a)} and one of {view.dtype(b)}")
    left, right = _comparable(view, a), _comparable(view, b)
    holds = left >= right if arguments.get("or_equal") else left > right
    return holds & view.present(a) & view.present(b)


def _pair_in_set(view: View, names: tuple[str, str], arguments: Arguments) -> pl.Expr:
    pairs = arguments.get("value_pairs_set")
    if pairs is None:
        return pl.lit(True)
    seconds: dict[Any, list[Any]] = {}
    for first, second in pairs:
        seconds.setdefault(first, []).append(second)
    found = [
        _is(view, names[0], first) & reduce(or_, [_is(view, names[1], second) for second in dict.fromkeys(others)])
        for first, others in seconds.items()
    ]
    return reduce(or_, found) if found else pl.lit(False)


def _is(view: View, name: str, value: Any) -> pl.Expr:
    if value is None:
        return view.missing(name)
    fitted = like_column(value, view.dtype(name))
    return pl.lit(False) if fitted is NOT_REPRESENTABLE else (pl.col(name) == pl.lit(fitted)).fill_null(False)


def _sum_equal(view: View, names: Sequence[str], arguments: Arguments, domain: pl.Expr) -> pl.Expr:
    for name in names:
        if not (view.dtype(name).is_numeric() or view.dtype(name) in (pl.Boolean, pl.Null)):
            raise TypeError(f"a column of type {view.dtype(name)} has no sum")
    total = pl.sum_horizontal([pl.col(name) for name in names], ignore_nulls=False)
    return (total == pl.lit(arguments["sum_total"])).fill_null(False)


def _all_equal(view: View, names: Sequence[str], arguments: Arguments, domain: pl.Expr) -> pl.Expr:
    """Every column is the same as the first; missing is the same as missing."""
    first = names[0]
    parts = [_equal(view, first, name) | (view.missing(first) & view.missing(name)) for name in names[1:]]
    return reduce(and_, [part.fill_null(False) for part in parts])


def _unique_within_record(view: View, names: Sequence[str], arguments: Arguments, domain: pl.Expr) -> pl.Expr:
    """No two columns hold the same; missing is the same as missing."""
    same = [
        _equal(view, a, b).fill_null(False) | (view.missing(a) & view.missing(b)) for a, b in combinations(names, 2)
    ]
    return ~reduce(or_, same)


def _compound_unique(view: View, names: Sequence[str], arguments: Arguments, domain: pl.Expr) -> pl.Expr:
    """No two rows of the domain hold the same; missing is the same as missing."""
    parts = [pl.when(view.present(name)).then(pl.col(name)).alias(f"v{i}") for i, name in enumerate(names)]
    return ~pl.struct(domain.alias("domain"), *parts).is_duplicated()


PAIRS: Mapping[str, Callable[[View, tuple[str, str], Arguments], pl.Expr]] = {
    "column_pair_values.equal": _pair_equal,
    "column_pair_values.a_greater_than_b": _a_greater_than_b,
    "column_pair_values.in_set": _pair_in_set,
}
"""Of two columns, by name of the metric."""

MULTIPLE: Mapping[str, Callable[[View, Sequence[str], Arguments, pl.Expr], pl.Expr]] = {
    "compound_columns.unique": _compound_unique,
    "multicolumn_sum.equal": _sum_equal,
    "multicolumn_values.equal": _all_equal,
    "select_column_values.unique.within_record": _unique_within_record,
}
"""Of several columns, by name of the metric."""
