"""A date written in one or several known formats, packed or with separators.

Formats are patterns in Java's letters: `yyyyMMdd`, `dd.MM.yyyy`, `d MMM yyyy`, `yyyyDDD`
(year and day of year, the "Julian" date of old hosts), `CyyMMdd` (IBM i: century digit 0 for
19xx, 1 for 20xx). Texts are read strictly: the 30th of February does not exist and is
unreadable, never the 28th.

Several formats may stand in one column. A text that two of them read to different days
(`03/04/2013` as `dd/MM/yyyy` and `MM/dd/yyyy`) is ambiguous and keeps both readings; a day
over 12 decides by itself.

A year of two digits needs `century`. Without it both centuries are readings, unless only one
of them has that day (29 February 00 was only in 2000). With a declared window the date is
read by it; `assumed: true` says that the window is a guess of yours and enters every such
date in the repair ledger.

`excel1900` and `excel1904` stand among the formats where a spreadsheet left serial numbers
between its dates. Numbers that lost their leading zeros (`70413` for `070413`, `991231` for
`0991231` of IBM i) are filled with `zeroFill: true`.

What the contract allows may decide between readings, in this order. With `within`, readings
outside of it give way to one inside. With `notBefore` and `notAfter`, so do readings that another
property of the record rules out. With `evidence: [column]`, the column's other values decide: at
least `leastEvidence` that only one format reads, and none that only the other does; with
`evidence: [order]`, a column that is in order by one format and not by the other. A date decided
by another property or by the column is a repair, and the ledger tells the evidence. A date whose
only reading lies outside is still read; refusing it is a check's task.

Parameters:
    formats: one or more patterns.
    within: `{from: 2013-01-01, to: 2013-12-31}`: the days the data can be of.
    notBefore, notAfter: properties (dates or timestamps) of the same record.
    evidence: column, order, or both; none by default.
    leastEvidence: how many values must speak for one reading, default 10.
    zeroFill: leading zeros may be missing, or more than the format has; default no.
    century: `{from: 1950}` (fixed window) or `{yearsAhead: 20, asOf: 2013}` (sliding), and `assumed`.
    locales: languages of names of months (short or full) and of weekdays (full): of en, de, fr, es, it, pt,
        nl, sv, da, nb, fi, pl, cs, tr; default en.

Example:
    rules: [{rule: date, formats: [yyyyMMdd]}]
    rules: [{rule: date, formats: [dd/MM/yy], century: {from: 1950}}]
    rules: [{rule: date, formats: [dd/MM/yyyy, MM/dd/yyyy], evidence: [column, order]}]
    rules: [{rule: date, formats: [dd/MM/yyyy, MM/dd/yyyy], notBefore: ordered}]

Source: java.time.format.DateTimeFormatter (Java SE 21); IBM i 7.5, "Date formats" (*CYMD).
"""

from __future__ import annotations

from datetime import date

import polars as pl
from pydantic import field_validator

from weighbridge.legacy.dated import Dated, compiled
from weighbridge.legacy.digits import in_ascii
from weighbridge.legacy.evidence import Question
from weighbridge.legacy.formats import ask_formats, read_formats
from weighbridge.legacy.patterns import Pattern
from weighbridge.legacy.reading import Certainty, Reading
from weighbridge.legacy.rule import Case
from weighbridge.legacy.serials import Serial

_READINGS = "%Y-%m-%d"


