"""Suspects: gathered in source order, whatever order their batches come in."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

from weighbridge.pipeline.weighing import suspects as room
from weighbridge.pipeline.weighing.plan import OUT, SUSPECT, Plan
from weighbridge.pipeline.weighing.suspects import Suspects
from weighbridge.readers.lineage import FRAMING, RECORD, SOURCE

COLUMNS = [SOURCE, RECORD, "text"]


def batches(count: int, rows: int) -> list[pl.DataFrame]:
    """Batches of records that are all suspects but every seventh."""
    return [
        pl.DataFrame(
            {
                SOURCE: pl.Series([start // 30_000] * rows, dtype=pl.UInt32),
                RECORD: pl.Series(range(start, start + rows), dtype=pl.UInt64),
                FRAMING: pl.Series([0] * rows, dtype=pl.UInt8),
                "text": [f"a text that is too long to stand in a view {i}" for i in range(start, start + rows)],
                OUT: [False] * rows,
                SUSPECT: [i % 7 != 0 for i in range(start, start + rows)],
            }
        )
        for start in range(0, count * rows, rows)
    ]


@pytest.mark.parametrize("order", ["as read", "nearly", "any"])
def test_the_files_are_in_source_order(tmp_path: Path, order: str) -> None:
    made = batches(60, 5_000)
    given = list(made)
    if order == "nearly":
        for i in range(0, 58, 2):
            given[i], given[i + 1] = given[i + 1], given[i]
    elif order == "any":
        random.Random(7).shuffle(given)
    gathered = Suspects(tmp_path / "suspects", Plan(made[0].lazy(), (), (), ()), COLUMNS)
    for batch in given:
        gathered.add(batch)
    gathered.close()
    read = pl.scan_parquet(gathered.folder).collect()
    expected = pl.concat(made).filter(pl.col(SUSPECT)).select(COLUMNS)
    assert read.equals(expected)
    assert expected.height > 2 * room._ROWS_A_FILE
    if order != "any":
        assert len(list(gathered.folder.iterdir())) > 1


def test_without_suspects_the_columns_can_be_read(tmp_path: Path) -> None:
    (batch,) = batches(1, 10)
    gathered = Suspects(tmp_path / "suspects", Plan(batch.lazy(), (), (), ()), COLUMNS)
    gathered.add(batch.with_columns(pl.lit(False).alias(SUSPECT)))
    gathered.close()
    assert pl.read_parquet(gathered.folder / "*.parquet").schema == batch.select(COLUMNS).schema


def test_a_plan_run_anew_begins_anew(tmp_path: Path) -> None:
    (batch,) = batches(1, 10)
    gathered = Suspects(tmp_path / "suspects", Plan(batch.lazy(), (), (), ()), COLUMNS)
    for _ in range(2):
        gathered.clear()
        gathered.add(batch)
    gathered.close()
    assert pl.scan_parquet(gathered.folder).collect().height == 8
