"""A time of day joined to the date that stands in another property: two columns become one moment.

Old records keep one date and several clock times: the departure at 2350, the arrival at 15.
The property with this rule is a timestamp read from the clock's field; `date` names the property
with the day. 24:00 is the first instant of the next day, as it was meant.

A second clock on the same date runs over midnight. `after` names the timestamp it follows;
the day is moved until the distance lies between `leastHours` and `mostHours`. Where exactly one
day fits, that is the reading: with limits you declare it follows from the record. Where
several fit (limits a day or more apart) or the other time is missing, it is ambiguous with all
of them; where none does, unreadable. `assumed: true` enters every moved day in the repair
ledger: the limits are a guess of yours.

Parameters:
    date: the property with the day.
    formats: patterns of the clock, default HHmm.
    zeroFill: leading zeros may be missing (`15` is 00:15); default yes where formats are all digits.
    after: the timestamp property that this moment follows.
    leastHours: least distance from `after`, default 0; below 0 where clocks of two zones are compared.
    mostHours: greatest distance from `after`, default 24, not included.
    zone: the IANA zone of date and clock; then the moments are instants.
    assumed: true enters each moved day in the repair ledger; default no.

Example:
    rules: [{rule: clockTime, date: flight_date, after: departure, mostHours: 20}]

Source: ISO 8601-1:2019/Amd 1:2022, 5.3.2 (24:00); US BTS, On-Time Performance, local times as hhmm.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
from pydantic import Field, field_validator, model_validator

from weighbridge.legacy.clock import clock_of, written_times
from weighbridge.legacy.digits import in_ascii
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Case, Parameters
from weighbridge.legacy.zones import ZoneName, to_instant

_HOUR = 3_600_000_000
_READINGS = "%Y-%m-%dT%H:%M:%S%.f"


class ClockTimeParameters(Parameters):
    """Parameters of `clockTime`."""

    date: str = Field(description="the property with the day")
    formats: tuple[str, ...] = Field(("HHmm",), min_length=1, max_length=12, description="patterns of the clock")
    zero_fill: bool | None = Field(None, description="leading zeros may be missing")
    after: str | None = Field(None, description="the timestamp property that this moment follows")
    least_hours: float = Field(0, ge=-24, le=48, description="least distance from `after`")
    most_hours: float = Field(24, gt=-24, le=72, description="greatest distance from `after`, not included")
    zone: ZoneName | None = Field(None, description="IANA name of the zone of date and clock")
    assumed: bool = Field(False, description="true enters each moved day in the repair ledger")

    @field_validator("formats")
    @classmethod
    def _formats_are_times(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in clock_of(formats):
            if not pattern.has_time or pattern.has_date or pattern.has_offset:
                raise ValueError(f"{pattern.source!r} is not a pattern of a time of day alone")
        return formats

    @model_validator(mode="after")
    def _limits_fit(self) -> ClockTimeParameters:
        if self.zero_fill and not self._all_digits:
            raise ValueError("zeroFill needs formats of nothing but digits, such as HHmm")
        if self.least_hours >= self.most_hours:
            raise ValueError("`leastHours` must be less than `mostHours`")
        if self.after is None and self.model_fields_set & {"least_hours", "most_hours", "assumed"}:
            raise ValueError("`leastHours`, `mostHours` and `assumed` say nothing without `after`")
        return self

    @property
    def _all_digits(self) -> bool:
        return all(pattern.width for pattern in clock_of(self.formats))

    @property
    def fills(self) -> bool:
        """Whether leading zeros may be missing."""
        return self._all_digits if self.zero_fill is None else self.zero_fill

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The date, and the moment that this one follows."""
        return (self.date,) if self.after is None else (self.date, self.after)


_ON = {"date": "day"}
_HALVES = {"date": "day", "formats": ["h:mm a"]}
_LATER = {"date": "day", "after": "departure", "mostHours": 20}
_WEST = {**_LATER, "leastHours": -3}
_ZONED = {"date": "day", "zone": "America/New_York"}
_DAY = {"day": date(2013, 6, 30)}
_LATE = {"day": date(2013, 6, 30), "departure": datetime(2013, 6, 30, 23, 50)}


