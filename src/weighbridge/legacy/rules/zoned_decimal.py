"""Zoned decimals as text: the sign is punched over a digit, as in `0012C` or `0012L`.

A signed `PIC S9(5) DISPLAY` field has no sign of its own; its last digit carries it. Turned
from EBCDIC into text, digits 0-9 with a plus sign are `{ABCDEFGHI`, with a minus sign
`}JKLMNOPQR`; digits without a sign stay digits and are positive. Micro Focus and other COBOLs
born on ASCII keep positive digits and write negative ones as `pqrstuvwxy`.

`{` and `}` are where code pages differ: a file translated with a German table has `ä` and `ü`
there. Name them in `positiveZero` and `negativeZero`.

Parameters:
    scale: digits after the point that is not written, default 0.
    signs: ebcdic (default) or microFocus.
    sign: trailing (default) or leading: which digit carries it.
    positiveZero: further characters for +0, besides `{`.
    negativeZero: further characters for -0, besides `}`.

Example:
    rules: [{rule: zonedDecimal, scale: 2}]

Source: IBM Enterprise COBOL 6.4 Programming Guide, "Zoned decimal (DISPLAY) items"; Micro
Focus Visual COBOL 9, directive SIGN"ASCII"; code pages 037 and 273 at 0xC0 and 0xD0.
"""

from __future__ import annotations

import re
from typing import Literal

import polars as pl
from pydantic import Field, model_validator

from weighbridge.legacy.digits import with_point
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import NUMERIC, Case, Parameters

_EBCDIC = ("{ABCDEFGHI", "}JKLMNOPQR")
_MICRO_FOCUS = ("", "pqrstuvwxy")


class ZonedDecimalParameters(Parameters):
    """Parameters of `zonedDecimal`."""

    scale: int = Field(0, ge=-18, le=18, description="digits after the point that is not written")
    signs: Literal["ebcdic", "microFocus"] = Field("ebcdic", description="how the sign is punched")
    sign: Literal["trailing", "leading"] = Field("trailing", description="the digit that carries the sign")
    positive_zero: tuple[str, ...] = Field((), description="further characters for +0")
    negative_zero: tuple[str, ...] = Field((), description="further characters for -0")

    @model_validator(mode="after")
    def _zeros_are_characters_of_their_own(self) -> ZonedDecimalParameters:
        more = [*self.positive_zero, *self.negative_zero]
        taken = set("0123456789" + "".join(_EBCDIC if self.signs == "ebcdic" else _MICRO_FOCUS))
        if any(len(c) != 1 or c in taken for c in more) or len(set(more)) != len(more):
            raise ValueError("further zeros must be single characters that mean nothing else")
        if more and self.signs != "ebcdic":
            raise ValueError("further zeros belong to signs: ebcdic")
        return self


_CENTS = {"scale": 2}
_GERMAN = {"positiveZero": ["ä"], "negativeZero": ["ü"]}
_PC = {"signs": "microFocus"}


class ZonedDecimal:
    """The rule `zonedDecimal`."""

    name = "zonedDecimal"
    logical_types = NUMERIC
    parameters = ZonedDecimalParameters
    gives_text = True
    cases = (
        Case("0012C", "00123", Certainty.NORMALISED),
        Case("0012L", "-00123", Certainty.NORMALISED),
        Case("00123", "00123"),
        Case("123", "123"),
        Case("0012{", "00120", Certainty.NORMALISED),
        Case("0012}", "-00120", Certainty.NORMALISED),
        Case("0000}", "00000", Certainty.NORMALISED),
        Case("1234R", "-123.49", Certainty.NORMALISED, _CENTS),
        Case("E", "00.05", Certainty.NORMALISED, _CENTS),
        Case("N", "-00.05", Certainty.NORMALISED, _CENTS),
        Case("9999999999999999999I", "99999999999999999.999", Certainty.NORMALISED, {"scale": 3}),
        Case("12C4", None, Certainty.UNREADABLE),
        Case("-123", None, Certainty.UNREADABLE),
        Case("0012S", None, Certainty.UNREADABLE),
        Case("0012c", None, Certainty.UNREADABLE),
        Case("", ""),
        Case(None, None),
        Case("0012ü", "-00120", Certainty.NORMALISED, _GERMAN),
        Case("0012p", "-00120", Certainty.NORMALISED, _PC),
        Case("0012y", "-00129", Certainty.NORMALISED, _PC),
        Case("0012C", None, Certainty.UNREADABLE, _PC),
        Case("L012", "-3012", Certainty.NORMALISED, {"sign": "leading"}),
    )

    def read(self, text: pl.Expr, parameters: ZonedDecimalParameters) -> Reading:
        """Return the number with its sign and its point written."""
        plus, minus = _EBCDIC if parameters.signs == "ebcdic" else _MICRO_FOCUS
        digit = {c: str(i) for i, c in enumerate(plus)} | {c: str(i) for i, c in enumerate(minus)}
        digit |= dict.fromkeys((*parameters.positive_zero, *parameters.negative_zero), "0")
        digit |= {str(i): str(i) for i in range(10)}
        leading = parameters.sign == "leading"
        punched = text.str.head(1) if leading else text.str.tail(1)
        rest = text.str.slice(1) if leading else text.str.head(-1)
        plain = punched.replace_strict(digit, default=None, return_dtype=pl.String)
        number = with_point(plain + rest if leading else rest + plain, parameters.scale)
        not_zero = "".join(c for c, d in digit.items() if d != "0")
        negative = punched.is_in([*minus, *parameters.negative_zero]) & text.str.contains(f"[{not_zero}]")
        one = "[" + re.escape("".join(digit)) + "]"
        fits = text.str.contains(f"^{one}[0-9]*$" if leading else f"^[0-9]*{one}$")
        number = pl.when(negative).then("-" + number).otherwise(number)
        value = pl.when(fits).then(number).when(text == "").then(text)
        words = f"digits with a {parameters.sign} sign punched over one of them ({parameters.signs})"
        unread = Doubt(Certainty.UNREADABLE, "LEG-030", None, words, "overpunch")
        return Reading(value, (unread,))
