"""Dates that stand for "no end": `9999-12-31` is no day in the year 9999, but the absence of one.

Validity periods, contracts and master data end "never" by convention of the last day a date
type holds. Read as dates, such values make every mean and every histogram nonsense. The rule
turns them to null with their reason ("open-ended"), counted apart from values that are missing,
however the day is written: `99991231`, `31.12.9999`, `12/31/9999`, `9999365`, with a time or
without. The first day (`0001-01-01`, *LOVAL on IBM i) is an open beginning where asked for.

Parameters:
    also: further texts that mean "no end", e.g. `"2999-12-31"`.
    start: whether 1 January of the year 1 means "no beginning"; default no.

Example:
    rules: [openEnded, {rule: date, formats: [yyyyMMdd]}]

Source: IBM i 7.5, "*LOVAL and *HIVAL" (0001-01-01, 9999-12-31); SAP, DATS end of validity 99991231;
ISO/IEC 9075-2:2016, period specification of temporal tables.
"""

from __future__ import annotations

import polars as pl
from pydantic import Field

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Case, Parameters

_CLOCK = r"(?:[T .-]?[0-9]{2}(?:[:.]?[0-9]{2}){1,2}(?:[.,]?[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
_END = "^(?:9999([-/. ]?)12[-/. ]?31|31([-/. ]?)12[-/. ]?9999|12([-/. ]?)31[-/. ]?9999|9999-?365)" + _CLOCK
_START = "^(?:0001([-/. ]?)01[-/. ]?01|01([-/. ]?)01[-/. ]?0001|0001-?001)" + _CLOCK


class OpenEndedParameters(Parameters):
    """Parameters of `openEnded`."""

    also: tuple[str, ...] = Field((), description="further texts that mean no end")
    start: bool = Field(False, description="whether the first day of the year 1 means no beginning")


_ALSO = {"also": ["2999-12-31"], "start": True}


class OpenEnded:
    """The rule `openEnded`."""

    name = "openEnded"
    logical_types = frozenset(("date", "timestamp"))
    parameters = OpenEndedParameters
    gives_text = True
    cases = (
        Case("9999-12-31", None, Certainty.NORMALISED),
        Case("99991231", None, Certainty.NORMALISED),
        Case("31.12.9999", None, Certainty.NORMALISED),
        Case("12/31/9999", None, Certainty.NORMALISED),
        Case("9999365", None, Certainty.NORMALISED),
        Case("9999-12-31T23:59:59.999999", None, Certainty.NORMALISED),
        Case("9999-12-31-23.59.59.999999", None, Certainty.NORMALISED),
        Case("99991231235959", None, Certainty.NORMALISED),
        Case("9999-12-31 00:00:00Z", None, Certainty.NORMALISED),
        Case("9999-12-30", "9999-12-30"),
        Case("2999-12-31", "2999-12-31"),
        Case("0001-01-01", "0001-01-01"),
        Case("20131231", "20131231"),
        Case("99999999", "99999999"),
        Case("", ""),
        Case(None, None),
        Case("2999-12-31", None, Certainty.NORMALISED, _ALSO),
        Case("0001-01-01", None, Certainty.NORMALISED, _ALSO),
        Case("01.01.0001 00:00", None, Certainty.NORMALISED, _ALSO),
    )

    def read(self, text: pl.Expr, parameters: OpenEndedParameters) -> Reading:
        """Return the text, null where it stands for an open end."""
        plain = text.str.strip_chars(" ")
        # The regular expressions are for the few: a cheap look for the year comes first.
        end = plain.str.contains("9999", literal=True) & plain.str.contains(_END)
        if parameters.also:
            end |= plain.is_in(list(parameters.also))
        notes = [_note(end, "open-ended")]
        opened = end
        if parameters.start:
            start = plain.str.contains("0001", literal=True) & plain.str.contains(_START)
            notes.append(_note(start, "no beginning"))
            opened = end | start
        return Reading(pl.when(~opened).then(text), tuple(notes))


def _note(where: pl.Expr, reason: str) -> Doubt:
    return Doubt(Certainty.NORMALISED, "LEG-005", where, f"a day, not: {reason}", reason, reason=reason)
