"""All that a Pandera schema can say is asked as Pandera asks it, or refused in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera import extensions
from pandera.api.polars.types import PolarsData

from tests.support.pandera_team import lowered, ours, theirs
from weighbridge.findings import Severity
from weighbridge.probe import CrossProbe, RowProbe, ScalarProbe

Check = pa.Check
VALUES: dict[str, tuple[Any, list[Any]]] = {
    "Int64": (pl.Int64(), [-3, 0, 1, 2, 5, 5]),
    "UInt8": (pl.UInt8(), [0, 1, 2, 5, 255, 2]),
    "Float64": (pl.Float64(), [-0.5, 0.0, 1.0, float("nan"), float("inf"), 2.0]),
    "Float32": (pl.Float32(), [-0.5, 0.0, 1.0, 2.5, 2.0, 2.0]),
    "Decimal": (pl.Decimal(9, 2), [Decimal("-1.50"), Decimal("0.00"), Decimal("1.00"), Decimal("2.00")]),
    "String": (pl.String(), ["a", "ab", "b", "", "é\n", "2"]),
    "Boolean": (pl.Boolean(), [True, False, True, False]),
    "Date": (pl.Date(), [date(2013, 1, 1), date(2014, 1, 1), date(1900, 2, 28)]),
    "Datetime": (pl.Datetime("us"), [datetime(2013, 1, 1), datetime(2014, 1, 1, 5), datetime(1900, 2, 28)]),
    "Zoned": (pl.Datetime("us", "UTC"), [datetime(2013, 1, 1, tzinfo=UTC), datetime(2014, 1, 1, 5, tzinfo=UTC)]),
    "Time": (pl.Time(), [time(0), time(12, 30), time(23, 59)]),
    "Duration": (pl.Duration("us"), [timedelta(0), timedelta(days=1), timedelta(seconds=-1)]),
    "Enum": (pl.Enum(["a", "b", "ab"]), ["a", "b", "ab", "a"]),
    "List": (pl.List(pl.Int64()), [[1], [], [1, 2]]),
    "Struct": (pl.Struct({"x": pl.Int64()}), [{"x": 1}, {"x": None}]),
    "Binary": (pl.Binary(), [b"a", b"", b"b"]),
}
CHECKS: dict[str, Any] = {
    "equal_to": lambda low, high, **k: Check.equal_to(low, **k),
    "not_equal_to": lambda low, high, **k: Check.not_equal_to(low, **k),
    "greater_than": lambda low, high, **k: Check.greater_than(low, **k),
    "greater_than_or_equal_to": lambda low, high, **k: Check.greater_than_or_equal_to(low, **k),
    "less_than": lambda low, high, **k: Check.less_than(high, **k),
    "less_than_or_equal_to": lambda low, high, **k: Check.less_than_or_equal_to(high, **k),
    "in_range": lambda low, high, **k: Check.in_range(low, high, include_max=False, **k),
    "isin": lambda low, high, **k: Check.isin([low, high], **k),
    "notin": lambda low, high, **k: Check.notin([low], **k),
    "unique_values_eq": lambda low, high, **k: Check.unique_values_eq([low, high], **k),
    "str_matches": lambda low, high, **k: Check.str_matches("a|b", **k),
    "str_contains": lambda low, high, **k: Check.str_contains("b$", **k),
    "str_startswith": lambda low, high, **k: Check.str_startswith("a", **k),
    "str_endswith": lambda low, high, **k: Check.str_endswith("b", **k),
    "str_length": lambda low, high, **k: Check.str_length(1, 2, **k),
}


def test_every_check_of_panderas_own_is_tried() -> None:
    from pandera.backends.polars import builtin_checks

    own = {
        name
        for name, held in vars(builtin_checks).items()
        if getattr(held, "__module__", "") == builtin_checks.__name__
    }
    assert set(CHECKS) == own & set(Check.CHECK_FUNCTION_REGISTRY)


@pytest.mark.parametrize("nulls", ["some", "all"])
@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("name", CHECKS)
def test_a_check_of_panderas_own_fails_the_same_records(name: str, kind: str, nulls: str) -> None:
    dtype, values = VALUES[kind]
    low, high = values[0], values[1]
    held = {"some": [None, *values, None], "all": [None, None]}[nulls]
    frame = pl.DataFrame({"a": pl.Series(held, dtype=dtype)})
    for parts in ({}, {"ignore_na": False}):
        try:
            schema = pa.DataFrameSchema({"a": pa.Column(dtype, CHECKS[name](low, high, **parts), nullable=True)})
        except Exception:  # no such check of such values, to Pandera itself
            continue
        found = ours(schema, frame)
        try:
            expected = theirs(schema, frame)
        except pl.exceptions.InvalidOperationError:  # Pandera finds durations, and cannot write down which
            assert kind == "Duration"
            assert found
            continue
        if any(None in rows for rows in expected.values()):  # the check broke off, or answers once for all
            assert len(found) == 1
            assert set(found.values()) == {frozenset([None])}
        else:
            assert found == expected


def _over(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col(data.key) <= pl.col(data.key).mean().over("b"))


def _joined(data: PolarsData) -> pl.LazyFrame:
    few = data.lazyframe.group_by("b").agg(pl.len().alias("n"))
    return data.lazyframe.join(few, on="b", how="left", nulls_equal=True, maintain_order="left").select(pl.col("n") < 3)


def _stepwise(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.with_columns(x=pl.col(data.key) * 2).select(pl.col("x") != 4)


def _strict(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col("b").cast(pl.Int64) > 0)


def _python(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col(data.key).map_elements(lambda v: v != 3, return_dtype=pl.Boolean))


def _several(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col("a") > 0, pl.col("b") != "x")


def _mean(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col(data.key).mean() > 1)


def _collects(data: PolarsData) -> bool:
    return bool(data.lazyframe.collect().height % 2)


def _short(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.filter(pl.col("a") > 0).select(pl.col("a") > 1)


def _a_below(value: Any) -> bool:
    return bool(value != 1)


@extensions.register_check_method(statistics=["step"])
def is_step_of(data: PolarsData, *, step: int) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col(data.key) % step == 0)


WAYS: dict[str, tuple[Any, type]] = {
    "an expression": (Check(lambda d: d.lazyframe.select(pl.col(d.key) > 1)), RowProbe),
    "several expressions": (Check(_several), RowProbe),
    "a registered check": (Check.is_step_of(step=2), RowProbe),
    "a name and an error of its own": (Check.gt(1, name="more", error="more than one"), RowProbe),
    "null fails": (Check.gt(1, ignore_na=False), RowProbe),
    "few failure cases": (Check(lambda d: d.lazyframe.select(pl.col(d.key) != 9), n_failure_cases=1), RowProbe),
    "groups": (Check(_over), CrossProbe),
    "a join": (Check(_joined), CrossProbe),
    "several steps": (Check(_stepwise), CrossProbe),
    "a cast that may break off": (Check(_strict), CrossProbe),
    "a function of Python in an expression": (Check(_python), CrossProbe),
    "element by element": (Check(_a_below, element_wise=True), CrossProbe),
    "element by element, null fails": (Check(_a_below, element_wise=True, ignore_na=False), CrossProbe),
    "one figure": (Check(_mean), ScalarProbe),
    "a figure, once collected": (Check(_collects), CrossProbe),
}
ROWS = st.lists(st.tuples(st.none() | st.integers(0, 5), st.sampled_from([None, "x", "1"])), max_size=6)
DTYPES = {"a": pl.Int64(), "b": pl.String()}


def frame_of(records: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(records, schema=DTYPES, orient="row")


def agrees(schema: Any, frame: pl.DataFrame) -> None:
    """Hold our answers against Pandera's; what it says of all records, it may pin on the first."""
    expected, found = theirs(schema, frame), ours(schema, frame)
    apart = {key for key in {*expected, *found} if expected.get(key) != found.get(key)}
    for key in apart:
        assert found.get(key) == {None}, (key, expected, found)
        assert expected.get(key) in ({0}, {None}, None), (key, expected, found)
        assert any(None in rows or rows == {0} for rows in expected.values())