class ClockTime:
    """The rule `clockTime`."""

    name = "clockTime"
    logical_types = frozenset(("timestamp",))
    parameters = ClockTimeParameters
    gives_text = False
    cases = (
        Case("517", datetime(2013, 6, 30, 5, 17), Certainty.NORMALISED, _ON, beside=_DAY),
        Case("0", datetime(2013, 6, 30), Certainty.NORMALISED, _ON, beside=_DAY),
        Case("2400", datetime(2013, 7, 1), Certainty.NORMALISED, _ON, beside=_DAY),
        Case("2401", None, Certainty.UNREADABLE, _ON, beside=_DAY),
        Case("1260", None, Certainty.UNREADABLE, _ON, beside=_DAY),
        Case("517", None, Certainty.UNREADABLE, _ON, beside={"day": None}),
        Case("", None, parameters=_ON, beside=_DAY),
        Case(None, None, parameters=_ON, beside=_DAY),
        Case("5:17 PM", datetime(2013, 6, 30, 17, 17), Certainty.NORMALISED, _HALVES, beside=_DAY),
        Case("2355", datetime(2013, 6, 30, 23, 55), Certainty.NORMALISED, _LATER, beside=_LATE),
        Case("15", datetime(2013, 7, 1, 0, 15), Certainty.NORMALISED, _LATER, beside=_LATE),
        Case("2400", datetime(2013, 7, 1), Certainty.NORMALISED, _LATER, beside=_LATE),
        Case("2345", None, Certainty.UNREADABLE, _LATER, beside=_LATE),
        Case("2345", datetime(2013, 6, 30, 23, 45), Certainty.NORMALISED, _WEST, beside=_LATE),
        Case(
            "15",
            datetime(2013, 6, 30, 0, 15),
            Certainty.AMBIGUOUS,
            _LATER,
            ("2013-06-30T00:15:00", "2013-07-01T00:15:00"),
            {**_LATE, "departure": None},
        ),
        Case(
            "2355",
            datetime(2013, 6, 30, 23, 55),
            Certainty.AMBIGUOUS,
            {**_LATER, "mostHours": 48},
            ("2013-06-30T23:55:00", "2013-07-01T23:55:00"),
            _LATE,
        ),
        Case("15", datetime(2013, 7, 1, 0, 15), Certainty.REPAIRED, {**_LATER, "assumed": True}, beside=_LATE),
        Case("2355", datetime(2013, 6, 30, 23, 55), Certainty.NORMALISED, {**_LATER, "assumed": True}, beside=_LATE),
        Case("517", datetime(2013, 6, 30, 9, 17, tzinfo=UTC), Certainty.NORMALISED, _ZONED, beside=_DAY),
        Case(
            "130",
            datetime(2013, 11, 3, 5, 30, tzinfo=UTC),
            Certainty.AMBIGUOUS,
            _ZONED,
            ("2013-11-03T05:30:00Z", "2013-11-03T06:30:00Z"),
            {"day": date(2013, 11, 3)},
        ),
        Case("230", None, Certainty.UNREADABLE, _ZONED, beside={"day": date(2013, 3, 10)}),
    )

    def read(self, text: pl.Expr, parameters: ClockTimeParameters) -> Reading:
        """Return the moments: Datetime("us"), in UTC where a zone is known."""
        text = in_ascii(text)
        p = parameters
        times, ends = written_times(text, p.formats, p.fills)
        end = pl.lit(False) if ends is None else ends.fill_null(False)
        clocks = [pl.when(end).then(pl.time(0, 0)).otherwise(time) for time in times]
        clock = pl.coalesce(clocks)
        day = pl.col(p.date).dt.date() + pl.duration(days=end.cast(pl.Int64))
        bases = [day.dt.combine(c) for c in clocks]
        moved = range(-2, 5) if p.after is not None else range(1)
        candidates = [base + pl.duration(days=k) for base in bases for k in moved]
        instants = candidates if p.zone is None else [to_instant(c, p.zone).value for c in candidates]
        fitting = instants
        doubts = [
            Doubt(Certainty.UNREADABLE, "LEG-010", (text != "") & clock.is_null(), _words(p), "clock"),
            Doubt(
                Certainty.UNREADABLE,
                "LEG-040",
                clock.is_not_null() & pl.col(p.date).is_null(),
                f"a value of {p.date} to join the time to",
                "date",
            ),
        ]
        if p.after is not None:
            before = pl.col(p.after).dt.epoch("us")
            first, last = (round(hours * _HOUR) for hours in (p.least_hours, p.most_hours))
            unknown = [k in (0, 1) for _ in bases for k in moved]
            fitting = [
                pl.when(
                    pl.when(before.is_null())
                    .then(pl.lit(may))
                    .otherwise((instant.dt.epoch("us") - before).is_between(first, last, closed="left"))
                ).then(instant)
                for instant, may in zip(instants, unknown, strict=True)
            ]
            limits = f"a moment {p.least_hours:g} to {p.most_hours:g} hours after {p.after}"
            none = clock.is_not_null() & pl.col(p.date).is_not_null() & pl.coalesce(fitting).is_null()
            doubts.append(Doubt(Certainty.UNREADABLE, "LEG-041", none, limits, "limits"))
        value = pl.coalesce(fitting) if len(fitting) > 1 else fitting[0]
        if len(fitting) > 1:
            differ = pl.max_horizontal(fitting) != pl.min_horizontal(fitting)
            suffix = "Z" if p.zone else ""
            listed = pl.concat_list([f.dt.strftime(_READINGS + suffix) for f in fitting])
            listed = listed.list.drop_nulls().list.unique(maintain_order=True)
            words = "a time with one day and one reading"
            doubts.append(Doubt(Certainty.AMBIGUOUS, "LEG-042", differ, words, "day", listed))
            if p.assumed:
                own = bases[0] if p.zone is None else to_instant(bases[0], p.zone).value
                rolled = ~differ & (value != own)
                doubts.append(Doubt(Certainty.REPAIRED, "LEG-043", rolled, "a time of the record's own day", "moved"))
        if p.zone is None:
            return Reading(value, tuple(doubts), pl.Datetime("us"))
        local = pl.coalesce(bases)
        if p.after is not None:
            local = value.dt.convert_time_zone(p.zone).dt.replace_time_zone(None)
        return Reading(value, (*doubts, *to_instant(local, p.zone).doubts), pl.Datetime("us", "UTC"))


def _words(parameters: ClockTimeParameters) -> str:
    return f"a time of day, written {' or '.join(parameters.formats)}"
