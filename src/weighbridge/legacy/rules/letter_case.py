"""Codes whose case does not matter, brought to one case.

`n14228` and `N14228` are one tail number. Full Unicode case mapping is used (`ß` becomes `SS`
in upper case), so apply it to codes, not to names of people.

Parameters:
    to: upper or lower.

Example:
    rules: [{rule: letterCase, to: upper}]

Source: The Unicode Standard 16.0, section 3.13, default case conversion.
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.reading import Certainty, Reading
from weighbridge.legacy.rule import TEXT, Case, Parameters


class LetterCaseParameters(Parameters):
    """Parameters of `letterCase`."""

    to: Literal["upper", "lower"] = Field(description="the case that is wanted")


class LetterCase:
    """The rule `letterCase`."""

    name = "letterCase"
    logical_types = TEXT
    parameters = LetterCaseParameters
    gives_text = True
    cases = (
        Case("N14228", "N14228", parameters={"to": "upper"}),
        Case("n14228", "N14228", Certainty.NORMALISED, {"to": "upper"}),
        Case("École", "école", Certainty.NORMALISED, {"to": "lower"}),
        Case("", "", parameters={"to": "upper"}),
        Case(None, None, parameters={"to": "upper"}),
    )

    def read(self, text: pl.Expr, parameters: LetterCaseParameters) -> Reading:
        """Return the text in the wanted case."""
        return Reading(text.str.to_uppercase() if parameters.to == "upper" else text.str.to_lowercase())
