"""The four expectations Great Expectations has given up: what they refuse, what they leave open, on whose rows."""

from __future__ import annotations

import json

import great_expectations as gx
import polars as pl
import pytest
from great_expectations.expectations.registry import get_expectation_impl

import weighbridge.expectations as on_polars
from weighbridge.expectations.distributions import parameters

ROWS = pl.DataFrame(
    {
        "label": ["a", "a", "b", "b", None, "c"],
        "number": [1.0, 2.0, 3.0, float("nan"), None, 5.0],
        "same": ["x"] * 6,
        "day": [1, 1, 2, 2, 2, 2],
    }
)
HALVES = {"values": ["a", "b"], "weights": [0.5, 0.5]}
STEPS = {"bins": [0, 2, 6], "weights": [0.5, 0.5]}
CHI, NAMED = (
    "expect_column_chisquare_test_p_value_to_be_greater_than",
    ("expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than"),
)
BOOT, PHI = (
    "expect_column_bootstrapped_ks_test_p_value_to_be_greater_than",
    ("expect_column_pair_cramers_phi_value_to_be_less_than"),
)


@pytest.fixture(scope="module")
def everything():
    on_polars.install()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_polars("given_up")
    return source.add_dataframe_asset("f").add_batch_definition_whole_dataframe("all")


def ask(everything, kind: str, rows: pl.DataFrame = ROWS, **kwargs):
    return everything.get_batch({"dataframe": rows}).validate(get_expectation_impl(kind)(**kwargs))


def raised(result) -> str:
    info = result.exception_info
    entries = [info] if "raised_exception" in info else list(info.values())
    return " ".join(str(each["exception_message"]) for each in entries if each["raised_exception"])


def test_labels_nobody_expected_fail_without_a_holdout_and_count_with_one(everything) -> None:
    alone = ask(everything, CHI, column="label", partition_object=HALVES)
    assert (alone.success, alone.result["observed_value"]) == (False, 0.0)
    held = ask(everything, CHI, column="label", partition_object=HALVES, tail_weight_holdout=0.2)
    assert held.success
    assert held.result["observed_value"] == pytest.approx(1.0)
    assert held.result["details"]["expected_partition"] == {
        "values": ["a", "b", "c"],
        "weights": pytest.approx([0.4, 0.4, 0.2]),
    }


def test_a_row_condition_scopes_them(everything) -> None:
    first = ask(everything, CHI, column="label", partition_object=HALVES, row_condition="day == 1",
                condition_parser="pandas")  # fmt: skip
    assert first.result["details"]["observed_partition"]["weights"] == [1.0, 0]
    both = ask(everything, PHI, column_A="label", column_B="same", row_condition="day == 1", condition_parser="pandas")
    assert both.result["details"]["crosstab"]["counts"] == [[2]]


def test_samples_are_the_same_every_time(everything) -> None:
    first, again = (ask(everything, BOOT, column="number", partition_object=STEPS) for _ in range(2))
    assert first.result == again.result
    assert first.result["details"]["observed_partition"]["weights"] == [0.25, 0.75]
    assert json.dumps(first.to_json_dict())


def test_one_category_goes_with_nothing(everything) -> None:
    alone = ask(everything, PHI, column_A="label", column_B="same")
    assert (alone.success, alone.result["observed_value"]) == (False, None)


@pytest.mark.parametrize(
    ("kind", "kwargs"),
    [
        (CHI, {"column": "label", "partition_object": HALVES}),
        (NAMED, {"column": "number", "distribution": "norm"}),
        (BOOT, {"column": "number", "partition_object": STEPS}),
        (PHI, {"column_A": "label", "column_B": "number"}),
    ],
)
def test_no_values_meet_nothing_and_raise_nothing(everything, kind: str, kwargs: dict) -> None:
    empty = ask(everything, kind, ROWS.head(0), **kwargs)
    assert (empty.success, empty.result["observed_value"]) == (False, None)
    assert raised(empty) == ""


def test_rare_labels_stand_together_and_bins_reach_what_lies_outside(everything) -> None:
    rare = ask(everything, PHI, column_A="label", column_B="number", n_bins_A=2, bins_B=[2, 3])
    assert rare.result["details"]["crosstab"]["rows"] == ["a", "b", "(missing)", "(other)"]
    assert set(rare.result["details"]["crosstab"]["columns"]) == {"[1, 2)", "[2, 3)", "[3, 5]", "(missing)"}
    grouped = ask(everything, PHI, column_A="label", column_B="day", bins_A=[["a", "b"], ["c"]])
    assert grouped.result["details"]["crosstab"]["rows"] == ["a, b", "(missing)", "c"]


@pytest.mark.parametrize(
    ("kind", "kwargs", "why"),
    [
        (CHI, {"column": "label"}, "Invalid partition object"),
        (CHI, {"column": "label", "partition_object": HALVES, "tail_weight_holdout": 2}, "between zero and one"),
        (BOOT, {"column": "number", "partition_object": HALVES}, "Invalid continuous partition"),
        (BOOT, {"column": "number", "partition_object": STEPS, "bootstrap_samples": -1}, "must be positive"),
        (BOOT, {"column": "label", "partition_object": STEPS}, "holds no numbers"),
        (NAMED, {"column": "number", "distribution": "norm", "p_value": 1}, "between 0 and 1"),
        (NAMED, {"column": "nope", "distribution": "norm"}, "does not exist"),
        (PHI, {"column_A": "nope", "column_B": "day"}, "does not exist"),
    ],
)
def test_what_makes_no_sense_is_said(everything, kind: str, kwargs: dict, why: str) -> None:
    assert why in raised(ask(everything, kind, **kwargs))


@pytest.mark.parametrize(
    ("kind", "given", "places"),
    [
        ("norm", None, ()),
        ("norm", {"std_dev": 2}, (0, 2)),
        ("norm", {"loc": 3}, (3, 1)),
        ("uniform", {"min": -5, "max": 11}, (-5, 11)),
        ("gamma", {"alpha": 2}, (2, 0, 1)),
        ("beta", [1, 2], (1, 2)),
    ],
)
def test_parameters_stand_as_scipy_takes_them(kind: str, given, places: tuple[float, ...]) -> None:
    assert parameters(kind, given) == places


@pytest.mark.parametrize(
    ("kind", "given", "why"),
    [
        ("poisson", [1], "Unsupported distribution"),
        ("beta", {"alpha": 1}, "require beta"),
        ("chi2", None, "dict or list"),
        ("chi2", [1, 2, 3, 4], "1 to 3 parameters"),
        ("norm", {"std_dev": 0}, "std_dev must be positive"),
    ],
)
def test_wrong_parameters_are_said(kind: str, given, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parameters(kind, given)
