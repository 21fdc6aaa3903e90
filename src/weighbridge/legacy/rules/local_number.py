"""A number with a decimal comma or with thousands marks.

`1.234.567,89`, `1 234,5`, `1'234.50`, `12,34,567` (Indian grouping): the rule takes the marks
away, strictly. Groups must be whole: `1.23` is no number where the point is the thousands mark. The marks within
one number are all the same. A minus or plus may stand after the number (`12,00-`), once. Digits of every
script are read (`１２`, `١٢`), and the Arabic marks `٫` and `٬`, which mean one thing only.

Where the sender's marks are not known, `decimal: unknown` reads a number by both conventions.
Most decide themselves (`1.234,5`, `12.5`, `1.234.567`, `0.125`, `1234.567`); `1.234` does not:
it is ambiguous with both readings, and never guessed. With `evidence: [column]` the column's other
numbers may decide: at least `leastEvidence` that only one convention reads, and none that only the
other does. A number decided so is a repair, and the ledger tells the evidence.

Parameters:
    decimal: `"."`, `","`, or `unknown`.
    thousands: the marks that may group digits: of `.` `,` `'` `’` and the spaces (plain, no-break, narrow
        no-break, thin, figure). By default all but the decimal mark; `[]` for none.
    grouping: western (threes) or indian (three, then twos).
    evidence: column, where the whole column may decide; only with `unknown`.
    leastEvidence: how many numbers must speak for one convention, default 10.

Example:
    rules: [{rule: localNumber, decimal: ",", thousands: ["."]}]
    rules: [{rule: localNumber, decimal: unknown, evidence: [column]}]

Source: Unicode CLDR 46, number symbols and grouping sizes (3;3 and 3;2).
"""

from __future__ import annotations

import re
from typing import Literal

import polars as pl
from pydantic import Field, model_validator

from weighbridge.legacy.digits import in_ascii
from weighbridge.legacy.evidence import Question
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import NUMERIC, Case, Parameters

_MARKS = (".", ",", " ", "\u00a0", "\u202f", "\u2009", "\u2007", "'", "\u2019")
Mark = Literal[".", ",", " ", "\u00a0", "\u202f", "\u2009", "\u2007", "'", "\u2019"]
_ARABIC_DECIMAL, _ARABIC_THOUSANDS = "\u066b", "\u066c"


class LocalNumberParameters(Parameters):
    """Parameters of `localNumber`."""

    decimal: Literal[".", ",", "unknown"] = Field(description="the decimal mark")
    thousands: tuple[Mark, ...] | None = Field(None, description="the marks that may group digits")
    grouping: Literal["western", "indian"] = Field("western", description="how digits are grouped")
    evidence: tuple[Literal["column"], ...] = Field((), description="what of the whole column may decide: column")
    least_evidence: int = Field(10, ge=1, description="how many numbers must speak for one convention, none against")

    @model_validator(mode="after")
    def _marks_differ(self) -> LocalNumberParameters:
        if self.decimal in (self.thousands or ()):
            raise ValueError(f"{self.decimal!r} cannot be the decimal mark and a thousands mark")
        if self.decimal == "unknown" and self.thousands is not None:
            raise ValueError("with decimal: unknown the thousands marks are unknown too")
        if self.evidence and self.decimal != "unknown":
            raise ValueError("a declared decimal mark needs no evidence")
        return self


_COMMA = {"decimal": ","}
_GERMAN = {"decimal": ",", "thousands": ["."]}
_SWISS = {"decimal": ".", "thousands": ["'", "\u2019"]}
_FRENCH = {"decimal": ",", "thousands": [" ", "\u00a0", "\u202f"]}
_INDIAN = {"decimal": ".", "thousands": [","], "grouping": "indian"}
_UNKNOWN = {"decimal": "unknown"}


