"""The same checks as `flights_lean.odcs.yaml`, fused by hand into one Polars plan; no lineage, no proof.

    python -m benchmarks.bare INPUT FOLDER

Writes `published.parquet` and `rejected.parquet` (with the names of the failed checks) and
prints the counts. The shape is the fastest of those measured: one OR of all checks on every
record, names only for those that fail; the key by its sorted hash, settled exactly.
"""

from __future__ import annotations

import json
import sys
from functools import reduce
from operator import or_
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.flights import DIRTY_TEXT, KEY
from benchmarks.rules import BOUNDS, CARRIERS, COLUMNS, DEST_LENGTH, INTEGERS, ORIGINS, REQUIRED, TAIL_NUMBER

_TEXT = "__text"


def read(path: Path) -> pl.LazyFrame:
    """Return the typed columns; the text of the one column that may hold no number beside them."""
    if path.suffix == ".parquet":
        return pl.scan_parquet(path)
    schema = {name: pl.Int64() if name in INTEGERS else pl.String() for name in COLUMNS}
    raw = pl.scan_csv(path, schema={**schema, DIRTY_TEXT: pl.String()})
    return raw.with_columns(
        pl.col(DIRTY_TEXT).alias(_TEXT),
        pl.col(DIRTY_TEXT).cast(pl.Int64, strict=False),
        pl.col("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC", strict=False),
    )


def checks(with_text: bool) -> dict[str, pl.Expr]:
    """Return what fails a record, by name; null is no failure."""
    col = pl.col
    failing = {f"{name}|required": col(name).is_null() for name in REQUIRED}
    failing |= {f"{name}|bounds": ~col(name).is_between(low, high) for name, (low, high) in BOUNDS.items()}
    failing["carrier|enum"] = ~col("carrier").is_in(CARRIERS)
    failing["origin|enum"] = ~col("origin").is_in(ORIGINS)
    failing["tailnum|pattern"] = ~col("tailnum").str.contains(TAIL_NUMBER)
    failing["dest|length"] = col("dest").str.len_chars() != DEST_LENGTH
    failing["dest is origin"] = col("dest") == col("origin")
    if with_text:
        failing[f"{DIRTY_TEXT}|unreadable"] = col(_TEXT).is_not_null() & col(DIRTY_TEXT).is_null()
    return {name: expression.fill_null(False) for name, expression in failing.items()}


def repeated(frame: pl.LazyFrame) -> pl.Series:
    """Return the hashes of the keys that stand more than once, settled on the keys themselves."""
    hash_ = pl.struct(KEY).hash()
    hashes = frame.select(hash_.alias("h")).collect(engine="streaming")["h"].to_numpy(writable=True)
    hashes.sort()
    suspects = pl.Series(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
    keys = frame.select(*KEY).filter(hash_.is_in(suspects.implode())).group_by(KEY).len().filter(pl.col("len") > 1)
    return keys.select(hash_.alias("h")).collect(engine="streaming")["h"]


def main(source: Path, folder: Path) -> None:
    """Do the job and print how many records went where."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = read(source)
    failing = checks(with_text=source.suffix == ".csv")
    failing["key|unique"] = pl.struct(KEY).hash().is_in(repeated(frame).implode())
    bad = pl.col("__bad")
    shared = frame.with_columns(reduce(or_, failing.values()).alias("__bad")).cache()
    names = [pl.when(expression).then(pl.lit(name)) for name, expression in failing.items()]
    told = pl.concat_list(names).list.drop_nulls().alias("failed")
    figures = (
        pl.len(),
        pl.col("dep_delay").mean().alias("mean"),
        pl.col("dep_delay").null_count().alias("unknown"),
        pl.col("carrier").n_unique().alias("carriers"),
        pl.col("air_time").max().alias("longest"),
    )
    _, _, whole, rejected = pl.collect_all(
        [
            shared.filter(~bad).select(COLUMNS).sink_parquet(folder / "published.parquet", lazy=True),
            shared.filter(bad).select(*COLUMNS, told).sink_parquet(folder / "rejected.parquet", lazy=True),
            shared.select(figures),
            shared.select(bad.sum()),
        ],
        engine="streaming",
    )
    records, out = whole["len"][0], rejected.item()
    print(json.dumps({"records": records, "published": records - out, "rejected": out}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
