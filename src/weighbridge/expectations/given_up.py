"""Expectations that Great Expectations has given up, for suites that still name them. Importing this imports it."""
# ruff: noqa: N815 (the names of arguments are those of the suites)

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.core.suite_parameters import SuiteParameterDict
from great_expectations.expectations.expectation import BatchExpectation, ColumnAggregateExpectation
from great_expectations.expectations.row_conditions import RowConditionType


class _Answered:
    """What is asked of the engine is the whole answer; only BOOLEAN_ONLY leaves the rest out."""

    metric_dependencies: ClassVar[tuple[str, ...]]

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> Any:
        return dict(metrics[self.metric_dependencies[0]])


class ExpectColumnChisquareTestPValueToBeGreaterThan(_Answered, ColumnAggregateExpectation):  # type: ignore[misc]
    """Expect a chi-square test of a column's values against `partition_object` to have a chance above `p`."""

    partition_object: dict[str, Any] | SuiteParameterDict | None = None
    p: float | SuiteParameterDict = 0.05
    tail_weight_holdout: float | SuiteParameterDict = 0

    metric_dependencies: ClassVar[tuple[str, ...]] = ("column.chisquare_test",)
    success_keys: ClassVar[tuple[str, ...]] = ("partition_object", "p", "tail_weight_holdout")


class ExpectColumnParameterizedDistributionKsTestPValueToBeGreaterThan(
    _Answered,
    ColumnAggregateExpectation,  # type: ignore[misc]
):
    """Expect a Kolmogorov–Smirnov test against a named distribution to have a chance of at least `p_value`."""

    distribution: str | SuiteParameterDict
    p_value: float | SuiteParameterDict = 0.05
    params: dict[str, Any] | list[float] | tuple[float, ...] | SuiteParameterDict | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = ("column.distribution_ks_test",)
    success_keys: ClassVar[tuple[str, ...]] = ("distribution", "p_value", "params")


class ExpectColumnBootstrappedKsTestPValueToBeGreaterThan(_Answered, ColumnAggregateExpectation):  # type: ignore[misc]
    """Expect Kolmogorov–Smirnov tests of samples against `partition_object` to be passed by more than a share of `p`.

    Samples are drawn anew from one fixed seed, so that the same values get the same verdict.
    """

    partition_object: dict[str, Any] | SuiteParameterDict | None = None
    p: float | SuiteParameterDict = 0.05
    bootstrap_samples: int | SuiteParameterDict | None = None
    bootstrap_sample_size: int | SuiteParameterDict | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = ("column.bootstrapped_ks_test",)
    success_keys: ClassVar[tuple[str, ...]] = ("partition_object", "p", "bootstrap_samples", "bootstrap_sample_size")


class ExpectColumnPairCramersPhiValueToBeLessThan(_Answered, BatchExpectation):  # type: ignore[misc]
    """Expect two columns, numbers in bins, to go together by a Cramér's phi of at most `threshold`."""

    column_A: str
    column_B: str
    bins_A: list[Any] | SuiteParameterDict | None = None
    bins_B: list[Any] | SuiteParameterDict | None = None
    n_bins_A: int | SuiteParameterDict | None = None
    n_bins_B: int | SuiteParameterDict | None = None
    threshold: float | SuiteParameterDict = 0.1
    row_condition: RowConditionType = None
    condition_parser: str | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = ("column_pair.cramers_phi",)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "column_A", "column_B", "row_condition", "condition_parser")
    success_keys: ClassVar[tuple[str, ...]] = ("bins_A", "bins_B", "n_bins_A", "n_bins_B", "threshold")


GIVEN_UP: tuple[Any, ...] = (
    ExpectColumnChisquareTestPValueToBeGreaterThan,
    ExpectColumnParameterizedDistributionKsTestPValueToBeGreaterThan,
    ExpectColumnBootstrappedKsTestPValueToBeGreaterThan,
    ExpectColumnPairCramersPhiValueToBeLessThan,
)
"""The four, each with its one metric."""
