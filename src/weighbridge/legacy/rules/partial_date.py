"""Dates of which the day, or day and month, is not known: `2013-06`, `201300`, `2013-06-00`, `2013`.

A partial date is not a day. With `assume` it becomes one, and each such date is a repair in the
ledger, since the day is an assumption; without it the date is ambiguous between the first and
the last day it may mean. Complete dates pass unchanged to the rule `date` that follows.

What stands for the unknown part is `00` unless `unknown` names other marks (`99`, `XX`, `??`). Dates
in other writings are named by `formats`, patterns of a month or a year (`MM/yyyy`, `MMM yyyy`, `yyyy`);
they are completed in ISO, so the rule `date` after them needs `yyyy-MM-dd` among its formats.

Parameters:
    assume: first or last: the day of the month or year that stands in for the unknown one.
    packed: whether dates are written without separators (`20130600`, `201306`); default no.
    unknown: what stands for an unknown day or month, two characters each; default `00`.
    formats: patterns of partial dates; by default ISO's, or the packed ones.

Example:
    rules: [{rule: partialDate, assume: first}, {rule: date, formats: [yyyy-MM-dd]}]

Source: HL7 FHIR R5, data type date (partial dates); SNOMED and death registers write 00 for an
unknown day or month (CDISC SDTM IG 3.4, 4.4.2, precision of dates).
"""

from __future__ import annotations

import re
from typing import Literal

import polars as pl
from pydantic import Field, field_validator, model_validator

from weighbridge.legacy.months import ENGLISH_MONTHS
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Case, Parameters

_MONTHS = {name: f"{i:02}" for i, names in enumerate(ENGLISH_MONTHS, 1) for name in names.split()}
_LETTERS = {
    "yyyy": ("year", "([0-9]{4})"),
    "MM": ("month", "(0[1-9]|1[0-2])"),
    "M": ("month", "(0?[1-9]|1[0-2])"),
    **dict.fromkeys(("MMM", "MMMM"), ("month", f"(?i:({'|'.join(sorted(_MONTHS, key=len, reverse=True))}))")),
}


