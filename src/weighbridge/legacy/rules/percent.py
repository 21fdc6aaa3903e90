"""Percentages: `12.5%` is 0.125, or 12.5 where the property counts in percent.

A column in which some values carry the sign and some do not is the dangerous one: `0.5` may be
a half or half a percent. Without a word on it such a value is ambiguous, with both readings.

Parameters:
    to: fraction (`12.5%` becomes 0.125) or percent (12.5).
    unmarked: what a number without the sign is: ambiguous (default), percent, fraction.
    decimal: the decimal mark, `"."` (default) or `","`; no thousands marks.

Example:
    rules: [{rule: percent, to: fraction}]

Source: ISO 80000-1:2022, 6.5.5 (% is the number 0.01).
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.digits import in_ascii, shifted
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Case, Parameters

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"


class PercentParameters(Parameters):
    """Parameters of `percent`."""

    to: Literal["fraction", "percent"] = Field(description="what the property counts in")
    unmarked: Literal["ambiguous", "percent", "fraction"] = Field(
        "ambiguous", description="what a number without the sign is"
    )
    decimal: Literal[".", ","] = Field(".", description="the decimal mark")


_FRACTION = {"to": "fraction"}
_PERCENT = {"to": "percent"}


class Percent:
    """The rule `percent`."""

    name = "percent"
    logical_types = frozenset(("number",))
    parameters = PercentParameters
    gives_text = True
    cases = (
        Case("12.5%", "0.125", Certainty.NORMALISED, _FRACTION),
        Case("100 %", "1.00", Certainty.NORMALISED, _FRACTION),
        Case("-5%", "-0.05", Certainty.NORMALISED, _FRACTION),
        Case("12.5%", "12.5", Certainty.NORMALISED, _PERCENT),
        Case("0.5", "0.5", Certainty.AMBIGUOUS, _FRACTION, ("0.5", "0.005")),
        Case("0.5", "0.5", Certainty.AMBIGUOUS, _PERCENT, ("0.5", "50")),
        Case("0", "0", parameters=_FRACTION),
        Case("0.5", "0.005", Certainty.NORMALISED, {**_FRACTION, "unmarked": "percent"}),
        Case("0.5", "0.5", parameters={**_FRACTION, "unmarked": "fraction"}),
        Case("0.125", "12.5", Certainty.NORMALISED, {**_PERCENT, "unmarked": "fraction"}),
        Case("12,5%", None, Certainty.UNREADABLE, _FRACTION),
        Case("12,5%", "0.125", Certainty.NORMALISED, {**_FRACTION, "decimal": ","}),
        Case("1.2,5%", None, Certainty.UNREADABLE, {**_FRACTION, "decimal": ","}),
        Case("\u0661\u0662\u066a", "0.12", Certainty.NORMALISED, _FRACTION),
        Case("\u22125\u00a0%", "-0.05", Certainty.NORMALISED, _FRACTION),
        Case("%", None, Certainty.UNREADABLE, _FRACTION),
        Case("", "", parameters=_FRACTION),
        Case(None, None, parameters=_FRACTION),
    )

    def read(self, text: pl.Expr, parameters: PercentParameters) -> Reading:
        """Return the number in what the property counts in."""
        text = in_ascii(text)
        if parameters.decimal == ",":
            text = pl.when(~text.str.contains(".", literal=True)).then(text.str.replace(",", ".", literal=True))
        marked = text.str.contains(rf"^{_NUMBER}\s*%$")
        plain = text.str.contains(f"^{_NUMBER}$")
        number = text.str.replace(r"\s*%$", "")
        as_fraction = shifted(number, 2)
        from_percent = as_fraction if parameters.to == "fraction" else number
        from_fraction = number if parameters.to == "fraction" else _times_hundred(number)
        unmarked = {"percent": from_percent, "fraction": from_fraction, "ambiguous": number}[parameters.unmarked]
        value = pl.when(marked).then(from_percent).when(plain).then(unmarked).when(text == "").then(text)
        doubts = [
            Doubt(Certainty.UNREADABLE, "LEG-010", None, "a number in plain writing, with or without %", "percent")
        ]
        if parameters.unmarked == "ambiguous":
            other = from_percent if parameters.to == "fraction" else from_fraction
            nonzero = text.str.contains("[1-9]")
            doubts.append(
                Doubt(
                    Certainty.AMBIGUOUS,
                    "LEG-032",
                    plain & nonzero,
                    "a number with the percent sign",
                    "unmarked",
                    pl.concat_list(number, other),
                )
            )
        return Reading(value, tuple(doubts))


def _times_hundred(number: pl.Expr) -> pl.Expr:
    """Return a plain number times a hundred, written out without padding."""
    whole = number.str.replace(r"[.].*$", "")
    fraction = number.str.extract(r"[.]([0-9]*)$").fill_null("").str.pad_end(2, "0")
    sign = pl.when(number.str.contains("^-")).then(pl.lit("-")).otherwise(pl.lit(""))
    digits = (whole.str.strip_chars_start("+-") + fraction.str.head(2)).str.strip_chars_start("0")
    digits = pl.when(digits == "").then(pl.lit("0")).otherwise(digits)
    rest = fraction.str.slice(2).str.strip_chars_end("0")
    return sign + digits + pl.when(rest == "").then(pl.lit("")).otherwise("." + rest)
