"""Every core expectation of the installed Great Expectations, met and not met, in every result format."""

from __future__ import annotations

import json

import great_expectations as gx
import polars as pl
import pytest
from great_expectations.expectations import core
from great_expectations.expectations.registry import get_expectation_impl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import weighbridge.expectations as on_polars
from tests.support.gx_cases import same
from tests.support.gx_suite import BOTH, NOT_ON_PANDAS, ROWS, TABLES

FORMATS = (
    "BOOLEAN_ONLY",
    "BASIC",
    "SUMMARY",
    "COMPLETE",
    {"result_format": "COMPLETE", "unexpected_index_column_names": ["u"]},
    {"result_format": "COMPLETE", "unexpected_index_column_names": ["u", "b"], "exclude_unexpected_values": True},
    {"result_format": "SUMMARY", "partial_unexpected_count": 1},
    {"result_format": "BASIC", "partial_unexpected_count": 0},
)


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    on_polars.install()
    made = gx.get_context(mode="ephemeral")
    made.variables.progress_bars = {"globally": False}
    path = tmp_path_factory.mktemp("other") / "six.parquet"
    ROWS.write_parquet(path)
    made.data_sources.add_polars("other").add_parquet_asset("six", path)
    return made


@pytest.fixture(scope="module")
def ours(context):
    asset = context.data_sources.add_polars("ours").add_dataframe_asset("f")
    return asset.add_batch_definition_whole_dataframe("all")


@pytest.fixture(scope="module")
def theirs(context):
    asset = context.data_sources.add_pandas("theirs").add_dataframe_asset("f")
    return asset.add_batch_definition_whole_dataframe("all")


def suite(*, met: bool, but_for: frozenset[str] = frozenset()) -> gx.ExpectationSuite:
    kinds = [(kind, pair[0 if met else 1]) for kind, pair in BOTH.items() if kind not in but_for]
    return gx.ExpectationSuite("s", expectations=[get_expectation_impl(kind)(**said) for kind, said in kinds])


def results(batch, wanted: gx.ExpectationSuite, result_format) -> dict:
    outcome = batch.validate(wanted, result_format=result_format)
    return {one.expectation_config.type: one for one in outcome.results}


def test_every_core_expectation_is_tried() -> None:
    on_polars.install()
    kinds = {getattr(kind, "expectation_type", "") for kind in vars(core).values()} - {""}
    assert kinds == set(BOTH)


@pytest.mark.parametrize("result_format", FORMATS, ids=str)
@pytest.mark.parametrize("met", [True, False])
def test_every_expectation_is_met_and_not_met_as_on_pandas(ours, theirs, met: bool, result_format) -> None:
    found = results(ours.get_batch({"dataframe": ROWS, "tables": TABLES}), suite(met=met), result_format)
    assert {kind: r.success for kind, r in found.items() if r.success is not met} == {}
    there = results(
        theirs.get_batch({"dataframe": ROWS.to_pandas()}), suite(met=met, but_for=NOT_ON_PANDAS), result_format
    )
    differing = {
        kind: (plain(found[kind]), plain(r)) for kind, r in there.items() if not same(plain(found[kind]), plain(r))
    }
    assert differing == {}


def plain(result) -> dict:
    """The result as JSON, but for the query that fetches rows of a pandas frame and what pandas leaves to chance."""
    told = json.loads(json.dumps(result.to_json_dict()))["result"]
    told.pop("unexpected_index_query", None)
    if result.expectation_config.type == "expect_column_values_to_not_be_null":
        told.pop("partial_unexpected_counts", None)
    if "distinct_values" in result.expectation_config.type:
        for name in ("partial_unexpected_list", "partial_missing_list"):
            told[name] = sorted(told.get(name) or [], key=lambda value: (isinstance(value, str), value))
    return told


KINDS = sorted(
    set(BOTH)
    - NOT_ON_PANDAS
    - {"expect_column_kl_divergence_to_be_less_than", "expect_column_values_to_not_be_outliers"}
)
FRAMES = st.integers(2, 8).flatmap(
    lambda n: st.fixed_dictionaries(
        {
            "n": st.lists(st.integers(-3, 9), min_size=n, max_size=n),
            "m": st.lists(st.none() | st.integers(0, 5), min_size=n, max_size=n),
            "f": st.lists(st.none() | st.sampled_from([0.0, 1.5, 2.5, 9.75, float("nan")]), min_size=n, max_size=n),
            "s": st.lists(st.none() | st.sampled_from(["ab", "abc", "b", "ax", "zz", ""]), min_size=n, max_size=n),
            "t": st.lists(st.none() | st.sampled_from(["ab", "x", "zz", "éß"]), min_size=n, max_size=n),
            "b": st.lists(st.none() | st.booleans(), min_size=n, max_size=n),
            "d": st.lists(st.none() | st.sampled_from(["2024-01-05", "2024-02-30", "x"]), min_size=n, max_size=n),
            "j": st.lists(st.none() | st.sampled_from(['{"a": 1}', "[]", "{"]), min_size=n, max_size=n),
            "k": st.lists(st.none() | st.sampled_from(['{"a": 1}', '{"a": "x"}', "1"]), min_size=n, max_size=n),
            "u": st.lists(st.integers(0, 60), min_size=n, max_size=n),
        }
    )
)


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example takes a second: making it smaller takes minutes
)
@given(columns=FRAMES, met=st.booleans())
def test_any_frame_is_judged_as_on_pandas(ours, theirs, columns, met: bool) -> None:
    rows = pl.DataFrame(columns, schema=ROWS.schema)
    asked = gx.ExpectationSuite(
        "s", expectations=[get_expectation_impl(kind)(**BOTH[kind][0 if met else 1]) for kind in KINDS]
    )
    found = results(ours.get_batch({"dataframe": rows}), asked, "COMPLETE")
    there = results(theirs.get_batch({"dataframe": rows.to_pandas()}), asked, "COMPLETE")
    answered = {kind: r for kind, r in there.items() if not raised(r)}
    assert len(answered) > 30
    differing = {
        kind: (plain(found[kind]), plain(r), rows.to_dict(as_series=False))
        for kind, r in answered.items()
        if found[kind].success is not r.success or not same(plain(found[kind]), plain(r))
    }
    assert differing == {}


def raised(result) -> bool:
    info = result.exception_info
    return any(e["raised_exception"] for e in ([info] if "raised_exception" in info else info.values()))
