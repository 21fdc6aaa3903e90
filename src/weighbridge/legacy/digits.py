"""Digits of every script as ASCII, and decimal points moved as text, so that no digit is ever rounded."""

from __future__ import annotations

import polars as pl

GROUPED = r"[0-9.,\u066b](?:[0-9.,'\u2019\u066b\u066c \u00a0\u202f\u2009\u2007]*[0-9.,])?"
"""Pattern of digits with whatever marks may stand between them; what they mean is the next rule's to say."""

_MINUS = "\u2212\u2010\u2011\u2013\ufe63\uff0d"
_UNSEEN = "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_ZEROS = (
    "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0de6\u0e50\u0ed0\u0f20\u1040\u1090"
    "\u17e0\u1810\u1946\u19d0\u1a80\u1a90\u1b50\u1bb0\u1c40\u1c50\ua620\ua8d0\ua900\ua9d0\ua9f0\uaa50\uabf0\uff10"
)
"""The zero of each script that has digits; one to nine follow it. Looking for them took longer than reading numbers."""
_ASCII = {
    **{chr(ord(zero) + digit): str(digit) for zero in _ZEROS for digit in range(10)},
    **dict.fromkeys(_MINUS, "-"),
    **dict.fromkeys(_UNSEEN, ""),
    **{chr(0xFF00 + ord(c) - 0x20): c for c in "%()+,.$"},
    "\u066a": "%",
}


def in_ascii(text: pl.Expr) -> pl.Expr:
    """Return a number's text with ASCII digits, signs and marks, and no blanks around it.

    Digits of other scripts and of full width are the same digits (Unicode, general category Nd); the minus of
    typography, a hyphen and an en dash stand for `-`; marks of writing direction and blanks of no width say nothing.
    A text of nothing else is left as it is.
    """
    plain = text.str.replace_many(_ASCII).str.strip_chars()
    return pl.when(plain != "").then(plain).otherwise(text)


def mark_in_ascii(mark: str) -> str:
    """Return a mark as it stands in what `in_ascii` gives."""
    return mark.translate({ord(c): plain for c, plain in _ASCII.items()}).strip()


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
