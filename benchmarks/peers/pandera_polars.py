"""Pandera on Polars: `validate(lazy=True)`, reasons per row from `failure_cases`, and a split by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from benchmarks.flights import KEY
from benchmarks.peers.polars_frame import figures, frame_of, run
from benchmarks.rules import BOUNDS, CARRIERS, COLUMNS, DEST_LENGTH, MOMENT, ORIGINS, REQUIRED, TAIL_NUMBER, TEXTS


def _column(name: str) -> pa.Column:
    kind: Any = pl.String if name in TEXTS else pl.Datetime("us", "UTC") if name == MOMENT else pl.Int64
    checks = [pa.Check.in_range(*BOUNDS[name])] if name in BOUNDS else []
    if name == "carrier":
        checks.append(pa.Check.isin(CARRIERS))
    if name == "origin":
        checks.append(pa.Check.isin(list(ORIGINS)))
    if name == "tailnum":
        checks.append(pa.Check.str_matches(TAIL_NUMBER))
    if name == "dest":
        checks.append(pa.Check.str_length(DEST_LENGTH, DEST_LENGTH))
    return pa.Column(kind, checks, nullable=name not in REQUIRED)


SCHEMA = pa.DataFrameSchema(
    {name: _column(name) for name in COLUMNS},
    checks=[
        pa.Check(lambda data: data.lazyframe.select(pl.col("dest") != pl.col("origin")), name="dest_is_not_origin"),
        pa.Check(lambda data: data.lazyframe.select(~pl.struct(KEY).is_duplicated()), name="key"),
    ],
)


def job(source: Path, folder: Path) -> dict[str, Any]:
    """Split, with reasons, and measure."""
    frame = frame_of(source)
    numbered = frame.with_row_index("index")
    try:
        SCHEMA.validate(frame, lazy=True)
        reasons = pl.DataFrame(schema={"index": pl.UInt32, "failed": pl.List(pl.String)})
    except SchemaErrors as errors:
        cases = errors.failure_cases.filter(pl.col("index").is_not_null())
        named = cases.select(
            pl.col("index").cast(pl.UInt32), pl.concat_str("column", "check", separator="|").alias("r")
        )
        reasons = named.group_by("index").agg(pl.col("r").alias("failed"))
    good = numbered.join(reasons, on="index", how="anti").drop("index")
    bad = numbered.join(reasons, on="index").drop("index")
    good.write_parquet(folder / "published.parquet")
    bad.write_parquet(folder / "rejected.parquet")
    return {**figures(frame), "published": good.height, "rejected": bad.height}


if __name__ == "__main__":
    run(job)
