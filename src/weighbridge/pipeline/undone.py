"""What stands of a run after repairs were taken back, and the last steps of taking them back.

undo/<lock>.json          what is about to be committed, until it is
runs/<run>/undone.json    what was committed last: files and tables that stand in place of the run's
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from weighbridge.findings import PublishError
from weighbridge.ledger import Ledger
from weighbridge.outcome.result import TableRef
from weighbridge.pipeline.history import folder_of
from weighbridge.pipeline.intake import now
from weighbridge.pipeline.publish import Manifest, commit_all
from weighbridge.pipeline.recover import lock_key, review_entries
from weighbridge.pipeline.watcher import Watcher
from weighbridge.sinks import PARTITION, UNDONE, UNDONE_SCHEMA, Tables, atomic_write, extract_key, scan_table, sweep
from weighbridge.sinks.staging import RUN_PREFIX, UNDO_MARK

STANDING = "undone.json"
VALUES_KEY = "weighbridge.undone"
WITHDRAWN_KEY = "weighbridge.withdrawn"
KEY = ("source", "record", "property", "rule")


def pending(into: Path, tables: Tables, extract_id: str) -> Path:
    """Return where the manifest of an undo stands from when everything is staged until all is committed."""
    return into / "undo" / f"{lock_key(tables, extract_id)}.json"


def finish_undo(into: Path, ledger: Ledger, tables: Tables, extract_id: str, watcher: Watcher) -> None:
    """Commit what an undo of this extract has staged, and clear away what a killed one left.

    Safe to repeat; to be called with the extract's lock in hand. What retention has removed in
    between is not brought back.

    Raises:
        PublishError: a table cannot be committed; calling again goes on.
    """
    path = pending(into, tables, extract_id)
    if path.is_file():
        manifest = Manifest.of(path.read_bytes())
        if all((into / file).is_file() for part in manifest.tables for file, _, _ in part.files):
            written = commit_all(into, manifest, watcher)
            watcher.stage("noting what is undone")
            _note(ledger, manifest.run_id, written)
            ledger.add_review_items(manifest.run_id, review_entries(into, manifest), now())
            atomic_write(folder_of(into, manifest.run_id) / STANDING, manifest.to_bytes())
        path.unlink()
    pattern = f"{PARTITION}={extract_key(extract_id)}/{RUN_PREFIX}*{UNDO_MARK}*"
    staged = {
        f.name.removeprefix(RUN_PREFIX) for n in ("published", "review", UNDONE) for f in tables.path(n).glob(pattern)
    }
    if staged:
        sweep(tables, staged)


def _note(ledger: Ledger, run_id: str, written: Sequence[TableRef]) -> None:
    """Enter in the ledger how many rows of the run its tables show now."""
    outputs = dict(ledger.run(run_id).outputs)
    for table in written:
        if table.name != UNDONE and (table.rows or table.name in outputs):
            told = {"path": table.path, "version": table.version, "rows": table.rows}
            outputs[table.name] = {**(outputs.get(table.name) or {}), **told}
    ledger.note_outputs(run_id, outputs)


def standing_manifest(folder: Path) -> Manifest | None:
    """Return what a run committed, with the files that an undo has put in their place since."""
    manifest = Manifest.read(folder)
    path = folder / STANDING
    if manifest is None or not path.is_file():
        return manifest
    later = {(t.name, t.extract_key): t for t in Manifest.of(path.read_bytes()).tables}
    kept = tuple(later.pop((t.name, t.extract_key), t) for t in manifest.tables)
    return replace(manifest, tables=kept)


def taken_back(folder: Path) -> tuple[int, int]:
    """Return how many values of a run stand as they came by an undo, and how many records it withdrew."""
    path = folder / STANDING
    if not path.is_file():
        return 0, 0
    said = Manifest.of(path.read_bytes()).metadata
    return int(said[VALUES_KEY]), int(said[WITHDRAWN_KEY])


def history_of(tables: Tables, key: str) -> pl.DataFrame:
    """Return what was ever undone and redone of an extract, by `UNDONE_SCHEMA`, the oldest first."""
    try:
        rows = scan_table(tables.path(UNDONE), extract_key=key)
    except PublishError:
        return pl.DataFrame(schema=UNDONE_SCHEMA)
    return rows.select(UNDONE_SCHEMA.names()).sort("at", maintain_order=True).collect()


def in_force(history: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """Return the last word on each repair of a run that is undone now: no row a repair that applies."""
    last = history.filter(pl.col("run") == run_id).unique(KEY, keep="last", maintain_order=True)
    return last.filter(pl.col("action") == "undo")
