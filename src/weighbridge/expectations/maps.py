"""Expectations about single rows: which rows are unexpected, as one expression each.

Great Expectations calls these map metrics. Each function gives, for the arguments of the
expectation, where a row meets it; what is missing is left out of the question beforehand.
Where the engines of Great Expectations disagree, pandas is followed unless a docstring says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import polars as pl

from weighbridge.expectations.columns_together import MULTIPLE, PAIRS, multiple_domain, pair_domain
from weighbridge.expectations.literals import comparable, is_among
from weighbridge.expectations.patterns import like, searched
from weighbridge.expectations.texts import (
    dateutil_parseable,
    json_parseable,
    match_json_schema,
    match_strftime_format,
    moments,
)
from weighbridge.expectations.view import View

Arguments = Mapping[str, Any]
Meets = Callable[[View, str, Arguments], pl.Expr]


@dataclass(frozen=True, slots=True)
class Asked:
    """One expectation about rows, asked of a frame.

    Attributes:
        unexpected: Boolean, one value a row, never null.
        domain: Boolean, one value a row, never null: the rows it is asked of at all.
        columns: what it looks at.
        pair: whether it looks at two columns as a pair.
    """

    unexpected: pl.Expr
    domain: pl.Expr
    columns: tuple[str, ...]
    pair: bool = False


def asked(metric: str, view: View, domain: Arguments, arguments: Arguments) -> Asked:
    """Return a map metric as expressions.

    Args:
        metric: its name without ending, e.g. ``"column_values.between"``.
        view: the frame and the rows of the domain.
        domain: `column`, `column_A` and `column_B`, or `column_list`; `ignore_row_if`.
        arguments: of the expectation.

    Raises:
        ValueError, TypeError: the arguments make no sense for these columns.
    """
    if metric in COLUMNS:
        name = str(domain["column"])
        view.dtype(name)
        if metric in _ABOUT_MISSING:
            return Asked(view.within(_ABOUT_MISSING[metric](view, name)), view.within(), (name,))
        in_question = view.within(view.present(name))
        meets = COLUMNS[metric](view, name, arguments)
        return Asked(in_question & ~meets.fill_null(False), in_question, (name,))
    if metric in PAIRS:
        names = (str(domain["column_A"]), str(domain["column_B"]))
        in_question = pair_domain(view, names, domain.get("ignore_row_if"))
        meets = PAIRS[metric](view, names, arguments)
    else:
        names = tuple(domain["column_list"])
        in_question = multiple_domain(view, names, domain.get("ignore_row_if"))
        meets = MULTIPLE[metric](view, names, arguments, in_question)
    return Asked(in_question & ~meets.fill_null(False), in_question, names, metric in PAIRS)


def _between(view: View, name: str, arguments: Arguments) -> pl.Expr:
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if low is None and high is None:
        raise ValueError("min_value and max_value cannot both be None")
    if low is not None and high is not None and _above(low, high):
        raise ValueError("min_value cannot be greater than max_value")
    dtype = view.dtype(name)
    value = pl.col(name).cast(pl.Int8) if dtype == pl.Boolean else pl.col(name)
    if isinstance(dtype, pl.Categorical | pl.Enum):
        value = value.cast(pl.String)
    if isinstance(dtype, pl.String) and any(isinstance(bound, date) for bound in (low, high)):
        value, dtype = moments(value), pl.Datetime("us")
    return bounded(
        value,
        None if low is None else comparable(low, dtype),
        None if high is None else comparable(high, dtype),
        arguments,
    )


def _above(low: Any, high: Any) -> bool:
    try:
        return bool(low > high)
    except TypeError:
        return False


def bounded(value: pl.Expr, low: Any, high: Any, arguments: Arguments) -> pl.Expr:
    """Return where `value` is within the bounds, `strict_min` and `strict_max` of `arguments` respected."""
    parts = []
    if low is not None:
        parts.append(value > pl.lit(low) if arguments.get("strict_min") else value >= pl.lit(low))
    if high is not None:
        parts.append(value < pl.lit(high) if arguments.get("strict_max") else value <= pl.lit(high))
    return reduce(and_, parts)


def _in_set(view: View, name: str, arguments: Arguments) -> pl.Expr:
    wanted = arguments.get("value_set")
    return pl.lit(True) if wanted is None else is_among(pl.col(name), wanted, view.dtype(name))


def _not_in_set(view: View, name: str, arguments: Arguments) -> pl.Expr:
    unwanted = arguments.get("value_set")
    return pl.lit(True) if unwanted is None else ~is_among(pl.col(name), unwanted, view.dtype(name))


def _unique(view: View, name: str, arguments: Arguments) -> pl.Expr:
    return ~view.values(name).is_duplicated()


def _ordered(view: View, name: str, arguments: Arguments, *, up: bool) -> pl.Expr:
    """Each value against the one before it that is not missing; the first has none and passes."""
    if isinstance(view.dtype(name), pl.Null):
        return pl.lit(True)
    if not (view.dtype(name).is_numeric() or view.dtype(name).is_temporal()):
        raise TypeError(f"values of a column of type {view.dtype(name)} have no difference that could be looked at")
    values = view.values(name)
    before = values.forward_fill().shift(1)
    if arguments.get("strictly"):
        holds = values > before if up else values < before
    else:
        holds = values >= before if up else values <= before
    return holds | before.is_null()


def as_text(view: View, name: str) -> pl.Expr:
    """Return a column as Python's `str` would write it."""
    dtype = view.dtype(name)
    if dtype == pl.Boolean:
        return pl.when(pl.col(name)).then(pl.lit("True")).when(~pl.col(name)).then(pl.lit("False"))
    if isinstance(dtype, pl.List | pl.Array | pl.Struct | pl.Object | pl.Binary):
        raise TypeError(f"values of a column of type {dtype} are not text")
    return pl.col(name) if dtype == pl.String else pl.col(name).cast(pl.String)


