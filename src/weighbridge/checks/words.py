"""Numbers and names as a report says them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

_MOST_LISTED = 12


def number(value: Any) -> str:
    """Return a number with thousands separated and no needless digits; other values as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        if value.is_integer() and abs(value) < 1e15:
            return f"{int(value):,}"
        value = Decimal(repr(value))
    shown = f"{value:,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def records(count: int) -> str:
    """Return ``"1 record"``, ``"2,512 records"``."""
    return f"{count:,} record" + ("" if count == 1 else "s")


def percent(share: Fraction) -> str:
    """Return a share of 1 as a percentage that is never rounded to a whole number when it is none."""
    value = share * 100
    if value.denominator == 1:
        return f"{int(value)} %"
    for digits in (2, 4, 6, 9):
        rounded = round(value, digits)
        if 0 < rounded < 100 and rounded.denominator != 1:
            return f"{number(Decimal(rounded.numerator) / Decimal(rounded.denominator))} %"
    return f"{float(value):.3g} %"


def share(count: int, of: int) -> str:
    """Return ``"0.75 % (2,512 of 336,776)"``."""
    return f"{percent(Fraction(count, of) if of else Fraction(0))} ({count:,} of {of:,})"


def listed(values: Iterable[Any]) -> str:
    """Return ``"EWR, JFK or LGA"``; a long list is cut and says so."""
    texts = [number(v) if isinstance(v, float | Decimal) else str(v) for v in values]
    if len(texts) > _MOST_LISTED:
        return ", ".join(texts[:_MOST_LISTED]) + f" or one of {len(texts) - _MOST_LISTED:,} more"
    return " or ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def names(values: Iterable[str]) -> str:
    """Return ``"year, month and day"``."""
    texts = list(values)
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
