"""Signs that do not stand before the number: `123-`, `(123)`, `123 CR`, `123DB`.

Which marks mean minus must be declared, since the same letters mean different things: a COBOL
edited picture prints CR or DB when the amount is negative, a bank statement prints CR for money
received. A number has at most one sign; two contradict each other and are unreadable.

Parameters:
    negative: the marks that mean minus: of `-` (after the number), `()` (around it), `CR`, `DB`, `DR`.
    positive: the marks that mean plus: of `+` (after the number), `CR`, `DB`, `DR`.

A sign before the number is always understood. The minus sign of typography (U+2212) and the en
dash are read as `-`.

Example:
    rules: [{rule: signMark, negative: ["-", "()"]}]
    rules: [{rule: signMark, negative: [DR], positive: [CR]}]

Source: IBM Enterprise COBOL 6.4 Language Reference, "PICTURE clause editing" (CR, DB, trailing
+ and -); SAP ABAP, type P output (trailing minus).
"""

from __future__ import annotations

import re
from typing import Literal

import polars as pl
from pydantic import Field, model_validator

from weighbridge.legacy.digits import GROUPED, in_ascii
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import NUMERIC, Case, Parameters


class SignMarkParameters(Parameters):
    """Parameters of `signMark`."""

    negative: tuple[Literal["-", "()", "CR", "DB", "DR"], ...] = Field(
        min_length=1, description="marks that mean minus"
    )
    positive: tuple[Literal["+", "CR", "DB", "DR"], ...] = Field((), description="marks that mean plus")

    @model_validator(mode="after")
    def _a_mark_has_one_meaning(self) -> SignMarkParameters:
        both = set(self.negative) & set(self.positive)
        if both:
            raise ValueError(f"{', '.join(sorted(both))} cannot mean plus and minus")
        return self


_ALL = {"negative": ["-", "()", "CR", "DB"], "positive": ["+"]}
_BANK = {"negative": ["DR"], "positive": ["CR"]}


class SignMark:
    """The rule `signMark`."""

    name = "signMark"
    logical_types = NUMERIC
    parameters = SignMarkParameters
    gives_text = True
    cases = (
        Case("123", "123", parameters=_ALL),
        Case("-123", "-123", parameters=_ALL),
        Case("123-", "-123", Certainty.NORMALISED, _ALL),
        Case("1.234,50 -", "-1.234,50", Certainty.NORMALISED, _ALL),
        Case("123+", "123", Certainty.NORMALISED, _ALL),
        Case("(123.45)", "-123.45", Certainty.NORMALISED, _ALL),
        Case("( 5 )", "-5", Certainty.NORMALISED, _ALL),
        Case("123 CR", "-123", Certainty.NORMALISED, _ALL),
        Case("123DB", "-123", Certainty.NORMALISED, _ALL),
        Case("- 5", "-5", Certainty.NORMALISED, _ALL),
        Case("\u22125", "-5", Certainty.NORMALISED, _ALL),
        Case("5\u2013", "-5", Certainty.NORMALISED, _ALL),
        Case("-123-", None, Certainty.UNREADABLE, _ALL),
        Case("\uff11\uff12\uff0d", "-12", Certainty.NORMALISED, _ALL),
        Case("(-5)", None, Certainty.UNREADABLE, _ALL),
        Case("(5", None, Certainty.UNREADABLE, _ALL),
        Case("5 DR", None, Certainty.UNREADABLE, _ALL),
        Case("-", None, Certainty.UNREADABLE, _ALL),
        Case("", "", parameters=_ALL),
        Case(None, None, parameters=_ALL),
        Case("5 CR", "5", Certainty.NORMALISED, _BANK),
        Case("5 DR", "-5", Certainty.NORMALISED, _BANK),
        Case("5-", None, Certainty.UNREADABLE, _BANK),
    )

    def read(self, text: pl.Expr, parameters: SignMarkParameters) -> Reading:
        """Return the number with its sign before it."""
        text = in_ascii(text)
        before = text.str.contains(rf"^[+-]?\s*{GROUPED}$")
        value = pl.when(before).then(text.str.replace(r"^([+-])\s+", "${1}")).when(text == "").then(text)
        for mark, sign in (*((m, "-") for m in parameters.negative), *((m, "") for m in parameters.positive)):
            start, end = (r"\(\s*", r"\s*\)") if mark == "()" else ("", rf"\s*{re.escape(mark)}")
            shape = f"^{start}({GROUPED}){end}$"
            value = value.when(text.str.contains(shape)).then(sign + text.str.replace(shape, "${1}"))
        words = f"a number with one sign; minus is {', '.join(parameters.negative)}"
        return Reading(value, (Doubt(Certainty.UNREADABLE, "LEG-010", None, words, "sign"),))
