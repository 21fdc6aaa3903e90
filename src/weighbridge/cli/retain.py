"""`weighbridge retain`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from weighbridge.cli.terminal import print_json


def retain(*, into: Path, contract: Path | None = None, dry_run: bool = False, json: bool = False) -> int:
    """Remove what the contract says is kept no longer: rows, kept records and reports. Receipts and results stay.

    How long is said by the contract's `slaProperties` entry `retention`, and by the object's custom property
    `retention`, which names tables and reports one by one. The age of an extract is that of the last run that
    judged it. What was removed is noted in the ledger, and `weighbridge audit` says so. It may be called
    at any time, from a timer, and again after a kill.

    Exit codes: 0 done, or nothing to do · 2 it could not be done.

    Parameters
    ----------
    into
        The output folder.
    contract
        Only this contract's extracts, and as long as this file says; by default all, as their last runs' contracts say.
    dry_run
        Say what would be removed and remove nothing.
    json
        Print it as JSON.
    """
    from weighbridge.pipeline.retain import retain as apply

    done = apply(into, datetime.now(UTC), contract=contract, dry_run=dry_run)
    if json:
        print_json(
            {
                "dry_run": dry_run,
                "removed": [r.to_dict() for r in done.removals],
                "findings": [f.to_dict() for f in done.findings],
            }
        )
        return 0
    for finding in done.findings:
        print(finding, end="\n\n")
    for r in done.removals:
        print(f"{r.contract_id} {r.object_name}: {r.what} of extract {r.extract_id[:23]}… was kept until "
              f"{r.kept_until:%Y-%m-%d}")  # fmt: skip
    print(f"{len(done.removals):,} {'would be' if dry_run else ''} removed".replace("  ", " "))
    return 0
