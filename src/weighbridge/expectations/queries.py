"""Expectations written in SQL, over the frame as table ``{batch}``; the SQL is that of Polars."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from weighbridge.expectations.view import View

MOST_ROWS = 200
"""Rows a query gives at most, unless all are asked for; the same as in Great Expectations."""

QUERY_OF: Mapping[str, str] = {
    "query.table": "query",
    "query.row_count": "query",
    "query.column": "query",
    "query.column_pair": "query",
    "query.multiple_columns": "query",
    "query.template_values": "query",
    "base_query.table": "base_query",
    "unexpected_rows_query.table": "unexpected_rows_query",
    "unexpected_rows_query.row_count": "unexpected_rows_query",
}
"""By name of the metric, the argument that holds the query."""


def queried(
    metric: str,
    frame: pl.LazyFrame,
    view: View,
    arguments: Mapping[str, Any],
    tables: Mapping[str, Callable[[], pl.LazyFrame]],
) -> pl.LazyFrame:
    """Return the frame a query gives; one row of one column for metrics that count.

    Args:
        metric: its name; one of `QUERY_OF`.
        frame: the batch.
        view: its columns, and the rows of the domain.
        arguments: of the metric and its domain.
        tables: by name, gives another table; scanned only where the query says its name.

    Raises:
        ValueError: there is no query, or its braces are none of the known placeholders.
        PolarsError: it is no SQL that Polars understands.
    """
    query = arguments.get(QUERY_OF[metric])
    if not query:
        raise ValueError(f"Must provide `{QUERY_OF[metric]}` to `{metric}` metric.")
    rows = frame if view.where is None else frame.filter(view.where)
    text = _filled(query, arguments)
    others = {name: scan() for name, scan in tables.items() if name in text}
    found = pl.SQLContext({**others, "batch": rows}).execute(text, eager=False)
    if metric.endswith(".row_count"):
        return found.select(pl.len())
    return found if arguments.get("fetch_all") else found.head(MOST_ROWS)


def _filled(query: str, arguments: Mapping[str, Any]) -> str:
    names = {key: arguments[key] for key in ("column", "column_A", "column_B") if arguments.get(key)}
    names |= {f"col_{i}": name for i, name in enumerate(arguments.get("columns") or [], 1)}
    names |= dict(arguments.get("template_dict") or {})
    hint = "To include a literal brace in the query, double it: `{{` and `}}`."
    try:
        return query.format(**{**names, "batch": "batch"}).rstrip("; \t\r\n")
    except KeyError as error:
        raise ValueError(f"`{error.args[0]}` is not a placeholder this metric accepts. {hint} Query: {query}") from None
    except (IndexError, ValueError) as error:
        raise ValueError(f"The query contains a brace that is no placeholder: {error}. {hint} Query: {query}") from None
