"""Verdicts without Great Expectations are Great Expectations' own."""

import json
import math
import subprocess
import sys

import great_expectations as gx
import polars as pl
import pytest
from great_expectations.expectations.registry import get_expectation_impl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import weighbridge.expectations as on_polars
from tests.support.gx_cases import same
from tests.support.gx_suite import BOTH, ROWS
from weighbridge.expectations.kinds import BETWEEN, ELSEWHERE, EVERYWHERE, MAPS, OPTIONAL, OTHERS, arguments_of
from weighbridge.expectations.riding import NotRidingError, Riding, Verdict, ride

RIDING = sorted({*MAPS, *BETWEEN, *OTHERS})


@pytest.fixture(scope="module")
def everything():
    on_polars.install()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_polars("p").add_dataframe_asset("f")
    return asset.add_batch_definition_whole_dataframe("all")


def verdict(riding: Riding, rows: pl.DataFrame) -> Verdict:
    if riding.build is not None:
        return riding.read(riding.build(rows.lazy()).collect(engine="streaming").item())
    return riding.read(rows.lazy().select(riding.value.alias("x")).collect(engine="streaming").item())


def differing(everything, rows: pl.DataFrame, index: int) -> dict:
    asked = {kind: BOTH[kind][index] for kind in RIDING}
    suite = gx.ExpectationSuite("s", expectations=[get_expectation_impl(k)(**said) for k, said in asked.items()])
    format = {"result_format": "BASIC", "partial_unexpected_count": 20}
    outcome = everything.get_batch({"dataframe": rows}).validate(suite, result_format=format)
    amiss = {}
    for one in outcome.results:
        kind = one.expectation_config.type
        ours = verdict(ride(kind, asked[kind], rows.schema), rows)
        theirs = json.loads(json.dumps(one.to_json_dict()))["result"]
        if kind in MAPS:
            theirs["partial_unexpected_list"] = []
        if kind == "unexpected_rows_expectation":
            theirs = {"observed_value": theirs["observed_value"]}
        for told in (ours.result, theirs):
            if kind == "expect_table_columns_to_match_set":
                told["observed_value"] = sorted(told["observed_value"])
        if ours.success is not one.success or not same(ours.result, theirs):
            amiss[kind] = (ours, one.success, theirs)
    return amiss


@pytest.mark.parametrize("index", [0, 1])
def test_every_verdict_and_result_is_that_of_great_expectations(everything, index: int) -> None:
    assert differing(everything, ROWS, index) == {}


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(picks=st.lists(st.integers(0, ROWS.height - 1), max_size=8), index=st.sampled_from([0, 1]))
def test_any_rows_get_the_verdict_of_great_expectations(everything, picks: list[int], index: int) -> None:
    assert differing(everything, ROWS[picks], index) == {}


WEIGHED = [
    {
        "column": "n",
        "partition_object": {"values": [1, 2, 9], "weights": [0.5, 0.25, 0.25]},
        "tail_weight_holdout": 0.1,
    },
    {"column": "n", "partition_object": {"values": [1, 99], "weights": [0.5, 0.5]}},
    {"column": "s", "partition_object": {"values": ["zz", "ab"], "weights": [0.5, 0.5]}, "tail_weight_holdout": 0.2},
    {"column": "n", "partition_object": {"bins": [2, 3, 4], "weights": [0.5, 0.5]}, "tail_weight_holdout": 0.1},
    {"column": "n", "partition_object": {"bins": [2, 3, 4], "weights": [0.4, 0.4], "tail_weights": [0.1, 0.1]}},
    {"column": "f", "partition_object": {"bins": [-math.inf, 1, 3], "weights": [0.5, 0.5]}, "tail_weight_holdout": 0.1},
    {"column": "f", "partition_object": {"bins": [1, 3, math.inf], "weights": [0.5, 0.5]}, "tail_weight_holdout": 0.1},
    {"column": "f", "partition_object": {"bins": [-math.inf, 1, 3, math.inf], "weights": [0.5, 0.25, 0.25]}},
    {
        "column": "n",
        "partition_object": {"bins": [0, 1, 2, 9], "weights": [0.5, 0.0, 0.5]},
        "internal_weight_holdout": 0.1,
        "tail_weight_holdout": 0.1,
    },
]


