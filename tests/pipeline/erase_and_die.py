"""Erases a subject in a process of its own, which kills itself at the n-th stage it is told of.

python erase_and_die.py INTO CONTRACT_ID SUBJECT [N]    prints the stages it came through
"""

from __future__ import annotations

import sys
from pathlib import Path

from run_and_die import DiesAt  # beside this script, which is run as a script

from weighbridge.pipeline.erasure import erase
from weighbridge.pipeline.erasure.subject import Subject

if __name__ == "__main__":
    into, contract, words, *rest = sys.argv[1:]
    watcher = DiesAt(int(rest[0]) if rest else None)
    erase(Path(into), contract, Subject.of([words]), by="Ada", why="asked", watcher=watcher)
