"""Texts that fill their field to the last character, and may have been cut there.

A field of 20 characters holds `SOCIETE GENERALE DE ` and nobody knows how it went on. A text
that reaches the width is ambiguous: whole, or the beginning of a longer one (shown with `…`).
It is never completed. Put the rule before `trim`, so that it sees the field as it was, and only
on free text: codes of fixed length always fill their field.

Parameters:
    width: characters of the field.

Example:
    rules: [{rule: truncated, width: 20}, trim]

Source: IBM Enterprise COBOL 6.4 Language Reference, "MOVE statement" (alphanumeric items are
cut on the right where they do not fit).
"""

from __future__ import annotations

import polars as pl
from pydantic import Field

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import TEXT, Case, Parameters


class TruncatedParameters(Parameters):
    """Parameters of `truncated`."""

    width: int = Field(ge=1, description="characters of the field")


_FIVE = {"width": 5}


class Truncated:
    """The rule `truncated`."""

    name = "truncated"
    logical_types = TEXT
    parameters = TruncatedParameters
    gives_text = True
    cases = (
        Case("ABCD", "ABCD", parameters=_FIVE),
        Case("ABCDE", "ABCDE", Certainty.AMBIGUOUS, _FIVE, ("ABCDE", "ABCDE…")),
        Case("ABCD ", "ABCD ", parameters=_FIVE),
        Case("ÀÉÎÕÜ", "ÀÉÎÕÜ", Certainty.AMBIGUOUS, _FIVE, ("ÀÉÎÕÜ", "ÀÉÎÕÜ…")),
        Case("", "", parameters=_FIVE),
        Case(None, None, parameters=_FIVE),
    )

    def read(self, text: pl.Expr, parameters: TruncatedParameters) -> Reading:
        """Return the text as it came."""
        full = (text.str.len_chars() >= parameters.width) & ~text.str.ends_with(" ")
        words = f"a text shorter than its field of {parameters.width} characters"
        doubt = Doubt(Certainty.AMBIGUOUS, "LEG-025", full, words, "width", pl.concat_list(text, text + "…"))
        return Reading(text, (doubt,))
