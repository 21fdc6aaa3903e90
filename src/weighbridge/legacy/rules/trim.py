"""Padding around a value is not part of it.

Fixed-width hosts pad text on the right with spaces and numbers on the left; some pad with
asterisks (cheque protection), zeros or NUL bytes. `trim` takes the pad character off the
side it stands on. A value that is nothing but padding becomes the empty text, which the
types other than string read as "no value"; follow it with `nullValues` when an empty string
means missing too.

Parameters:
    side: both (default), left or right: where padding stands.
    characters: the pad characters, default the space. `"\\0"` is the NUL byte (LOW-VALUES).

Example:
    rules: [trim]
    rules: [{rule: trim, side: left, characters: "*"}]

Source: IBM Enterprise COBOL 6.4 Language Reference, "Alignment rules": alphanumeric items
are left-justified and padded with spaces on the right.
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.reading import Certainty, Reading
from weighbridge.legacy.rule import ANY_TYPE, Case, Parameters


class TrimParameters(Parameters):
    """Parameters of `trim`."""

    side: Literal["both", "left", "right"] = Field("both", description="the side the padding stands on")
    characters: str = Field(" ", min_length=1, description="the pad characters, each taken off as often as it stands")


class Trim:
    """The rule `trim`."""

    name = "trim"
    logical_types = ANY_TYPE
    parameters = TrimParameters
    gives_text = True
    cases = (
        Case("AA", "AA"),
        Case("AA  ", "AA", Certainty.NORMALISED),
        Case("  N 14228 ", "N 14228", Certainty.NORMALISED),
        Case("   ", "", Certainty.NORMALISED),
        Case("", ""),
        Case(None, None),
        Case("\tAA", "\tAA"),
        Case("***12.50", "12.50", Certainty.NORMALISED, {"side": "left", "characters": "*"}),
        Case(" AA ", " AA", Certainty.NORMALISED, {"side": "right"}),
        Case("AB\0\0", "AB", Certainty.NORMALISED, {"characters": "\0 "}),
    )

    def read(self, text: pl.Expr, parameters: TrimParameters) -> Reading:
        """Return the text without its padding."""
        strip = {
            "both": text.str.strip_chars,
            "left": text.str.strip_chars_start,
            "right": text.str.strip_chars_end,
        }[parameters.side]
        return Reading(strip(parameters.characters))
