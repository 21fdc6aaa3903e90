"""A frame against a contract, in memory: typed, or one error that tells the whole story."""

from __future__ import annotations

import asyncio
import pickle
import warnings
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import weighbridge
from tests.pipeline.people import CONTRACT, contract, people
from weighbridge import ArgumentError, ValidationError, ValidationWarning
from weighbridge.contract import load

CLASSIFIED = CONTRACT.replace("  - name: name\n", "  - name: name\n    classification: confidential\n")


@pytest.fixture
def held(tmp_path: Path) -> weighbridge.Contract:
    return weighbridge.load_contract(contract(tmp_path))


def test_a_valid_frame_comes_back_typed_in_its_order_with_what_else_it_has(held: weighbridge.Contract) -> None:
    given_frame = people(1, 200).select("name", pl.col("id").cast(pl.Int16), pl.col("age") % 100, extra="id")
    typed = held.validate(given_frame)
    assert typed.columns == ["id", "name", "age", "extra"]
    assert typed.schema["id"] == pl.Int64
    assert typed["id"].to_list() == list(range(1, 201))
    assert typed["extra"].equals(given_frame["extra"])


def test_texts_are_read_as_an_extract_of_them_would_be(held: weighbridge.Contract) -> None:
    texts = people(1, 5).cast(pl.String)
    assert held.validate(texts).equals(people(1, 5))


def test_a_large_frame_keeps_its_order(held: weighbridge.Contract) -> None:
    frame = people(1, 300_000).with_columns(pl.col("age") % 100)
    assert held.validate(frame).equals(frame)


@pytest.mark.parametrize("form", [pl.DataFrame.lazy, pl.DataFrame.to_arrow])
def test_lazy_frames_and_arrow_tables_are_frames(form: object, held: weighbridge.Contract) -> None:
    frame = people(1, 10)
    assert callable(form)
    assert held.validate(form(frame)).equals(frame)


def test_the_error_tells_every_check_how_often_and_where(held: weighbridge.Contract) -> None:
    frame = pl.concat([people(1, 10, faulty=3), people(5, 1)])
    with pytest.raises(ValidationError) as caught:
        held.validate(frame)
    error = caught.value
    assert (error.records, error.failed_records, error.exit_code) == (11, 5, 1)
    assert {(c.name, c.failed_records) for c in error.checks} == {("name|required", 3), ("id|primaryKey", 2)}
    told = error.failure_cases.filter(check="name|required")
    assert told["record"].to_list() == [8, 9, 10]
    assert "5 of 11 records break People 1.0.0, people" in str(error)
    assert "CHK-001 name|required: 3 records; expected a value" in str(error)
    assert "name|required" in error._repr_html_()
    assert {f.code for f in error.findings} == {"CHK-001", "CHK-009"}


def test_the_error_survives_a_worker_process(held: weighbridge.Contract) -> None:
    with pytest.raises(ValidationError) as caught:
        held.validate(people(1, 10, faulty=1))
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert again.findings == caught.value.findings
    assert again.failure_cases.equals(caught.value.failure_cases)


def test_a_missing_column_is_told_before_anything_is_judged(held: weighbridge.Contract) -> None:
    with pytest.raises(ValidationError) as caught:
        held.validate(people(1, 10).drop("name"))
    assert [f.code for f in caught.value.findings] == ["RDR-020"]
    assert "the frame is not of People 1.0.0, people" in str(caught.value)
    assert "RDR-020" in caught.value._repr_html_()


OPTIONAL = """
apiVersion: v3.2.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema: [{name: t, properties: [{name: a, logicalType: integer}, {name: b, logicalType: string}]}]
"""


def test_a_frame_with_no_column_of_the_contract_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        weighbridge.load_contract(OPTIONAL).validate(pl.DataFrame({"code": [1]}))
    assert [f.code for f in caught.value.findings] == ["RDR-024"]


def test_what_only_warns_is_a_warning_and_the_frame_comes_back(held: weighbridge.Contract) -> None:
    with pytest.warns(ValidationWarning, match=r"CHK-005 age\|maximum: 5 records"):
        typed = held.validate(people(1, 125))
    assert typed.height == 125


def test_a_part_of_an_extract_need_not_keep_promises_about_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(CONTRACT.replace("  quality:\n", "  quality:\n  - {metric: rowCount, mustBeGreaterThan: 100}\n"))
    held = weighbridge.load_contract(path)
    with pytest.raises(ValidationError, match="rowCount"):
        held.validate(people(1, 10))
    assert held.validate(people(1, 10), whole=False).height == 10


