"""The benchmark's data: the sample's flights over and over, a year apart, with seeded defects."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "benchmarks" / "data"
KEY = ("year", "month", "day", "carrier", "flight", "origin", "sched_dep_time")
DIRTY_TEXT = "arr_delay"
SIZES = {"336k": 1, "1m": 3, "3m": 9, "10m": 30, "100m": 300}
DEFECT_RATE = 0.00125
ROW_GROUP_ROWS = 131_072
_KINDS = ("carrier", "month", "dep_time", "air_time", "dest", "distance", "origin", "round trip", "key", "text")


def sample() -> pl.DataFrame:
    """Return the sample's flights, typed."""
    content = gzip.decompress((ROOT / "data" / "samples" / "flights.csv.gz").read_bytes())
    frame = pl.read_csv(io.BytesIO(content), null_values=["NA"], infer_schema_length=None)
    return frame.with_columns(pl.col("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC"))


def copy_of(flights: pl.DataFrame, number: int) -> pl.DataFrame:
    """Return one copy, `number` years later, with its defects; ``__text`` marks text in a number."""
    rng = np.random.default_rng(7_2013 + number)
    rows = flights.height
    each = int(rows * DEFECT_RATE)
    drawn = rng.permutation(rows)
    struck = {kind: drawn[i * each : (i + 1) * each] for i, kind in enumerate(_KINDS)}
    originals = drawn[len(_KINDS) * each : (len(_KINDS) + 1) * each]

    def hit(kind: str) -> pl.Series:
        mask = np.zeros(rows, dtype=np.bool_)
        mask[struck[kind]] = True
        return pl.Series(mask)

    def put(column: str, value: pl.Expr) -> pl.Expr:
        return pl.when(hit(column)).then(value).otherwise(column).alias(column)

    frame = flights.with_columns(
        pl.col("year") + number, pl.col("time_hour").dt.offset_by(f"{number}y"), hit("text").alias("__text")
    )
    frame = frame.with_columns(
        put("carrier", pl.lit("ZZ")),
        put("month", pl.lit(13)),
        put("dep_time", pl.lit(2460)),
        put("air_time", pl.lit(1500)),
        put("dest", pl.lit(None, pl.String)),
        put("distance", -pl.col("distance")),
        put("origin", pl.lit("XXX")),
    ).with_columns(pl.when(hit("round trip")).then("origin").otherwise("dest").alias("dest"))
    places = np.arange(rows)
    places[struck["key"]] = originals
    return frame[pl.Series(places)]


def made(size: str, kind: str) -> Path:
    """Return the file of `size` (a key of `SIZES`) as ``csv`` or ``parquet``; made when it is not there."""
    path = DATA / f"flights_{size}.{kind}"
    if path.exists():
        return path
    DATA.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    flights = sample()
    copies = (copy_of(flights, number) for number in range(SIZES[size]))
    if kind == "csv":
        _write_csv(partial, copies)
    else:
        _write_parquet(partial, copies)
    return partial.rename(path)


def _write_csv(path: Path, copies: Iterable[pl.DataFrame]) -> None:
    with path.open("wb") as out:
        for number, frame in enumerate(copies):
            texts = pl.when("__text").then(pl.lit("n/k")).otherwise(pl.col(DIRTY_TEXT).cast(pl.String))
            frame.with_columns(texts.alias(DIRTY_TEXT), pl.col("time_hour").dt.strftime("%Y-%m-%dT%H:%M:%SZ")).drop(
                "__text"
            ).write_csv(out, include_header=number == 0)


def _write_parquet(path: Path, copies: Iterable[pl.DataFrame]) -> None:
    writer = None
    for frame in copies:
        table = frame.drop("__text").to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
    assert writer is not None
    writer.close()