class PartialDateParameters(Parameters):
    """Parameters of `partialDate`."""

    assume: Literal["first", "last"] | None = Field(None, description="the day that stands in for the unknown one")
    packed: bool = Field(False, description="whether dates are written without separators")
    unknown: tuple[str, ...] = Field(("00",), min_length=1, description="what stands for an unknown day or month")
    formats: tuple[str, ...] = Field((), max_length=12, description="patterns of partial dates")

    @field_validator("unknown")
    @classmethod
    def _marks_are_two_characters(cls, marks: tuple[str, ...]) -> tuple[str, ...]:
        for mark in marks:
            if len(mark) != 2 or (mark.isdigit() and 1 <= int(mark) <= 31):
                raise ValueError(f"{mark!r} cannot stand for an unknown day or month: two characters that are neither")
        return marks

    @field_validator("formats")
    @classmethod
    def _formats_are_partial(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in formats:
            kinds = sorted(kind for kind, _ in _fields(pattern) if kind != "text")
            letters = any(kind == "text" and part.isalpha() for kind, part in _fields(pattern))
            if letters or kinds not in (["year"], ["month", "year"]):
                raise ValueError(f"{pattern!r} is not a pattern of a year, or of a month and a year")
        return formats

    @model_validator(mode="after")
    def _formats_stand_alone(self) -> PartialDateParameters:
        if self.formats and self.packed:
            raise ValueError("`packed` says nothing of declared formats")
        return self


_FIRST, _LAST = {"assume": "first"}, {"assume": "last"}
_PACKED_FIRST = {"assume": "first", "packed": True}
_MARKS = {"assume": "first", "unknown": ["00", "99", "XX"]}
_WRITTEN = {"assume": "first", "formats": ["M/yyyy", "MMM yyyy", "yyyy"]}


class PartialDate:
    """The rule `partialDate`."""

    name = "partialDate"
    logical_types = frozenset(("date", "timestamp"))
    parameters = PartialDateParameters
    gives_text = True
    cases = (
        Case("2013-06-30", "2013-06-30"),
        Case("2013-06", "2013-06-01", Certainty.AMBIGUOUS, readings=("2013-06-01", "2013-06-30")),
        Case("2013", "2013-01-01", Certainty.AMBIGUOUS, readings=("2013-01-01", "2013-12-31")),
        Case("2013-06", "2013-06-01", Certainty.REPAIRED, _FIRST),
        Case("2013-06-00", "2013-06-01", Certainty.REPAIRED, _FIRST),
        Case("2012-02-00", "2012-02-29", Certainty.REPAIRED, _LAST),
        Case("2013-02", "2013-02-28", Certainty.REPAIRED, _LAST),
        Case("2013-00-00", "2013-12-31", Certainty.REPAIRED, _LAST),
        Case("2013-13", "2013-13", parameters=_FIRST),
        Case("2013-06-99", "2013-06-99", parameters=_FIRST),
        Case("2013-06-99", "2013-06-01", Certainty.REPAIRED, _MARKS),
        Case("2013-XX-XX", "2013-01-01", Certainty.REPAIRED, _MARKS),
        Case("06/2013", "2013-06-01", Certainty.REPAIRED, _WRITTEN),
        Case("6/2013", "2013-06-01", Certainty.REPAIRED, _WRITTEN),
        Case("JUN 2013", "2013-06-01", Certainty.REPAIRED, _WRITTEN),
        Case("June 2013", "2013-06-01", Certainty.REPAIRED, _WRITTEN),
        Case("2013", "2013-01-01", Certainty.REPAIRED, _WRITTEN),
        Case("2013-06-30", "2013-06-30", parameters=_WRITTEN),
        Case("20130600", "20130601", Certainty.REPAIRED, _PACKED_FIRST),
        Case("201306", "20130601", Certainty.REPAIRED, _PACKED_FIRST),
        Case("20130000", "20130101", Certainty.REPAIRED, _PACKED_FIRST),
        Case("20130630", "20130630", parameters=_PACKED_FIRST),
        Case("", "", parameters=_FIRST),
        Case(None, None, parameters=_FIRST),
    )

    def read(self, text: pl.Expr, parameters: PartialDateParameters) -> Reading:
        """Return complete dates in the writing of the column."""
        chrono = "%Y%m%d" if parameters.packed else "%Y-%m-%d"
        found = [_parts(text, pattern) for pattern in parameters.formats] or [_standard(text, parameters)]
        partial = pl.any_horizontal([fits for fits, _, _ in found])
        year, month = (pl.coalesce([parts[i] for parts in found]) for i in (1, 2))
        first = (year + month.fill_null("01") + "01").str.to_date("%Y%m%d", strict=False)
        last = (year + month.fill_null("12") + "01").str.to_date("%Y%m%d", strict=False).dt.month_end()
        days = [day.dt.strftime(chrono) for day in (first, last)]
        words = "a date with its day and month"
        if parameters.assume is None:
            doubt = Doubt(Certainty.AMBIGUOUS, "LEG-024", partial, words, "partial", pl.concat_list(days))
        else:
            doubt = Doubt(Certainty.REPAIRED, "LEG-024", partial, words, "partial")
        return Reading(pl.when(partial).then(days[parameters.assume == "last"]).otherwise(text), (doubt,))


def _standard(text: pl.Expr, parameters: PartialDateParameters) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Return where a text in ISO or packed writing is partial, its year, and its month or null."""
    dash = "" if parameters.packed else "-"
    mark = "(?:" + "|".join(re.escape(m) for m in parameters.unknown) + ")"
    shape = f"^([0-9]{{4}})(?:{dash}(0[1-9]|1[0-2])(?:{dash}{mark})?|(?:{dash}{mark}){{0,2}})$"
    return text.str.contains(shape), text.str.extract(shape, 1), text.str.extract(shape, 2)


def _parts(text: pl.Expr, pattern: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Return where a text has the pattern's shape, its year, and its month or null."""
    fields = _fields(pattern)
    kinds = [kind for kind, _ in fields if kind != "text"]
    shape = "^" + "".join(part for _, part in fields) + "$"
    fits = text.str.contains(shape)
    year = pl.when(fits).then(text.str.extract(shape, kinds.index("year") + 1))
    if "month" not in kinds:
        return fits, year, pl.lit(None, pl.String)
    month = text.str.extract(shape, kinds.index("month") + 1)
    if "MMM" in pattern:
        month = month.str.to_lowercase().replace_strict(_MONTHS, default=None, return_dtype=pl.String)
    return fits, year, pl.when(fits).then(month.str.zfill(2))


def _fields(pattern: str) -> list[tuple[str, str]]:
    """Return the pattern's parts: what each is and its regular expression, a group but for plain text."""
    return [_LETTERS.get(run) or ("text", re.escape(run)) for run in re.findall("y+|M+|[^yM]", pattern)]
