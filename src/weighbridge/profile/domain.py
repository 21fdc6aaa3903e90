"""How values of a type are counted: as whole numbers, as floats, as text, or not at all."""

from __future__ import annotations

import enum
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl

_BUCKET_BITS = 44  # of a float's 64 bits; what is left has 8 bits of fraction: buckets of 0.4 %
_PER_SECOND = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


class Domain(enum.Enum):
    """What a column's values are counted as."""

    WHOLE = "whole"
    FLOAT = "float"
    TEXT = "text"
    NONE = "none"


def domain_of(dtype: pl.DataType) -> Domain:
    """Return what values of `dtype` are counted as."""
    if dtype.is_temporal() or dtype == pl.Boolean:
        return Domain.WHOLE
    if dtype.is_integer():
        wide = dtype in (pl.UInt64, pl.Int128, pl.UInt128)
        return Domain.FLOAT if wide else Domain.WHOLE
    if dtype.is_float() or dtype.is_decimal():
        return Domain.FLOAT
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return Domain.TEXT
    return Domain.NONE


def keys(values: pl.Series) -> pl.Series:
    """Return the values as Int64 keys (floats as their bits), text as text; nulls stay null."""
    kind = domain_of(values.dtype)
    if kind is Domain.TEXT:
        return values.cast(pl.String)
    if kind is Domain.WHOLE:
        return values.to_physical().cast(pl.Int64)
    return _bits(values.cast(pl.Float64))


def _bits(floats: pl.Series) -> pl.Series:
    present = floats.is_not_null()
    whole = (floats.fill_null(0.0) + 0.0).to_numpy().view(np.int64)
    return pl.select(pl.when(present).then(pl.Series(whole))).to_series().alias(floats.name)


def numbers(series: pl.Series, dtype: pl.DataType) -> np.ndarray:
    """Return Int64 keys of a column as the numbers they stand for, temporal ones in physical units."""
    array = series.to_numpy()
    return array.view(np.float64) if domain_of(dtype) is Domain.FLOAT else array.astype(np.float64)


def buckets(series: pl.Series, dtype: pl.DataType) -> np.ndarray:
    """Return for each key the bucket it falls in: 0.4 % wide for numbers, a day or a minute for times."""
    array = series.to_numpy()
    if dtype.is_temporal():
        return array // _step(dtype)
    floats = array.view(np.float64) if domain_of(dtype) is Domain.FLOAT else array.astype(np.float64)
    bits: np.ndarray = (floats + 0.0).view(np.int64) >> _BUCKET_BITS
    return bits


def bucket_middles(bucket: np.ndarray, dtype: pl.DataType) -> np.ndarray:
    """Return a number in the middle of each bucket."""
    if dtype.is_temporal():
        step = _step(dtype)
        middles: np.ndarray = bucket.astype(np.float64) * step + (step - 1) / 2
        return middles
    low = (bucket << _BUCKET_BITS).view(np.float64)
    high = ((bucket << _BUCKET_BITS) + (1 << _BUCKET_BITS) - 1).view(np.float64)
    halved: np.ndarray = low / 2 + high / 2
    return np.where(bucket == 0, 0.0, halved)


def shown(number: float | int, dtype: pl.DataType) -> Any:
    """Return a number of a column's physical units as a JSON value of its type."""
    if dtype.is_temporal():
        value = pl.Series([round(number)]).cast(pl.Int32 if dtype == pl.Date else pl.Int64).cast(dtype)[0]
        return as_json(value)
    if dtype == pl.Boolean:
        return bool(number)
    if domain_of(dtype) is Domain.WHOLE or (dtype.is_integer() and float(number).is_integer()):
        return int(number) if float(number).is_integer() else float(number)
    return as_json(float(number))


def as_json(value: Any) -> Any:
    """Return a Python value as a JSON value; numbers that JSON cannot say become text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)


def _step(dtype: pl.DataType) -> int:
    if dtype == pl.Date:
        return 1
    if dtype == pl.Time:
        return 60 * _PER_SECOND["ns"]
    unit = getattr(dtype, "time_unit", None) or "us"
    return 86_400 * _PER_SECOND[unit]
