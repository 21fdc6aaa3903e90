"""A date with its time of day written in one or several known formats.

Formats are patterns in Java's letters; a format without a time is midnight. Texts that end in
an offset are instants. Texts without one are local times: of `zone` when the rule names it,
else of the property's `defaultTimezone`, else UTC. A local time that the clock change skipped
never was (unreadable); one that it repeated is two instants (ambiguous). 24:00 is the first
instant of the next day.

Parameters:
    formats: one or more patterns, e.g. `yyyyMMddHHmmss`, `dd.MM.yyyy HH:mm`, `yyyy-MM-dd[ HH:mm]`.
    zone: the IANA zone of the local times.
    century, locales, within, notBefore, notAfter, evidence, leastEvidence, zeroFill: as in `date`.

Example:
    rules: [{rule: timestamp, formats: ["yyyy-MM-dd-HH.mm.ss.SSSSSS"], zone: America/New_York}]

Source: java.time.format.DateTimeFormatter (Java SE 21); Db2 for z/OS 13, "String
representations of datetime values" (yyyy-mm-dd-hh.mm.ss.nnnnnn); ISO 8601:2004, 4.2.3.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
from pydantic import Field, field_validator, model_validator

from weighbridge.legacy.dated import Dated, compiled
from weighbridge.legacy.digits import in_ascii
from weighbridge.legacy.evidence import Question
from weighbridge.legacy.formats import Moment, ask_formats, patterns_of, read_formats
from weighbridge.legacy.patterns import Pattern
from weighbridge.legacy.reading import Certainty, Reading
from weighbridge.legacy.rule import Case
from weighbridge.legacy.serials import Serial
from weighbridge.legacy.zones import ZoneName, to_instant

_READINGS = "%Y-%m-%dT%H:%M:%S%.f"


class TimestampParameters(Dated):
    """Parameters of `timestamp`."""

    zone: ZoneName | None = Field(None, description="IANA name of the zone that local times are of")

    @field_validator("formats")
    @classmethod
    def _formats_have_dates(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in compiled(formats):
            if not pattern.has_date:
                raise ValueError(f"{pattern.source!r} has no date")
        return formats

    @model_validator(mode="after")
    def _offsets_do_not_mix(self) -> TimestampParameters:
        patterns = compiled(self.formats)
        if any(p.has_offset for p in patterns) and not all(p.has_offset for p in patterns) and self.zone is None:
            raise ValueError("formats with and without an offset in one column need `zone` for those without")
        return self


_PACKED = {"formats": ["yyyyMMddHHmmss"]}
_NEW_YORK = {"formats": ["yyyy-MM-dd HH:mm"], "zone": "America/New_York"}
_MIXED = {"formats": ["yyyy-MM-dd'T'HH:mm:ss[XXX]"], "zone": "UTC"}


class TimestampRule:
    """The rule `timestamp`."""

    name = "timestamp"
    logical_types = frozenset(("timestamp",))
    parameters = TimestampParameters
    gives_text = False
    cases = (
        Case("20130630235959", datetime(2013, 6, 30, 23, 59, 59), Certainty.NORMALISED, _PACKED),
        Case("20130630240000", datetime(2013, 7, 1), Certainty.NORMALISED, _PACKED),
        Case("20131231240000", datetime(2014, 1, 1), Certainty.NORMALISED, _PACKED),
        Case("20130630240001", None, Certainty.UNREADABLE, _PACKED),
        Case("20130630235960", None, Certainty.UNREADABLE, _PACKED),
        Case("20130231000000", None, Certainty.UNREADABLE, _PACKED),
        Case("", None, parameters=_PACKED),
        Case(None, None, parameters=_PACKED),
        Case("2013-06-30", datetime(2013, 6, 30), Certainty.NORMALISED, {"formats": ["yyyy-MM-dd[ HH:mm]"]}),
        Case("2013-06-30 05:00", datetime(2013, 6, 30, 9, tzinfo=UTC), Certainty.NORMALISED, _NEW_YORK),
        Case("2013-03-10 02:30", None, Certainty.UNREADABLE, _NEW_YORK),
        Case(
            "2013-11-03 01:30",
            datetime(2013, 11, 3, 5, 30, tzinfo=UTC),
            Certainty.AMBIGUOUS,
            _NEW_YORK,
            ("2013-11-03T05:30:00Z", "2013-11-03T06:30:00Z"),
        ),
        Case("2013-06-30T05:00:00+02:00", datetime(2013, 6, 30, 3, tzinfo=UTC), Certainty.NORMALISED, _MIXED),
        Case("2013-06-30T05:00:00", datetime(2013, 6, 30, 5, tzinfo=UTC), Certainty.NORMALISED, _MIXED),
        Case(
            "2013-06-30-05.00.00.000001",
            datetime(2013, 6, 30, 5, 0, 0, 1),
            Certainty.NORMALISED,
            {"formats": ["yyyy-MM-dd-HH.mm.ss.SSSSSS"]},
        ),
    )

    def read(self, text: pl.Expr, parameters: TimestampParameters) -> Reading:
        """Return the moments of `text`: Datetime("us"), in UTC where an offset or a zone is known."""
        text = in_ascii(text)
        patterns, zone = patterns_of(parameters), parameters.zone
        if not any(p.has_offset for p in patterns):
            local = read_formats(text, parameters, _local, _READINGS)
            if zone is None:
                return Reading(local.value, local.doubts, pl.Datetime("us"))
            instant = to_instant(local.value, zone)
            own = [replace(d, where=d.applies(text, local.value)) for d in local.doubts]
            return Reading(instant.value, (*own, *instant.doubts), pl.Datetime("us", "UTC"))
        reading = read_formats(text, parameters, _instant(zone or "UTC"), _READINGS + "Z")
        naive = [pl.when(p.fits(text)).then(p.datetime(text)) for p in patterns if not p.has_offset]
        if not naive:
            return Reading(reading.value, reading.doubts, pl.Datetime("us", "UTC"))
        local_time = pl.coalesce(naive)
        anything = reading.value.is_not_null() | local_time.is_not_null()
        own = [replace(d, where=d.applies(text, pl.when(anything).then(1))) for d in reading.doubts]
        return Reading(reading.value, (*own, *to_instant(local_time, zone or "UTC").doubts), pl.Datetime("us", "UTC"))

    def asks(self, text: pl.Expr, parameters: TimestampParameters) -> Question | None:
        """Return what the whole column may tell of days and months."""
        offsets = any(p.has_offset for p in patterns_of(parameters))
        return ask_formats(in_ascii(text), parameters, _instant(parameters.zone or "UTC") if offsets else _local)


def _local(pattern: Pattern | Serial, text: pl.Expr) -> pl.Expr:
    return pattern.datetime(text)


def _instant(zone: str) -> Moment:
    def moment(pattern: Pattern | Serial, text: pl.Expr) -> pl.Expr:
        read = pattern.datetime(text)
        return read if pattern.has_offset else to_instant(read, zone).value

    return moment
