"""The engine of Great Expectations on Polars: how often it scans, and that failures stay apart."""

import json
from collections.abc import Iterator

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
import pytest
from polars.io.plugins import register_io_source

import weighbridge.expectations as on_polars


class CountingSource:
    """A source that counts how often it is scanned."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.rows = rows
        self.scans = 0

    def scan(self) -> pl.LazyFrame:
        def batches(
            columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, size: int | None
        ) -> Iterator[pl.DataFrame]:
            self.scans += 1
            rows = self.rows if columns is None else self.rows.select(columns)
            yield rows if predicate is None else rows.filter(predicate)

        return register_io_source(batches, schema=self.rows.schema)


@pytest.fixture(scope="module")
def everything():
    on_polars.install()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_polars("polars").add_dataframe_asset("frames")
    return asset.add_batch_definition_whole_dataframe("everything")


def rows() -> pl.DataFrame:
    return pl.DataFrame(
        {"a": [1, 2, 3, None, 5, 5], "s": ["x", "y", "zz", None, "x", ""], "f": [1.5, float("nan"), 2, 3, 4, None]}
    )


def suite(*expectations: object) -> gx.ExpectationSuite:
    return gx.ExpectationSuite("suite", expectations=list(expectations))


def test_a_suite_is_one_scan_and_two_where_details_are_asked_for(everything) -> None:
    source = CountingSource(rows())
    asked = suite(
        gxe.ExpectColumnValuesToBeBetween(column="a", min_value=1, max_value=3),
        gxe.ExpectColumnValuesToBeUnique(column="a"),
        gxe.ExpectColumnMaxToBeBetween(column="f", min_value=1, max_value=9),
        gxe.ExpectColumnValueZScoresToBeLessThan(column="f", threshold=3, double_sided=True),
        gxe.UnexpectedRowsExpectation(unexpected_rows_query="select * from {batch} where a > 2"),
    )
    batch = everything.get_batch({"dataframe": source.scan()})
    batch.validate(asked, result_format="BOOLEAN_ONLY")
    assert source.scans == 1
    result = batch.validate(asked, result_format="COMPLETE")
    assert source.scans == 3
    between = next(
        r for r in result.results if "between" in r.expectation_config.type and "values" in r.expectation_config.type
    )
    assert between.result["unexpected_list"] == [5, 5]
    assert between.result["unexpected_index_list"] == [4, 5]


def test_missing_values_are_null_and_nan(everything) -> None:
    batch = everything.get_batch({"dataframe": rows()})
    result = batch.validate(gxe.ExpectColumnValuesToNotBeNull(column="f"), result_format="COMPLETE")
    assert result.result["unexpected_index_list"] == [1, 5]


def test_an_expectation_that_cannot_be_computed_fails_for_itself(everything) -> None:
    asked = suite(
        gxe.ExpectColumnMeanToBeBetween(column="nope", min_value=1),
        gxe.ExpectColumnMeanToBeBetween(column="s", min_value=1),
        gxe.ExpectColumnMeanToBeBetween(column="a", min_value=1),
    )
    result = everything.get_batch({"dataframe": rows()}).validate(asked)
    assert [r.success for r in result.results].count(True) == 1
    told = json.dumps([r.exception_info for r in result.results], default=str)
    assert 'The column \\"nope\\" in BatchData does not exist' in told
    assert "a column of type String holds no numbers" in told


def test_a_row_condition_is_a_predicate_and_places_are_those_of_the_whole_frame(everything) -> None:
    from great_expectations.expectations.row_conditions import Column

    expectation = gxe.ExpectColumnValuesToBeInSet(column="s", value_set=["y"], row_condition=Column("a") > 2)
    result = everything.get_batch({"dataframe": rows()}).validate(expectation, result_format="COMPLETE")
    assert result.result["element_count"] == 3
    assert result.result["unexpected_index_list"] == [2, 4, 5]


def test_quantiles_can_be_stored_as_json(everything) -> None:
    ranges = {"quantiles": [0.5], "value_ranges": [[1, 9]]}
    expectation = gxe.ExpectColumnQuantileValuesToBeBetween(column="f", quantile_ranges=ranges)
    result = everything.get_batch({"dataframe": rows()}).validate(expectation)
    assert result.success is True
    assert json.loads(json.dumps(result.to_json_dict()))["result"]["observed_value"]["values"] == [3.0]


def test_complete_lists_are_not_capped(everything) -> None:
    frame = pl.DataFrame({"a": range(1000)})
    expectation = gxe.ExpectColumnValuesToBeBetween(column="a", max_value=-1)
    result = everything.get_batch({"dataframe": frame}).validate(expectation, result_format="COMPLETE")
    assert len(result.result["unexpected_list"]) == 1000
    assert len(result.result["partial_unexpected_list"]) == 20


def test_a_column_without_any_value_meets_what_is_said_of_values(everything) -> None:
    asked = suite(
        gxe.ExpectColumnValuesToBeInSet(column="e", value_set=["cat"]), gxe.ExpectColumnValuesToBeDecreasing(column="e")
    )
    assert everything.get_batch({"dataframe": pl.DataFrame({"e": [None, None]})}).validate(asked).success


def test_values_of_every_type_can_be_stored_as_json(everything) -> None:
    import datetime as dt
    from decimal import Decimal

    frame = pl.DataFrame(
        {
            "span": [dt.timedelta(1), dt.timedelta(2), None],
            "exact": [Decimal("1.50"), Decimal("2.50"), None],
            "moment": [dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 2), None],
            "day": [dt.date(2024, 1, 1), dt.date(2024, 1, 2), None],
            "odd \"name' {x} 𝔘": ["\x00", '"', None],
        }
    )
    asked = suite(
        *(gxe.ExpectColumnValuesToBeNull(column=name) for name in frame.columns),
        *(gxe.ExpectColumnMostCommonValueToBeInSet(column=name, value_set=[1]) for name in frame.columns),
    )
    result = everything.get_batch({"dataframe": frame}).validate(asked, result_format="COMPLETE")
    assert not any(r.success for r in result.results)
    told = {
        r["expectation_config"]["kwargs"]["column"]: r["result"]
        for r in json.loads(json.dumps(result.to_json_dict()))["results"]
        if r["expectation_config"]["type"] == "expect_column_values_to_be_null"
    }
    assert {name: r["unexpected_count"] for name, r in told.items()} == dict.fromkeys(frame.columns, 2)
    assert told["span"]["unexpected_list"] == ["1d", "2d"]
