"""A small publisher run as a process of its own, so that tests can race it and kill it.

    publisher.py once TABLE EXTRACT RUN PUBLICATION ROWS VALUE [--die-after STEP] [--go FILE]
    publisher.py forever TABLE EXTRACT FIRST_GENERATION ROWS

`once` stages ROWS rows of VALUE and commits them; its steps are started, staged, listed and
committed. `forever` publishes generation after generation until it is killed.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from pathlib import Path

import polars as pl

from weighbridge.sinks import commit, lazy_sink, stage_folder, staged_files

SCHEMA = pl.Schema({"n": pl.Int64(), "value": pl.Int64()})


def publish(
    table: Path, extract: str, run: str, publication: str, rows: int, value: int, die_after: str | None = None
) -> str:
    """Stage and commit; end by SIGKILL right after `die_after`."""

    def passed(step: str) -> None:
        if step == die_after:
            os.kill(os.getpid(), signal.SIGKILL)

    passed("started")
    folder = stage_folder(table, extract, run)
    frame = pl.LazyFrame({"n": range(rows)}).with_columns(value=pl.lit(value, dtype=pl.Int64))
    lazy_sink(frame, folder, {"weighbridge.run": run}).collect()
    passed("staged")
    files = staged_files(folder)
    passed("listed")
    done = commit(table, SCHEMA, extract, files, run, publication, {})
    passed("committed")
    return done.state


def main() -> None:
    parser = argparse.ArgumentParser()
    modes = parser.add_subparsers(dest="mode", required=True)
    once = modes.add_parser("once")
    for name in ("table", "extract", "run", "publication"):
        once.add_argument(name)
    once.add_argument("rows", type=int)
    once.add_argument("value", type=int)
    once.add_argument("--die-after")
    once.add_argument("--go", type=Path)
    forever = modes.add_parser("forever")
    forever.add_argument("table")
    forever.add_argument("extract")
    forever.add_argument("generation", type=int)
    forever.add_argument("rows", type=int)
    a = parser.parse_args()
    if a.mode == "once":
        print("ready", flush=True)
        while a.go and not a.go.exists():
            time.sleep(0.002)
        print(publish(Path(a.table), a.extract, a.run, a.publication, a.rows, a.value, a.die_after))
        return
    generation = a.generation
    while True:
        publish(Path(a.table), a.extract, f"g{generation}", f"g{generation}", a.rows, generation)
        print(generation, flush=True)
        generation += 1


if __name__ == "__main__":
    main()
