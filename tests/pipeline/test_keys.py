"""Keys: the hash accuses, the keys themselves decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.contract import load
from weighbridge.findings import Effect, Verdict
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.intake import arrive, now
from weighbridge.pipeline.judge import Workplace, judge
from weighbridge.pipeline.watcher import Nobody, Stopwatch
from weighbridge.pipeline.weighing.keys import accuse
from weighbridge.probe import KeyProbe
from weighbridge.readers.lineage import FRAMING
from weighbridge.sinks import TABLE_NAMES

KEY = KeyProbe("k|unique", ("k",), "CHK-010", Effect.REJECT, "unique")
CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: keys
version: 1.0.0
status: active
schema:
  - name: keys
    properties:
      - {name: k, logicalType: integer, unique: true}
      - {name: v, logicalType: string}
"""


def judged(keys: list[int], folder: Path, bits: int) -> RunResult:
    """Judge records with these keys, of whose hashes only so many bits are compared."""
    (folder / "contract.yaml").write_text(CONTRACT)
    (folder / "keys.csv").write_text("k,v\n" + "".join(f"{k},{i}\n" for i, k in enumerate(keys)))
    stopwatch = Stopwatch(Nobody(), lambda: 0.0)
    arrival = arrive(
        load(folder / "contract.yaml"), folder / "keys.csv", object_name=None, server_name=None, watcher=stopwatch
    )
    job = replace(arrival.job("run", datetime(2026, 1, 1, tzinfo=UTC), None), hash_bits=bits)
    place = Workplace({table: folder / table for table in TABLE_NAMES}, folder, whole_rows=True)
    return judge(job, place, stopwatch, now).result


@pytest.mark.parametrize("bits", [1, 3, 64])
def test_colliding_hashes_neither_accuse_nor_excuse(tmp_path: Path, bits: int) -> None:
    result = judged([1, 2, 3, 4, 2, 5, 6, 7, 2, 8, 9, 9], tmp_path, bits)
    assert result.verdicts[Verdict.REJECTED] == 5
    assert result.receipt is not None
    assert result.receipt.balances
    (check,) = (c for c in result.checks if c.name == "k|unique")
    assert [e.record for e in check.examples] == [2, 5, 9, 11, 12]


def test_keys_that_only_collide_publish_whole(tmp_path: Path) -> None:
    result = judged(list(range(50)), tmp_path, bits=2)
    assert result.verdicts[Verdict.ACCEPTED] == 50
    published = pl.read_parquet(tmp_path / "published" / "**" / "*.parquet")
    assert sorted(published["k"]) == list(range(50))


@settings(max_examples=40)
@given(st.lists(st.integers(0, 40), max_size=80), st.integers(1, 30))
def test_hashes_sorted_in_files_accuse_as_in_memory(keys: list[int], most: int) -> None:
    frame = pl.LazyFrame({"k": keys, FRAMING: np.zeros(len(keys), np.uint8)}, schema={"k": pl.Int64, FRAMING: pl.UInt8})
    failed = []
    for most_in_memory in (most, 1_000):
        (accused,) = accuse(frame, [KEY], most_in_memory=most_in_memory)
        probe = accused.row_probe
        failed.append(frame.select(probe.failed).collect().to_series().to_list() if probe else [False] * len(keys))
    assert failed[0] == failed[1] == [keys.count(k) > 1 for k in keys]