def test_classified_values_are_never_quoted(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(CLASSIFIED)
    with pytest.raises(ValidationError) as caught:
        weighbridge.load_contract(path).validate(people(1, 3).with_columns(name=pl.lit("SECRETSECRETSECRET")))
    error = caught.value
    for told in (str(error), error._repr_html_(), error.failure_cases.write_json(), repr(error.checks)):
        assert "SECRET" not in told
    assert error.failed_records == 3


def test_what_is_no_frame_is_refused(held: weighbridge.Contract) -> None:
    with pytest.raises(ArgumentError, match="a dict is no frame of Polars, pyarrow or pandas"):
        held.validate({"id": [1]})  # type: ignore[arg-type]


def test_an_empty_frame_is_valid_where_no_extract_is_promised(held: weighbridge.Contract) -> None:
    assert held.validate(people(1, 0)).is_empty()


@given(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["Ada", None, "a name too long"]), st.integers(-2, 99))),
)
def test_validate_and_check_agree_on_any_frame(rows: list[tuple[int, str | None, int]]) -> None:
    frame = pl.DataFrame(rows, schema={"id": pl.Int64, "name": pl.String, "age": pl.Int64}, orient="row")
    held = weighbridge.Contract(load(CONTRACT))
    verdicts = held.check(frame).verdicts
    kept_out = verdicts["rejected"] + verdicts["uncertain"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidationWarning)
        try:
            valid = held.validate(frame).height == frame.height
            assert valid
            assert kept_out == 0
        except ValidationError as error:
            assert error.failed_records == kept_out > 0


# The decorator -----------------------------------------------------------------------------


def test_frames_are_validated_on_the_way_in_and_out(held: weighbridge.Contract) -> None:
    @held.checked("frame", returns=True)
    def doubled(frame: pl.DataFrame, times: int = 2) -> pl.DataFrame:
        """Doc."""
        assert frame.schema["id"] == pl.Int64
        return frame.with_columns(pl.col("id") * times)

    assert doubled.__doc__ == "Doc."
    assert doubled(people(1, 3).cast(pl.String))["id"].to_list() == [2, 4, 6]
    assert doubled(frame=people(1, 3), times=3)["id"].to_list() == [3, 6, 9]
    with pytest.raises(ValidationError, match=r"name\|required"):
        doubled(people(1, 3, faulty=1))
    with pytest.raises(ValidationError, match="primaryKey"):
        doubled(people(1, 3), times=0)


def test_a_lazy_frame_stays_lazy_and_none_is_left_alone(held: weighbridge.Contract) -> None:
    @held.checked(frame="people")
    def kind(frame: pl.LazyFrame | None = None) -> str:
        return type(frame).__name__

    assert kind(people(1, 2).lazy()) == "LazyFrame"
    assert kind() == kind(None) == "NoneType"


def test_coroutines_are_awaited_before_their_result_is_looked_at(held: weighbridge.Contract) -> None:
    @held.checked(returns="people")
    async def load(faulty: int) -> pl.DataFrame:
        return people(1, 3, faulty=faulty)

    assert asyncio.run(load(0)).height == 3
    with pytest.raises(ValidationError):
        asyncio.run(load(1))


def test_a_parameter_that_is_not_there_is_told_when_the_function_is_made(held: weighbridge.Contract) -> None:
    with pytest.raises(ArgumentError, match="train has no parameter frme; it has frame"):

        @held.checked("frme")
        def train(frame: pl.DataFrame) -> None: ...


# In notebooks ------------------------------------------------------------------------------


def test_contract_and_result_show_themselves_in_notebooks(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(CONTRACT.replace("name: People", "name: <script>alert(1)</script>"))
    held = weighbridge.load_contract(path)
    result = held.check(people(1, 10, faulty=2))
    for shown in (held._repr_html_(), result._repr_html_()):
        assert "&lt;script&gt;" in shown
        assert "<script" not in shown
    assert "name|required" in result._repr_html_()
    assert "<td" in held._repr_html_()


def test_an_arrow_table_of_another_library_is_a_frame(held: weighbridge.Contract) -> None:
    table = pa.table({"id": [1], "name": ["Ada"], "age": [36]})
    assert held.validate(table).rows() == [(1, "Ada", 36)]


def test_a_contract_is_made_of_its_path_too(tmp_path: Path) -> None:
    path = contract(tmp_path)
    assert weighbridge.Contract(str(path)).fingerprint == weighbridge.load_contract(path).fingerprint
    with pytest.raises(weighbridge.ContractError):
        weighbridge.Contract(tmp_path / "nowhere.yaml")
