"""The figures Polars aggregates by itself: one select, one value each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

RECORDS = "records"


def aggregates(dtypes: Mapping[str, pl.DataType], masked: frozenset[str]) -> list[pl.Expr]:
    """Return the aggregates of all columns, named by the column's position and the figure's name."""
    found = [pl.len().alias(RECORDS)]
    for i, (name, dtype) in enumerate(dtypes.items()):
        found += [
            figure.alias(f"{i}|{label}") for label, figure in _figures(pl.col(name), dtype, name in masked).items()
        ]
    return found


def taken_apart(row: Mapping[str, Any], dtypes: Mapping[str, pl.DataType]) -> dict[str, dict[str, Any]]:
    """Return the figures by column and name."""
    names = list(dtypes)
    apart: dict[str, dict[str, Any]] = {name: {} for name in names}
    for key, value in row.items():
        if key != RECORDS:
            position, label = key.split("|", 1)
            apart[names[int(position)]][label] = value
    for figures in apart.values():
        if "mean" in figures:
            spread = figures.pop("variance")
            figures["squares"] = (spread or 0.0) * max(figures["finite"] - 1, 0)
    return apart


def _figures(value: pl.Expr, dtype: pl.DataType, hidden: bool) -> dict[str, pl.Expr]:
    figures = {"nulls": value.null_count()}
    if dtype == pl.String:
        length = value.str.len_chars()
        figures |= {
            "empties": (length == 0).sum(),
            "shortest": length.min(),
            "longest": length.max(),
            "characters": length.cast(pl.UInt64).sum(),
        }
    elif isinstance(dtype, pl.List):
        figures["empties"] = (value.list.len() == 0).sum()
    if hidden:
        return figures
    if dtype.is_float():
        finite = pl.when(value.is_finite()).then(value)
        return figures | {
            "nan": value.is_nan().sum(),
            "infinite": value.is_infinite().sum(),
            **_moments(finite),
            "min": finite.min(),
            "max": finite.max(),
        }
    if dtype.is_numeric():
        figures |= _moments(value)
    if dtype.is_numeric() or dtype.is_temporal() or dtype == pl.String:
        figures |= {"min": value.min(), "max": value.max()}
    return figures


def _moments(value: pl.Expr) -> dict[str, pl.Expr]:
    wide = value.cast(pl.Float64)
    return {"finite": value.count().cast(pl.Int64), "mean": wide.mean(), "variance": wide.var()}