def _length(view: View, name: str) -> pl.Expr:
    return as_text(view, name).str.len_chars().cast(pl.Int64)


def _length_equals(view: View, name: str, arguments: Arguments) -> pl.Expr:
    return _length(view, name) == pl.lit(arguments["value"])


def _length_between(view: View, name: str, arguments: Arguments) -> pl.Expr:
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if low is None and high is None:
        raise ValueError("Invalid configuration")
    return bounded(_length(view, name), low, high, arguments)


def _regex(view: View, name: str, arguments: Arguments) -> pl.Expr:
    return searched(as_text(view, name), arguments["regex"])


def _regex_list(view: View, name: str, arguments: Arguments) -> pl.Expr:
    match_on = arguments.get("match_on") or "any"
    if match_on not in ("any", "all"):
        raise ValueError("match_on must be either 'any' or 'all'")
    return _joined([searched(as_text(view, name), regex) for regex in arguments["regex_list"]], match_on)


def _not_regex_list(view: View, name: str, arguments: Arguments) -> pl.Expr:
    return ~_joined([searched(as_text(view, name), regex) for regex in arguments["regex_list"]], "any")


def _joined(parts: list[pl.Expr], match_on: str) -> pl.Expr:
    if not parts:
        return pl.lit(match_on == "all")
    return reduce(and_ if match_on == "all" else or_, parts)


def _like(view: View, name: str, arguments: Arguments) -> pl.Expr:
    return _matches(view, name, arguments, arguments["like_pattern"])


def _matches(view: View, name: str, arguments: Arguments, pattern: str) -> pl.Expr:
    brackets = bool(arguments.get("like_brackets"))
    return like(as_text(view, name), pattern, escape=arguments.get("escape"), brackets=brackets)


def _like_list(view: View, name: str, arguments: Arguments) -> pl.Expr:
    match_on = arguments.get("match_on") or "any"
    patterns = arguments["like_pattern_list"]
    if not patterns:
        raise ValueError("At least one like_pattern must be supplied in the like_pattern_list.")
    return _joined([_matches(view, name, arguments, pattern) for pattern in patterns], match_on)


