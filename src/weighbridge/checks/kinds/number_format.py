"""The number must fit the width its format names.

    - name: flight
      logicalType: integer
      logicalTypeOptions: {format: u16}

`i8` to `i128` are signed, `u8` to `u128` unsigned whole numbers; `f32` admits what a
four-byte float can reach, `f64` everything. A contract without a format sets no width. Where
the column's type cannot leave the range, nothing can fail and no check is made.

Null: passes.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import on_values, prop
from weighbridge.checks.check import Bench, Check, Product, Target
from weighbridge.checks.literal import limits
from weighbridge.checks.words import number
from weighbridge.contract.model import NotExecuted

_WIDTHS = (8, 16, 32, 64, 128)
_RANGES = {f"i{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in _WIDTHS} | {
    f"u{bits}": (0, 2**bits - 1) for bits in _WIDTHS
}
_MOST_F32 = 3.4028234663852886e38


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    name = str(target.options["format"])
    value = target.value
    if name in ("f32", "f64"):
        if name == "f32" and target.dtype == pl.Float64:
            failed = value.is_finite() & (value.abs() > _MOST_F32)
            yield target.probe("format", failed, code="CHK-007", expected="a number that fits f32")
        return
    if name not in _RANGES:
        what = f"{target.path}: format {name}"
        yield NotExecuted(what, f"numbers have the formats {', '.join(_RANGES)}, f32 and f64", target.declared.line)
        return
    low, high = _RANGES[name]
    if target.dtype.is_integer():
        least, most = limits(target.dtype)
        if low <= least and most <= high:
            return
        failed = ~value.is_between(pl.lit(max(low, int(least))), pl.lit(min(high, int(most))))
    else:
        wide = value.cast(pl.Float64)
        failed = ~(wide.is_between(float(low), float(high)) & (wide == wide.floor()))
    expected = f"a whole number from {number(low)} to {number(high)}"
    yield target.probe("format", failed, code="CHK-007", expected=expected)


CHECK = Check(
    name="numberFormat",
    part=Target,
    claims=lambda target: "format" in target.options and target.dtype.is_numeric(),
    make=_make,
    cases=lambda: (
        on_values(
            "a byte holds 0 to 255",
            prop("a", "integer", options={"format": "u8"}),
            [0, 255, 256, -1, None],
            {"format": (2, 3)},
            expected={"a|format": "a whole number from 0 to 255"},
        ),
        on_values("what cannot fail is not asked", prop("a", "integer", options={"format": "i64"}), [2**63 - 1], {}),
        on_values(
            "a four-byte float", prop("a", "number", options={"format": "f32"}), [1e38, 1e39, None], {"format": (1,)}
        ),
    ),
    options=("format",),
)