@pytest.mark.parametrize("way", WAYS)
def test_a_users_check_fails_the_same_records_whatever_way_it_is_asked(way: str) -> None:
    check, kind = WAYS[way]
    schema = pa.DataFrameSchema({"a": pa.Column(pl.Int64, check, nullable=True)})
    (probe,) = lowered(schema, DTYPES).probes
    assert isinstance(probe, kind)

    @settings(max_examples=15, deadline=None)
    @given(ROWS)
    def law(records: list[tuple[Any, ...]]) -> None:
        agrees(schema, frame_of(records))

    law()


SCHEMAS: dict[str, Any] = {
    "nullable, unique": {"columns": {"a": pa.Column(pl.Int64, unique=True), "b": pa.Column(pl.String, nullable=True)}},
    "duplicates are all reported": {
        "columns": {"a": pa.Column(pl.Int64, unique=True, nullable=True)},
        "report_duplicates": "exclude_first",
    },
    "a check of the frame": {
        "columns": {"a": pa.Column(pl.Int64, nullable=True)},
        "checks": [Check(lambda d: d.lazyframe.select(pl.col("a") < pl.col("b").str.len_chars() * 3), name="rows")],
    },
    "a check of every column": {
        "columns": {"a": pa.Column(pl.Int64, nullable=True)},
        "checks": [Check(lambda d: d.lazyframe.select(pl.all().is_not_null()), name="whole")],
    },
    "strict, without columns we do not have": {
        "columns": {"a": pa.Column(pl.Int64, nullable=True), "b": pa.Column(pl.String, nullable=True)},
        "strict": True,
        "ordered": True,
    },
    "filtered": {
        "columns": {"a": pa.Column(pl.Int64, nullable=True)},
        "strict": "filter",
        "checks": [Check(lambda d: d.lazyframe.select(pl.all().is_not_null()), name="whole")],
    },
    "a default": {"columns": {"a": pa.Column(pl.Int64, Check.gt(1), default=1)}},
    "coerced to what it can be": {
        "columns": {"a": pa.Column(pl.Float64, [Check.gt(1.5), Check(_mean)], nullable=True, coerce=True)}
    },
    "coerced as a whole": {
        "columns": {"a": pa.Column(pl.String, Check.isin(["1", "2"]), nullable=True)},
        "coerce": True,
    },
    "an optional column": {"columns": {"z": pa.Column(pl.Int64, Check.gt(1), required=False)}},
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_fails_the_same_records(name: str) -> None:
    schema = pa.DataFrameSchema(**SCHEMAS[name])

    @settings(max_examples=15, deadline=None)
    @given(ROWS)
    def law(records: list[tuple[Any, ...]]) -> None:
        agrees(schema, frame_of(records))

    law()


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_a_key_of_several_columns_fails_every_record_that_repeats_it(records: list[tuple[Any, ...]]) -> None:
    frame = frame_of(records)
    schema = pa.DataFrameSchema({"a": pa.Column(pl.Int64, nullable=True)}, unique=["a", "b"])
    expected = frozenset(frame.is_duplicated().arg_true())
    assert ours(schema, frame) == ({("a+b", "multiple"): expected} if expected else {})
    assert bool(theirs(schema, frame)) == bool(expected)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"columns": {"z": pa.Column(pl.Int64)}}, "no property z"),
        ({"columns": {"z.+": pa.Column(pl.Int64, regex=True)}}, "a name like z.+"),
        ({"columns": {"a": pa.Column(pl.Int64, nullable=True)}, "strict": True}, "it is strict, and has no column b"),
        (
            {"columns": {n: pa.Column(DTYPES[n], nullable=True) for n in "ba"}, "ordered": True},
            "it is ordered b and a, the object a and b",
        ),
        ({"columns": {"a": pa.Column(pl.String, nullable=True)}}, "a is Int64 here and String there"),
        (
            {"columns": {"a": pa.Column(pl.Int64, nullable=True)}, "dtype": pl.String},
            "a is Int64 here and String there",
        ),
        ({"columns": {"a": pa.Column(pl.Int64, Check.str_length(1), nullable=True)}}, "str_length of a"),
        (
            {"columns": {"a": pa.Column(pl.Int64, Check(lambda d: d.lazyframe.select(pl.col("a"))), nullable=True)}},
            "it gives Int64, not true or false",
        ),
        ({"columns": {"z": pa.Column(pl.Int64)}, "add_missing_columns": True}, "no property z"),
    ],
)
def test_what_pandera_refuses_as_a_whole_is_a_finding(parts: dict[str, Any], why: str) -> None:
    schema = pa.DataFrameSchema(**parts)
    result = lowered(schema, DTYPES)
    (finding,) = result.findings
    assert (finding.code, finding.severity) == ("CHK-038", Severity.ERROR)
    assert why in finding.detail
    assert [entry.what for entry in result.not_executed] == ["team"]
    assert theirs(schema, frame_of([(1, "x")]))
