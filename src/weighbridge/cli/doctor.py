"""`weighbridge doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.cli.terminal import print_json, watching

if TYPE_CHECKING:
    from weighbridge.pipeline.doctor import Health


def doctor(
    *,
    into: Path | None = None,
    ledger: str | None = None,
    fix: bool = False,
    rebuild_ledger: bool = False,
    quiet: bool = False,
    json: bool = False,
) -> int:
    """Look whether everything is as it should be, and say what is not.

    Packages and their versions, rights, room on the disks, text encoding, clock, temporary
    folders that killed processes left behind. With --into also the ledger, runs that were
    killed, locks, the runs' folders, the tables and their files, and whether ledger and tables
    say the same. Nothing is changed without --fix.

    Exit codes: 0 healthy · 1 something is wrong · 2 it could not look.

    Parameters
    ----------
    into
        An output folder.
    ledger
        The database of its ledger, when it is not the one that the folder remembers.
    fix
        Mend what is safe to mend: finish or clear away killed runs, remove what they staged and
        what they left in TMPDIR.
    rebuild_ledger
        Enter the runs of the folder that the ledger does not know: after it was lost, or restored
        from an older backup. A damaged file must be moved away before.
    quiet
        No words: the exit code says it.
    json
        Print everything as JSON.
    """
    from weighbridge.findings import ArgumentError, Finding
    from weighbridge.pipeline.doctor import examine
    from weighbridge.pipeline.output.ledgers import ledger_at

    if into is None and (ledger is not None or rebuild_ledger):
        raise ArgumentError(Finding("ARG-001", detail="--ledger and --rebuild-ledger need --into"))
    with ledger_at(ledger), watching(not quiet and not json) as watcher:
        health = examine(into, fix=fix, rebuild_ledger=rebuild_ledger, watcher=watcher)
    if json:
        print_json({
            "healthy": health.is_healthy,
            "looked_at": list(health.looked_at),
            "mended": list(health.mended),
            "findings": [f.to_dict() for f in health.findings],
        })  # fmt: skip
    elif not quiet:
        _say(health)
    return health.exit_code


def _say(health: Health) -> None:
    for words in health.mended:
        print(f"mended: {words}")
    for finding in health.findings:
        print(f"{finding.severity}: {finding}", end="\n\n")
    wrong = sum(f.severity.value != "info" for f in health.findings)
    verdict = "healthy" if health.is_healthy else f"{wrong} thing{'s' if wrong != 1 else ''} to see to"
    print(f"{verdict}; looked at {', '.join(health.looked_at)}")
