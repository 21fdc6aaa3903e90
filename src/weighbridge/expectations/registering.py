"""Making the engine known to Great Expectations. Importing this imports Great Expectations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from great_expectations.expectations.metrics.metric_provider import MetricProvider
from great_expectations.expectations.registry import get_metric_kwargs, register_metric
from great_expectations.validator.metric_configuration import MetricConfiguration

from weighbridge.expectations.comparing import OTHER_SOURCES, compared_with
from weighbridge.expectations.details import DETAILS
from weighbridge.expectations.engine import PolarsExecutionEngine, Provider
from weighbridge.expectations.given_up import GIVEN_UP
from weighbridge.expectations.metrics import NAMES, base_of


class PolarsMetric(MetricProvider):  # type: ignore[misc]
    """What a metric of the engine depends on: details on the count of what is unexpected, all else on nothing."""

    @classmethod
    def get_evaluation_dependencies(
        cls,
        metric: Any,
        configuration: Any = None,
        execution_engine: Any = None,
        runtime_configuration: Any = None,
    ) -> dict[str, Any]:
        """Return the metrics that must be known before this one is asked for."""
        base, ending = base_of(metric.metric_name)
        if ending not in DETAILS:
            return {}
        arguments = {k: v for k, v in (metric.metric_value_kwargs or {}).items() if k != "result_format"}
        count = MetricConfiguration(
            metric_name=f"{base}.unexpected_count",
            metric_domain_kwargs=metric.metric_domain_kwargs,
            metric_value_kwargs=arguments,
        )
        return {"unexpected_count": count}


def register() -> None:
    """Enter a provider for every metric the engine computes.

    The keys of a metric are those Great Expectations declares for it, so that all engines are asked
    in the same words; a metric this version does not have is passed over.
    """
    for name in (*NAMES, *OTHER_SOURCES):
        keys = _declared(name)
        if keys is None:
            continue
        kind = type(
            "PolarsMetric",
            (PolarsMetric,),
            {"domain_keys": keys[0], "value_keys": keys[1], "default_kwarg_values": keys[2]},
        )
        register_metric(
            metric_name=name,
            metric_domain_keys=keys[0],
            metric_value_keys=keys[1],
            execution_engine=PolarsExecutionEngine,
            metric_class=kind,
            metric_provider=compared_with(name) if name in OTHER_SOURCES else Provider(name),
        )
    for kind in GIVEN_UP:
        _own(kind)


def _own(kind: Any) -> None:
    """Enter the one metric of an expectation that Great Expectations has given up."""
    (name,) = kind.metric_dependencies
    keys = {"domain_keys": kind.domain_keys, "value_keys": kind.success_keys, "default_kwarg_values": {}}
    register_metric(
        metric_name=name,
        metric_domain_keys=kind.domain_keys,
        metric_value_keys=kind.success_keys,
        execution_engine=PolarsExecutionEngine,
        metric_class=type("PolarsMetric", (PolarsMetric,), keys),
        metric_provider=Provider(name),
    )


def _declared(name: str) -> tuple[tuple[str, ...], tuple[str, ...], Mapping[str, Any]] | None:
    from great_expectations.exceptions import MetricProviderError

    try:
        declared = get_metric_kwargs(name)
    except MetricProviderError:
        return None
    from great_expectations.expectations import registry

    defaults = registry._registered_metrics[name]["default_kwarg_values"]
    return tuple(declared["metric_domain_keys"]), tuple(declared["metric_value_keys"]), defaults
