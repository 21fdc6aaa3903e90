"""dataframely: `Schema.filter` on a lazy frame, reasons per row from its `FailureInfo`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from benchmarks.flights import KEY
from benchmarks.peers.polars_frame import figures, frame_of, run
from benchmarks.rules import BOUNDS, CARRIERS, COLUMNS, DEST_LENGTH, MOMENT, ORIGINS, REQUIRED, TAIL_NUMBER, TEXTS

_PERMITTED = {"carrier": CARRIERS, "origin": list(ORIGINS)}


def _column(name: str) -> dy.Column:
    nullable, in_key = name not in REQUIRED, name in KEY
    if name == MOMENT:
        return dy.Datetime(nullable=nullable, time_unit="us", time_zone="UTC")
    if name not in TEXTS:
        low, high = BOUNDS.get(name, (None, None))
        return dy.Int64(nullable=nullable, primary_key=in_key, min=low, max=high)
    length = DEST_LENGTH if name == "dest" else None
    pattern = TAIL_NUMBER if name == "tailnum" else None
    check = {"in_set": lambda text: text.is_in(_PERMITTED[name])} if name in _PERMITTED else None
    return dy.String(
        nullable=nullable, primary_key=in_key, regex=pattern, min_length=length, max_length=length, check=check
    )


@dy.rule()
def dest_is_not_origin(cls: Any) -> pl.Expr:
    return pl.col("dest") != pl.col("origin")


FLIGHTS = type("Flights", (dy.Schema,), {**{n: _column(n) for n in COLUMNS}, "dest_is_not_origin": dest_is_not_origin})


def job(source: Path, folder: Path) -> dict[str, Any]:
    """Split, with reasons, and measure."""
    frame = frame_of(source)
    good, failures = FLIGHTS.filter(frame)
    good.write_parquet(folder / "published.parquet")
    details = failures.details()
    rules = [name for name in details.columns if name not in COLUMNS]
    names = [pl.when(pl.col(rule) == "invalid").then(pl.lit(rule)) for rule in rules]
    told = details.select(*COLUMNS, pl.concat_list(names).list.drop_nulls().alias("failed"))
    told.write_parquet(folder / "rejected.parquet")
    return {**figures(frame), "published": good.height, "rejected": told.height}


if __name__ == "__main__":
    run(job)
