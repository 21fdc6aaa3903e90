"""Dates of which the day, or day and month, is not known: `2013-06`, `201300`, `2013-06-00`, `2013`.

A partial date is not a day. With `assume` it becomes one, and each such date is a repair in the
ledger, since the day is an assumption; without it the date is ambiguous between the first and
the last day it may mean. Complete dates pass unchanged to the rule `date` that follows.

Parameters:
    assume: first or last: the day of the month or year that stands in for the unknown one.
    packed: whether dates are written without separators (`20130600`, `201306`); default no.

Example:
    rules: [{rule: partialDate, assume: first}, {rule: date, formats: [yyyy-MM-dd]}]

Source: HL7 FHIR R5, data type date (partial dates); SNOMED and death registers write 00 for an
unknown day or month (CDISC SDTM IG 3.4, 4.4.2, precision of dates).
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Case, Parameters

_ISO = r"^([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-00)?|(?:-00){0,2})$"
_PACKED = r"^([0-9]{4})(?:(0[1-9]|1[0-2])(?:00)?|(?:00){0,2})$"


class PartialDateParameters(Parameters):
    """Parameters of `partialDate`."""

    assume: Literal["first", "last"] | None = Field(None, description="the day that stands in for the unknown one")
    packed: bool = Field(False, description="whether dates are written without separators")


_FIRST, _LAST = {"assume": "first"}, {"assume": "last"}
_PACKED_FIRST = {"assume": "first", "packed": True}


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
        Case("20130600", "20130601", Certainty.REPAIRED, _PACKED_FIRST),
        Case("201306", "20130601", Certainty.REPAIRED, _PACKED_FIRST),
        Case("20130000", "20130101", Certainty.REPAIRED, _PACKED_FIRST),
        Case("20130630", "20130630", parameters=_PACKED_FIRST),
        Case("", "", parameters=_FIRST),
        Case(None, None, parameters=_FIRST),
    )

    def read(self, text: pl.Expr, parameters: PartialDateParameters) -> Reading:
        """Return complete dates in the writing of the column."""
        shape, chrono = (_PACKED, "%Y%m%d") if parameters.packed else (_ISO, "%Y-%m-%d")
        partial = text.str.contains(shape)
        year, month = text.str.extract(shape, 1), text.str.extract(shape, 2)
        first = (year + month.fill_null("01") + "01").str.to_date("%Y%m%d", strict=False)
        last = (year + month.fill_null("12") + "01").str.to_date("%Y%m%d", strict=False).dt.month_end()
        days = [day.dt.strftime(chrono) for day in (first, last)]
        words = "a date with its day and month"
        if parameters.assume is None:
            doubt = Doubt(Certainty.AMBIGUOUS, "LEG-024", partial, words, "partial", pl.concat_list(days))
        else:
            doubt = Doubt(Certainty.REPAIRED, "LEG-024", partial, words, "partial")
        return Reading(pl.when(partial).then(days[parameters.assume == "last"]).otherwise(text), (doubt,))
