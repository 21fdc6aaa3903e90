"""Great Expectations' execution engine on Polars. Importing this imports Great Expectations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import polars as pl
from great_expectations.core.batch import BatchData, BatchMarkers
from great_expectations.core.batch_spec import RuntimeDataBatchSpec
from great_expectations.exceptions import ExecutionEngineError, MetricResolutionError
from great_expectations.execution_engine import ExecutionEngine
from great_expectations.expectations.registry import get_metric_provider

from weighbridge.expectations.details import nothing
from weighbridge.expectations.metrics import base_of, deferred
from weighbridge.expectations.resolving import Deferred, resolve
from weighbridge.expectations.rows import predicate
from weighbridge.expectations.view import View


class PolarsBatchData(BatchData):  # type: ignore[misc]
    """The data of a batch: a lazy frame and its schema, which is looked up once.

    Attributes:
        tables: by name, gives another table that an expectation may name beside the batch.
    """

    def __init__(
        self,
        execution_engine: Any,
        frame: pl.LazyFrame | pl.DataFrame,
        tables: Mapping[str, Callable[[], pl.LazyFrame]] | None = None,
    ) -> None:
        super().__init__(execution_engine)
        self.frame = frame.lazy()
        self.schema = frame.collect_schema()
        self.tables = dict(tables or {})

    @property
    def dataframe(self) -> pl.LazyFrame:
        """The frame, under the name the other engines' data have it by."""
        return self.frame


