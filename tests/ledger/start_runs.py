"""Starts and ends runs in a process of its own: start_runs.py LEDGER FIRST COUNT GO."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from weighbridge.ledger import Ledger, ReviewEntry, RunState, SourceEntry, new_run_id

BEGAN = datetime(2026, 11, 22, tzinfo=UTC)


def main() -> None:
    where, first, count, go = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    print("ready", flush=True)
    while not go.exists():
        time.sleep(0.002)
    with Ledger.open(where) as ledger:
        for number in range(first, first + count):
            at = BEGAN + timedelta(seconds=number)
            run_id = new_run_id(at, number.to_bytes(5, "big"))
            ledger.start_run(
                run_id=run_id,
                contract_id="c",
                contract_version="1",
                contract_fingerprint="sha256:c",
                rules_fingerprint="sha256:r",
                object_name="o",
                as_of=at,
                started=at,
            )
            ledger.record_sources(run_id, f"sha256:{number}", [SourceEntry(f"{number}.csv", "00", 1)])
            ledger.mark(run_id, RunState.COMMITTING)
            ledger.add_review_items(run_id, [ReviewEntry("a", n, 0, 1, ("LEG-001",)) for n in range(20)], at)
            ledger.finish_run(run_id, RunState.PUBLISHED, finished=at)


if __name__ == "__main__":
    main()
