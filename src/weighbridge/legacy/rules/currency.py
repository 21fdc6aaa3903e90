"""An amount with its currency beside it: `$ 1,234.50`, `12,50 EUR`, `-£5`.

The property holds amounts of one currency; the rule takes its mark away and refuses any other,
because an amount in another currency is another value, not another spelling. An amount without
a mark is taken as it is.

Parameters:
    marks: every way the one currency is written, e.g. `["$", "US$", USD]`.
    required: whether each amount must carry a mark; default no.

A sign may stand before the mark, between mark and number, or after; it is kept where it is read:
before the number, or as `signMark` expects it after. Apply `currency` before `signMark` and
`localNumber`.

Example:
    rules: [{rule: currency, marks: [€, EUR]}, {rule: localNumber, decimal: ",", thousands: ["."]}]

Source: Unicode CLDR 46, currency formats; ISO 4217:2015.
"""

from __future__ import annotations

import re

import polars as pl
from pydantic import Field, field_validator

from weighbridge.legacy.digits import GROUPED, in_ascii, mark_in_ascii
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import NUMERIC, Case, Parameters

_SPACE = r"[\s\u00a0\u202f]*"


class CurrencyParameters(Parameters):
    """Parameters of `currency`."""

    marks: tuple[str, ...] = Field(min_length=1, description="every way the one currency is written")
    required: bool = Field(False, description="whether each amount must carry a mark")

    @field_validator("marks")
    @classmethod
    def _marks_are_no_numbers(cls, marks: tuple[str, ...]) -> tuple[str, ...]:
        for mark in marks:
            if not mark_in_ascii(mark) or re.search(r"[0-9()+\-,]|^\s|\s$", mark):
                raise ValueError(f"{mark!r} is no currency mark: it must not have digits, signs or outer spaces")
        return marks


_DOLLAR = {"marks": ["$", "US$", "USD"]}
_EURO = {"marks": ["€", "EUR"], "required": True}


class Currency:
    """The rule `currency`."""

    name = "currency"
    logical_types = NUMERIC
    parameters = CurrencyParameters
    gives_text = True
    cases = (
        Case("$1,234.50", "1,234.50", Certainty.NORMALISED, _DOLLAR),
        Case("US$ 5", "5", Certainty.NORMALISED, _DOLLAR),
        Case("-$5", "-5", Certainty.NORMALISED, _DOLLAR),
        Case("$-5", "-5", Certainty.NORMALISED, _DOLLAR),
        Case("($5)", "(5)", Certainty.NORMALISED, _DOLLAR),
        Case("5 USD", "5", Certainty.NORMALISED, _DOLLAR),
        Case("5", "5", parameters=_DOLLAR),
        Case("1.5e+03", "1.5e+03", parameters=_DOLLAR),
        Case("£5", None, Certainty.UNREADABLE, _DOLLAR),
        Case("$5 USD", None, Certainty.UNREADABLE, _DOLLAR),
        Case("$", None, Certainty.UNREADABLE, _DOLLAR),
        Case("", "", parameters=_DOLLAR),
        Case(None, None, parameters=_DOLLAR),
        Case("1.234,50\u00a0€", "1.234,50", Certainty.NORMALISED, _EURO),
        Case("12,50 EUR-", "12,50-", Certainty.NORMALISED, _EURO),
        Case("\u22121\u2009234,50\u202f€", "-1\u2009234,50", Certainty.NORMALISED, _EURO),
        Case("5 \u062c.\u0645.\u200f", "5", Certainty.NORMALISED, {"marks": ["\u062c.\u0645.\u200f"]}),
        Case("12,50", None, Certainty.UNREADABLE, _EURO),
        Case(
            "\u200f\u0661\u066c\u0662\u0663\u0664\u066b\u0665\u00a0€", "1\u066c234\u066b5", Certainty.NORMALISED, _EURO
        ),
    )

    def read(self, text: pl.Expr, parameters: CurrencyParameters) -> Reading:
        """Return the amount without its currency mark."""
        text = in_ascii(text)
        marks = sorted(map(mark_in_ascii, parameters.marks), key=len, reverse=True)
        mark = "(?:" + "|".join(map(re.escape, marks)) + ")"
        before = rf"^([(+-]?){_SPACE}{mark}{_SPACE}([+-]?{GROUPED}){_SPACE}((?:[)+-]|CR|DB|DR)?)$"
        after = rf"^([(+-]?)()({GROUPED}){_SPACE}{mark}{_SPACE}((?:[)+-]|CR|DB|DR)?)$"
        without = rf"^[(+-]?{_SPACE}{GROUPED}(?:[eE][+-]?[0-9]+)?{_SPACE}(?:[)+-]|CR|DB|DR)?$"
        value = (
            pl.when(text.str.contains(before))
            .then(text.str.replace(before, "${1}${2}${3}"))
            .when(text.str.contains(after))
            .then(text.str.replace(after, "${1}${3}${4}"))
            .when(text == "")
            .then(text)
        )
        if not parameters.required:
            value = value.when(text.str.contains(without)).then(text)
        words = f"an amount marked {' or '.join(parameters.marks)}{'' if parameters.required else ', or not marked'}"
        return Reading(value, (Doubt(Certainty.UNREADABLE, "LEG-031", None, words, "currency"),))
