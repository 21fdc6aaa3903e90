"""Lengths of time as contracts write them: ISO 8601 in weeks, days, hours and minutes; a number and a unit."""

from __future__ import annotations

import re
from datetime import timedelta

_PART = re.compile(r"([0-9]+)([WDHM])")
_UNITS = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes"}

DAYS = {"d": 1, "day": 1, "days": 1, "w": 7, "week": 7, "weeks": 7}
MONTHS = {"m": 1, "mo": 1, "month": 1, "months": 1, "y": 12, "yr": 12, "year": 12, "years": 12}
"""Units of retention, in days or in months of the calendar."""


def period_of(value: object, unit: str | None) -> tuple[int, str] | None:
    """Return a number of units of retention; None when there is no such period. Without a unit days are meant."""
    known = (unit or "d").strip().lower()
    try:
        number = int(str(value))
    except ValueError:
        return None
    return (number, known) if number > 0 and (known in DAYS or known in MONTHS) else None


def span_of(age: str) -> timedelta:
    """Return the time that an ISO 8601 duration in weeks, days, hours and minutes means."""
    day, _, clock = age[1:].partition("T")
    parts = {_UNITS[unit]: int(number) for number, unit in _PART.findall(day)}
    parts |= {_UNITS[unit]: int(number) for number, unit in _PART.findall(clock)}
    return timedelta(**parts)
