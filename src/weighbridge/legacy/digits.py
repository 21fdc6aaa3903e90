"""Decimal points moved as text, so that no digit is ever rounded."""

from __future__ import annotations

import polars as pl


def with_point(digits: pl.Expr, scale: int) -> pl.Expr:
    """Return digits with an optional leading sign, their point written `scale` places from the right.

    A negative scale adds that many zeros. Short numbers are filled with zeros. What the text is
    besides digits is the caller's to check.
    """
    if scale == 0:
        return digits
    if scale < 0:
        return digits + "0" * -scale
    filled = digits.str.zfill(scale + len("-0"))
    return pl.concat_str(filled.str.head(-scale), pl.lit("."), filled.str.tail(scale))


def shifted(number: pl.Expr, places: int) -> pl.Expr:
    """Return a plain decimal number divided by ten to the `places`, written out without padding."""
    whole = number.str.replace(r"[.].*$", "")
    fraction = number.str.extract(r"[.]([0-9]*)$").fill_null("")
    return (with_point(whole, places) + fraction).str.replace(r"^([+-]?)0+([0-9])", "${1}${2}")
