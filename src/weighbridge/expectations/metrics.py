"""From the name of a Great Expectations metric and its arguments to what must be computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from weighbridge.expectations.details import DETAILS, detail
from weighbridge.expectations.distributions import TESTS
from weighbridge.expectations.figures import COLUMN, TABLE, Figure, figure
from weighbridge.expectations.maps import MAP_METRICS, asked
from weighbridge.expectations.queries import QUERY_OF, queried
from weighbridge.expectations.resolving import Branch, Deferred
from weighbridge.expectations.rows import predicate
from weighbridge.expectations.view import View

COUNTS = ("unexpected_count", "filtered_row_count")

NAMES: tuple[str, ...] = (
    *(f"{metric}.{ending}" for metric in MAP_METRICS for ending in (*COUNTS, *DETAILS)),
    *COLUMN,
    *TABLE,
    *QUERY_OF,
    "table.head",
)
"""Every metric that can be deferred and that Great Expectations itself declares; `TESTS` are ours alone."""


def base_of(name: str) -> tuple[str, str]:
    """Return a metric's name without its ending, and the ending; empty where it has none of a map metric."""
    base, _, ending = name.rpartition(".")
    return (base, ending) if ending in (*COUNTS, *DETAILS) and base in MAP_METRICS else (name, "")


def deferred(
    name: str,
    schema: Mapping[str, pl.DataType],
    domain: Mapping[str, Any],
    arguments: Mapping[str, Any],
    tables: Mapping[str, Callable[[], pl.LazyFrame]] | None = None,
) -> Deferred:
    """Return what must be computed for a metric.

    Args:
        name: of the metric; one of `NAMES`.
        schema: the frame's columns with their types.
        domain: `column` and the like, `row_condition`, `condition_parser`, `ignore_row_if`.
        arguments: of the metric, `result_format` among them where it tells details.
        tables: by name, gives another table that a query may name.

    Raises:
        ValueError, TypeError: it cannot be computed for this frame.
    """
    everything = View(schema)
    view = View(schema, predicate(domain.get("row_condition"), everything, domain.get("condition_parser")))
    if name in QUERY_OF:
        return _query(name, view, {**domain, **arguments}, tables or {})
    if name in TESTS:
        return TESTS[name](view, {**domain, **arguments})
    if name == "table.head":
        return _head(view, arguments)
    base, ending = base_of(name)
    if not ending:
        found = figure(name, view, domain, arguments)
        spans = isinstance(schema.get(str(domain.get("column"))), pl.Duration)
        return Figure(found.value, lambda value: _spans_as_text(found.read(value))) if spans else found
    question = asked(base, view, domain, arguments)
    if ending == "unexpected_count":
        return Figure(question.unexpected.sum(), int)
    if ending == "filtered_row_count":
        return Figure(question.domain.sum(), int)
    return detail(ending, question, view, arguments.get("result_format") or {})


def _spans_as_text(value: Any) -> Any:
    """Return a value with spans of time as text: Great Expectations has no JSON for them."""
    if isinstance(value, list | set):
        return type(value)(map(_spans_as_text, value))
    return str(value) if isinstance(value, timedelta) else value


def _query(
    name: str, view: View, arguments: Mapping[str, Any], tables: Mapping[str, Callable[[], pl.LazyFrame]]
) -> Branch:
    def read(found: pl.DataFrame) -> Any:
        return int(found.item()) if name.endswith(".row_count") else found.to_dicts()

    return Branch(lambda frame: queried(name, frame, view, arguments, tables), read)


def _head(view: View, arguments: Mapping[str, Any]) -> Branch:
    rows = int(arguments.get("n_rows") or 5)

    def build(frame: pl.LazyFrame) -> pl.LazyFrame:
        chosen = frame if view.where is None else frame.filter(view.where)
        return chosen if arguments.get("fetch_all") else chosen.head(rows)

    return Branch(build, lambda found: found.to_pandas())
