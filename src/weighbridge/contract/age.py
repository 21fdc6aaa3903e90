"""Lengths of time as contracts and settings write them: ISO 8601 in weeks, days, hours and minutes."""

from __future__ import annotations

import re
from datetime import timedelta

_PART = re.compile(r"([0-9]+)([WDHM])")
_UNITS = {"W": "weeks", "D": "days", "H": "hours", "M": "minutes"}


def span_of(age: str) -> timedelta:
    """Return the time that an ISO 8601 duration in weeks, days, hours and minutes means."""
    day, _, clock = age[1:].partition("T")
    parts = {_UNITS[unit]: int(number) for number, unit in _PART.findall(day)}
    parts |= {_UNITS[unit]: int(number) for number, unit in _PART.findall(clock)}
    return timedelta(**parts)
