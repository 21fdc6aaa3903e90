"""Numbers with an exponent, written out without losing a digit: `1.25E-3` is 0.00125.

A decimal property reads no exponent, and a float would round what it does not hold; this rule
moves the point in the text. Fortran's `1.5D+03` and `1.5x10^3` are understood too. A number
without an exponent stays as it is.

It is for measured quantities. An identifier that a spreadsheet turned into `1.23E+11` has lost
its digits: that is `spreadsheetDamage`, and writing it out would invent them.

Parameters:
    decimal: the decimal mark, `"."` (default) or `","`; no thousands marks.

Exponents beyond 38 are unreadable: no decimal type holds them.

Example:
    rules: [scientific]

Source: ISO 6093:1985 (numerical values in character strings), form NR3; ISO/IEC 1539-1 (Fortran),
D exponents.
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.digits import in_ascii
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import NUMERIC, Case, Parameters

_MANTISSA = r"([+-]?)([0-9]*)(?:\.([0-9]*))?"
_EXPONENT = r"(?:[eEdD]|\s?[xX*×]\s?10\^)([+-]?[0-9]{1,3})"
_WITH = f"^{_MANTISSA}{_EXPONENT}$"
_PLAIN = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$"
_MOST = 38


class ScientificParameters(Parameters):
    """Parameters of `scientific`."""

    decimal: Literal[".", ","] = Field(".", description="the decimal mark")


_COMMA = {"decimal": ","}


class Scientific:
    """The rule `scientific`."""

    name = "scientific"
    logical_types = NUMERIC
    parameters = ScientificParameters
    gives_text = True
    cases = (
        Case("1.25E-3", "0.00125", Certainty.NORMALISED),
        Case("1.5E3", "1500", Certainty.NORMALISED),
        Case("-1.2345e+02", "-123.45", Certainty.NORMALISED),
        Case("5E0", "5", Certainty.NORMALISED),
        Case("+.5E1", "+5", Certainty.NORMALISED),
        Case("12.E1", "120", Certainty.NORMALISED),
        Case("1.5D+03", "1500", Certainty.NORMALISED),
        Case("1.5x10^3", "1500", Certainty.NORMALISED),
        Case("6.02214076E23", "602214076000000000000000", Certainty.NORMALISED),
        Case("0E10", "00000000000", Certainty.NORMALISED),
        Case("12.5", "12.5"),
        Case("-7", "-7"),
        Case("1E400", None, Certainty.UNREADABLE),
        Case("E5", None, Certainty.UNREADABLE),
        Case(".E5", None, Certainty.UNREADABLE),
        Case("1.2E3.4", None, Certainty.UNREADABLE),
        Case("1,5E3", None, Certainty.UNREADABLE),
        Case("NaN", None, Certainty.UNREADABLE),
        Case("", ""),
        Case(None, None),
        Case("1,5E3", "1500", Certainty.NORMALISED, _COMMA),
        Case("1,5", "1.5", Certainty.NORMALISED, _COMMA),
        Case("1.5", None, Certainty.UNREADABLE, _COMMA),
    )

    def read(self, text: pl.Expr, parameters: ScientificParameters) -> Reading:
        """Return the number in plain writing."""
        text = in_ascii(text)
        plain = text
        if parameters.decimal == ",":
            plain = pl.when(~text.str.contains(".", literal=True)).then(text.str.replace(",", ".", literal=True))
        groups = plain.str.extract_groups(_WITH).struct
        whole, fraction = (groups.field(i).fill_null("") for i in ("2", "3"))
        exponent = groups.field("4").cast(pl.Int32, strict=False)
        digits = whole + fraction
        point = whole.str.len_bytes().cast(pl.Int32) + exponent
        fits = exponent.is_not_null() & (digits != "") & (exponent.abs() <= _MOST)
        # Zeros on either side, so that the point falls between two digits; lengths only where it fits.
        before = pl.when(fits).then(pl.max_horizontal(1 - point, pl.lit(0))).otherwise(0)
        at = (pl.when(fits).then(point + before).otherwise(0)).cast(pl.UInt32)
        wide = digits.str.pad_start(digits.str.len_bytes().cast(pl.Int32) + before, "0").str.pad_end(at, "0")
        rest = wide.str.slice(at)
        tail = pl.when(rest == "").then(pl.lit("")).otherwise(pl.lit(".") + rest)
        number = groups.field("1") + wide.str.head(at) + tail
        value = pl.when(fits).then(number).when(plain.str.contains(_PLAIN) | (text == "")).then(plain)
        words = f"a number with decimal mark {parameters.decimal!r}, with or without an exponent up to {_MOST}"
        return Reading(value, (Doubt(Certainty.UNREADABLE, "LEG-010", None, words, "number"),))
