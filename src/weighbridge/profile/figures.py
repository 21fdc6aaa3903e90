"""The figures of a batch: counts, extremes, moments and lengths of each column.

Most are read off the different values of the batch and their counts, which the tally has
counted anyway. Sums are kept as exact fractions, so that the same batches give the same
figures to the last digit, in whatever order they come.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

from weighbridge.profile.domain import Domain, domain_of, numbers
from weighbridge.profile.monotony import joined

Figures = dict[str, Any]


def of_batch(values: pl.Series, key: pl.Series | None, count: np.ndarray | None, hidden: bool) -> Figures:
    """Return the figures of a column in one batch.

    Args:
        values: the column.
        key: its different values as `weighbridge.profile.domain.keys` gives them; None where
            they are hashed.
        count: how often each of them occurs.
        hidden: whether no value may be shown: there are then no extremes and no moments.
    """
    dtype = values.dtype
    figures: Figures = {"nulls": values.null_count()}
    if dtype == pl.String:
        figures |= _lengths(values, key, count)
    elif isinstance(dtype, pl.List):
        figures["empties"] = int((values.list.len() == 0).sum())
    if hidden:
        return figures
    if dtype.is_float():
        finite = values.is_finite()
        figures |= {"nan": int(values.is_nan().sum()), "infinite": int(values.is_infinite().sum())}
        values = values if figures["nan"] + figures["infinite"] == 0 else values.filter(finite)
    if dtype.is_numeric():
        figures |= _moments(values, key, count)
    if dtype.is_numeric() or dtype.is_temporal():
        figures |= {"min": values.min(), "max": values.max()}
    elif dtype == pl.String:
        known = values if key is None else key
        figures |= {"min": known.min(), "max": known.max()}
    return figures


def added(a: Figures, b: Figures) -> Figures:
    """Return the figures of both batches together."""
    return {name: _ADDED[name](a.get(name), b.get(name)) for name in {**a, **b}}


def told(figures: Figures) -> Figures:
    """Return the figures with the exact sums as a mean and a sum of squared deviations."""
    if "sum" not in figures:
        return figures
    rest = {name: value for name, value in figures.items() if name not in ("sum", "squares")}
    n, total, power = figures["finite"], figures["sum"], figures["squares"]
    if total is None or power is None:
        return rest | {"mean": math.nan, "squares": math.nan}
    if not n:
        return rest | {"mean": None, "squares": 0.0}
    return rest | {"mean": _float(total / n), "squares": _float(power - total * total / n)}


def _lengths(values: pl.Series, key: pl.Series | None, count: np.ndarray | None) -> Figures:
    if key is None or count is None:
        lengths = values.drop_nulls().str.len_chars().to_numpy().astype(np.int64)
        count = np.ones(len(lengths), dtype=np.int64)
    else:
        lengths = key.str.len_chars().to_numpy().astype(np.int64)
    some = len(lengths) > 0
    return {
        "empties": int(count[lengths == 0].sum()),
        "shortest": int(lengths.min()) if some else None,
        "longest": int(lengths.max()) if some else None,
        "characters": int(lengths @ count.astype(np.int64)),
    }


def _moments(values: pl.Series, key: pl.Series | None, count: np.ndarray | None) -> Figures:
    """Return the number of finite values, their sum, and the sum of their squares."""
    if key is not None and count is not None and domain_of(values.dtype) is Domain.WHOLE:
        at, weight = numbers(key, values.dtype), count.astype(np.float64)
    else:
        at = values.drop_nulls().cast(pl.Float64).to_numpy()
        weight = np.ones(len(at))
    n = round(weight.sum())
    if not n:
        return {"finite": 0, "sum": Fraction(), "squares": Fraction()}
    with np.errstate(all="ignore"):
        mean = float(at @ weight / n)
        apart = at - mean
        squares = float((apart * apart) @ weight)
    if not (math.isfinite(mean) and math.isfinite(squares)):
        return {"finite": n, "sum": None, "squares": None}
    about = Fraction(mean)
    return {"finite": n, "sum": n * about, "squares": Fraction(squares) + n * about * about}


def _float(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def _sum(a: Any, b: Any) -> Any:
    return a + b


def _least(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else min(a, b)


def _most(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else max(a, b)


def _exactly(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def _absent(a: Any, b: Any) -> Any:
    """Return the counts of both, by words of what is absent."""
    return b if a is None else a if b is None else {word: a.get(word, 0) + b.get(word, 0) for word in {**a, **b}}


def _different(a: Any, b: Any) -> Any:
    """Return bounds of the number of different values of both: parts may share them all, or none."""
    return b if a is None else a if b is None else (max(a[0], b[0]), a[1] + b[1], a[2] and b[2])


_ADDED: Mapping[str, Any] = {
    "nulls": _sum,
    "empties": _sum,
    "nan": _sum,
    "infinite": _sum,
    "finite": _sum,
    "sum": _exactly,
    "squares": _exactly,
    "characters": _sum,
    "min": _least,
    "max": _most,
    "shortest": _least,
    "longest": _most,
    "different": _different,
    "order": joined,
    "absent": _absent,
}
