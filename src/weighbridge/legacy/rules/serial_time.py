"""Dates and times as a count from an origin: Excel serials, Unix time, Lilian days, SAS, Stata.

`41455` is 30 June 2013 in Excel's 1900 system, `1372550400` the same midnight in Unix seconds.
What is counted, and from when, must be declared; the number itself does not tell.

Excel's 1900 system has a 29 February 1900 that never was: serial 60 is unreadable, and those
before it are a day nearer to 1900 than the later ones suggest. A fraction of an Excel day is a
time of day, read to the millisecond as Excel keeps it.

Parameters:
    of: what the number counts.
        excel1900: days, 1 is 1 January 1900. excel1904: days since 1 January 1904.
        lilian: days, 1 is 15 October 1582 (IBM Language Environment).
        modifiedJulian: days since 17 November 1858. unixDays: days since 1 January 1970.
        unixSeconds, unixMillis, unixMicros: since 1 January 1970 UTC.
        sasDate, sasDateTime: days, seconds since 1 January 1960.
        stataDate, stataDateTime: days, milliseconds since 1 January 1960.

    within: `{from: 2000-01-01, to: 2029-12-31}`: the days the data can be of; a count of another
        day is unreadable. Declare it where seconds and milliseconds may be mixed: each read as
        the other is a moment that exists.

Only excel1900 and excel1904, unixSeconds and sasDateTime may have a fraction. Years outside
1 to 9999 are unreadable, which catches milliseconds declared as seconds.

Example:
    rules: [{rule: serialTime, of: excel1900}]

Source: ECMA-376 part 1, 18.17.4.1 (1900 and 1904 date systems); IBM z/OS Language Environment
Programming Guide, "Lilian format"; SAS 9.4 Language Reference, "About SAS date values"; Stata 18
Data Management Reference, "Datetime".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.dated import Days
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Case, Parameters
from weighbridge.legacy.serials import COUNTS, counted


class SerialTimeParameters(Parameters):
    """Parameters of `serialTime`."""

    of: Literal[
        "excel1900",
        "excel1904",
        "lilian",
        "modifiedJulian",
        "unixDays",
        "unixSeconds",
        "unixMillis",
        "unixMicros",
        "sasDate",
        "sasDateTime",
        "stataDate",
        "stataDateTime",
    ] = Field(description="what the number counts, from when")
    within: Days | None = Field(None, description="the days the data can be of")


_XL, _UNIX = {"of": "excel1900"}, {"of": "unixSeconds"}


_MILLIS = {"of": "unixMillis"}
_SINCE_2000 = {"within": {"from": "2000-01-01", "to": "2029-12-31"}}


class SerialTime:
    """The rule `serialTime`."""

    name = "serialTime"
    logical_types = frozenset(("date", "timestamp"))
    parameters = SerialTimeParameters
    gives_text = False
    cases = (
        Case("41455", datetime(2013, 6, 30), Certainty.NORMALISED, _XL),
        Case("41455.5", datetime(2013, 6, 30, 12), Certainty.NORMALISED, _XL),
        Case("41455.999988426", datetime(2013, 6, 30, 23, 59, 59), Certainty.NORMALISED, _XL),
        Case("1", datetime(1900, 1, 1), Certainty.NORMALISED, _XL),
        Case("59", datetime(1900, 2, 28), Certainty.NORMALISED, _XL),
        Case("60", None, Certainty.UNREADABLE, _XL),
        Case("60.5", None, Certainty.UNREADABLE, _XL),
        Case("61", datetime(1900, 3, 1), Certainty.NORMALISED, _XL),
        Case("0", None, Certainty.UNREADABLE, _XL),
        Case("-1", None, Certainty.UNREADABLE, _XL),
        Case("2958465", datetime(9999, 12, 31), Certainty.NORMALISED, _XL),
        Case("2958466", None, Certainty.UNREADABLE, _XL),
        Case("39993", datetime(2013, 6, 30), Certainty.NORMALISED, {"of": "excel1904"}),
        Case("0", datetime(1904, 1, 1), Certainty.NORMALISED, {"of": "excel1904"}),
        Case("1372550400", datetime(2013, 6, 30, tzinfo=UTC), Certainty.NORMALISED, _UNIX),
        Case("-1.5", datetime(1969, 12, 31, 23, 59, 58, 500000, tzinfo=UTC), Certainty.NORMALISED, _UNIX),
        Case("1372550400000", None, Certainty.UNREADABLE, _UNIX),
        Case("1372550400000", datetime(2013, 6, 30, tzinfo=UTC), Certainty.NORMALISED, {"of": "unixMillis"}),
        Case("1372550400", datetime(1970, 1, 16, 21, 15, 50, 400000, tzinfo=UTC), Certainty.NORMALISED, _MILLIS),
        Case("1372550400", None, Certainty.UNREADABLE, {**_MILLIS, **_SINCE_2000}),
        Case("1372550400000", datetime(2013, 6, 30, tzinfo=UTC), Certainty.NORMALISED, {**_MILLIS, **_SINCE_2000}),
        Case("1", datetime(1582, 10, 15), Certainty.NORMALISED, {"of": "lilian"}),
        Case("157314", datetime(2013, 6, 30), Certainty.NORMALISED, {"of": "lilian"}),
        Case("19539", datetime(2013, 6, 30), Certainty.NORMALISED, {"of": "sasDate"}),
        Case("1688169600000", datetime(2013, 6, 30), Certainty.NORMALISED, {"of": "stataDateTime"}),
        Case("19539.5", None, Certainty.UNREADABLE, {"of": "sasDate"}),
        Case("2013-06-30", None, Certainty.UNREADABLE, _XL),
        Case("", None, parameters=_XL),
        Case(None, None, parameters=_XL),
    )

    def read(self, text: pl.Expr, parameters: SerialTimeParameters) -> Reading:
        """Return the moments: Datetime("us"), in UTC for Unix times."""
        value = counted(text, parameters.of)
        words = f"a count of {parameters.of} between the years 1 and 9999"
        if parameters.within is not None:
            first, last = parameters.within.from_, parameters.within.to
            value = pl.when(value.dt.date().is_between(pl.lit(first), pl.lit(last))).then(value)
            words = f"a count of {parameters.of} of a day from {first} to {last}"
        doubt = Doubt(Certainty.UNREADABLE, "LEG-035", None, words, "count")
        zone = "UTC" if COUNTS[parameters.of][0].tzinfo else None
        return Reading(value, (doubt,), pl.Datetime("us", zone))
