"""Whether a value written in a contract can be a value of a logical type, and how it compares."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

from weighbridge.contract.model import LogicalType

_NUMERIC = (LogicalType.INTEGER, LogicalType.NUMBER)
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$")


def fits(value: Any, kind: LogicalType) -> bool:
    """Whether `value` may stand for a value of `kind`; other kinds than scalars take anything."""
    match kind:
        case LogicalType.STRING:
            return isinstance(value, str)
        case LogicalType.BOOLEAN:
            return isinstance(value, bool)
        case LogicalType.INTEGER:
            number = as_number(value)
            return number is not None and math.isfinite(number) and float(number).is_integer()
        case LogicalType.NUMBER:
            number = as_number(value)
            return number is not None and math.isfinite(number)
        case LogicalType.DATE | LogicalType.TIMESTAMP | LogicalType.TIME:
            return comparable(value, kind) is not None
    return True


def as_number(value: Any) -> float | int | None:
    """Return the number `value` is or spells; None when it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    try:
        return float(value) if isinstance(value, str) and value.strip() == value else None
    except ValueError:
        return None


def comparable(value: Any, kind: LogicalType) -> Any:
    """Return something that orders as `value` does within `kind`; None when it is no value of it."""
    if kind in _NUMERIC:
        return as_number(value)
    if not isinstance(value, str):
        return None
    if kind is LogicalType.TIME:
        return value if _TIME.match(value) else None
    try:
        if kind is LogicalType.DATE and len(value) <= 10:
            return datetime.date.fromisoformat(value).isoformat()
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return moment.date().isoformat() if kind is LogicalType.DATE else moment.timestamp()
