"""Columns that come with a type: what is lossless is silent, what is not is blamed row by row."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import polars as pl
import pytest

from weighbridge.contract.model import LogicalType, Property, RuleSpec, SchemaObject
from weighbridge.decode import Decoded, decode
from weighbridge.findings import code


def run(
    values: pl.Series, kind: str, *rules: RuleSpec, null_values: tuple[str, ...] = (), **more: object
) -> tuple[Decoded, list[object], dict[str, list[int]]]:
    prop = Property("p", LogicalType(kind), ("p",), rules=rules, **more)  # type: ignore[arg-type]
    frame = pl.DataFrame({"raw:p": values})
    decoded = decode(frame.lazy(), ["p"], SchemaObject("o", "o", (prop,)), typed=True, null_values=null_values)
    out = decoded.frame.collect()
    assert out.schema["p"] == decoded.dtypes["p"]
    failing = {p.name: out.select(p.failed).to_series().arg_true().to_list() for p in decoded.probes}
    return decoded, out["p"].to_list(), {k: v for k, v in failing.items() if v}


S = pl.Series
LOSSLESS = [
    (S([1, None], dtype=pl.Int16), "integer", [1, None]),
    (S([1.0, None, 2.0]), "integer", [1, None, 2]),
    (S([True, False]), "integer", [1, 0]),
    (S([Decimal("3.00")], dtype=pl.Decimal(10, 2)), "integer", [3]),
    (S([1, 2**53], dtype=pl.Int64), "number", [1.0, float(2**53)]),
    (S([1.5], dtype=pl.Float32), "number", [1.5]),
    (S([Decimal("1.10")], dtype=pl.Decimal(10, 2)), "number", [1.1]),
    (S([0, 1, None]), "boolean", [False, True, None]),
    (S([datetime(2013, 1, 2)]), "date", [date(2013, 1, 2)]),
    (S([date(2013, 1, 2)]), "timestamp", [datetime(2013, 1, 2)]),
    (S([1, None]), "string", ["1", None]),
    (S([date(2013, 1, 2)]), "string", ["2013-01-02"]),
    (S([2.0, 2.5]), "string", ["2", "2.5"]),
    (S(["a"], dtype=pl.Categorical()), "string", ["a"]),
    (S([" 7 ", "", None]), "integer", [7, None, None]),
    (S([None, None]), "integer", [None, None]),
    (S([time(5)]), "time", [time(5)]),
]


@pytest.mark.parametrize(
    ("values", "kind", "expected"), LOSSLESS, ids=lambda v: str(v)[:20] if isinstance(v, str) else None
)
def test_lossless_is_silent(values: pl.Series, kind: str, expected: list[object]) -> None:
    _, got, failing = run(values, kind)
    assert got == expected
    assert failing == {}


LOSSY = [
    (S([1.5, float("nan"), 2.0, 1e300]), "integer", [None, None, 2, None], [0, 1, 3]),
    (S([2**64 - 1, 5], dtype=pl.UInt64), "integer", [None, 5], [0]),
    (S([2**53 + 1, 4]), "number", [None, 4.0], [0]),
    (S([float("inf"), 1.0, None]), "number", [None, 1.0, None], [0]),
    (S([2, 1]), "boolean", [None, True], [0]),
    (S([datetime(2013, 1, 2, 3), datetime(2013, 1, 2)]), "date", [None, date(2013, 1, 2)], [0]),
    (S(["x", "8"]), "integer", [None, 8], [0]),
]


@pytest.mark.parametrize(("values", "kind", "expected", "failing"), LOSSY, ids=range(len(LOSSY)))
def test_what_would_be_lost_is_blamed(values: pl.Series, kind: str, expected: list[object], failing: list[int]) -> None:
    _, got, found = run(values, kind)
    assert got == expected
    assert found == {"p|type": failing}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (S([date(2013, 1, 2), None]), "integer"),
        (S([5, None]), "date"),
        (S([5, None]), "timestamp"),
        (S([[1], None]), "string"),
        (S([datetime(2013, 1, 2), None]), "time"),
        (S([1.5, None]), "time"),
    ],
    ids=range(6),
)
def test_an_impossible_type_blames_every_value(values: pl.Series, kind: str) -> None:
    decoded, got, failing = run(values, kind)
    assert got == [None, None]
    assert failing == {"p|type": [0]}
    (probe,) = decoded.probes
    assert probe.code == "LEG-003"
    assert probe.expected.startswith(f"a source column that can hold {kind}; ")
    assert code("LEG-003").fix.startswith("correct the property's logicalType")


def test_a_decimal_must_hold_the_value() -> None:
    values = S([Decimal("1.500"), Decimal("1.555")], dtype=pl.Decimal(10, 3))
    _, got, failing = run(values, "number", physical_type="DECIMAL(10,2)")
    assert got == [Decimal("1.50"), None]
    assert failing == {"p|type": [1]}


def test_nanoseconds_that_are_cut_are_a_repair() -> None:
    values = S([1_000_000_001, 1_000_000_000], dtype=pl.Int64).cast(pl.Datetime("ns"))
    _, got, failing = run(values, "timestamp")
    assert got == [datetime(1970, 1, 1, 0, 0, 1)] * 2
    assert failing == {"p|type.precision": [0]}


def test_instants_and_local_times() -> None:
    instant = S([datetime(2013, 6, 1, 12, tzinfo=UTC)]).dt.convert_time_zone("America/New_York")
    assert run(instant, "timestamp")[1] == [datetime(2013, 6, 1, 12)]
    local = S([datetime(2013, 6, 1, 8), datetime(2013, 11, 3, 1, 30), datetime(2013, 3, 10, 2, 30)])
    _, got, failing = run(local, "timestamp", options={"defaultTimezone": "America/New_York"})
    assert got[0] == datetime(2013, 6, 1, 12, tzinfo=UTC)
    assert failing == {"p|type.gap": [2], "p|type.fold": [1]}


def test_rules_read_the_text_of_typed_values() -> None:
    packed = RuleSpec("date", {"formats": ["yyyyMMdd"]})
    for values in (S([20130630, 20130231]), S([20130630.0, 20130631.0])):
        _, got, failing = run(values, "date", packed)
        assert got == [date(2013, 6, 30), None]
        assert failing == {"p|date": [1]}


def test_null_values_hold_for_typed_columns() -> None:
    _, got, failing = run(S([-999.0, 1.5, float("nan")]), "number", null_values=("-999", "NaN"))
    assert got == [None, 1.5, None]
    assert failing == {}


def test_nested_values_keep_their_type() -> None:
    decoded, got, failing = run(S([{"a": 1}]), "object")
    assert got == [{"a": 1}]
    assert failing == {}
    assert decoded.not_executed == ()
