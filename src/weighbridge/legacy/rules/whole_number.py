"""Whole numbers that were written as floats: `517.0` is 517.

A numeric column with missing values becomes a float column in pandas and in many exports; its
integers come out with `.0`. A fraction of nothing but zeros is another spelling of the same
number. A fraction that is not zero is no whole number and is unreadable, never rounded.

Parameters:
    exponent: whether `1.2E3` may be written for 1200; default no. Only exponents whose value is
        written in full by the digits there are read: `1.2345E3` is no whole number.

Example:
    rules: [wholeNumber]

Source: pandas 3.1 user guide, "Nullable integer data type" (integers with NaN become float64).
"""

from __future__ import annotations

import polars as pl
from pydantic import Field

from weighbridge.legacy.digits import in_ascii
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Case, Parameters

_ZEROS = r"\.0*$"
_EXPONENT = r"^[+-]?[0-9]+(?:\.[0-9]*)?[eE]\+?[0-9]{1,2}$"
_MOST_EXACT = 2**53


class WholeNumberParameters(Parameters):
    """Parameters of `wholeNumber`."""

    exponent: bool = Field(False, description="whether an exponent may be written")


_EXP = {"exponent": True}


class WholeNumber:
    """The rule `wholeNumber`."""

    name = "wholeNumber"
    logical_types = frozenset(("integer",))
    parameters = WholeNumberParameters
    gives_text = True
    cases = (
        Case("517", "517"),
        Case("517.0", "517", Certainty.NORMALISED),
        Case("-517.000", "-517", Certainty.NORMALISED),
        Case("517.", "517", Certainty.NORMALISED),
        Case("9007199254740993.0", "9007199254740993", Certainty.NORMALISED),
        Case("\u22125\uff11\uff17.0", "-517", Certainty.NORMALISED),
        Case("517.5", None, Certainty.UNREADABLE),
        Case("517.0.0", None, Certainty.UNREADABLE),
        Case("1.2E3", None, Certainty.UNREADABLE),
        Case("x", None, Certainty.UNREADABLE),
        Case("", ""),
        Case(None, None),
        Case("1.2E3", "1200", Certainty.NORMALISED, _EXP),
        Case("1.2345E3", None, Certainty.UNREADABLE, _EXP),
        Case("1E20", None, Certainty.UNREADABLE, _EXP),
    )

    def read(self, text: pl.Expr, parameters: WholeNumberParameters) -> Reading:
        """Return the digits of the whole number."""
        text = in_ascii(text)
        plain = text.str.contains(r"^[+-]?[0-9]+(?:\.0*)?$")
        value = pl.when(plain).then(text.str.replace(_ZEROS, "")).when(text == "").then(text)
        if parameters.exponent:
            number = text.cast(pl.Float64, strict=False)
            whole = text.str.contains(_EXPONENT) & (number == number.round()) & (number.abs() <= _MOST_EXACT)
            value = value.when(whole).then(number.cast(pl.Int64, strict=False).cast(pl.String))
        words = "a whole number; after its point nothing but zeros"
        return Reading(value, (Doubt(Certainty.UNREADABLE, "LEG-010", None, words, "whole"),))
