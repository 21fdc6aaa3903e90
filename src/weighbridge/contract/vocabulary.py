"""Words of the standard that more than one room must agree on."""

from __future__ import annotations

import re

from weighbridge.contract.model import LogicalType

COMPARISONS = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
)
"""The comparisons of a metric. Both bounds of `mustBeBetween` and `mustNotBeBetween` belong to the range."""

_ENGINES = {
    "weighbridge": "weighbridge",
    "pandera": "pandera",
    "greatexpectations": "greatExpectations",
    "gx": "greatExpectations",
}


def engine_of(written: str | None) -> str | None:
    """Return the engine of a custom check under one spelling; None when Weighbridge does not run it."""
    return _ENGINES.get(re.sub(r"[^a-z]", "", (written or "").lower()))


METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")
"""The library metrics of ODCS 3.1 and 3.2."""

PERCENT_UNITS = ("percent", "percentage", "%")
"""Units in which a metric is 100 times its part of all framed records, lower case."""

COUNT_UNITS = ("rows", "row", "records", "record", "values", "count")
"""Units in which a metric is a count, lower case; no unit means the same."""

CHECKED_FORMATS = ("email", "uuid", "uri", "hostname", "ipv4", "ipv6", "date", "time", "date-time", "byte")
"""Values of `logicalTypeOptions.format` of a string that are checked."""

FRESHNESS = ("freshness", "latency", "ly", "fy")
"""Names of `slaProperties` that are acted on: the age of the newest value of `element` at the time of the run."""

SCALAR_TYPES = frozenset(
    (
        LogicalType.STRING,
        LogicalType.INTEGER,
        LogicalType.NUMBER,
        LogicalType.BOOLEAN,
        LogicalType.DATE,
        LogicalType.TIMESTAMP,
        LogicalType.TIME,
    )
)
"""The logical types whose values are decoded and checked."""

_PHYSICAL: tuple[tuple[str, LogicalType], ...] = (
    (
        r"(big|small|tiny|medium)?int(eger)?\d*|u?int(8|16|32|64|128)|(big|small)?serial|long|short|byteint",
        LogicalType.INTEGER,
    ),
    (r"float\d*|double|double precision|real|money|smallmoney|binary_(float|double)|float(32|64)", LogicalType.NUMBER),
    (r"bool(ean)?|bit", LogicalType.BOOLEAN),
    (r"date(32)?", LogicalType.DATE),
    (r"(timestamp|datetime)\w*( with(out)? (local )?time ?zone)?|smalldatetime", LogicalType.TIMESTAMP),
    (r"time\w*( with(out)? time ?zone)?", LogicalType.TIME),
    (r"array|list", LogicalType.ARRAY),
    (r"struct|record|row|object|json(b)?|variant", LogicalType.OBJECT),
    (r"map", LogicalType.MAP),
    (r"vector", LogicalType.VECTOR),
)
_DECIMAL = re.compile(r"(?:decimal|numeric|number|dec|bignumeric)(?:\s*\(\s*\d+\s*(?:,\s*(-?\d+)\s*)?\))?$")


def logical_type_of(physical_type: str | None) -> LogicalType:
    """Return the logical type that a physical type of a database means; string when it says nothing known.

    A decimal with scale 0 (``NUMBER(10)``, ``decimal(5,0)``) is an integer; without any
    precision it is a number.
    """
    if physical_type is None:
        return LogicalType.STRING
    word = physical_type.strip().lower()
    if match := _DECIMAL.match(word):
        whole = "(" in word and int(match[1] or 0) <= 0
        return LogicalType.INTEGER if whole else LogicalType.NUMBER
    bare = re.sub(r"\s*[(<].*?[)>]*(?=\s|$)", "", word, count=1).strip()
    for pattern, kind in _PHYSICAL:
        if re.fullmatch(pattern, bare):
            return kind
    return LogicalType.STRING
