"""The few words the cases of checks are written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from weighbridge.checks.check import Case
from weighbridge.contract.model import EnumValue, LogicalType, Property, Quality, SchemaObject

DTYPES: dict[LogicalType, pl.DataType] = {
    LogicalType.STRING: pl.String(),
    LogicalType.INTEGER: pl.Int64(),
    LogicalType.NUMBER: pl.Float64(),
    LogicalType.BOOLEAN: pl.Boolean(),
    LogicalType.DATE: pl.Date(),
    LogicalType.TIMESTAMP: pl.Datetime("us"),
    LogicalType.TIME: pl.Time(),
}


def prop(name: str, logical_type: str = "string", *, enum: Sequence[Any] = (), **parts: Any) -> Property:
    """Return a property; `options` and the other parts are those of the model."""
    values = tuple(EnumValue(v) for v in enum)
    return Property(name, LogicalType(logical_type), (name,), enum=values, **parts)


def table(*properties: Property, **parts: Any) -> SchemaObject:
    """Return an object called ``t`` with these properties."""
    return SchemaObject("t", "t", properties, **parts)


def on_values(
    says: str, subject: Property, values: Sequence[Any], fails: Mapping[str, tuple[int, ...]], **parts: Any
) -> Case:
    """Return a case of one property: its values, and which of them fail which check (named without the property)."""
    dtype = parts.pop("dtype", None) or DTYPES[subject.logical_type]
    rows = pl.DataFrame({subject.name: pl.Series(values, dtype=dtype)})
    named = {f"{subject.name}|{check}": which for check, which in fails.items()}
    return Case(says, table(subject), rows, fails=named, **parts)


def metric(name: str, metric_name: str, comparison: Any, **parts: Any) -> Quality:
    """Return a library metric called `name`."""
    return Quality(name, "library", metric=metric_name, comparison=comparison, **parts)
