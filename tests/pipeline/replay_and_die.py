"""Replay in a process of its own, and die at a given stage: for tests of what a killed replay leaves.

python replay_and_die.py OUT STAGE [CONTRACT]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from weighbridge.pipeline.again.replay import replay
from weighbridge.pipeline.watcher import Nobody


class Killer(Nobody):
    """Ends the process, without a word, when a stage begins."""

    def __init__(self, at: str) -> None:
        self._at = at

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        if name.startswith(self._at):
            os._exit(9)


if __name__ == "__main__":
    replay(
        Path(sys.argv[1]), by="Bob", contract=Path(sys.argv[3]) if sys.argv[3:] else None, watcher=Killer(sys.argv[2])
    )
