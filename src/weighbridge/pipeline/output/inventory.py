"""What an output folder consists of, for those who copy it: data, what runs wrote, tables' logs, the ledger.

A run that has not begun to commit is left out: no log names its files.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from weighbridge.findings import Finding, LedgerError
from weighbridge.ledger import RunState
from weighbridge.pipeline.output.ledgers import LEDGER_FILE, LEDGER_URL, ledger_of
from weighbridge.pipeline.output.pinned import FOLDER
from weighbridge.sinks import PARTITION, SETTLED, TABLE_NAMES, UNDONE

_KEPT_FIRST = ("quarantine", "review", "repairs", "warnings")
_TABLES = (*_KEPT_FIRST, *(n for n in (*TABLE_NAMES, SETTLED, UNDONE) if n not in _KEPT_FIRST))
"""Published rows come last: whenever they are to be seen, so is what was kept from them."""
_LOG = "_delta_log"


def logs_in(into: Path) -> dict[str, Path]:
    """Return the logs' files: entries in their order, then checkpoints, then what names the last of these."""
    entries: list[Path] = []
    for name in _TABLES:
        for log in sorted((into / name).glob(f"*/*/{_LOG}")):
            files = [f for f in log.iterdir() if f.is_file() and not f.name.startswith((".", "_tmp"))]
            entries += sorted(f for f in files if f.suffix == ".json")
            entries += sorted(f for f in files if f.suffix == ".parquet")
            entries += [f for f in files if f.name == "_last_checkpoint"]
    return {f.relative_to(into).as_posix(): f for f in entries}


def data_in(into: Path, staging: Iterable[str]) -> list[str]:
    """Return the tables' data files, but for those of runs that have not begun to commit."""
    skipped = tuple(f"/run-{run_id}" for run_id in staging)
    found = (p for name in _TABLES for p in sorted((into / name).glob(f"*/*/{PARTITION}=*/*/*.parquet")))
    paths = (p.relative_to(into).as_posix() for p in found)
    return [p for p in paths if not any(s in p for s in skipped)]


def words_in(into: Path, staging: Iterable[str]) -> list[str]:
    """Return the files of runs that have ended, baselines, and what was begun of undos and erasures."""
    skipped = set(staging)
    found: list[Path] = []
    for folder in sorted((into / "runs").glob("*")):
        if folder.name not in skipped:
            found += [p for p in sorted(folder.rglob("*")) if p.is_file() and p.relative_to(folder).parts[0] != "work"]
    for name in ("undo", "erase"):
        found += sorted((into / name).glob("*.json"))
    found += [p for p in sorted((into / FOLDER).rglob("*")) if p.is_file()]
    return [p.relative_to(into).as_posix() for p in found if not p.name.startswith(".")]


@contextmanager
def ledger_now(into: Path) -> Iterator[dict[str, Path]]:
    """Give the ledger as it is now: a snapshot of its file, or the file that says where its database is.

    Raises:
        LedgerError: LED-004, the file cannot be read.
    """
    if (into / LEDGER_URL).is_file():
        yield {LEDGER_URL: into / LEDGER_URL}
        return
    with tempfile.TemporaryDirectory(prefix="weighbridge-mirror-") as scratch:
        snapshot = Path(scratch) / LEDGER_FILE
        try:
            with closing(sqlite3.connect(into / LEDGER_FILE)) as ours, closing(sqlite3.connect(snapshot)) as theirs:
                ours.backup(theirs)
        except sqlite3.Error as error:
            raise LedgerError(Finding("LED-004", detail=str(error))) from error
        yield {LEDGER_FILE: snapshot}


def staging_in(into: Path) -> frozenset[str]:
    """Return the runs that have not begun to commit; no log that was listed before names their files."""
    with ledger_of(into) as ledger:
        return frozenset(u.run.id for u in ledger.unfinished() if u.run.state is not RunState.COMMITTING)
