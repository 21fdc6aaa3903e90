"""Great Expectations' own objects over the data source: checkpoints, actions, Data Docs; nothing leaves."""

import json
import sys
from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
import pytest
from great_expectations.checkpoint import UpdateDataDocsAction
from great_expectations.checkpoint.actions import ValidationAction

import weighbridge.expectations as on_polars

FLIGHTS = pl.DataFrame({"carrier": ["AA", "UA", None, "AA"], "delay": [3, -5, 700, 12], "day": [1, 1, 2, 2]})


class Remember(ValidationAction):
    """An action of a user's own, which leaves what it was given in a file."""

    type: str = "remember"
    path: str

    def run(self, checkpoint_result, action_context=None):
        Path(self.path).write_text(json.dumps(checkpoint_result.describe_dict(), default=str))
        return {"written": self.path}


@pytest.fixture(scope="module", autouse=True)
def installed():
    on_polars.install()


class Connections:
    """Whom this process connects to while it is looked at; Python's own audit events tell."""

    def __init__(self) -> None:
        self.looking = False
        self.made: list[object] = []
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.looking and event == "socket.connect":
            self.made.append(arguments[1])


@pytest.fixture(scope="module")
def connections():
    return Connections()


@pytest.fixture
def connected(connections):
    connections.looking = True
    yield connections.made
    connections.looking = False


def asked() -> list:
    return [
        gxe.ExpectColumnValuesToNotBeNull(column="carrier", severity="warning"),
        gxe.ExpectColumnValuesToBeBetween(column="delay", max_value={"$PARAMETER": "most"}),
        gxe.ExpectColumnMeanToBeBetween(column="delay", min_value=0),
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ]


def test_an_ephemeral_context_validates_by_definition_and_checkpoint(connected) -> None:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    assert context.variables.analytics_enabled in (None, False)
    asset = context.data_sources.add_polars("p").add_dataframe_asset("flights")
    whole = asset.add_batch_definition_whole_dataframe("all")
    suite = context.suites.add(gx.ExpectationSuite("s", expectations=asked()))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name="v", data=whole, suite=suite))
    given = {"batch_parameters": {"dataframe": FLIGHTS}, "expectation_parameters": {"most": 600}}
    result = definition.run(result_format="SUMMARY", **given)
    assert [r.success for r in result.results] == [False, False, True, True]
    assert result.statistics["successful_expectations"] == 2
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(name="c", validation_definitions=[definition], result_format="COMPLETE")
    )
    again = checkpoint.run(**given)
    assert not again.success
    (only,) = again.run_results.values()
    assert only.results[1].result["unexpected_index_list"] == [2]
    assert connected == []


def test_a_file_context_keeps_the_source_and_builds_data_docs(tmp_path, connected) -> None:
    FLIGHTS.write_parquet(tmp_path / "flights.parquet")
    FLIGHTS.write_csv(tmp_path / "flights.csv")
    context = gx.get_context(mode="file", project_root_dir=tmp_path)
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_polars("p", like_brackets=True)
    asset = source.add_parquet_asset("flights", tmp_path / "flights.parquet")
    source.add_csv_asset("text", tmp_path / "flights.csv", separator=",")
    whole = asset.add_batch_definition_whole_file("all")
    by_day = asset.add_batch_definition_by_value("by day", column="day")
    suite = context.suites.add(gx.ExpectationSuite("s", expectations=asked()))
    definitions = [
        context.validation_definitions.add(gx.ValidationDefinition(name=name, data=data, suite=suite))
        for name, data in (("whole", whole), ("daily", by_day))
    ]
    told = tmp_path / "told.json"
    context.checkpoints.add(
        gx.Checkpoint(
            name="c",
            validation_definitions=definitions,
            actions=[UpdateDataDocsAction(name="docs"), Remember(name="remember", path=str(told))],
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["day"]},
        )
    )

    anew = gx.get_context(mode="file", project_root_dir=tmp_path)
    anew.variables.progress_bars = {"globally": False}
    assert anew.data_sources.get("p").like_brackets is True
    result = anew.checkpoints.get("c").run(expectation_parameters={"most": 600})
    assert [len(r.results) for r in result.run_results.values()] == [4, 4]
    daily = [r for r in result.run_results.values() if r.meta["batch_spec"] is not None][1]
    assert daily.results[3].result["observed_value"] == 2
    assert json.loads(told.read_text())["success"] is False
    pages = [path.read_text() for path in (tmp_path / "gx").rglob("validations/**/*.html")]
    assert len(pages) == 2
    assert all("must be less than or equal to" in page and "delay" in page for page in pages)
    assert connected == []


def test_a_source_whose_file_is_not_there_says_so(tmp_path) -> None:
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_polars("p")
    with pytest.raises(gx.datasource.fluent.interfaces.TestConnectionError, match=r"nope\.parquet"):
        source.add_parquet_asset("nope", tmp_path / "nope.parquet")
