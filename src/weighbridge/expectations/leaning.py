"""What the engine leans on in Great Expectations beyond its public interface, and whether it is still there.

Execution engines, the registry of metrics and the fluent data sources are not public: a release
may change them without notice. Everything that is used of them is written down here and looked at
once, before the engine is registered, so that a release that changed it is told in one message.
Importing this imports no Great Expectations; `require` does.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from weighbridge.findings import Finding, WeighbridgeError

OLDEST, BELOW = (1, 23), (2,)
"""Versions the engine was tried with: from the first, up to but without the second."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "great_expectations.compatibility": ("pydantic",),
    "great_expectations.core": ("ExpectationSuiteValidationResult", "ExpectationValidationResult"),
    "great_expectations.core.batch": ("BatchData", "BatchMarkers", "LegacyBatchDefinition"),
    "great_expectations.core.batch_spec": ("RuntimeDataBatchSpec",),
    "great_expectations.core.id_dict": ("IDDict",),
    "great_expectations.core.partitioners": (
        "ColumnPartitionerDaily",
        "ColumnPartitionerMonthly",
        "ColumnPartitionerYearly",
        "PartitionerColumnValue",
    ),
    "great_expectations.core.suite_parameters": ("SuiteParameterDict",),
    "great_expectations.data_context": ("project_manager",),
    "great_expectations.datasource.fluent": ("BatchRequest", "Datasource"),
    "great_expectations.datasource.fluent.batch_identifier_util": ("make_batch_identifier",),
    "great_expectations.datasource.fluent.interfaces": ("Batch", "DataAsset", "TestConnectionError"),
    "great_expectations.exceptions": ("ExecutionEngineError", "MetricProviderError", "MetricResolutionError"),
    "great_expectations.exceptions.exceptions": ("BuildBatchRequestError",),
    "great_expectations.execution_engine": ("ExecutionEngine",),
    "great_expectations.expectations.core": (
        "ExpectColumnQuantileValuesToBeBetween",
        "ExpectColumnTypeToBe",
        "ExpectColumnValuesToBeInTypeList",
        "ExpectColumnValuesToBeOfType",
    ),
    "great_expectations.expectations.expectation": ("BatchExpectation", "ColumnAggregateExpectation"),
    "great_expectations.expectations.metrics.metric_provider": ("MetricProvider",),
    "great_expectations.expectations.registry": (
        "_registered_metrics",
        "get_metric_kwargs",
        "get_metric_provider",
        "register_metric",
    ),
    "great_expectations.expectations.row_conditions": ("RowConditionType",),
    "great_expectations.validator.metric_configuration": ("MetricConfiguration",),
}
"""By module, the names taken from it."""

METHODS: Mapping[str, tuple[str, ...]] = {
    "great_expectations.execution_engine:ExecutionEngine.load_batch_data": ("batch_id", "batch_data"),
    "great_expectations.execution_engine:ExecutionEngine.get_batch_data_and_markers": ("batch_spec",),
    "great_expectations.execution_engine:ExecutionEngine.resolve_metrics": (
        "metrics_to_resolve",
        "metrics",
        "runtime_configuration",
    ),
    "great_expectations.execution_engine:ExecutionEngine.resolve_metric_bundle": ("metric_fn_bundle",),
    "great_expectations.execution_engine:ExecutionEngine.get_compute_domain": (
        "domain_kwargs",
        "domain_type",
        "accessor_keys",
    ),
    "great_expectations.execution_engine:ExecutionEngine._partition_domain_kwargs": (
        "domain_kwargs",
        "domain_type",
        "accessor_keys",
    ),
    "great_expectations.execution_engine:ExecutionEngine._get_computed_metric_evaluation_dependencies_by_metric_name": (
        "metric_to_resolve",
        "metrics",
    ),
    "great_expectations.expectations.registry:register_metric": (
        "metric_name",
        "metric_domain_keys",
        "metric_value_keys",
        "execution_engine",
        "metric_class",
        "metric_provider",
    ),
    "great_expectations.expectations.core:ExpectColumnValuesToBeOfType._validate": (
        "metrics",
        "runtime_configuration",
        "execution_engine",
    ),
}
"""By module and place, parameters that what is called or overridden must take."""


class ExpectationsError(WeighbridgeError):
    """Great Expectations, or a suite of it, cannot be used."""


def require() -> None:
    """Look whether the installed Great Expectations has all that the engine leans on.

    Raises:
        ExpectationsError: GXE-001, with everything that is not as it was.
    """
    try:
        found = import_module("great_expectations").__version__
    except ImportError as error:
        raise ExpectationsError(Finding("GXE-001", detail=f"it cannot be imported: {error}")) from error
    if changed := [*version_amiss(found), *missing(NAMES), *altered(METHODS)]:
        raise ExpectationsError(Finding("GXE-001", detail=f"{found}: {'; '.join(changed)}"))


def version_amiss(found: str) -> Iterator[str]:
    """Yield why the engine was not tried with a version of Great Expectations."""
    parts = tuple(int(part) for part in found.partition("+")[0].split(".")[:2] if part.isdigit())
    if parts and not OLDEST <= parts < BELOW:
        yield f"this version is not from {'.'.join(map(str, OLDEST))} to below {'.'.join(map(str, BELOW))}"


def missing(names: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield which of `names` their modules do not have."""
    for module, wanted in names.items():
        try:
            there = import_module(module)
        except ImportError:
            yield f"no module {module}"
            continue
        yield from (f"no {name} in {module}" for name in wanted if not hasattr(there, name))


def altered(methods: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield which of `methods` do not take the parameters they must take."""
    for where, wanted in methods.items():
        module, _, path = where.partition(":")
        try:
            found: Any = import_module(module)
            for step in path.split("."):
                found = getattr(found, step)
        except (ImportError, AttributeError):
            yield f"no {path} in {module}"
            continue
        taken = inspect.signature(found).parameters
        if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in taken.values()):
            continue
        yield from (f"{path} takes no {name}" for name in wanted if name not in taken)
