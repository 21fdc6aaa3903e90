"""The whole main job through Weighbridge, as the command line runs it.

python -m benchmarks.weighed INPUT FOLDER
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from weighbridge.contract import load
from weighbridge.findings import Verdict
from weighbridge.pipeline.run import run

CONTRACT = Path(__file__).with_name("flights_lean.odcs.yaml")


def main(source: Path, folder: Path) -> None:
    """Do the job and print how many records went where, and how long each stage took."""
    server = source.suffix.removeprefix(".")
    result = run(load(CONTRACT), source, into=folder, server_name=server, as_of=datetime(2014, 1, 1, tzinfo=UTC))
    counts = {
        "records": result.records,
        "published": result.verdicts.get(Verdict.ACCEPTED, 0) if result.state == "published" else 0,
        "rejected": result.verdicts.get(Verdict.REJECTED, 0),
        "stages": {stage: round(seconds, 3) for stage, seconds in result.stage_seconds.items()},
        "reasons": result.reasons,
    }
    print(json.dumps(counts))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
