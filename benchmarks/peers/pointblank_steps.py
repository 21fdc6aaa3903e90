"""pointblank: `Validate … interrogate`, split with reasons by its extracts.

`get_sundered_data` would leave records with a repeated key among the good.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pointblank as pb
import polars as pl

from benchmarks.flights import KEY
from benchmarks.peers.polars_frame import figures, frame_of, run
from benchmarks.rules import BOUNDS, CARRIERS, DEST_LENGTH, ORIGINS, REQUIRED, TAIL_NUMBER

_ROW = "_row_num_"


def _steps(frame: pl.DataFrame) -> tuple[Any, list[str]]:
    steps, names = pb.Validate(frame), []
    for name in REQUIRED:
        steps = steps.col_vals_not_null(columns=name)
        names.append(f"{name}|required")
    for name, (low, high) in BOUNDS.items():
        steps = steps.col_vals_between(columns=name, left=low, right=high, na_pass=True)
        names.append(f"{name}|bounds")
    steps = steps.col_vals_in_set(columns="carrier", set=CARRIERS)
    steps = steps.col_vals_in_set(columns="origin", set=list(ORIGINS))
    steps = steps.col_vals_regex(columns="tailnum", pattern=TAIL_NUMBER, na_pass=True)
    steps = steps.col_vals_expr(expr=(pl.col("dest").str.len_chars() == DEST_LENGTH).fill_null(value=True))
    steps = steps.col_vals_expr(expr=(pl.col("dest") != pl.col("origin")).fill_null(value=True))
    steps = steps.rows_distinct(columns_subset=list(KEY))
    return steps, [*names, "carrier|enum", "origin|enum", "tailnum|pattern", "dest|length", "dest is origin", "key"]


def job(source: Path, folder: Path) -> dict[str, Any]:
    """Split, with reasons, and measure."""
    frame = frame_of(source)
    steps, names = _steps(frame)
    steps = steps.interrogate(collect_extracts=True, extract_limit=frame.height)
    extracts = steps.get_data_extracts()
    parts = [
        part.select(pl.col(_ROW).cast(pl.UInt32), pl.lit(names[i - 1]).alias("failed"))
        for i, part in extracts.items()
        if part is not None and part.height
    ]
    reasons = pl.concat(parts).group_by(_ROW).agg("failed")
    numbered = frame.with_row_index(_ROW, offset=1)
    good = numbered.join(reasons, on=_ROW, how="anti").drop(_ROW)
    bad = numbered.join(reasons, on=_ROW).drop(_ROW)
    good.write_parquet(folder / "published.parquet")
    bad.write_parquet(folder / "rejected.parquet")
    return {**figures(frame), "published": good.height, "rejected": bad.height}


if __name__ == "__main__":
    run(job)
