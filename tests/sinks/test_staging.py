"""Staged files: complete, counted from their footers, none without rows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from weighbridge.findings import PublishError
from weighbridge.sinks import (
    QUARANTINE_SCHEMA,
    REPAIRS_SCHEMA,
    BatchSink,
    arrow_dataset,
    commit,
    lazy_sink,
    scan_table,
    stage_folder,
    staged_files,
)

RECORD = {
    "run": "r1",
    "contract_id": "c",
    "contract_version": "1.0.0",
    "contract_fingerprint": "sha256:00",
    "source": "a.csv",
    "record": 7,
    "offset": 100,
    "length": 9,
    "raw": b"1,\xff,3",
    "raw_form": "bytes",
    "verdict": "rejected",
    "findings": [
        {
            "code": "RDR-012",
            "check": "framing|RDR-012",
            "property": None,
            "severity": "error",
            "effect": "reject",
            "seen": "byte FF",
            "expected": "UTF-8",
            "fix": "declare the encoding",
            "readings": ["ÿ", "˙"],
        }
    ],
    "values": '{"a":"1"}',
    "arrived_at": datetime(2026, 11, 22, tzinfo=UTC),
}


def test_a_folder_that_was_never_written_holds_nothing(tmp_path: Path) -> None:
    assert staged_files(tmp_path / "none") == []


def test_rows_and_bytes_are_those_of_the_files(tmp_path: Path) -> None:
    folder = stage_folder(tmp_path / "t", "e1", "r1")
    lazy_sink(pl.LazyFrame({"x": range(1000)}), folder, {}).collect()
    (file,) = staged_files(folder)
    assert folder == tmp_path / "t" / "_wb_extract=e1" / "run-r1"
    assert (file.rows, file.bytes) == (1000, file.path.stat().st_size)
    assert pl.read_parquet(file.path)["x"].to_list() == list(range(1000))


def test_an_empty_frame_leaves_no_file(tmp_path: Path) -> None:
    lazy_sink(pl.LazyFrame(schema={"x": pl.Int64}), tmp_path / "s", {}).collect()
    assert staged_files(tmp_path / "s") == []
    assert list((tmp_path / "s").iterdir()) == []


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    lazy_sink(pl.LazyFrame({"x": range(1000)}), tmp_path, {}).collect()
    (file,) = staged_files(tmp_path)
    file.path.write_bytes(file.path.read_bytes()[:-20])
    with pytest.raises(PublishError, match="OUT-007") as refused:
        staged_files(tmp_path)
    assert refused.value.findings[0].fix.startswith("nothing was published from it")


def test_sinks_share_one_plan(tmp_path: Path) -> None:
    frame = pl.LazyFrame({"x": range(100)}).cache()
    even, odd = frame.filter(pl.col("x") % 2 == 0), frame.filter(pl.col("x") % 2 == 1)
    pl.collect_all([lazy_sink(even, tmp_path / "even", {}), lazy_sink(odd, tmp_path / "odd", {})])
    assert [f.rows for side in ("even", "odd") for f in staged_files(tmp_path / side)] == [50, 50]


def test_batches_make_a_table_that_polars_and_duckdb_read(tmp_path: Path) -> None:
    folder = stage_folder(tmp_path / "q", "e1", "r1")
    batch = pl.DataFrame([RECORD], schema=QUARANTINE_SCHEMA)
    with BatchSink(folder, QUARANTINE_SCHEMA, {"weighbridge.run": "r1"}) as sink:
        sink.write(batch.clear())
        sink.write(batch)
        sink.write(batch.with_columns(record=pl.lit(8)).select(reversed(batch.columns)))
    files = staged_files(folder)
    assert [f.rows for f in files] == [2]
    assert pl.read_parquet_metadata(files[0].path)["weighbridge.run"] == "r1"
    commit(tmp_path / "q", QUARANTINE_SCHEMA, "e1", files, "r1", "p", {})
    rows = scan_table(tmp_path / "q").sort("record").collect()
    assert rows.row(0, named=True) == RECORD | {"_wb_extract": "e1"}
    assert rows["record"].to_list() == [7, 8]
    in_duckdb = duckdb.from_arrow(arrow_dataset(tmp_path / "q"))
    assert (
        in_duckdb.project("raw, findings[1].code, findings[1].readings").fetchall()
        == [(b"1,\xff,3", "RDR-012", ["ÿ", "˙"])] * 2
    )


def test_no_batches_leave_no_file(tmp_path: Path) -> None:
    with BatchSink(tmp_path / "s", REPAIRS_SCHEMA, {}):
        pass
    assert staged_files(tmp_path / "s") == []


def test_batches_left_by_an_error_are_not_a_staged_file(tmp_path: Path) -> None:
    batch = pl.DataFrame([RECORD], schema=QUARANTINE_SCHEMA)
    with pytest.raises(ZeroDivisionError), BatchSink(tmp_path / "s", QUARANTINE_SCHEMA, {}) as sink:
        sink.write(batch)
        raise ZeroDivisionError
    with pytest.raises(PublishError, match="OUT-007"):
        staged_files(tmp_path / "s")


def test_a_folder_that_cannot_be_made_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("in the way")
    with pytest.raises(PublishError, match="OUT-001") as refused, BatchSink(tmp_path / "s", REPAIRS_SCHEMA, {}) as sink:
        sink.write(pl.DataFrame({n: [None] for n in REPAIRS_SCHEMA}, schema=REPAIRS_SCHEMA))
    assert "a folder this user may write to" in refused.value.findings[0].fix
