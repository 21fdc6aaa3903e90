"""A profile before it is summed up: figures and tallies that merge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from weighbridge.profile.tally import Kind, summed


@dataclass(frozen=True, slots=True)
class Partial:
    """What one scan gave.

    Attributes:
        dtypes: of the columns profiled, in order; masked ones included.
        masked: columns whose values may not be shown.
        figures: by column, named figures as `weighbridge.profile.figures` makes them.
        tally: rows of `weighbridge.profile.tally.SCHEMA`, one a column, kind and key.
    """

    dtypes: Mapping[str, pl.DataType]
    masked: frozenset[str]
    records: int
    figures: Mapping[str, Mapping[str, Any]]
    tally: pl.DataFrame


def merge(a: Partial, b: Partial) -> Partial:
    """Return the profile of both scans together, as if they had been one.

    Counts, extremes and tables of values are exact; mean and deviation agree to rounding.

    Raises:
        ValueError: the two are not of the same columns, types and masks.
    """
    if dict(a.dtypes) != dict(b.dtypes) or a.masked != b.masked:
        raise ValueError("only profiles of the same columns, types and masks can be merged")
    return Partial(
        a.dtypes,
        a.masked,
        a.records + b.records,
        {name: _merged(a.figures[name], b.figures[name]) for name in a.figures},
        summed(pl.concat([a.tally, b.tally]), a.dtypes, a.masked),
    )


def of_kind(tally: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """Return a tally's rows of one kind."""
    return tally.filter(pl.col("kind") == int(kind))


def _merged(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    both = {name: _MERGE[name](a[name], b[name]) for name in a if name in _MERGE}
    if "mean" in a:
        both |= _moments(a, b)
    return both


def _moments(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Return mean and sum of squared deviations of both, after Chan, Golub and LeVeque."""
    if not a["finite"] or not b["finite"]:
        kept = a if a["finite"] else b
        return {"mean": kept["mean"], "squares": kept["squares"]}
    n = a["finite"] + b["finite"]
    apart = b["mean"] - a["mean"]
    squares = a["squares"] + b["squares"] + apart * apart * a["finite"] * b["finite"] / n
    return {"mean": a["mean"] + apart * b["finite"] / n, "squares": squares}


def _sum(a: Any, b: Any) -> Any:
    return (a or 0) + (b or 0)


def _least(a: Any, b: Any) -> Any:
    return min((v for v in (a, b) if v is not None), default=None)


def _most(a: Any, b: Any) -> Any:
    return max((v for v in (a, b) if v is not None), default=None)


_MERGE = {
    "nulls": _sum,
    "empties": _sum,
    "nan": _sum,
    "infinite": _sum,
    "finite": _sum,
    "characters": _sum,
    "min": _least,
    "max": _most,
    "shortest": _least,
    "longest": _most,
}
