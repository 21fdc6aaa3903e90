"""Row results that need other records: found before the weighing, the same whatever the order and the files."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.contract import load
from weighbridge.findings import Effect, InternalError
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.intake import arrive, now
from weighbridge.pipeline.judge import Workplace, judge
from weighbridge.pipeline.watcher import Nobody, Stopwatch
from weighbridge.pipeline.weighing.cross import convict, narrowed
from weighbridge.probe import ROW, SEEN, CrossProbe
from weighbridge.readers.lineage import FRAMING, RECORD, SOURCE
from weighbridge.sinks import TABLE_NAMES

CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: tills
version: 1.0.0
status: active
schema:
  - name: tills
    properties:
      - {name: till, logicalType: string}
      - {name: n, logicalType: integer}
      - {name: id, logicalType: string, unique: true}
    quality:
      - name: run through
        type: custom
        engine: weighbridge
        implementation: {check: sequence, of: n, by: [till], gaps: record}
        customProperties:
          - {vendor: weighbridge, property: tolerance, value: {count: 0}}
"""
Row = tuple[str, int | None, str]


def judged(rows: list[Row], folder: Path, files: int = 1) -> RunResult:
    """Judge these records, dealt to so many files."""
    folder.mkdir(exist_ok=True)
    (folder / "contract.yaml").write_text(CONTRACT)
    (folder / "in").mkdir()
    size = max(1, -(-len(rows) // files))
    for i in range(files):
        part = rows[i * size : (i + 1) * size]
        lines = [f"{till},{'' if n is None else n},{key}\n" for till, n, key in part]
        (folder / "in" / f"{i}.csv").write_text("till,n,id\n" + "".join(lines))
    stopwatch = Stopwatch(Nobody(), lambda: 0.0)
    source = folder / "in" if files > 1 else folder / "in" / "0.csv"
    arrival = arrive(load(folder / "contract.yaml"), source, object_name=None, server_name=None, watcher=stopwatch)
    job = replace(arrival.job("run", datetime(2026, 1, 1, tzinfo=UTC), None))
    place = Workplace({table: folder / table for table in TABLE_NAMES}, folder / "work", whole_rows=True)
    (folder / "work").mkdir()
    return judge(job, place, stopwatch, now).result


def quarantined(folder: Path) -> dict[str, str]:
    """Return what is said of the sequence, by the record's id."""
    files = list((folder / "quarantine").rglob("*.parquet"))
    if not files:
        return {}
    kept = pl.read_parquet(files)
    said = kept.select(pl.col("values").str.json_path_match("$.id").alias("id"), "findings").explode("findings")
    said = said.unnest("findings").filter(pl.col("check") == "run through")
    return dict(said.select("id", "seen").iter_rows())


def naive(rows: list[Row]) -> dict[str, str]:
    told: dict[str, str] = {}
    for till in {row[0] for row in rows}:
        counts = Counter(n for t, n, _ in rows if t == till and n is not None)
        ordered = sorted(counts)
        for t, n, key in rows:
            if t != till or n is None:
                continue
            reasons = [f"{n} more than once"] if counts[n] > 1 else []
            lower = [m for m in ordered if m < n]
            if lower and n - lower[-1] != 1:
                reasons.append(f"{n} follows {lower[-1]}, expected {lower[-1] + 1}")
            if reasons:
                told[key] = "; ".join(reasons)
    return told


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.integers(1, 9)), min_size=1, max_size=14), st.randoms())
def test_the_order_of_records_and_the_files_they_come_in_change_nothing(drawn, shuffle: random.Random) -> None:
    rows = [(till, n, f"r{i}") for i, (till, n) in enumerate(drawn)]
    for files in (1, 3):
        with TemporaryDirectory() as folder:
            result = judged(rows, Path(folder), files)
            expected = naive(rows)
            assert quarantined(Path(folder)) == expected
            (check,) = (c for c in result.checks if c.name == "run through")
            assert check.failed_records == len(expected)
            (borne,) = (c for c in result.checks if c.name == "run through|tolerance")
            assert borne.holds is (not expected)
            assert result.receipt is not None
            assert result.receipt.balances
        shuffle.shuffle(rows)


