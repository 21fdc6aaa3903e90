"""The whole main job through Weighbridge: the command line, in this process.

python -m benchmarks.weighed INPUT FOLDER
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

from weighbridge.cli import main as command

CONTRACT = Path(__file__).with_name("flights_lean.odcs.yaml")


def main(source: str, folder: str) -> None:
    """Do the job and print how many records went where, and how long each stage took.

    Raises:
        RuntimeError: the job could not run; the message is what it said.
    """
    server = Path(source).suffix.removeprefix(".")
    words = ["run", str(CONTRACT), source, "--server", server, "--into", folder, "--as-of", "2014-01-01T00:00:00Z"]
    sys.argv = ["weighbridge", *words, "--json"]
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            command()
    except SystemExit as leaving:
        if leaving.code == 2:
            raise RuntimeError(said.getvalue()) from None
    result = json.loads(said.getvalue())
    counts = {
        "records": result["records"],
        "published": result["verdicts"].get("accepted", 0) if result["state"] == "published" else 0,
        "rejected": result["verdicts"].get("rejected", 0),
        "stages": {stage: round(seconds, 3) for stage, seconds in result["stage_seconds"].items()},
        "reasons": result["reasons"],
    }
    print(json.dumps(counts))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
