"""The number must be a multiple of a step.

    - name: price
      logicalType: number
      logicalTypeOptions: {multipleOf: 0.05}

The step is taken as written: 0.05 is one twentieth. Whole numbers and decimals are divided
exactly. A binary floating-point number counts as a multiple when it is one to within four
units of its last place, so 0.3 is a multiple of 0.1 although neither is stored exactly; NaN
and infinities are multiples of nothing.

Null: passes.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import polars as pl

from weighbridge.checks.case import on_values, prop
from weighbridge.checks.check import Bench, Check, Product, Target
from weighbridge.checks.literal import UnfitError, exact
from weighbridge.checks.words import number

_FOUR_LAST_PLACES = 2.0**-50
_MOST_INT128 = 2**127 - 1


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    written = target.options["multipleOf"]
    try:
        step = Fraction(exact(written))
        if step <= 0:
            raise UnfitError(f"{written!r} is not above 0")
        failed = no_multiple(target.value, target.dtype, step)
    except UnfitError as unfit:
        yield target.amiss("CHK-034", f"multipleOf: {unfit}")
        return
    yield target.probe("multipleOf", failed, code="CHK-006", expected=f"a multiple of {number(written)}")


def no_multiple(value: pl.Expr, dtype: pl.DataType, step: Fraction) -> pl.Expr:
    """Return where `value` is no multiple of `step`; null where it is null.

    Raises:
        UnfitError: the step is too large or too fine to be computed with.
    """
    if dtype.is_float():
        return _no_multiple_of_float(value, step)
    if isinstance(dtype, pl.Decimal):
        return value.to_physical().cast(pl.Int128) % _whole((step * 10**dtype.scale).numerator) != 0
    return value.cast(pl.Int128) % _whole(step.numerator) != 0


def _no_multiple_of_float(value: pl.Expr, step: Fraction) -> pl.Expr:
    """A whole number is divided exactly; any other is compared with the nearest multiple.

    With the step p/q in lowest terms, a whole number is a multiple exactly if p divides it, and
    the float nearest to the k-th multiple is k·p/q, one rounding of two exact products.
    """
    wide = value.cast(pl.Float64)
    p, q = float(step.numerator), float(step.denominator)
    nearest = (wide * q / p).round() * p / q
    slack = pl.min_horizontal(wide.abs() * _FOUR_LAST_PLACES, pl.lit(float(step) / 4))
    whole = wide.is_finite() & (wide == wide.floor())
    divided = wide.cast(pl.Int128, strict=False) % _whole(step.numerator)
    return (
        pl.when(value.is_null())
        .then(None)
        .when(~wide.is_finite())
        .then(True)
        .when(whole)
        .then((divided != 0).fill_null(True) & ~((wide - nearest).abs() <= slack))
        .otherwise(~((wide - nearest).abs() <= slack))
    )


def _whole(value: int) -> pl.Expr:
    if value > _MOST_INT128:
        raise UnfitError("the step is too large or too fine for the property's type")
    return pl.lit(value, dtype=pl.Int128)


CHECK = Check(
    name="multipleOf",
    part=Target,
    claims=lambda target: "multipleOf" in target.options and target.dtype.is_numeric(),
    make=_make,
    cases=lambda: (
        on_values(
            "a tenth is a tenth, however it is stored",
            prop("a", "number", options={"multipleOf": 0.1}),
            [0.3, 0.1 + 0.2, 0.35, -0.7, 0.0, None, float("inf"), 12345678.9],
            {"multipleOf": (2, 6)},
            expected={"a|multipleOf": "a multiple of 0.1"},
        ),
        on_values(
            "whole numbers",
            prop("a", "integer", options={"multipleOf": 5}),
            [10, -5, 0, 7, None],
            {"multipleOf": (3,)},
        ),
        on_values(
            "a step of one and a half",
            prop("a", "integer", options={"multipleOf": 1.5}),
            [3, 6, 4],
            {"multipleOf": (2,)},
        ),
        on_values(
            "decimals",
            prop("a", "number", options={"multipleOf": 0.05}),
            [Decimal("0.15"), Decimal("0.17")],
            {"multipleOf": (1,)},
            dtype=pl.Decimal(12, 2),
        ),
    ),
    options=("multipleOf",),
)