class LocalNumber:
    """The rule `localNumber`."""

    name = "localNumber"
    logical_types = NUMERIC
    parameters = LocalNumberParameters
    gives_text = True
    cases = (
        Case("1.234.567,89", "1234567.89", Certainty.NORMALISED, _GERMAN),
        Case("1.234", "1234", Certainty.NORMALISED, _GERMAN),
        Case("1234,5", "1234.5", Certainty.NORMALISED, _GERMAN),
        Case("-0,5", "-0.5", Certainty.NORMALISED, _GERMAN),
        Case("12", "12", parameters=_GERMAN),
        Case("1.23", None, Certainty.UNREADABLE, _GERMAN),
        Case("1.2345", None, Certainty.UNREADABLE, _GERMAN),
        Case("1,234.5", None, Certainty.UNREADABLE, _GERMAN),
        Case("1,2,3", None, Certainty.UNREADABLE, _GERMAN),
        Case("12,00-", "-12.00", Certainty.NORMALISED, _GERMAN),
        Case("-12,00-", None, Certainty.UNREADABLE, _GERMAN),
        Case("1.234,5 -", "-1234.5", Certainty.NORMALISED, _GERMAN),
        Case("- 5", "-5", Certainty.NORMALISED, _GERMAN),
        Case("\u22121.234,5", "-1234.5", Certainty.NORMALISED, _GERMAN),
        Case(",5", ".5", Certainty.NORMALISED, _GERMAN),
        Case("", "", parameters=_GERMAN),
        Case(None, None, parameters=_GERMAN),
        Case("1.234,50", "1234.50", Certainty.NORMALISED, _COMMA),
        Case("1 234,50", "1234.50", Certainty.NORMALISED, _COMMA),
        Case("1'234'567", "1234567", Certainty.NORMALISED, _COMMA),
        Case("1.234", "1234", Certainty.NORMALISED, _COMMA),
        Case("1.234 567", None, Certainty.UNREADABLE, _COMMA),
        Case("12.34", None, Certainty.UNREADABLE, _COMMA),
        Case("1.234", None, Certainty.UNREADABLE, {**_COMMA, "thousands": []}),
        Case("\uff11\uff12\uff0c\uff15", "12.5", Certainty.NORMALISED, _COMMA),
        Case("\u0661\u066c\u0662\u0663\u0664\u066b\u0665", "1234.5", Certainty.NORMALISED, _COMMA),
        Case("\u0661\u066c\u0662\u0663\u0664\u066b\u0665", "1234.5", Certainty.NORMALISED, _UNKNOWN),
        Case("1.234-", "-1.234", Certainty.AMBIGUOUS, _UNKNOWN, ("-1.234", "-1234")),
        Case("1'234.50", "1234.50", Certainty.NORMALISED, _SWISS),
        Case("1\u2019234.50", "1234.50", Certainty.NORMALISED, _SWISS),
        Case("1 234,5", "1234.5", Certainty.NORMALISED, _FRENCH),
        Case("1\u202f234\u202f567", "1234567", Certainty.NORMALISED, _FRENCH),
        Case("1 234\u00a0567", None, Certainty.UNREADABLE, _FRENCH),
        Case("12,34,567.8", "1234567.8", Certainty.NORMALISED, _INDIAN),
        Case("1,234,567", None, Certainty.UNREADABLE, _INDIAN),
        Case("1.234", "1.234", Certainty.AMBIGUOUS, _UNKNOWN, ("1.234", "1234")),
        Case("1,234", "1234", Certainty.AMBIGUOUS, _UNKNOWN, ("1234", "1.234")),
        Case("-12,345", "-12345", Certainty.AMBIGUOUS, _UNKNOWN, ("-12345", "-12.345")),
        Case("1.234,5", "1234.5", Certainty.NORMALISED, _UNKNOWN),
        Case("1,234.5", "1234.5", Certainty.NORMALISED, _UNKNOWN),
        Case("12.5", "12.5", parameters=_UNKNOWN),
        Case("12,5", "12.5", Certainty.NORMALISED, _UNKNOWN),
        Case("1.234.567", "1234567", Certainty.NORMALISED, _UNKNOWN),
        Case("0.125", "0.125", parameters=_UNKNOWN),
        Case("1234.567", "1234.567", parameters=_UNKNOWN),
        Case("1 234,567", "1234.567", Certainty.NORMALISED, _UNKNOWN),
        Case("7", "7", parameters=_UNKNOWN),
        Case("1.2.3", None, Certainty.UNREADABLE, _UNKNOWN),
    )

    def read(self, text: pl.Expr, parameters: LocalNumberParameters) -> Reading:
        """Return the number with a decimal point and no thousands marks."""
        grouping = parameters.grouping
        if parameters.decimal != "unknown":
            marks = _others(parameters.decimal) if parameters.thousands is None else parameters.thousands
            value = _plain(text, parameters.decimal, marks, grouping)
            return Reading(value, (_unread(parameters.decimal),))
        point, comma = _conventions(text, grouping)
        listed, differ = pl.concat_list(point, comma), point != comma
        if parameters.settlement is not None:
            ((winner, _),) = parameters.settlement.beats
            value = pl.coalesce((point, comma) if winner == 0 else (comma, point))
            words = f"a number whose decimal mark shows; this one was decided: {parameters.settlement}"
            return Reading(value, (_unread("."), Doubt(Certainty.REPAIRED, "LEG-012", differ, words, "settled")))
        two = Doubt(Certainty.AMBIGUOUS, "LEG-011", differ, "a number whose decimal mark shows", "mark", listed)
        return Reading(pl.coalesce(point, comma), (_unread("."), two))

    def asks(self, text: pl.Expr, parameters: LocalNumberParameters) -> Question | None:
        """Return what the whole column may tell of the decimal mark."""
        if not parameters.evidence:
            return None
        readings = _conventions(pl.when(text != "").then(text), parameters.grouping)
        names = ("a decimal point", "a decimal comma")
        return Question(readings, names, ((0, 1),), frozenset(parameters.evidence), parameters.least_evidence)


