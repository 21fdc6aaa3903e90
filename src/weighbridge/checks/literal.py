"""Values written in a contract, as values of a column's type."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl


class UnfitError(ValueError):
    """A contract's value is no value of the type; the message says why."""


def exact(value: Any) -> Decimal:
    """Return a number of a contract as it was written: 0.1 is one tenth.

    Raises:
        UnfitError: it is no finite number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise UnfitError(f"{value!r} is no number")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise UnfitError(f"{value!r} is no number") from None
    if not number.is_finite():
        raise UnfitError(f"{value!r} is no finite number")
    return number


def typed(value: Any, dtype: pl.DataType, options: Mapping[str, Any] | None = None) -> Any:
    """Return `value` as a Python value of `dtype`, without loss.

    Args:
        options: `logicalTypeOptions`; `defaultTimezone` says where times without a zone belong.

    Raises:
        UnfitError: there is no such value of that type.
    """
    if dtype == pl.String:
        return _text(value)
    if dtype == pl.Boolean:
        return _truth(value)
    if dtype.is_integer() or dtype.is_decimal():
        number = exact(value)
        if not is_on_grid(number, dtype) or not in_range(number, dtype):
            raise UnfitError(f"{value!r} is no value of type {dtype}")
        return int(number) if dtype.is_integer() else number
    if dtype.is_float():
        return float(exact(value))
    if dtype == pl.Date:
        return _date(value)
    if isinstance(dtype, pl.Datetime):
        return _instant(value, dtype, options or {})
    if dtype == pl.Time:
        return _time(value)
    raise UnfitError(f"values of type {dtype} cannot be written in a contract")


def literal(value: Any, dtype: pl.DataType, options: Mapping[str, Any] | None = None) -> pl.Expr:
    """Return `value` as a Polars literal of `dtype`.

    Raises:
        UnfitError: there is no such value of that type.
    """
    return pl.lit(typed(value, dtype, options), dtype=dtype)


def is_on_grid(number: Decimal, dtype: pl.DataType) -> bool:
    """Whether `number` has no more decimals than an integer or decimal type holds."""
    return floor(number, dtype) == number


def floor(number: Decimal, dtype: pl.DataType) -> Decimal:
    """Return the greatest number not above `number` with the decimals of the type."""
    with localcontext(prec=100):
        unit = Decimal(1).scaleb(-_scale(dtype))
        return Decimal(math.floor(number / unit)) * unit


def ceiling(number: Decimal, dtype: pl.DataType) -> Decimal:
    """Return the least number not below `number` with the decimals of the type."""
    return -floor(-number, dtype)


def in_range(number: Decimal, dtype: pl.DataType) -> bool:
    """Whether an integer or decimal type reaches as far as `number`."""
    low, high = limits(dtype)
    return low <= number <= high


def limits(dtype: pl.DataType) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest number of an integer or decimal type."""
    with localcontext(prec=100):
        if isinstance(dtype, pl.Decimal):
            most = (Decimal(10) ** dtype.precision - 1).scaleb(-dtype.scale)
            return -most, most
        name = str(dtype)
        bits = int(name.lstrip("UInt"))
        if name.startswith("U"):
            return Decimal(0), Decimal(2**bits - 1)
        return Decimal(-(2 ** (bits - 1))), Decimal(2 ** (bits - 1) - 1)


def _scale(dtype: pl.DataType) -> int:
    return dtype.scale if isinstance(dtype, pl.Decimal) else 0


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | Decimal | dt.date | dt.time):
        return str(value)
    raise UnfitError(f"{value!r} is no text")


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise UnfitError(f"{value!r} is neither true nor false")


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise UnfitError(f"{value!r} is no date like 2013-01-31") from None
    if moment.time() != dt.time():
        raise UnfitError(f"{value} has a time of day, the property has none")
    return moment.date()


def _instant(value: Any, dtype: pl.Datetime, options: Mapping[str, Any]) -> dt.datetime:
    if isinstance(value, dt.datetime):
        instant = value
    elif isinstance(value, dt.date):
        instant = dt.datetime(value.year, value.month, value.day)
    else:
        try:
            instant = dt.datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise UnfitError(f"{value!r} is no timestamp like 2013-01-31T23:59:00") from None
    if dtype.time_zone is None:
        return instant.astimezone(dt.UTC).replace(tzinfo=None) if instant.tzinfo else instant
    if instant.tzinfo is None:
        try:
            instant = instant.replace(tzinfo=ZoneInfo(str(options.get("defaultTimezone", "UTC"))))
        except (KeyError, ValueError, OSError):
            raise UnfitError(f"{options.get('defaultTimezone')!r} is no time zone") from None
    return instant.astimezone(ZoneInfo(dtype.time_zone))


def _time(value: Any) -> dt.time:
    if isinstance(value, dt.time):
        return value
    try:
        return dt.time.fromisoformat(str(value).strip())
    except ValueError:
        raise UnfitError(f"{value!r} is no time of day like 23:59:00") from None
