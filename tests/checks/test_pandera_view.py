"""The Pandera model says of a frame exactly what the contract's own probes say."""

from __future__ import annotations

import subprocess
import sys
import warnings
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.checks import CheckContext, lower
from weighbridge.checks.case import metric, prop, table
from weighbridge.checks.pandera_view import to_pandera, to_pandera_schema, unexpressed
from weighbridge.contract.model import Comparison, ForeignKey, Quality
from weighbridge.findings import Effect, Severity
from weighbridge.probe import KeyProbe, RowProbe

SCHEMA = table(
    prop("id", "integer", primary_key_position=1, options={"minimum": 0}),
    prop("code", enum=["A", "B"], required=True, unique=True),
    prop("text", options={"pattern": "^x", "maxLength": 2}),
    prop("real", "number", required=True, options={"minimum": 0, "multipleOf": 0.5}),
    prop("price", "number", physical_type="DECIMAL(9,2)", options={"maximum": 1.5}),
    prop("day", "date", options={"minimum": "2013-01-01"}),
    prop("at", "timestamp", options={"maximum": "2013-12-31"}),
    prop("flag", "boolean", severity=Severity.WARNING, required=True),
    prop("odd name", "integer", options={"maximum": 3}, severity=Severity.INFO),
    quality=(
        Quality("below", "custom", engine="weighbridge", implementation="id <= real"),
        Quality("soft", "custom", engine="weighbridge", implementation="flag", severity=Severity.WARNING),
        metric("count", "rowCount", Comparison("mustBe", 1)),
    ),
    foreign_keys=(ForeignKey(("code",), "codes", ("code",)),),
)
DTYPES = {
    "id": pl.Int64(),
    "code": pl.String(),
    "text": pl.String(),
    "real": pl.Float64(),
    "price": pl.Decimal(9, 2),
    "day": pl.Date(),
    "at": pl.Datetime("us"),
    "flag": pl.Boolean(),
    "odd name": pl.Int64(),
}
mostly_good = {
    "id": st.integers(0, 5) | st.integers(-1, 40),
    "code": st.sampled_from(["A", "B"]) | st.sampled_from(["A", "B", "C"]),
    "text": st.sampled_from(["x", "xy", None]) | st.text(max_size=3),
    "real": st.sampled_from([50.0, 99.5]) | st.floats(),
    "price": st.none() | st.decimals(-2, Decimal("1.6"), places=2),
    "day": st.none() | st.dates(date(2012, 12, 1), date(2014, 1, 1)),
    "at": st.none() | st.datetimes(datetime(2013, 1, 1), datetime(2014, 1, 10)),
    "flag": st.none() | st.booleans(),
    "odd name": st.none() | st.integers(0, 9),
}
rows = st.fixed_dictionaries(mostly_good) | st.fixed_dictionaries({k: st.none() | v for k, v in mostly_good.items()})
good_rows = st.fixed_dictionaries(
    {
        "id": st.integers(0, 40),
        "code": st.sampled_from(["A", "B"]),
        "text": st.none() | st.just("xy"),
        "real": st.sampled_from([50.0, 99.5]),
        **{name: st.none() for name in ("price", "day", "at", "flag", "odd name")},
    }
)


def holds(frame: pl.DataFrame) -> bool:
    """Whether no record fails anything that would keep it from being published."""
    context = CheckContext(datetime(2013, 6, 15, tzinfo=UTC), lambda _: None, DTYPES)
    for probe in lower(SCHEMA, context).probes:
        if isinstance(probe, RowProbe):
            failed = frame.select(probe.failed.alias("x"))["x"]
        elif isinstance(probe, KeyProbe):
            usable = pl.all_horizontal(pl.col(name).is_not_null() for name in probe.properties)
            failed = frame.select((usable & pl.struct(probe.properties).is_duplicated()).alias("x"))["x"]
        else:
            continue
        if probe.effect in (Effect.REJECT, Effect.REVIEW) and failed.any():
            return False
    return True


def valid(frame: pl.DataFrame) -> bool:
    from pandera.errors import SchemaErrors

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            to_pandera_schema(SCHEMA).validate(frame, lazy=True)
        except SchemaErrors:
            return False
    return True


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, max_size=4) | st.lists(good_rows, max_size=2))
def test_a_frame_is_valid_for_pandera_exactly_if_it_holds_the_contract(records) -> None:
    frame = pl.DataFrame(records, schema=DTYPES)
    assert valid(frame) == holds(frame)


GOOD = {
    "id": 1,
    "code": "A",
    "text": None,
    "real": 50.0,
    "price": None,
    "day": None,
    "at": None,
    "flag": True,
    "odd name": 9,
}


def frame_of(*changes: dict) -> pl.DataFrame:
    return pl.DataFrame([GOOD | change for change in changes], schema=DTYPES)


def test_both_outcomes_occur() -> None:
    assert valid(frame_of({}))
    assert valid(frame_of({"id": 1}, {"id": 2, "code": "B"}))
    assert not valid(frame_of({"real": float("nan")}))
    assert not valid(frame_of({}, {"code": "B"}))


def test_it_is_a_model_for_function_signatures() -> None:
    import pandera.polars as pa
    from pandera.errors import SchemaError
    from pandera.typing.polars import DataFrame

    model = to_pandera(SCHEMA, "Flights")
    assert issubclass(model, pa.DataFrameModel)
    assert model.__name__ == "Flights"
    assert list(model.to_schema().columns) == list(DTYPES)
    assert model.validate(frame_of({})).height == 1

    def train(frame):
        return frame.height

    train.__annotations__ = {"frame": DataFrame[model]}
    checked = pa.check_types(train)
    assert checked(frame_of({})) == 1
    with pytest.raises(SchemaError, match="code"):
        checked(frame_of({"code": "Z"}))


def test_an_error_names_the_check_and_what_was_expected() -> None:
    from pandera.errors import SchemaErrors

    with pytest.raises(SchemaErrors) as caught:
        to_pandera(SCHEMA).validate(frame_of({"id": -1}, {"code": "Z", "id": 3}), lazy=True)
    told = caught.value.failure_cases.select("column", "check", "failure_case", "index").rows()
    assert ("id", "id|minimum: at least 0", "-1", 0) in told
    assert ("code", "code|enum: A or B", "Z", 1) in told


def test_a_missing_column_and_a_wrong_type_are_refused() -> None:
    assert not valid(frame_of({}).drop("price"))
    assert not valid(frame_of({}).with_columns(pl.col("id").cast(pl.Int32)))


def test_a_warning_warns() -> None:
    from pandera.errors import SchemaWarning

    with pytest.warns(SchemaWarning, match="flag"):
        to_pandera(SCHEMA).validate(frame_of({"flag": False}))


def test_what_pandera_does_not_ask_is_listed() -> None:
    assert {entry.what for entry in unexpressed(SCHEMA)} == {"odd name|maximum", "count", "relationship code → codes"}
    nested = table(prop("tags", "array", options={"minItems": 1}))
    (entry,) = unexpressed(nested)
    assert "dtypes" in entry.why
    assert unexpressed(nested, dtypes={"tags": pl.List(pl.String)}) == ()
    schema = to_pandera_schema(nested, dtypes={"tags": pl.List(pl.String)})
    assert schema.validate(pl.DataFrame({"tags": [["x"]]})).height == 1


def test_checks_are_imported_without_pandera() -> None:
    code = "import sys, weighbridge.checks, weighbridge.checks.pandera_view; sys.exit('pandera' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
