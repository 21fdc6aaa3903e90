"""Objects and arrays are decoded part by part: each with its own type, rules, doubts and evidence."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl

from weighbridge.contract.model import LogicalType, Property, RuleSpec, SchemaObject
from weighbridge.decode import decode
from weighbridge.findings import Effect
from weighbridge.readers.lineage import raw_name


def prop(name: str, kind: str = "string", *children: Property, **more: object) -> Property:
    return Property(name, LogicalType(kind), (name,), children=children, **more)  # type: ignore[arg-type]


ADDRESS = prop(
    "address", "object", prop("city"), prop("since", "date"), prop("debt", "number", physical_type="DECIMAL(9,2)")
)
DAY = prop("day", "date", rules=(RuleSpec("date", {"formats": ["dd/MM/yyyy", "MM/dd/yyyy"]}),))
LINES = prop("lines", "array", prop("line", "object", prop("sku"), prop("qty", "integer"), DAY))
TEXTS = {"city": pl.String, "since": pl.String, "debt": pl.String}


def decoded(frame: pl.DataFrame, *properties: Property) -> tuple[pl.DataFrame, dict[str, object]]:
    """Return the decoded frame, and for each doubt that applies anywhere its rows, evidence and readings."""
    named = frame.rename({c: raw_name(c) for c in frame.columns}).lazy()
    made = decode(named, frame.columns, SchemaObject("t", "t", properties), typed=True)
    result = made.frame.collect()
    told: dict[str, object] = {}
    for probe in made.probes:
        failed = result.select(probe.failed.alias("f"))["f"]
        if failed.any():
            rows = result.filter(failed)
            seen = rows.select(probe.seen.alias("s"))["s"].to_list() if probe.seen is not None else None
            readings = rows.select(probe.readings.alias("r"))["r"].to_list() if probe.readings is not None else None
            told[probe.name] = (failed.arg_true().to_list(), seen, readings, probe.effect)
    return result, told


def test_each_member_has_its_own_type_and_doubt() -> None:
    rows = [
        {"city": " x ", "since": "2020-01-02", "debt": "1.50"},
        {"city": "", "since": "soon", "debt": None},
        None,
    ]
    frame = pl.DataFrame({"address": pl.Series(rows, dtype=pl.Struct(TEXTS))})
    result, told = decoded(frame, ADDRESS)
    assert result["address"].to_list() == [
        {"city": " x ", "since": dt.date(2020, 1, 2), "debt": Decimal("1.50")},
        {"city": "", "since": None, "debt": None},
        None,
    ]
    assert told == {"address.since|type": ([1], ["soon"], None, Effect.REJECT)}


def test_items_are_decoded_where_they_stand() -> None:
    item = pl.Struct({"sku": pl.String, "qty": pl.String, "day": pl.String})
    rows = [
        [{"sku": "a", "qty": "1", "day": "31/01/2020"}, {"sku": "b", "qty": "x", "day": None}],
        [],
        None,
        [{"sku": None, "qty": "y", "day": None}, {"sku": None, "qty": "z", "day": "03/04/2020"}, None],
    ]
    result, told = decoded(pl.DataFrame({"lines": pl.Series(rows, dtype=pl.List(item))}), LINES)
    assert result["lines"].to_list() == [
        [{"sku": "a", "qty": 1, "day": dt.date(2020, 1, 31)}, {"sku": "b", "qty": None, "day": None}],
        [],
        None,
        [{"sku": None, "qty": None, "day": None}, {"sku": None, "qty": None, "day": None}, None],
    ]
    assert told["lines[].qty|type"] == ([0, 3], ["x", "y, z"], None, Effect.REJECT)
    rows_of, seen, readings, effect = told["lines[].day|date.order"]  # type: ignore[misc]
    assert (rows_of, seen, effect) == ([3], ["03/04/2020"], Effect.REVIEW)
    assert sorted(readings[0]) == ["2020-03-04", "2020-04-03"]


def test_lists_of_lists_of_numbers_and_arrays_of_fixed_length() -> None:
    matrix = prop("m", "array", prop("row", "array", prop("v", "integer")))
    frame = pl.DataFrame({"m": pl.Series([[["1", "2"], []], [None], [["x"]]], dtype=pl.List(pl.List(pl.String)))})
    result, told = decoded(frame, matrix)
    assert result["m"].to_list() == [[[1, 2], []], [None], [[None]]]
    assert list(told) == ["m[][]|type"]
    fixed = pl.DataFrame({"v": pl.Series([["1", "2"]], dtype=pl.Array(pl.String, 2))})
    assert decoded(fixed, prop("v", "array", prop("x", "integer")))[0]["v"].to_list() == [[1, 2]]


def test_typed_members_are_cast_and_those_of_other_names_left_out() -> None:
    source = pl.DataFrame({"address": [{"debt": 1.25, "other": 1, "city": "x", "since": dt.datetime(2020, 1, 1)}]})
    named = source.rename({"address": "raw:address"}).lazy()
    made = decode(named, ["address"], SchemaObject("t", "t", (ADDRESS,)), typed=True)
    expected = {"city": "x", "since": dt.date(2020, 1, 1), "debt": Decimal("1.25")}
    assert made.frame.collect()["address"].to_list() == [expected]
    assert [n.what for n in made.not_executed] == ["address: other"]
    assert not made.not_executed[0].asserts


def test_a_member_that_the_source_lacks_is_null() -> None:
    frame = pl.DataFrame({"address": [{"city": "x"}]})
    assert decoded(frame, ADDRESS)[0]["address"].to_list() == [{"city": "x", "since": None, "debt": None}]
