"""Mirrors an output folder in a process of its own, which kills itself at the n-th file that it has copied.

python mirror_and_die.py INTO URL N
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from weighbridge.pipeline.output.mirror import mirror


class DiesAfter:
    """A watcher that kills its own process when so many files are copied."""

    def __init__(self, files: int) -> None:
        self.left = files

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        print(name, flush=True)

    def advance(self, count_bytes: int) -> None:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    mirror(Path(sys.argv[1]), sys.argv[2], watcher=DiesAfter(int(sys.argv[3])))
