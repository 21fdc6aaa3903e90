"""What is unexpected, row by row: values, whole rows, places. Asked only of what failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from weighbridge.expectations.figures import Figure
from weighbridge.expectations.maps import Asked
from weighbridge.expectations.view import UnknownColumnError, View

DETAILS = (
    "unexpected_values",
    "unexpected_rows",
    "unexpected_index_list",
    "unexpected_index_query",
    "unexpected_value_counts",
)
"""Endings of the metrics that tell what is unexpected."""


def detail(kind: str, asked: Asked, view: View, result_format: Mapping[str, Any]) -> Figure:
    """Return one kind of detail of an expectation about rows.

    Lists are complete where the result format is COMPLETE, whatever their length, and hold
    `partial_unexpected_count` entries otherwise. Places are row numbers counted from 0, or the
    values of `unexpected_index_column_names`.
    """
    return _DETAILS[kind](asked, view, result_format)


def nothing(kind: str) -> Any:
    """Return a detail's value where nothing is unexpected."""
    return "" if kind == "unexpected_index_query" else []


def _limited(values: pl.Expr, result_format: Mapping[str, Any], *, always: bool = False) -> pl.Expr:
    if result_format.get("result_format") == "COMPLETE" and not always:
        return values.implode()
    return values.head(int(result_format.get("partial_unexpected_count", 20))).implode()


def _values(asked: Asked, view: View, result_format: Mapping[str, Any]) -> Figure:
    if len(asked.columns) == 1:
        return Figure(_limited(_value(view, asked.columns[0]).filter(asked.unexpected), result_format), list)
    rows = _limited(_record(view, asked.columns).filter(asked.unexpected), result_format)
    names = asked.columns
    if asked.pair:
        return Figure(rows, lambda found: [tuple(row.values()) for row in found])
    return Figure(rows, lambda found: [dict(zip(names, row.values(), strict=True)) for row in found])


def _value(view: View, name: str) -> pl.Expr:
    """Return a column as results hold it: spans of time as text, for which Great Expectations has no JSON."""
    value = pl.col(name)
    return value.dt.to_string("polars") if isinstance(view.schema.get(name), pl.Duration) else value


def _record(view: View, names: tuple[str, ...]) -> pl.Expr:
    return pl.struct(_value(view, name).alias(str(i)) for i, name in enumerate(names))


def _rows(asked: Asked, view: View, result_format: Mapping[str, Any]) -> Figure:
    names = tuple(view.schema)
    rows = _limited(_record(view, names).filter(asked.unexpected), result_format, always=True)
    return Figure(rows, lambda found: [dict(zip(names, row.values(), strict=True)) for row in found])


def _places(asked: Asked, view: View, result_format: Mapping[str, Any]) -> Figure:
    keys = result_format.get("unexpected_index_column_names")
    if not keys:
        return Figure(_limited(_row_numbers(asked), result_format), lambda found: [int(i) for i in found])
    keys = [keys] if isinstance(keys, str) else list(keys)
    for key in keys:
        if key not in view.schema:
            raise UnknownKeyColumnError(key)
    excluded = bool(result_format.get("exclude_unexpected_values"))
    names = tuple(dict.fromkeys(keys if excluded else [*asked.columns, *keys]))
    rows = _limited(_record(view, names).filter(asked.unexpected), result_format)

    def read(found: Any) -> Any:
        records = [dict(zip(names, row.values(), strict=True)) for row in found]
        if not excluded:
            return records
        return [{name: [record[name] for record in records] for name in names}] if records else []

    return Figure(rows, read)


class UnknownKeyColumnError(UnknownColumnError):
    """`unexpected_index_column_names` names a column that is not there."""

    def __init__(self, name: object) -> None:
        super().__init__(name)
        self.args = (
            f'Error: The unexpected_index_column "{name}" does not exist in Dataframe. '
            "Please check your configuration and try again.",
        )


def _row_numbers(asked: Asked) -> pl.Expr:
    return asked.unexpected.arg_true()


def _query(asked: Asked, view: View, result_format: Mapping[str, Any]) -> Figure:
    """The expression that fetches the unexpected rows of a DataFrame again."""
    return Figure(_row_numbers(asked).implode(), lambda found: f"df[{[int(i) for i in found]}]")


def _counts(asked: Asked, view: View, result_format: Mapping[str, Any]) -> Figure:
    values = _value(view, asked.columns[0]).filter(asked.unexpected).alias("value")
    counts = values.value_counts(sort=True, name="count").implode()
    return Figure(counts, lambda found: [(pair["value"], pair["count"]) for pair in found])


_DETAILS = {
    "unexpected_values": _values,
    "unexpected_rows": _rows,
    "unexpected_index_list": _places,
    "unexpected_index_query": _query,
    "unexpected_value_counts": _counts,
}
