"""Values of a suite, which come from JSON, beside the values of a typed column."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

NOT_REPRESENTABLE = object()
"""Stands for a value that no value of the column can equal."""

NAMES_OF_TYPES: dict[str, str] = {
    "str": "string",
    "bool": "Boolean",
    "int": "whole number",
    "float": "number",
}


def like_column(value: Any, dtype: pl.DataType) -> Any:
    """Return `value` as a value of a column of type `dtype` would be, or `NOT_REPRESENTABLE`.

    Text is parsed where the column holds dates or times; 1.0 is 1 in a column of whole
    numbers; nothing else changes its kind: "1" never equals 1.
    """
    if dtype == pl.Boolean:
        return _boolean(value)
    if dtype.is_integer():
        return _whole(value, dtype)
    if dtype.is_float() or dtype.is_decimal():
        return _number(value, dtype)
    if dtype.is_temporal():
        return _moment(value, dtype)
    if isinstance(dtype, pl.String | pl.Categorical | pl.Enum):
        return value if isinstance(value, str) else NOT_REPRESENTABLE
    return value


def comparable(value: Any, dtype: pl.DataType, what: str = "min_value, and max_value") -> Any:
    """Return a bound that a column of type `dtype` can be ordered against.

    Raises:
        TypeError: it cannot, as where text is held against numbers.
    """
    fits: Any = NOT_REPRESENTABLE
    if isinstance(dtype, pl.Null):
        fits = value
    elif dtype == pl.Boolean or dtype.is_numeric():
        fits = value if isinstance(value, bool | int | float | Decimal) else NOT_REPRESENTABLE
    elif dtype.is_temporal():
        fits = _moment(value, dtype, exact=False)
    elif isinstance(dtype, pl.String | pl.Categorical | pl.Enum):
        fits = value if isinstance(value, str) else NOT_REPRESENTABLE
    if fits is NOT_REPRESENTABLE:
        raise TypeError(f"Column values, {what} must either be None or of the same type.")
    return fits


def members(values: Iterable[Any], dtype: pl.DataType) -> list[Any]:
    """Return those of `values` that a column of type `dtype` can hold, nulls left out."""
    kept = [like_column(value, dtype) for value in values if value is not None]
    return [value for value in kept if value is not NOT_REPRESENTABLE]


def is_among(value: pl.Expr, values: Iterable[Any], dtype: pl.DataType) -> pl.Expr:
    """Return where `value` is one of `values`; null where it is null."""
    held = [] if isinstance(dtype, pl.Null) else members(values, dtype)
    if not held:
        return pl.when(value.is_not_null()).then(False)
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return value.cast(pl.String).is_in(pl.Series(held, dtype=pl.String).implode())
    if isinstance(dtype, pl.List | pl.Array | pl.Struct | pl.Object):
        raise TypeError(f"values of a column of type {dtype} cannot be looked up in a set")
    return value.is_in(pl.Series(held, dtype=dtype).implode())


def _boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return bool(value) if isinstance(value, int | float) and value in (0, 1) else NOT_REPRESENTABLE


def _whole(value: Any, dtype: pl.DataType) -> Any:
    if not isinstance(value, int | float | Decimal) or not math.isfinite(value) or value != int(value):
        return NOT_REPRESENTABLE
    low, high = _range(dtype)
    return int(value) if low <= int(value) <= high else NOT_REPRESENTABLE


def _range(dtype: pl.DataType) -> tuple[int, int]:
    bits = int("".join(c for c in str(dtype) if c.isdigit()))
    return (0, 2**bits - 1) if dtype.is_unsigned_integer() else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _number(value: Any, dtype: pl.DataType) -> Any:
    if not isinstance(value, int | float | Decimal):
        return NOT_REPRESENTABLE
    if not isinstance(dtype, pl.Decimal):
        return float(value)
    try:
        exact = Decimal(str(value)) if not isinstance(value, Decimal) else value
        rounded = exact.quantize(Decimal(1).scaleb(-dtype.scale))
    except InvalidOperation:
        return NOT_REPRESENTABLE
    return rounded if rounded == exact else NOT_REPRESENTABLE


def _moment(value: Any, dtype: pl.DataType, *, exact: bool = True) -> Any:
    if isinstance(dtype, pl.Duration):
        return value if isinstance(value, dt.timedelta) else NOT_REPRESENTABLE
    if isinstance(dtype, pl.Time):
        return _time(value)
    if isinstance(value, str):
        value = _parsed(value)
    if not isinstance(value, dt.date):
        return NOT_REPRESENTABLE
    if isinstance(dtype, pl.Date):
        if not isinstance(value, dt.datetime):
            return value
        midnight = value.time() == dt.time()
        return value.date() if midnight else (NOT_REPRESENTABLE if exact else value.replace(tzinfo=None))
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    zone = getattr(dtype, "time_zone", None)
    if zone and value.tzinfo is None:
        return value.replace(tzinfo=_zone(zone))
    return value.astimezone(dt.UTC).replace(tzinfo=None) if not zone and value.tzinfo else value


def _zone(name: str) -> dt.tzinfo:
    from zoneinfo import ZoneInfo

    return dt.UTC if name == "UTC" else ZoneInfo(name)


def _time(value: Any) -> Any:
    try:
        return value if isinstance(value, dt.time) else dt.time.fromisoformat(str(value))
    except ValueError:
        return NOT_REPRESENTABLE


def _parsed(text: str) -> Any:
    from dateutil.parser import ParserError, parse  # type: ignore[import-untyped]

    try:
        return parse(text)
    except (ParserError, OverflowError, ValueError):
        return NOT_REPRESENTABLE
