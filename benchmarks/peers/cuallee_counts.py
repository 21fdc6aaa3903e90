"""cuallee on Polars: it counts failures and splits nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cuallee import Check, CheckLevel

from benchmarks.flights import KEY
from benchmarks.peers.polars_frame import figures, frame_of, run
from benchmarks.rules import BOUNDS, CARRIERS, ORIGINS, REQUIRED, TAIL_NUMBER


def job(source: Path, folder: Path) -> dict[str, Any]:
    """Count the failures of every check it has a word for."""
    frame = frame_of(source)
    check = Check(CheckLevel.WARNING, "flights")
    for name in REQUIRED:
        check.is_complete(name)
    for name, bounds in BOUNDS.items():
        check.is_between(name, bounds)
    check.is_contained_in("carrier", tuple(CARRIERS))
    check.is_contained_in("origin", ORIGINS)
    check.has_pattern("tailnum", TAIL_NUMBER)
    check.has_pattern("dest", "^.{3}$")
    check.is_composite_key(tuple(KEY))
    check.validate(frame).write_parquet(folder / "checks.parquet")
    return {**figures(frame), "published": None, "rejected": None}


if __name__ == "__main__":
    run(job)
