"""Runs an extract in a process of its own, which kills itself at the n-th stage it is told of.

python run_and_die.py CONTRACT PARQUET INTO [N]    prints the stages it came through
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import polars as pl

from weighbridge.pipeline.run import run


class DiesAt:
    """A watcher that kills its own process, the hard way, when the n-th stage begins."""

    def __init__(self, last: int | None) -> None:
        self.last = last
        self.count = 0

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        print(name, flush=True)
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1

    def advance(self, count_bytes: int) -> None:
        pass


if __name__ == "__main__":
    contract, extract, into, *rest = sys.argv[1:]
    watcher = DiesAt(int(rest[0]) if rest else None)
    result = run(contract, pl.read_parquet(extract), into=Path(into), watcher=watcher)
    print(f"= {result.state}")