@pytest.mark.parametrize("said", WEIGHED, ids=str)
def test_a_divergence_is_that_of_great_expectations(everything, said: dict) -> None:
    kind = "expect_column_kl_divergence_to_be_less_than"
    for threshold in (0.01, 5):
        kwargs = {**said, "threshold": threshold}
        suite = gx.ExpectationSuite("s", expectations=[get_expectation_impl(kind)(**kwargs)])
        (one,) = everything.get_batch({"dataframe": ROWS}).validate(suite).results
        theirs = json.loads(json.dumps(one.to_json_dict()))["result"]
        ours = verdict(ride(kind, kwargs, ROWS.schema), ROWS)
        assert ours.success is one.success
        for found, expected in ((ours.result, theirs),):
            assert found["observed_value"] == pytest.approx(expected["observed_value"])
            for part, held in expected["details"].items():
                for key in ("weights", "tail_weights"):
                    assert found["details"][part].get(key, ()) == pytest.approx(held.get(key, ())), (part, key)


def test_every_core_expectation_rides_or_is_said_not_to() -> None:
    assert set(BOTH) <= {*RIDING, *ELSEWHERE}


@pytest.mark.parametrize("kind", RIDING)
def test_arguments_are_those_of_great_expectations(everything, kind: str) -> None:
    fields = get_expectation_impl(kind).__fields__
    meta = {"id", "notes", "description", "rendered_content", "windows", "batch_id", "library_metadata"}
    own = {name for name in fields if name not in EVERYWHERE | meta}
    assert set(arguments_of(kind)) == own
    assert {name for name in own if fields[name].required} <= set(arguments_of(kind)) - OPTIONAL


@pytest.mark.parametrize(
    ("kind", "kwargs", "why"),
    [
        ("expect_column_values_to_be_unique", {"column": "zz"}, "does not exist"),
        ("expect_column_values_to_be_uniqe", {"column": "n"}, "the nearest is expect_column_values_to_be_unique"),
        ("expect_column_values_to_be_unique", {}, "needs column"),
        ("expect_column_values_to_be_unique", {"column": "n", "most": 1}, "takes no most"),
        ("expect_column_values_to_be_unique", {"column": "n", "mostly": 2}, "no share from 0 to 1"),
        ("expect_column_values_to_be_between", {"column": "n", "min_value": "x"}, "must either be None"),
        ("expect_column_values_to_be_between", {"column": "n", "max_value": {"$PARAMETER": "m"}}, "only a suite"),
        ("expect_column_mean_to_be_between", {"column": "n", "max_value": "x"}, "must be numbers"),
        ("expect_column_mean_to_be_between", {"column": "s"}, "holds no numbers"),
        ("expect_column_values_to_match_regex", {"column": "s", "regex": "("}, "not a regular expression"),
        ("expect_column_kl_divergence_to_be_less_than", {"column": "n", "threshold": 1}, "needs partition_object"),
        (
            "expect_column_kl_divergence_to_be_less_than",
            {"column": "n", "threshold": 1, "partition_object": {"values": [1], "weights": [0.5]}},
            "Invalid partition object",
        ),
        ("expect_table_row_count_to_equal_other_table", {"other_table_name": "t"}, "asks a second table"),
        ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT nope FROM {batch}"}, "nope"),
    ],
)
def test_what_cannot_ride_says_why(kind: str, kwargs: dict, why: str) -> None:
    with pytest.raises(NotRidingError, match=why.replace("(", r"\(")):
        ride(kind, kwargs, ROWS.schema)


def test_riding_imports_no_great_expectations() -> None:
    code = (
        "import sys, polars as pl\n"
        "from weighbridge.expectations.riding import ride\n"
        "ride('expect_column_values_to_be_unique', {'column': 'a'}, {'a': pl.Int64()})\n"
        "sys.exit(int(any(name.partition('.')[0] in ('great_expectations', 'pandas') for name in sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
