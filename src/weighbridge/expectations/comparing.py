"""Queries to another data source, which an expectation holds the batch's own against.

Importing this imports Great Expectations.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from great_expectations.data_context import project_manager
from great_expectations.exceptions import ExecutionEngineError

from weighbridge.expectations.engine import PolarsExecutionEngine
from weighbridge.expectations.queries import MOST_ROWS

OTHER_SOURCES = {
    "query.data_source_table": ("query", "data_source_name"),
    "comparison_query.data_source_table": ("comparison_query", "comparison_data_source_name"),
}
"""By name of the metric, its arguments for the query and for the name of the other source."""


def compared_with(metric: str) -> Any:
    """Return what computes a metric of another data source: one of Polars, over its file assets, or one of SQL."""
    query_key, source_key = OTHER_SOURCES[metric]

    def rows(cls: Any, execution_engine: Any, metric_value_kwargs: dict[str, Any], **_: Any) -> list[dict[str, Any]]:
        query, name = metric_value_kwargs.get(query_key), metric_value_kwargs.get(source_key)
        if not query or not name:
            raise ExecutionEngineError(f"{metric} needs {query_key} and {source_key}")
        source = project_manager.get_datasources()[name]
        engine = source.get_execution_engine()
        if not isinstance(engine, PolarsExecutionEngine):
            return _of_sql(engine, query)
        tables = {a.name: a.scan() for a in source.assets if hasattr(a, "scan") and a.name in query}
        found = pl.SQLContext(tables).execute(query.rstrip("; \t\r\n"), eager=False)
        return found.head(MOST_ROWS).collect().to_dicts()

    return rows


def _of_sql(engine: Any, query: str) -> list[dict[str, Any]]:
    import sqlalchemy

    if not hasattr(engine, "execute_query"):
        raise ExecutionEngineError(f"a data source on {type(engine).__name__} cannot be asked in SQL")
    return [row._asdict() for row in engine.execute_query(sqlalchemy.text(query)).fetchmany(MOST_ROWS)]
