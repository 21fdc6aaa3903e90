"""Packed decimals (COMP-3) that came as hexadecimal text: `12345C` is 12345, `00150D` is -150.

Two digits stand in a byte and the sign in the last half: C, A, E and F are plus, D and B are
minus. Unloads, traces and queries on packed columns write these bytes in hexadecimal, bare, as
`0x12345C` or as `X'12345C'`. A nibble over 9 among the digits, a digit where the sign belongs,
or half a byte is no packed decimal and is unreadable, never a number with a nibble left out.

Parameters:
    scale: digits after the point that is not written, default 0.
    signs: all (default), or preferred: only C, D and F, as compilers write them.
    unsigned: digits to the end, without a sign (COMP-6, BCD); default no.

A packed date is read by `date` after it: the last example is a packed Julian day.

Example:
    rules: [{rule: packedDecimal, scale: 2}]
    rules: [packedDecimal, {rule: date, formats: [CyyDDD], zeroFill: true}]

Source: IBM z/Architecture Principles of Operation, SA22-7832, "Decimal-number formats"; IBM
Enterprise COBOL 6.4 Programming Guide, "Formats for numeric data".
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field, model_validator

from weighbridge.legacy.digits import with_point
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import NUMERIC, Case, Parameters

_SIGNS = {"all": ("ACEF", "BD"), "preferred": ("CF", "D")}


class PackedDecimalParameters(Parameters):
    """Parameters of `packedDecimal`."""

    scale: int = Field(0, ge=-18, le=18, description="digits after the point that is not written")
    signs: Literal["all", "preferred"] = Field("all", description="the sign nibbles that may occur")
    unsigned: bool = Field(False, description="digits to the end, without a sign nibble")

    @model_validator(mode="after")
    def _unsigned_has_no_signs(self) -> PackedDecimalParameters:
        if self.unsigned and "signs" in self.model_fields_set:
            raise ValueError("`signs` says nothing of numbers without a sign")
        return self


_CENTS = {"scale": 2}
_BARE = {"unsigned": True}


class PackedDecimal:
    """The rule `packedDecimal`."""

    name = "packedDecimal"
    logical_types = NUMERIC | {"date", "time", "timestamp"}
    parameters = PackedDecimalParameters
    gives_text = True
    cases = (
        Case("12345C", "12345", Certainty.NORMALISED),
        Case("00150D", "-00150", Certainty.NORMALISED),
        Case("12345F", "12345", Certainty.NORMALISED),
        Case("12345A", "12345", Certainty.NORMALISED),
        Case("12345B", "-12345", Certainty.NORMALISED),
        Case("12345e", "12345", Certainty.NORMALISED),
        Case("00000D", "00000", Certainty.NORMALISED),
        Case("0x150c", "150", Certainty.NORMALISED),
        Case("X'00012C'", "00012", Certainty.NORMALISED),
        Case("01 23 4C", "01234", Certainty.NORMALISED),
        Case("12345", None, Certainty.UNREADABLE),
        Case("123456", None, Certainty.UNREADABLE),
        Case("1A345C", None, Certainty.UNREADABLE),
        Case("2345C", None, Certainty.UNREADABLE),
        Case("404040", None, Certainty.UNREADABLE),
        Case("C", None, Certainty.UNREADABLE),
        Case("X'1C", None, Certainty.UNREADABLE),
        Case("", ""),
        Case(None, None),
        Case("12345C", "123.45", Certainty.NORMALISED, _CENTS),
        Case("5D", "-00.05", Certainty.NORMALISED, _CENTS),
        Case("12345A", None, Certainty.UNREADABLE, {"signs": "preferred"}),
        Case("0123", "0123", parameters=_BARE),
        Case("012C", None, Certainty.UNREADABLE, _BARE),
    )

    def read(self, text: pl.Expr, parameters: PackedDecimalParameters) -> Reading:
        """Return the number with its sign and its point written."""
        bare = text.str.replace_all(" ", "", literal=True).str.to_uppercase()
        quoted = bare.str.starts_with("X'") & bare.str.ends_with("'")
        nibbles = pl.when(quoted).then(bare.str.slice(2).str.head(-1)).otherwise(bare.str.strip_prefix("0X"))
        whole = nibbles.str.len_bytes() % 2 == 0
        if parameters.unsigned:
            fits, number = nibbles.str.contains("^[0-9]+$"), with_point(nibbles, parameters.scale)
            words = "whole bytes of decimal digits in hexadecimal"
        else:
            plus, minus = _SIGNS[parameters.signs]
            digits = with_point(nibbles.str.head(-1), parameters.scale)
            negative = nibbles.str.tail(1).is_in(list(minus)) & nibbles.str.contains("[1-9]")
            fits = nibbles.str.contains(f"^[0-9]+[{plus}{minus}]$")
            number = pl.when(negative).then(pl.lit("-") + digits).otherwise(digits)
            words = f"whole bytes in hexadecimal: digits, then a sign of {', '.join(plus + minus)}"
        value = pl.when(whole & fits).then(number).when(text == "").then(text)
        return Reading(value, (Doubt(Certainty.UNREADABLE, "LEG-038", None, words, "packed"),))
