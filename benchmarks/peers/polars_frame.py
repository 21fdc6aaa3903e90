"""What the peers on Polars share: reading, the figures of the whole extract, and the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.bare import read
from benchmarks.rules import COLUMNS

MASKED = "masked"


def frame_of(source: Path) -> pl.DataFrame:
    """Return the extract's typed columns; text where a number belongs is null, as these tools have no word for it."""
    return read(source).select(COLUMNS).collect(engine="streaming")


def figures(frame: pl.DataFrame) -> dict[str, Any]:
    """Return the five figures of the whole extract."""
    return frame.select(
        pl.len().alias("records"),
        pl.col("dep_delay").mean().alias("mean"),
        pl.col("dep_delay").null_count().alias("unknown"),
        pl.col("carrier").n_unique().alias("carriers"),
        pl.col("air_time").max().alias("longest"),
    ).row(0, named=True)


def run(job: Callable[[Path, Path], dict[str, Any]]) -> None:
    """Call `job` with the command line's source and folder; print what it says."""
    source, folder = map(Path, sys.argv[1:3])
    folder.mkdir(parents=True, exist_ok=True)
    print(json.dumps(job(source, folder)))