def by_size(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Find the records whose group has more than two."""
    counted = frame.with_columns(pl.len().over("g").alias("size")).filter(pl.col("size") > 2)
    return counted.select(ROW, pl.format("{} of {}", "size", "g").alias(SEEN))


PROBE = CrossProbe("q", by_size, ("g",), "CHK-050", Effect.REJECT, "few", group=("g",))


def framed(groups: list[int]) -> pl.LazyFrame:
    count = len(groups)
    columns = {
        "g": pl.Series(groups, dtype=pl.Int64),
        SOURCE: pl.Series(np.arange(count) % 2, dtype=pl.UInt32),
        RECORD: pl.Series(np.arange(count) // 2 + 1, dtype=pl.UInt64),
        FRAMING: pl.Series(np.zeros(count), dtype=pl.UInt8),
    }
    return pl.LazyFrame(columns)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.integers(1, 10))
def test_judged_in_parts_as_at_once(groups: list[int], most: int) -> None:
    frame = framed(groups)
    with TemporaryDirectory() as folder:
        narrow = narrowed(frame, [PROBE], [], Path(folder) / "x")
        (accused,) = convict(narrow, [PROBE], Path(folder) / "x", most_in_memory=most)
        probe, sizes = accused.row_probe, Counter(groups)
        assert (probe is None) == (max(sizes.values()) <= 2)
        if probe is not None:
            assert probe.seen is not None
            told = frame.select(probe.failed.alias("failed"), probe.seen.alias("seen")).collect(engine="streaming")
            assert told["failed"].to_list() == [sizes[g] > 2 for g in groups]
            assert told["seen"].to_list() == [f"{sizes[g]} of {g}" if sizes[g] > 2 else None for g in groups]
            assert frame.head(0).select(probe.failed, probe.seen.alias("x")).collect().height == 0


def gaps(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Find records of a number that repeats or follows a gap."""
    rows = frame.drop_nulls("g").sort("g", ROW).with_columns(pl.col("g").shift().alias("last"))
    runs = rows.with_columns(pl.when(pl.col("g") != pl.col("last")).then("last").forward_fill().over("g"))
    wrong = runs.filter((pl.len().over("g") > 1) | (pl.col("g") - pl.col("last") > 1))
    return wrong.select(ROW, pl.format("{} after {}", "g", pl.col("last").fill_null(-1)).alias(SEEN))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.none() | st.integers(0, 30), min_size=1, max_size=40), st.integers(1, 10))
def test_cut_into_ranges_as_at_once(numbers: list[int | None], most: int) -> None:
    frame = framed([n or 0 for n in numbers]).with_columns(pl.Series("g", numbers, dtype=pl.Int64))
    probe = replace(PROBE, find=gaps, group=(), ordered="g")
    told = []
    for limit in (most, 1_000):
        with TemporaryDirectory() as folder:
            narrow = narrowed(frame, [probe], [], Path(folder) / "x")
            (accused,) = convict(narrow, [probe], Path(folder) / "x", most_in_memory=limit)
            found = accused.row_probe
            if found is None:
                told.append(None)
                continue
            assert found.seen is not None
            told.append(frame.select(found.failed.alias("f"), found.seen.alias("s")).collect().rows())
    assert told[0] == told[1]


def test_only_chosen_and_framed_records_are_compared(tmp_path: Path) -> None:
    frame = framed([1, 1, 1, 2, 2, 2]).with_columns(
        pl.when(pl.row_index() == 5).then(1).otherwise(pl.col(FRAMING)).cast(pl.UInt8).alias(FRAMING)
    )
    probe = replace(PROBE, where=pl.col("g") > 1)
    (accused,) = convict(narrowed(frame, [probe], [], tmp_path / "x"), [probe], tmp_path / "x")
    assert accused.row_probe is None


def test_a_probe_that_cannot_be_executed_is_an_internal_error_with_a_fix(tmp_path: Path) -> None:
    probe = replace(PROBE, find=lambda frame: frame.select(ROW, (pl.col("g") // "x").alias(SEEN)))
    with pytest.raises(InternalError) as raised:
        convict(narrowed(framed([1]), [probe], [], tmp_path / "x"), [probe], tmp_path / "x")
    assert raised.value.findings[0].code == "RUN-011"
