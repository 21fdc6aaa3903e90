"""The command line: one verb, one composition.

Each verb is a module of this room, imported only when its verb is called.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line and exit with 0, 1 or 2 (see `weighbridge --help`)."""
    import sys

    from weighbridge.cli.app import run

    sys.exit(run(sys.argv[1:]))