class DateParameters(Dated):
    """Parameters of `date`."""

    @field_validator("formats")
    @classmethod
    def _formats_are_dates(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in compiled(formats):
            if not pattern.has_date or pattern.has_time or pattern.has_offset:
                raise ValueError(f"{pattern.source!r} is not a pattern of a date alone")
        return formats


_PACKED = {"formats": ["yyyyMMdd"]}
_SHORT = {"formats": ["yyMMdd"]}
_WINDOW = {"formats": ["yyMMdd"], "century": {"from": 1950}}
_SLIDING = {"formats": ["yyDDD"], "century": {"yearsAhead": 20, "asOf": 2013}}
_EITHER = {"formats": ["dd/MM/yyyy", "MM/dd/yyyy"]}
_IN_2013 = {"formats": ["dd/MM/yy", "yy/MM/dd"], "within": {"from": "2013-01-01", "to": "2013-12-31"}}
_SHEET = {"formats": ["dd/MM/yyyy", "excel1900"]}
_NUMBER = {"formats": ["CyyMMdd"], "zeroFill": True}
_DAYS = {"formats": ["CyyDDD"], "zeroFill": True}
_POLISH = {"formats": ["d. MMMM yyyy"], "locales": ["pl"]}
_WEEKDAYS = {"formats": ["EEEE, d. MMMM yyyy", "EEEE d MMMM yyyy"], "locales": ["de", "fr"]}
_WORDS = {"formats": ["d MMM yyyy"], "locales": ["de", "fr", "en"]}


class DateRule:
    """The rule `date`."""

    name = "date"
    logical_types = frozenset(("date", "timestamp"))
    parameters = DateParameters
    gives_text = False
    cases = (
        Case("20130630", date(2013, 6, 30), Certainty.NORMALISED, _PACKED),
        Case("20130230", None, Certainty.UNREADABLE, _PACKED),
        Case("20120229", date(2012, 2, 29), Certainty.NORMALISED, _PACKED),
        Case("2013063", None, Certainty.UNREADABLE, _PACKED),
        Case("\uff12\uff10\uff11\uff13\uff10\uff16\uff13\uff10", date(2013, 6, 30), Certainty.NORMALISED, _PACKED),
        Case("2013\u20110\u0666\u201330", date(2013, 6, 30), Certainty.NORMALISED, {"formats": ["yyyy-MM-dd"]}),
        Case("201306 3", None, Certainty.UNREADABLE, _PACKED),
        Case("00000000", None, Certainty.UNREADABLE, _PACKED),
        Case("", None, parameters=_PACKED),
        Case(None, None, parameters=_PACKED),
        Case("2013001", date(2013, 1, 1), Certainty.NORMALISED, {"formats": ["yyyyDDD"]}),
        Case("2012366", date(2012, 12, 31), Certainty.NORMALISED, {"formats": ["yyyyDDD"]}),
        Case("2013366", None, Certainty.UNREADABLE, {"formats": ["yyyyDDD"]}),
        Case("2013000", None, Certainty.UNREADABLE, {"formats": ["yyyyDDD"]}),
        Case("1130630", date(2013, 6, 30), Certainty.NORMALISED, {"formats": ["CyyMMdd"]}),
        Case("0991231", date(1999, 12, 31), Certainty.NORMALISED, {"formats": ["CyyMMdd"]}),
        Case("2130630", None, Certainty.UNREADABLE, {"formats": ["CyyMMdd"]}),
        Case("130630", date(2013, 6, 30), Certainty.AMBIGUOUS, _SHORT, ("2013-06-30", "1913-06-30")),
        Case("000229", date(2000, 2, 29), Certainty.NORMALISED, _SHORT),
        Case("500101", date(1950, 1, 1), Certainty.NORMALISED, _WINDOW),
        Case("491231", date(2049, 12, 31), Certainty.NORMALISED, _WINDOW),
        Case(
            "491231",
            date(2049, 12, 31),
            Certainty.REPAIRED,
            {"formats": ["yyMMdd"], "century": {"from": 1950, "assumed": True}},
        ),
        Case("33365", date(2033, 12, 31), Certainty.NORMALISED, _SLIDING),
        Case("34001", date(1934, 1, 1), Certainty.NORMALISED, _SLIDING),
        Case("03/04/2013", date(2013, 4, 3), Certainty.AMBIGUOUS, _EITHER, ("2013-04-03", "2013-03-04")),
        Case("25/04/2013", date(2013, 4, 25), Certainty.NORMALISED, _EITHER),
        Case("04/25/2013", date(2013, 4, 25), Certainty.NORMALISED, _EITHER),
        Case("04/04/2013", date(2013, 4, 4), Certainty.NORMALISED, _EITHER),
        Case("25/25/2013", None, Certainty.UNREADABLE, _EITHER),
        Case("13/04/13", date(2013, 4, 13), Certainty.NORMALISED, _IN_2013),
        Case("13/04/05", date(2013, 4, 5), Certainty.NORMALISED, _IN_2013),
        Case("12/04/13", date(2013, 4, 12), Certainty.NORMALISED, _IN_2013),
        Case("31/04/13", date(2031, 4, 13), Certainty.AMBIGUOUS, _IN_2013, ("2031-04-13", "1931-04-13")),
        Case("41455", date(2013, 6, 30), Certainty.NORMALISED, _SHEET),
        Case("30/06/2013", date(2013, 6, 30), Certainty.NORMALISED, _SHEET),
        Case("41455.5", None, Certainty.UNREADABLE, _SHEET),
        Case("414555", None, Certainty.UNREADABLE, _SHEET),
        Case("991231", date(1999, 12, 31), Certainty.NORMALISED, _NUMBER),
        Case("10101", date(1901, 1, 1), Certainty.NORMALISED, _NUMBER),
        Case("1130630", date(2013, 6, 30), Certainty.NORMALISED, _NUMBER),
        Case("0", None, Certainty.UNREADABLE, _NUMBER),
        Case("0113181", date(2013, 6, 30), Certainty.NORMALISED, _DAYS),
        Case("3 März 2013", date(2013, 3, 3), Certainty.NORMALISED, _WORDS),
        Case("3 AOÛT 2013", date(2013, 8, 3), Certainty.NORMALISED, _WORDS),
        Case("3 févr. 2013", date(2013, 2, 3), Certainty.NORMALISED, _WORDS),
        Case("3 fe\u0301vr. 2013", date(2013, 2, 3), Certainty.NORMALISED, _WORDS),
        Case("3 MAERZ 2013", date(2013, 3, 3), Certainty.NORMALISED, _WORDS),
        Case(
            "3. grudnia 2013", date(2013, 12, 3), Certainty.NORMALISED, {"formats": ["d. MMMM yyyy"], "locales": ["pl"]}
        ),
        Case("3 May 2013", date(2013, 5, 3), Certainty.NORMALISED, _WORDS),
        Case("7 Sept. 2005", date(2005, 9, 7), Certainty.NORMALISED, {"formats": ["d MMM yyyy"]}),
        Case("7 SEPT 2005", date(2005, 9, 7), Certainty.NORMALISED, {"formats": ["d MMM yyyy"]}),
        Case("sonntag, 30. juni 2013", date(2013, 6, 30), Certainty.NORMALISED, _WEEKDAYS),
        Case("Montag, 30. Juni 2013", None, Certainty.UNREADABLE, _WEEKDAYS),
        Case("mardi 2. juillet 2013", None, Certainty.UNREADABLE, _WEEKDAYS),
        Case("dimanche 30 juin 2013", date(2013, 6, 30), Certainty.NORMALISED, _WEEKDAYS),
        Case("3 Brumaire 2013", None, Certainty.UNREADABLE, _WORDS),
    )

    def read(self, text: pl.Expr, parameters: DateParameters) -> Reading:
        """Return the dates (Date) of `text`."""
        text = in_ascii(text)
        reading = read_formats(text, parameters, _day, _READINGS)
        return Reading(reading.value, reading.doubts, pl.Date())

    def asks(self, text: pl.Expr, parameters: DateParameters) -> Question | None:
        """Return what the whole column may tell of days and months."""
        return ask_formats(in_ascii(text), parameters, _day)


def _day(pattern: Pattern | Serial, text: pl.Expr) -> pl.Expr:
    return pattern.date(text)
