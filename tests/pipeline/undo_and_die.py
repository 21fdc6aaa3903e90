"""Takes repairs back in a process of its own, which kills itself at the n-th stage it is told of.

python undo_and_die.py INTO [N]    prints the stages it came through
"""

from __future__ import annotations

import sys
from pathlib import Path

from run_and_die import DiesAt  # beside this script, which is run as a script

from weighbridge.pipeline.again.undo import undo

if __name__ == "__main__":
    into, *rest = sys.argv[1:]
    undo(Path(into), "latest", by="Ada", why="x", property_name="day", watcher=DiesAt(int(rest[0]) if rest else None))
