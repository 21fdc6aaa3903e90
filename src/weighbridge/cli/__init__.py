"""The command line: one verb, one composition.

Each verb is a module of this room, imported only when its verb is called.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line and exit with 0, 1 or 2 (see `weighbridge --help`)."""
    import atexit
    import gc
    import os
    import sys
    from io import TextIOWrapper

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy would start threads for algebra nobody asks for
    # Plugins of pydantic would be looked for in every package there is; ours has no use for them.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # What imports make lives to the end: looking it through again and again was a tenth of a small run.
    gc.set_threshold(200_000, 20, 20)
    # Nor is it looked through once more on the way out, which took a fifth of a small check: the process ends anyway.
    atexit.register(gc.freeze)
    from weighbridge.cli.app import run

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a terminal cannot show is no reason to stop
    sys.exit(run(sys.argv[1:]))
