"""The command line: one verb, one composition.

Each verb is a module of this room, imported only when its verb is called.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line and exit with 0, 1 or 2 (see `weighbridge --help`)."""
    import os
    import sys
    from io import TextIOWrapper

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy would start threads for algebra nobody asks for
    from weighbridge.cli.app import run

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a terminal cannot show is no reason to stop
    sys.exit(run(sys.argv[1:]))
