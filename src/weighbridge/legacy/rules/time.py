"""A time of day written in one or several known formats, also as a number that lost its zeros.

Hosts keep times as numbers: 517 is 05:17 and 5 is 00:05. `zeroFill: true` puts the zeros
back before the format is applied. The end of the day is 24:00, which no time of day is: it
is read as 00:00 and entered in the repair ledger (the day after is lost unless the time is
joined to its date), or refused with `endOfDay: unreadable`.

Parameters:
    formats: one or more patterns of Java's letters, e.g. `HHmm`, `HH.mm.ss`, `h:mm a`.
    zeroFill: leading zeros may be missing; only for formats of nothing but digits.
    endOfDay: repaired (default) or unreadable: what 24:00 is.

Example:
    rules: [{rule: time, formats: [HHmm], zeroFill: true}]

Source: ISO 8601:2004, 4.2.3 (midnight as 24:00); ISO 8601-1:2019 withdrew it and its
Amendment 1 (2022) brought it back.
"""

from __future__ import annotations

from datetime import time
from typing import Literal

import polars as pl
from pydantic import Field, field_validator, model_validator

from weighbridge.legacy.clock import clock_of, written_times
from weighbridge.legacy.digits import in_ascii
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Case, Parameters


class TimeParameters(Parameters):
    """Parameters of `time`."""

    formats: tuple[str, ...] = Field(min_length=1, max_length=12, description="the patterns that occur in the column")
    zero_fill: bool = Field(False, description="leading zeros may be missing")
    end_of_day: Literal["repaired", "unreadable"] = Field("repaired", description="what 24:00 is")

    @field_validator("formats")
    @classmethod
    def _formats_are_times(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in clock_of(formats):
            if not pattern.has_time or pattern.has_date or pattern.has_offset:
                raise ValueError(f"{pattern.source!r} is not a pattern of a time of day alone")
        return formats

    @model_validator(mode="after")
    def _zeros_have_a_place(self) -> TimeParameters:
        if self.zero_fill and not all(pattern.width for pattern in clock_of(self.formats)):
            raise ValueError("zeroFill needs formats of nothing but digits, such as HHmm")
        return self


_NUMBER = {"formats": ["HHmm"], "zeroFill": True}
_CLOCK = {"formats": ["h:mm a", "HH:mm"]}


class TimeRule:
    """The rule `time`."""

    name = "time"
    logical_types = frozenset(("time",))
    parameters = TimeParameters
    gives_text = False
    cases = (
        Case("517", time(5, 17), Certainty.NORMALISED, _NUMBER),
        Case("5", time(0, 5), Certainty.NORMALISED, _NUMBER),
        Case("0", time(0, 0), Certainty.NORMALISED, _NUMBER),
        Case("2359", time(23, 59), Certainty.NORMALISED, _NUMBER),
        Case("2400", time(0, 0), Certainty.REPAIRED, _NUMBER),
        Case("2400", None, Certainty.UNREADABLE, {**_NUMBER, "endOfDay": "unreadable"}),
        Case("2401", None, Certainty.UNREADABLE, _NUMBER),
        Case("1260", None, Certainty.UNREADABLE, _NUMBER),
        Case("12345", None, Certainty.UNREADABLE, _NUMBER),
        Case("-5", None, Certainty.UNREADABLE, _NUMBER),
        Case("517", None, Certainty.UNREADABLE, {"formats": ["HHmm"]}),
        Case("", None, parameters=_NUMBER),
        Case(None, None, parameters=_NUMBER),
        Case("5:17 PM", time(17, 17), Certainty.NORMALISED, _CLOCK),
        Case("12:00 am", time(0, 0), Certainty.NORMALISED, _CLOCK),
        Case("13:00 PM", None, Certainty.UNREADABLE, _CLOCK),
        Case("24:00", time(0, 0), Certainty.REPAIRED, _CLOCK),
        Case(
            "1234",
            time(12, 34),
            Certainty.AMBIGUOUS,
            {"formats": ["HHmm", "HHmmss"], "zeroFill": True},
            ("12:34:00", "00:12:34"),
        ),
        Case("235959", time(23, 59, 59), Certainty.NORMALISED, {"formats": ["HHmmss"]}),
    )

    def read(self, text: pl.Expr, parameters: TimeParameters) -> Reading:
        """Return the times of day (Time) of `text`."""
        text = in_ascii(text)
        times, ends = written_times(text, parameters.formats, parameters.zero_fill)
        value = pl.coalesce(times) if len(times) > 1 else times[0]
        doubts = []
        if ends is not None and parameters.end_of_day == "repaired":
            end = ends.fill_null(False)
            value = pl.when(end).then(pl.time(0, 0)).otherwise(value)
            doubts.append(Doubt(Certainty.REPAIRED, "LEG-016", end, "a time before the end of the day", "endOfDay"))
        words = f"a time of day, written {' or '.join(parameters.formats)}"
        doubts.append(Doubt(Certainty.UNREADABLE, "LEG-010", None, words, "format"))
        if len(times) > 1:
            differ = pl.max_horizontal(times) != pl.min_horizontal(times)
            readings = pl.concat_list([t.dt.strftime("%H:%M:%S") for t in times]).list.drop_nulls()
            doubts.append(
                Doubt(
                    Certainty.AMBIGUOUS,
                    "LEG-013",
                    differ,
                    "a time that only one of the formats reads",
                    "order",
                    readings,
                )
            )
        return Reading(value, tuple(doubts), pl.Time())
