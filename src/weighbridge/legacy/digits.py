"""Decimal points moved as text, so that no digit is ever rounded."""

from __future__ import annotations

import polars as pl


def with_point(digits: pl.Expr, scale: int) -> pl.Expr:
    """Return digits with an optional leading sign, their point written `scale` places from the right.

    A negative scale adds that many zeros. What the text is besides digits is the caller's to check.
    """
    if scale == 0:
        return digits
    if scale < 0:
        return digits + "0" * -scale
    signed = digits.str.contains("^[+-]")
    filled = pl.when(signed).then(digits.str.zfill(scale + 2)).otherwise(digits.str.zfill(scale + 1))
    return pl.concat_str(filled.str.head(-scale), pl.lit("."), filled.str.tail(scale))


def shifted(number: pl.Expr, places: int) -> pl.Expr:
    """Return a plain decimal number divided by ten to the `places`, written out."""
    whole = number.str.replace(r"[.].*$", "")
    fraction = number.str.extract(r"[.]([0-9]*)$").fill_null("")
    return with_point(whole, places) + fraction