class Provider:
    """Stands in the registry where other engines have a function: a metric that is computed with all others."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name} on Polars>"


class PolarsExecutionEngine(ExecutionEngine):  # type: ignore[misc]
    """Computes all metrics of a suite that are ready in one collect of a lazy frame.

    A suite takes one collect, and a second one only where details of failures are asked for and
    something failed. Metrics of others, registered for this engine with `metric_value`, are called
    as Great Expectations calls them anywhere.

    Args:
        like_brackets: whether ``[abc]`` in a LIKE pattern is one character of the set, as in SQL Server.
    """

    def __init__(self, *args: Any, like_brackets: bool = False, **kwargs: Any) -> None:
        self._outcomes: dict[Any, Any] = {}
        self.like_brackets = like_brackets
        super().__init__(*args, **kwargs)

    def load_batch_data(self, batch_id: str, batch_data: Any) -> None:
        """Take a frame as the data of a batch."""
        if isinstance(batch_data, pl.DataFrame | pl.LazyFrame):
            batch_data = PolarsBatchData(self, batch_data)
        if not isinstance(batch_data, PolarsBatchData):
            raise ExecutionEngineError("PolarsExecutionEngine requires a polars DataFrame or LazyFrame")
        self._outcomes.clear()
        super().load_batch_data(batch_id=batch_id, batch_data=batch_data)

    def get_batch_data_and_markers(self, batch_spec: Any) -> tuple[PolarsBatchData, BatchMarkers]:
        """Return the data of a batch specification that carries a frame."""
        if not isinstance(batch_spec, RuntimeDataBatchSpec):
            raise ExecutionEngineError(f"PolarsExecutionEngine cannot load a {type(batch_spec).__name__}")
        data = batch_spec.batch_data
        if isinstance(data, pl.DataFrame | pl.LazyFrame):
            data = PolarsBatchData(self, data)
        if not isinstance(data, PolarsBatchData):
            raise ExecutionEngineError("RuntimeDataBatchSpec must provide a polars DataFrame or LazyFrame.")
        batch_spec.batch_data = "PolarsLazyFrame"
        loaded = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return data, BatchMarkers({"ge_load_time": loaded})

    def data_of(self, domain_kwargs: dict[str, Any]) -> PolarsBatchData:
        """Return the data of the batch a domain belongs to.

        Raises:
            ExecutionEngineError: there is no such batch.
        """
        manager = self.batch_manager
        batch_id = domain_kwargs.get("batch_id") or manager.active_batch_data_id
        if batch_id not in manager.batch_data_cache:
            raise ExecutionEngineError(f"Unable to find batch with batch_id {batch_id}")
        found = manager.batch_data_cache[batch_id]
        assert isinstance(found, PolarsBatchData)
        name = domain_kwargs.get("table")
        if name is None:
            return found
        if name not in found.tables:
            raise ExecutionEngineError(
                f"there is no table {name!r} beside the batch; known are {', '.join(sorted(found.tables)) or 'none'}. "
                "Give it as batch parameter `tables`, or as a file asset of that name of the data source."
            )
        return PolarsBatchData(self, found.tables[name]())

    def get_domain_records(self, domain_kwargs: dict[str, Any]) -> pl.LazyFrame:
        """Return the rows of a domain; for metrics of others, our own use its predicate."""
        data = self.data_of(domain_kwargs)
        where = predicate(domain_kwargs.get("row_condition"), View(data.schema), domain_kwargs.get("condition_parser"))
        return data.frame if where is None else data.frame.filter(where)

    def get_compute_domain(
        self, domain_kwargs: dict[str, Any], domain_type: Any, accessor_keys: Iterable[str] | None = None
    ) -> tuple[pl.LazyFrame, dict[str, Any], dict[str, Any]]:
        """Return the rows of a domain, and its arguments in two parts: the rows' and the columns'."""
        parts = self._partition_domain_kwargs(domain_kwargs, domain_type, accessor_keys)
        return self.get_domain_records(domain_kwargs), parts.compute, parts.accessor

    def resolve_metrics(
        self, metrics_to_resolve: Iterable[Any], metrics: Any = None, runtime_configuration: Any = None
    ) -> dict[Any, Any]:
        """Return the values of all metrics that can be computed now.

        Raises:
            MetricResolutionError: some cannot be computed; names those that fail for one and the
                same reason. What was computed is kept for when the others are asked for again.
        """
        wanted = {metric.id: metric for metric in metrics_to_resolve}
        open_ids = [i for i in wanted if i not in self._outcomes]
        self._outcomes |= self._compute([wanted[i] for i in open_ids], metrics or {}, runtime_configuration)
        failed = [i for i in wanted if isinstance(self._outcomes[i], Exception)]
        if failed:
            first = self._outcomes[failed[0]]
            alike = [wanted[i] for i in failed if str(self._outcomes[i]) == str(first)]
            raise MetricResolutionError(message=str(first), failed_metrics=alike) from first
        found = {i: self._outcomes.pop(i) for i in wanted}
        if self._caching:
            self._metric_cache.update(found)
        return found

    def _compute(self, wanted: list[Any], known: Any, runtime_configuration: Any) -> dict[Any, Any]:
        outcomes: dict[Any, Any] = {}
        frames: dict[tuple[str | None, str | None], dict[Any, Deferred]] = {}
        for metric in wanted:
            kind, provider = get_metric_provider(metric.metric_name, self)
            try:
                dependencies = self._get_computed_metric_evaluation_dependencies_by_metric_name(metric, known)
                if not isinstance(provider, Provider):
                    outcomes[metric.id] = provider(
                        cls=kind,
                        execution_engine=self,
                        metric_domain_kwargs=metric.metric_domain_kwargs,
                        metric_value_kwargs=metric.metric_value_kwargs,
                        metrics=dependencies,
                        runtime_configuration=runtime_configuration,
                    )
                elif dependencies.get("unexpected_count") == 0:
                    outcomes[metric.id] = nothing(base_of(metric.metric_name)[1])
                else:
                    domain = metric.metric_domain_kwargs
                    data = self.data_of(domain)
                    arguments = {**(metric.metric_value_kwargs or {}), "like_brackets": self.like_brackets}
                    plan = deferred(metric.metric_name, data.schema, domain, arguments, data.tables)
                    frames.setdefault((domain.get("batch_id"), domain.get("table")), {})[metric.id] = plan
            except Exception as error:  # each metric fails for itself
                outcomes[metric.id] = error
        for (batch_id, table), plans in frames.items():
            values, failures = resolve(self.data_of({"batch_id": batch_id, "table": table}).frame, plans)
            outcomes |= values | failures
        return outcomes

    def resolve_metric_bundle(self, metric_fn_bundle: Iterable[Any]) -> dict[Any, Any]:
        """Return the values of a bundle; metrics of this engine are bundled in `resolve_metrics`."""
        return self.resolve_metrics([part.metric_configuration for part in metric_fn_bundle])

    def _comparison_condition_to_filter_clause(self, condition: Any) -> pl.Expr:
        return self._filter_clause(condition)

    def _nullity_condition_to_filter_clause(self, condition: Any) -> pl.Expr:
        return self._filter_clause(condition)

    def _and_condition_to_filter_clause(self, condition: Any) -> pl.Expr:
        return self._filter_clause(condition)

    def _or_condition_to_filter_clause(self, condition: Any) -> pl.Expr:
        return self._filter_clause(condition)

    def _filter_clause(self, condition: Any) -> pl.Expr:
        clause = predicate(condition, View(self.data_of({}).schema))
        assert clause is not None
        return clause
