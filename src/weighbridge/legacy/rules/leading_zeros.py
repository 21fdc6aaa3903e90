"""Codes that lost their leading zeros, or carry zeros that are only padding.

A spreadsheet or a numeric column turns the ZIP code `00501` into `501`. `restore` puts the
zeros back up to `width`; since that the code once was that long is an assumption, each is a
repair in the ledger. `ask` leaves the choice to a person: a short code is ambiguous between itself
and the one with its zeros. `remove` takes padding zeros off (`000123` is `123`, `000` is `0`), which
is only another spelling.

Parameters:
    width: the length of the code in digits.
    action: restore (default), ask or remove.

Texts with anything but digits are left as they are; digits longer than `width` are unreadable.

Example:
    rules: [{rule: leadingZeros, width: 5}]

Source: USPS Publication 28, 2009, 212 (ZIP codes have five digits, leading zeros included).
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import TEXT, Case, Parameters


class LeadingZerosParameters(Parameters):
    """Parameters of `leadingZeros`."""

    width: int = Field(ge=1, le=64, description="digits of a complete code")
    action: Literal["restore", "ask", "remove"] = Field("restore", description="what to do about the zeros")


_ZIP = {"width": 5}
_ASK = {"width": 5, "action": "ask"}
_REMOVE = {"width": 6, "action": "remove"}


class LeadingZeros:
    """The rule `leadingZeros`."""

    name = "leadingZeros"
    logical_types = TEXT
    parameters = LeadingZerosParameters
    gives_text = True
    cases = (
        Case("00501", "00501", parameters=_ZIP),
        Case("501", "00501", Certainty.REPAIRED, _ZIP),
        Case("10001", "10001", parameters=_ZIP),
        Case("100011", None, Certainty.UNREADABLE, _ZIP),
        Case("K1A", "K1A", parameters=_ZIP),
        Case("", "", parameters=_ZIP),
        Case(None, None, parameters=_ZIP),
        Case("501", "501", Certainty.AMBIGUOUS, _ASK, ("501", "00501")),
        Case("00501", "00501", parameters=_ASK),
        Case("K1A", "K1A", parameters=_ASK),
        Case("000123", "123", Certainty.NORMALISED, _REMOVE),
        Case("000000", "0", Certainty.NORMALISED, _REMOVE),
        Case("A001", "A001", parameters=_REMOVE),
    )

    def read(self, text: pl.Expr, parameters: LeadingZerosParameters) -> Reading:
        """Return the code with its zeros put back or taken off."""
        width = parameters.width
        digits = text.str.contains("^[0-9]+$")
        length = text.str.len_bytes()
        long = digits & (length > width)
        words = f"a code of at most {width} digits"
        too_long = Doubt(Certainty.UNREADABLE, "LEG-010", long, words, "length")
        if parameters.action == "remove":
            bare = text.str.strip_chars_start("0")
            shorter = pl.when(bare == "").then(pl.lit("0")).otherwise(bare)
            return Reading(pl.when(~long).then(pl.when(digits).then(shorter).otherwise(text)), (too_long,))
        short = digits & (length < width)
        if parameters.action == "ask":
            both = pl.concat_list(text, text.str.zfill(width))
            unsure = Doubt(Certainty.AMBIGUOUS, "LEG-007", short, f"all {width} digits of the code", "zeros", both)
            return Reading(pl.when(~long).then(text), (too_long, unsure))
        lost = Doubt(Certainty.REPAIRED, "LEG-006", short, f"all {width} digits of the code", "zeros")
        return Reading(
            pl.when(~long).then(pl.when(short).then(text.str.zfill(width)).otherwise(text)), (too_long, lost)
        )