def _conventions(text: pl.Expr, grouping: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the number with a decimal point and with a decimal comma; null where it is not in that convention."""
    return _plain(text, ".", _others("."), grouping), _plain(text, ",", _others(","), grouping)


def _others(decimal: str) -> tuple[str, ...]:
    """Return the marks that may group digits where `decimal` is the decimal mark."""
    return tuple(m for m in _MARKS if m != decimal)


def _unread(decimal: str) -> Doubt:
    words = f"a number with decimal mark {decimal!r} and whole groups between its thousands marks"
    return Doubt(Certainty.UNREADABLE, "LEG-010", None, words, "number")


def _plain(text: pl.Expr, decimal: str, thousands: tuple[str, ...], grouping: str) -> pl.Expr:
    """Return the number in plain writing; null where it is not in this convention; empty stays empty."""
    text = in_ascii(text).str.replace_all(_ARABIC_DECIMAL, decimal, literal=True)
    marks = (*thousands, _ARABIC_THOUSANDS)
    tail = f"{re.escape(decimal)}[0-9]+"
    pairs = "{2}" if grouping == "indian" else "{3}"
    first = "[1-9][0-9]?" if grouping == "indian" else "[1-9][0-9]{0,2}"
    shapes = ["[0-9]+", *(f"{first}(?:{m}[0-9]{pairs})*{m}[0-9]{{3}}" for m in map(re.escape, marks))]
    if grouping == "indian":
        shapes += [f"[1-9][0-9]{{0,2}}{m}[0-9]{{3}}" for m in map(re.escape, marks)]
    number = f"(?:(?:{'|'.join(shapes)})(?:{tail})?|{tail})"
    plain = text.str.replace(rf"^({number})\s*([+-])$", "${2}${1}").str.replace(r"^([+-])\s+", "${1}")
    fits = plain.str.contains(f"^(?:[+-]?{number})?$")
    for mark in marks:
        plain = plain.str.replace_all(mark, "", literal=True)
    return pl.when(fits).then(plain.str.replace(decimal, ".", literal=True) if decimal != "." else plain)
