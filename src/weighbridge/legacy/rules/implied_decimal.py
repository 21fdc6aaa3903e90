"""A number whose decimal point is not written: `0012345` with scale 2 is 123.45.

The COBOL picture `9(5)V99` keeps digits only; the point stands in the layout. A negative
scale stands for digits that are not written at all (`99PPP`, thousands): `5` with scale -3 is
5000. The text must be digits with an optional sign; a point or comma in it contradicts the
layout and is unreadable, never moved twice.

Parameters:
    scale: digits after the point; negative for digits that are not written.

Example:
    rules: [{rule: impliedDecimal, scale: 2}]

Source: IBM Enterprise COBOL 6.4 Language Reference, "PICTURE clause", symbols V and P.
"""

from __future__ import annotations

import polars as pl
from pydantic import Field

from weighbridge.legacy.digits import in_ascii, with_point
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import NUMERIC, Case, Parameters


class ImpliedDecimalParameters(Parameters):
    """Parameters of `impliedDecimal`."""

    scale: int = Field(ge=-18, le=18, description="digits after the point that is not written")


_CENTS = {"scale": 2}


class ImpliedDecimal:
    """The rule `impliedDecimal`."""

    name = "impliedDecimal"
    logical_types = NUMERIC
    parameters = ImpliedDecimalParameters
    gives_text = True
    cases = (
        Case("0012345", "00123.45", Certainty.NORMALISED, _CENTS),
        Case("5", "00.05", Certainty.NORMALISED, _CENTS),
        Case("-5", "-0.05", Certainty.NORMALISED, _CENTS),
        Case("+12345", "+123.45", Certainty.NORMALISED, _CENTS),
        Case("0", "00.00", Certainty.NORMALISED, _CENTS),
        Case("99999999999999999999", "999999999999999999.99", Certainty.NORMALISED, _CENTS),
        Case("123.45", None, Certainty.UNREADABLE, _CENTS),
        Case("12A", None, Certainty.UNREADABLE, _CENTS),
        Case("-", None, Certainty.UNREADABLE, _CENTS),
        Case("", "", parameters=_CENTS),
        Case(None, None, parameters=_CENTS),
        Case("5", "5000", Certainty.NORMALISED, {"scale": -3}),
        Case("-12", "-12000", Certainty.NORMALISED, {"scale": -3}),
        Case("12", "12", parameters={"scale": 0}),
    )

    def read(self, text: pl.Expr, parameters: ImpliedDecimalParameters) -> Reading:
        """Return the number with its point written."""
        text = in_ascii(text)
        digits = text.str.contains("^[+-]?[0-9]+$")
        number = with_point(text, parameters.scale)
        value = pl.when(digits | (text == "")).then(pl.when(digits).then(number).otherwise(text))
        return Reading(value, (Doubt(Certainty.UNREADABLE, "LEG-010", None, "digits with an optional sign", "digits"),))
