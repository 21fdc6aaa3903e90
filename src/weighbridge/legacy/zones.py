"""Local times of a zone, as instants: what the clock change does to them is said, never guessed."""

from __future__ import annotations

import zoneinfo
from typing import Annotated

import polars as pl
from pydantic import AfterValidator

from weighbridge.legacy.reading import Certainty, Doubt, Reading


def _existing(zone: str) -> str:
    try:
        return zoneinfo.ZoneInfo(zone).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no zone {zone!r}; zones have IANA names such as Europe/Berlin") from None


ZoneName = Annotated[str, AfterValidator(_existing)]
"""An IANA name of a zone that exists."""


def to_instant(local: pl.Expr, zone: str) -> Reading:
    """Return the instants (Datetime in UTC) of local times of `zone`.

    An hour that the clocks skipped never was (unreadable, LEG-021); an hour that they
    repeated is two instants (ambiguous, LEG-022; the earlier one is the value).

    Args:
        local: Datetime without a zone.
        zone: an IANA name, e.g. ``"America/New_York"``.
    """
    if zone == "UTC":
        return Reading(local.dt.replace_time_zone("UTC"))
    earliest = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    latest = local.dt.replace_time_zone(zone, ambiguous="latest", non_existent="null")
    first, second = (e.dt.convert_time_zone("UTC") for e in (earliest, latest))
    return Reading(
        first,
        (
            Doubt(
                Certainty.UNREADABLE,
                "LEG-021",
                local.is_not_null() & first.is_null(),
                f"a local time that {zone} had",
                "gap",
            ),
            Doubt(
                Certainty.AMBIGUOUS,
                "LEG-022",
                (first != second).fill_null(False),
                f"a local time that {zone} had once",
                "fold",
                pl.concat_list(iso_text(first), iso_text(second)),
            ),
        ),
    )


def iso_text(instant: pl.Expr) -> pl.Expr:
    """Return the ISO 8601 text of a Datetime in UTC, to the second or the microsecond it has."""
    return instant.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
