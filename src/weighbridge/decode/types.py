"""Which Polars type a property's values have once they are decoded."""

from __future__ import annotations

import re

import polars as pl

from weighbridge.contract.model import LogicalType, Property

_DECIMAL = re.compile(r"^\s*(?:decimal|numeric|number|dec)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", re.IGNORECASE)
_INT64_DIGITS = 18
_MOST_DIGITS = 38
_WIDE_INTEGERS = {"u64": 20, "i128": 38, "u128": 38}


def polars_type(property: Property) -> pl.DataType:
    """Return the type of a property's decoded column.

    string String · integer Int64, or Decimal(p, 0) where `physicalType` DECIMAL(p) or the
    options' `format` u64, i128, u128 needs more · number Float64, or Decimal(p, s) where
    `physicalType` is DECIMAL, NUMERIC or NUMBER(p, s) with p up to 38 · boolean Boolean · date Date ·
    timestamp Datetime("us"), in UTC where `logicalTypeOptions` has `timezone: true` or a
    `defaultTimezone` · time Time · object, array, map, vector String (their JSON text).
    """
    kind = property.logical_type
    if kind is LogicalType.INTEGER:
        return _integer(property)
    if kind is LogicalType.NUMBER:
        precision, scale = decimal_of(property)
        return pl.Decimal(precision, scale) if precision else pl.Float64()
    if kind is LogicalType.TIMESTAMP:
        zoned = property.options.get("timezone") is True or property.options.get("defaultTimezone")
        return pl.Datetime("us", "UTC" if zoned else None)
    return {
        LogicalType.BOOLEAN: pl.Boolean(),
        LogicalType.DATE: pl.Date(),
        LogicalType.TIME: pl.Time(),
    }.get(kind, pl.String())


def decimal_of(property: Property) -> tuple[int, int]:
    """Return precision and scale that `physicalType` declares, or ``(0, 0)``."""
    found = _DECIMAL.match(property.physical_type or "")
    if not found:
        return 0, 0
    precision, scale = int(found[1]), int(found[2] or 0)
    return (precision, scale) if scale <= precision <= _MOST_DIGITS else (0, 0)


def _integer(property: Property) -> pl.DataType:
    precision, scale = decimal_of(property)
    if scale == 0 and precision > _INT64_DIGITS:
        return pl.Decimal(precision, 0)
    digits = _WIDE_INTEGERS.get(str(property.options.get("format", "")))
    return pl.Decimal(min(digits, _MOST_DIGITS), 0) if digits else pl.Int64()
