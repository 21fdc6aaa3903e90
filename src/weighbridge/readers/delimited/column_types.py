"""What type a column's first texts speak for, where no contract says it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from weighbridge.contract.model import LogicalType

_TESTS: tuple[tuple[LogicalType, re.Pattern[str]], ...] = (
    (LogicalType.BOOLEAN, re.compile(r"true|false|yes|no|y|n|t|f", re.IGNORECASE)),
    (LogicalType.INTEGER, re.compile(r"[+-]?(?:0|[1-9]\d{0,17})")),
    (LogicalType.NUMBER, re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")),
    (LogicalType.DATE, re.compile(r"\d{4}-\d\d-\d\d")),
    (
        LogicalType.TIMESTAMP,
        re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"),
    ),
    (LogicalType.TIME, re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?")),
)
_MOSTLY = 0.9


def type_of(texts: Sequence[str | None]) -> tuple[LogicalType, str]:
    """Return the type of a column and why: nine of ten of its texts are of it, else they are strings.

    Digits with leading zeros are no integers: what begins with zero is a key.
    """
    said = [text.strip() for text in texts if text is not None and text.strip()]
    if not said:
        return LogicalType.STRING, "there are no values"
    if any(re.fullmatch(r"0\d+", text) for text in said):
        return LogicalType.STRING, "its digits have leading zeros"
    for kind, pattern in _TESTS:
        fitting = sum(pattern.fullmatch(text) is not None for text in said)
        if fitting >= _MOSTLY * len(said):
            return kind, f"{fitting} of the first {len(said)} values are"
    return LogicalType.STRING, "its values are of no other type"
