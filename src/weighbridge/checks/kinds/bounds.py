"""The number, date, time or timestamp must lie within its bounds.

    - name: wind_speed
      logicalType: number
      logicalTypeOptions: {minimum: 0, maximum: 200}

`minimum` and `maximum` include the bound, `exclusiveMinimum` and `exclusiveMaximum` do not.
Whole numbers and decimals are compared exactly; a bound with more decimals than the property
has (`minimum: 0.5` on an integer) means what it says. Dates are written 2013-01-31, times
23:59:00, timestamps 2013-01-31T23:59:00 with or without an offset; a bound without an offset
stands in `defaultTimezone`, else in UTC. NaN is within no bounds. ODCS 3.0's
`exclusiveMaximum: true` makes `maximum` exclusive.

Null: passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from weighbridge.checks.case import on_values, prop
from weighbridge.checks.check import Bench, Check, Product, Target
from weighbridge.checks.literal import UnfitError, ceiling, exact, floor, limits, typed
from weighbridge.checks.words import number

_OPTIONS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_NUMERIC_WORDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}
_TEMPORAL_WORDS = {
    "minimum": "not before",
    "exclusiveMinimum": "after",
    "maximum": "not after",
    "exclusiveMaximum": "before",
}


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    for option, written in demanded(target.options).items():
        try:
            failed = outside(option, target.value, target.dtype, written, target.options)
        except UnfitError as unfit:
            yield target.amiss("CHK-034", f"{option}: {unfit}")
            continue
        words = _TEMPORAL_WORDS if target.dtype.is_temporal() else _NUMERIC_WORDS
        yield target.probe(option, failed, code="CHK-005", expected=f"{words[option]} {number(written)}")


def demanded(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bounds by option, in one order; ``exclusiveMaximum: true`` of ODCS 3.0 makes `maximum` exclusive."""
    found = {option: options[option] for option in _OPTIONS if option in options}
    for inclusive, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(found.get(exclusive), bool):
            strict = found.pop(exclusive)
            if strict and inclusive in found:
                found[exclusive] = found.pop(inclusive)
    return found


def outside(option: str, value: pl.Expr, dtype: pl.DataType, written: Any, options: Any) -> pl.Expr:
    """Return where `value` is beyond a bound; null where it is null.

    Raises:
        UnfitError: the bound is no value of the type.
    """
    if dtype.is_integer() or dtype.is_decimal():
        return _outside_grid(option, value, dtype, exact(written))
    limit = pl.lit(typed(written, dtype, options), dtype=dtype)
    failed = _beyond(option, value, limit)
    return failed | value.is_nan() if dtype.is_float() else failed


def _outside_grid(option: str, value: pl.Expr, dtype: pl.DataType, limit: Decimal) -> pl.Expr:
    """Compare on the type's own grid: the bound moves to the neighbour that means the same."""
    upwards = option in ("minimum", "exclusiveMaximum")
    on_grid = ceiling(limit, dtype) if upwards else floor(limit, dtype)
    least, most = limits(dtype)
    if not least <= on_grid <= most:
        everything_fails = (on_grid > most) == option.lower().endswith("minimum")
        return value.is_not_null() if everything_fails else value.is_null() & False
    return _beyond(option, value, pl.lit(int(on_grid) if dtype.is_integer() else on_grid, dtype=dtype))


def _beyond(option: str, value: pl.Expr, limit: pl.Expr) -> pl.Expr:
    if option == "minimum":
        return value < limit
    if option == "exclusiveMinimum":
        return value <= limit
    return value > limit if option == "maximum" else value >= limit


def _claims(target: Target) -> bool:
    orderable = target.dtype.is_numeric() or target.dtype.is_temporal()
    return orderable and any(option in target.options for option in _OPTIONS)


CHECK = Check(
    name="bounds",
    part=Target,
    claims=_claims,
    make=_make,
    cases=lambda: (
        on_values(
            "bounds include themselves",
            prop("a", "integer", options={"minimum": 1, "maximum": 2400}),
            [0, 1, 2400, 2401, None],
            {"minimum": (0,), "maximum": (3,)},
            expected={"a|maximum": "at most 2,400"},
        ),
        on_values(
            "exclusive bounds do not",
            prop("a", "number", options={"exclusiveMinimum": 0, "exclusiveMaximum": 1}),
            [0.0, 0.5, 1.0],
            {"exclusiveMinimum": (0,), "exclusiveMaximum": (2,)},
        ),
        on_values(
            "as ODCS 3.0 writes them",
            prop(
                "a",
                "integer",
                options={"minimum": 1, "exclusiveMinimum": False, "maximum": 3, "exclusiveMaximum": True},
            ),
            [0, 1, 2, 3],
            {"minimum": (0,), "exclusiveMaximum": (3,)},
        ),
        on_values(
            "a bound between two integers",
            prop("a", "integer", options={"minimum": 0.5, "exclusiveMaximum": 2.5}),
            [0, 1, 2, 3],
            {"minimum": (0,), "exclusiveMaximum": (3,)},
        ),
        on_values(
            "NaN is within no bounds",
            prop("a", "number", options={"minimum": 0, "maximum": 9}),
            [float("nan")],
            {"minimum": (0,), "maximum": (0,)},
        ),
        on_values(
            "decimals are compared exactly",
            prop("a", "number", options={"maximum": 0.1}),
            [Decimal("0.10"), Decimal("0.11")],
            {"maximum": (1,)},
            dtype=pl.Decimal(12, 2),
        ),
        on_values(
            "dates",
            prop("a", "date", options={"minimum": "2013-01-01", "exclusiveMaximum": date(2014, 1, 1)}),
            [date(2012, 12, 31), date(2013, 1, 1), date(2014, 1, 1), None],
            {"minimum": (0,), "exclusiveMaximum": (2,)},
            expected={"a|minimum": "not before 2013-01-01"},
        ),
        on_values(
            "a bound that is no value of the type",
            prop("a", "date", options={"minimum": "soon"}),
            [date(2013, 1, 1)],
            {},
            amiss=("CHK-034",),
        ),
    ),
    options=_OPTIONS,
)