def _not_like_list(view: View, name: str, arguments: Arguments) -> pl.Expr:
    if not arguments["like_pattern_list"]:
        raise ValueError("At least one like_pattern must be supplied in the like_pattern_list.")
    return ~_like_list(view, name, {**arguments, "match_on": "any"})


def numbers(view: View, name: str) -> pl.Expr:
    """Return the values of a column of numbers as floats, null where missing or outside the domain.

    Raises:
        TypeError: it is no column of numbers.
    """
    dtype = view.dtype(name)
    if not (dtype.is_numeric() or dtype == pl.Boolean or isinstance(dtype, pl.Null)):
        raise TypeError(f"a column of type {dtype} holds no numbers")
    return view.values(name).cast(pl.Float64)


def _z_score(view: View, name: str, arguments: Arguments) -> pl.Expr:
    threshold = arguments.get("threshold")
    try:
        values = numbers(view, name)
    except TypeError:
        raise TypeError("Cannot complete Z-score calculations on a non-numerical column.") from None
    if isinstance(threshold, str) or threshold is None:
        raise TypeError("Cannot check if a string lies under a numerical threshold")
    spread = values.std()
    score = (values - values.mean()) / pl.when(spread != 0).then(spread)
    double = arguments.get("double_sided")
    under: pl.Expr = score.abs() < pl.lit(abs(threshold)) if double is None or double else score < pl.lit(threshold)
    return under | score.is_null() | score.is_nan()


def _not_outliers(view: View, name: str, arguments: Arguments) -> pl.Expr:
    """`method` "iqr" takes Tukey's fences from linear quartiles, "std" the distance from the mean."""
    method, given = arguments.get("method") or "iqr", arguments.get("multiplier")
    multiplier = 1.5 if given is None else float(given)
    values = numbers(view, name)
    if method == "iqr":
        low, high = values.quantile(0.25, "linear"), values.quantile(0.75, "linear")
        reach = (high - low) * multiplier
        return ((values >= low - reach) & (values <= high + reach)) | reach.is_null() | ~reach.is_finite()
    if method != "std":
        raise ValueError(f"method must be either 'iqr' or 'std', not {method!r}")
    reach = values.std() * multiplier
    apart = (values - values.mean()).abs()
    return pl.when(reach <= 0).then(apart == 0).otherwise(apart < reach) | reach.is_null() | ~reach.is_finite()


COLUMNS: Mapping[str, Meets] = {
    "column_values.nonnull": lambda view, name, _: view.present(name),
    "column_values.null": lambda view, name, _: view.missing(name),
    "column_values.between": _between,
    "column_values.in_set": _in_set,
    "column_values.not_in_set": _not_in_set,
    "column_values.unique": _unique,
    "column_values.increasing": lambda view, name, a: _ordered(view, name, a, up=True),
    "column_values.decreasing": lambda view, name, a: _ordered(view, name, a, up=False),
    "column_values.value_length.equals": _length_equals,
    "column_values.value_length.between": _length_between,
    "column_values.match_regex": _regex,
    "column_values.not_match_regex": lambda view, name, a: ~_regex(view, name, a),
    "column_values.match_regex_list": _regex_list,
    "column_values.not_match_regex_list": _not_regex_list,
    "column_values.match_like_pattern": _like,
    "column_values.not_match_like_pattern": lambda view, name, a: ~_like(view, name, a),
    "column_values.match_like_pattern_list": _like_list,
    "column_values.not_match_like_pattern_list": _not_like_list,
    "column_values.match_strftime_format": match_strftime_format,
    "column_values.dateutil_parseable": dateutil_parseable,
    "column_values.json_parseable": json_parseable,
    "column_values.match_json_schema": match_json_schema,
    "column_values.z_score.under_threshold": _z_score,
    "column_values.not_outliers": _not_outliers,
}
"""Of one column, by name of the metric."""

_ABOUT_MISSING: Mapping[str, Callable[[View, str], pl.Expr]] = {
    "column_values.nonnull": lambda view, name: view.missing(name),
    "column_values.null": lambda view, name: view.present(name),
}

MAP_METRICS: tuple[str, ...] = (*COLUMNS, *PAIRS, *MULTIPLE)
"""Every map metric there is an expression for."""
