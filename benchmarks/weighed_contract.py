"""The whole main job of one contract over the source that its server names.

python -m benchmarks.weighed_contract CONTRACT FOLDER
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from weighbridge.contract import load
from weighbridge.findings import Verdict
from weighbridge.pipeline.run import run


def main(path: Path, folder: Path) -> None:
    """Do the job and print how many records went where, and how long each stage took."""
    contract = load(path)
    (server,) = contract.servers
    source = Path(server.path or "")
    result = run(contract, source, into=folder, server_name=server.name, as_of=datetime(2014, 1, 1, tzinfo=UTC))
    counts = {
        "records": result.records,
        "checks": len([check for check in result.checks if check.origin not in ("framing", "rule")]),
        "rejected": result.verdicts.get(Verdict.REJECTED, 0),
        "stages": {stage: round(seconds, 3) for stage, seconds in result.stage_seconds.items()},
    }
    print(json.dumps(counts))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
