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
from weighbridge.pipeline.again.replayed import COUNT_KEYS, REPLAY_KEY, close_replay
from weighbridge.pipeline.intake import now
from weighbridge.pipeline.output.history import folder_of
from weighbridge.pipeline.publish import Manifest, commit_all
from weighbridge.pipeline.recover import lock_key, review_entries
from weighbridge.pipeline.watcher import Watcher
from weighbridge.sinks import (
    PARTITION,
    SETTLED,
    TABLE_NAMES,
    UNDONE,
    UNDONE_SCHEMA,
    Tables,
    atomic_write,
    extract_key,
    scan_table,
    sweep,
)
from weighbridge.sinks.staging import REPLAY_MARK, RUN_PREFIX, UNDO_MARK

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
            watcher.stage("noting what is replayed" if REPLAY_KEY in manifest.metadata else "noting what is undone")
            standing = _standing_with(folder_of(into, manifest.run_id), manifest)
            _note(ledger, manifest.run_id, written, standing)
            if REPLAY_KEY in manifest.metadata:
                close_replay(into, ledger, manifest, now())
            else:
                _note_undo(into, ledger, manifest)
            atomic_write(folder_of(into, manifest.run_id) / STANDING, standing.to_bytes())
        path.unlink()
    staged = {
        folder.name.removeprefix(RUN_PREFIX)
        for name in (*TABLE_NAMES, UNDONE, SETTLED)
        for mark in (UNDO_MARK, REPLAY_MARK)
        for folder in tables.path(name).glob(f"{PARTITION}={extract_key(extract_id)}/{RUN_PREFIX}*{mark}*")
    }
    if staged:
        sweep(tables, staged, extract_id=extract_id)


def _note_undo(into: Path, ledger: Ledger, manifest: Manifest) -> None:
    """Tell the queue which records are withdrawn since, and which no more; safe to repeat."""
    from weighbridge.review.again import TAKEN_BACK
    from weighbridge.review.settling import follow_undo

    ledger.add_review_items(manifest.run_id, review_entries(into, manifest), now())
    withdrawn = {(e.source, e.record) for e in review_entries(into, manifest) if TAKEN_BACK in e.codes}
    follow_undo(ledger, manifest.run_id, withdrawn, by=manifest.metadata.get("weighbridge.by", ""), at=now())


def _standing_with(folder: Path, manifest: Manifest) -> Manifest:
    """Return what stands of a run once this is committed, too: complete lists of files, safe to repeat."""
    before = standing_manifest(folder)
    assert before is not None  # a published run has written its manifest
    parts = {(t.name, t.extract_key): t for t in before.tables}
    for part in manifest.tables:
        key = (part.name, part.extract_key)
        files = part.files
        if part.adds and key in parts:
            files = tuple(dict.fromkeys((*parts[key].files, *part.files)))
        parts[key] = replace(part, files=files, adds=False)
    told = {k: before.metadata[k] for k in (VALUES_KEY, WITHDRAWN_KEY, REPLAY_KEY) if k in before.metadata}
    counts = {name: int(before.metadata.get(name, "0")) for name in COUNT_KEYS}
    if manifest.metadata.get(REPLAY_KEY) not in (None, before.metadata.get(REPLAY_KEY)):
        counts = {name: count + int(manifest.metadata[name]) for name, count in counts.items()}
    metadata = told | manifest.metadata | {name: str(count) for name, count in counts.items()}
    return replace(manifest, tables=tuple(parts.values()), metadata=metadata)


def _note(ledger: Ledger, run_id: str, written: Sequence[TableRef], standing: Manifest) -> None:
    """Enter in the ledger how many rows of the run its tables show now."""
    outputs = dict(ledger.run(run_id).outputs)
    rows = {
        t.name: sum(count for _, count, _ in t.files) for t in standing.tables if not t.extract_key.endswith(".held")
    }
    for table in written:
        if table.name not in (UNDONE, SETTLED) and (table.rows or table.name in outputs):
            told = {"path": table.path, "version": table.version, "rows": rows.get(table.name, table.rows)}
            outputs[table.name] = {**(outputs.get(table.name) or {}), **told}
    ledger.note_outputs(run_id, outputs)


def standing_manifest(folder: Path) -> Manifest | None:
    """Return what a run committed, with the files that an undo has put in their place since."""
    manifest = Manifest.read(folder)
    path = folder / STANDING
    if manifest is None or not path.is_file():
        return manifest
    since = Manifest.of(path.read_bytes())
    later = {(t.name, t.extract_key): t for t in since.tables}
    kept = tuple(later.pop((t.name, t.extract_key), t) for t in manifest.tables)
    return replace(manifest, tables=(*kept, *later.values()), metadata=manifest.metadata | since.metadata)


def taken_back(folder: Path) -> tuple[int, int]:
    """Return how many values of a run stand as they came by an undo, and how many records it withdrew."""
    path = folder / STANDING
    if not path.is_file():
        return 0, 0
    said = Manifest.of(path.read_bytes()).metadata
    return int(said.get(VALUES_KEY, "0")), int(said.get(WITHDRAWN_KEY, "0"))


def replayed(folder: Path) -> dict[str, int]:
    """Return how many records of a run were published by replays since, by the table that they stood in."""
    path = folder / STANDING
    said = Manifest.of(path.read_bytes()).metadata if path.is_file() else {}
    return {key.rpartition(".")[2]: int(said.get(key, "0")) for key in COUNT_KEYS}


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
