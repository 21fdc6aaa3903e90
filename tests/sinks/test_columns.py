"""Published columns: every type arrives in one that Delta holds exactly, and reads back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.findings import PublishError
from weighbridge.readers.lineage import LENGTH, OFFSET, RECORD, SOURCE
from weighbridge.sinks import (
    LINEAGE_COLUMNS,
    arrow_dataset,
    commit,
    lazy_sink,
    published_columns,
    published_schema,
    scan_table,
    stage_folder,
    staged_files,
)

DAY, MOMENT = dt.date(2026, 11, 22), dt.datetime(2026, 11, 22, 1, 2, 3, 456000)

# name, type, value, published type, published value
CASES: list[tuple[str, Any, Any, Any, Any]] = [
    ("i8", pl.Int8, -7, pl.Int64, -7),
    ("i16", pl.Int16, -300, pl.Int64, -300),
    ("i32", pl.Int32, -70_000, pl.Int64, -70_000),
    ("i64", pl.Int64, -(2**63), pl.Int64, -(2**63)),
    ("u8", pl.UInt8, 255, pl.Int64, 255),
    ("u16", pl.UInt16, 65_535, pl.Int64, 65_535),
    ("u32", pl.UInt32, 2**32 - 1, pl.Int64, 2**32 - 1),
    ("u64", pl.UInt64, 2**64 - 1, pl.Decimal(20, 0), Decimal(2**64 - 1)),
    ("i128", pl.Int128, -(2**100), pl.String, str(-(2**100))),
    ("u128", pl.UInt128, 2**120, pl.String, str(2**120)),
    ("f32", pl.Float32, 0.5, pl.Float64, 0.5),
    ("f64", pl.Float64, 0.1, pl.Float64, 0.1),
    ("decimal", pl.Decimal(9, 2), Decimal("12.30"), pl.Decimal(9, 2), Decimal("12.30")),
    ("string", pl.String, "é", pl.String, "é"),
    ("binary", pl.Binary, b"\x00\xff", pl.Binary, b"\x00\xff"),
    ("boolean", pl.Boolean, True, pl.Boolean, True),
    ("date", pl.Date, DAY, pl.Date, DAY),
    ("time", pl.Time, dt.time(1, 2, 3), pl.String, "01:02:03"),
    ("time_us", pl.Time, dt.time(1, 2, 3, 40), pl.String, "01:02:03.000040"),
    ("duration", pl.Duration("us"), dt.timedelta(days=1, seconds=3, microseconds=500_000), pl.String, "P1DT3.5S"),
    ("ts_ms", pl.Datetime("ms"), MOMENT, pl.Datetime("us"), MOMENT),
    ("ts_us", pl.Datetime("us"), MOMENT, pl.Datetime("us"), MOMENT),
    ("ts_ns", pl.Datetime("ns"), MOMENT, pl.Datetime("us"), MOMENT),
    (
        "ts_zone",
        pl.Datetime("us", "America/New_York"),
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        pl.Datetime("us", "UTC"),
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    ),
    ("enum", pl.Enum(["a", "b"]), "b", pl.String, "b"),
    ("categorical", pl.Categorical(), "c", pl.String, "c"),
    ("null", pl.Null, None, pl.String, None),
    ("array", pl.Array(pl.UInt8, 2), [1, 2], pl.List(pl.Int64), [1, 2]),
    ("list", pl.List(pl.Time), [dt.time(1)], pl.List(pl.String), ["01:00:00"]),
    (
        "struct",
        pl.Struct({"at": pl.Time, "n": pl.UInt8, "in": pl.Struct({"e": pl.Enum(["x"])})}),
        {"at": dt.time(1), "n": 3, "in": {"e": "x"}},
        pl.Struct({"at": pl.String, "n": pl.Int64, "in": pl.Struct({"e": pl.String})}),
        {"at": "01:00:00", "n": 3, "in": {"e": "x"}},
    ),
]


def schema_of(*names: str) -> SchemaObject:
    return SchemaObject("flights", "flights", tuple(Property(n, LogicalType.STRING, (n,), line=7) for n in names))


def checked(columns: dict[str, pl.Series]) -> pl.DataFrame:
    """A checked frame of two records: the given values, then nulls."""
    lineage = {
        SOURCE: pl.Series([0, 1], dtype=pl.UInt32),
        RECORD: pl.Series([1, 1], dtype=pl.UInt64),
        OFFSET: pl.Series([0, None], dtype=pl.UInt64),
        LENGTH: pl.Series([9, None], dtype=pl.UInt64),
    }
    return pl.DataFrame(lineage | columns)


def test_every_type_is_published_exactly_and_reads_back_in_polars_and_duckdb(tmp_path: Path) -> None:
    frame = checked({name: pl.Series([value, None], dtype=dtype) for name, dtype, value, _, _ in CASES})
    names = [case[0] for case in CASES]
    columns = published_columns(schema_of(*names), frame.schema, ["a.csv", "b.csv"], "run1")
    schema = published_schema(schema_of(*names), frame.schema)
    folder = stage_folder(tmp_path / "t", "00aa", "run1")
    lazy_sink(frame.lazy().select(columns), folder, {}).collect()
    commit(tmp_path / "t", schema, "00aa", staged_files(folder), "run1", "key", {})

    back = scan_table(tmp_path / "t").collect()
    assert dict(back.schema) == dict(schema) | {"_wb_extract": pl.String()}
    first, second = back.rows(named=True)
    for name, _, _, published_as, value in CASES:
        assert back.schema[name] == published_as, name
        assert first[name] == value, name
        assert second[name] is None, name
    assert {n: first[n] for n in LINEAGE_COLUMNS} == {
        "_wb_run": "run1",
        "_wb_source": "a.csv",
        "_wb_record": 1,
        "_wb_offset": 0,
        "_wb_length": 9,
    }
    assert (second["_wb_source"], second["_wb_offset"], first["_wb_extract"]) == ("b.csv", None, "00aa")

    published = arrow_dataset(tmp_path / "t")  # noqa: F841 - DuckDB finds it by name
    in_duckdb = duckdb.sql("select * from published order by _wb_source").pl()
    plain = [n for n in names if n not in ("array", "list", "struct", "ts_zone")]
    assert in_duckdb.select(plain).rows() == back.select(plain).rows()


def test_one_source_needs_no_look_up_of_its_name() -> None:
    frame = checked({"x": pl.Series([1, 2])})
    rows = frame.select(published_columns(schema_of("x"), frame.schema, ["only.csv"], "run1"))
    assert rows["_wb_source"].to_list() == ["only.csv", "only.csv"]


def test_names_that_no_table_can_hold_are_refused_together() -> None:
    dtypes = {"_wb_run": pl.String(), "Tail": pl.String(), "tail": pl.String(), "o": pl.Object()}
    with pytest.raises(PublishError) as refused:
        published_columns(schema_of(*dtypes), dtypes, ["a.csv"], "run1")
    findings = refused.value.findings
    assert [(f.code, f.place.path[-1], f.place.line) for f in findings] == [
        ("OUT-004", "_wb_run", 7),
        ("OUT-004", "tail", 7),
        ("OUT-005", "o", 7),
    ]
    assert "must not begin with _wb_" in findings[0].fix
    assert "declare the property with a type a table can hold" in findings[2].fix


def test_the_schema_is_refused_for_the_same_reasons_as_the_columns() -> None:
    with pytest.raises(PublishError, match="OUT-005"):
        published_schema(schema_of("m"), {"m": pl.Object()})
