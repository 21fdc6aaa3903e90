"""Numbers as people read them."""

from __future__ import annotations

import math
from datetime import datetime

_STEPS = ("bytes", "kB", "MB", "GB", "TB", "PB")


def count(number: float | None) -> str:
    """Return a number with thousands separators, ``1,234,567``; a dash for None."""
    if number is None:
        return "–"
    if isinstance(number, float) and not number.is_integer():
        return f"{number:,.4g}" if abs(number) < 1e4 else f"{number:,.0f}"
    return f"{int(number):,}"


def figure(number: float) -> str:
    """Return a value of the data, to four significant digits where it is no whole number; no separators.

    A year, an hour or a code must read as it stands in the data, so ``2013`` stays ``2013``.
    """
    if isinstance(number, float) and not number.is_integer():
        return f"{number:.4g}"
    return str(int(number))


def rate(share: float | None) -> str:
    """Return a share of one in percent, never rounded to nothing or to everything."""
    if share is None or not math.isfinite(share):
        return "–"
    percent = share * 100
    if percent <= 0:
        return "0 %"
    if percent >= 100:
        return "100 %"
    if percent < 0.01:
        return "< 0.01 %"
    if percent > 99.99:
        return "> 99.99 %"
    return f"{percent:.2f} %" if percent < 1 or percent > 99 else f"{percent:.1f} %"


def plural(number: int, noun: str, many: str | None = None) -> str:
    """Return ``1 record``, ``2,000 records``."""
    return f"{count(number)} {noun if number == 1 else many or noun + 's'}"


def size(number_bytes: int | None) -> str:
    """Return bytes in a fitting unit of 1,000s, ``480.6 kB``; a dash for None."""
    if number_bytes is None:
        return "–"
    if number_bytes < 1000:
        return plural(number_bytes, "byte")
    step, left = 0, float(number_bytes)
    while left >= 999.95 and step < len(_STEPS) - 1:
        step, left = step + 1, left / 1000
    return f"{left:.1f} {_STEPS[step]}"


def seconds(duration: float) -> str:
    """Return a duration in a fitting unit, ``0.31 s``, ``2 min 05 s``."""
    if duration < 60:
        return f"{duration:.2f} s" if duration < 10 else f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def moment(at: datetime) -> str:
    """Return a moment in UTC to the second, ``2026-11-22 23:31:33 UTC``."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")
