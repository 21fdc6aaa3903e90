"""The steps of an erasure that follow once everything is staged; each may be taken again.

erase/<lock>.json          what is about to be done to one extract, until it is
runs/<run>/erased.parquet  which records were taken out of the run's tables: place and length, no value
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import polars as pl

from weighbridge.ledger import Ledger, Run
from weighbridge.ledger.erasures import Erasure, enter_erasure, forget_items
from weighbridge.pipeline.again.undone import STANDING, standing_manifest
from weighbridge.pipeline.output.history import folder_of
from weighbridge.pipeline.publish import MANIFEST, Manifest, TableManifest
from weighbridge.pipeline.watcher import Watcher
from weighbridge.sinks import Exchanged, Tables, alone, atomic_write, exchange, writing
from weighbridge.sinks.shown import run_of_path

ERASED_FILE = "erased.parquet"
FOLDER = "erase"
_ERASED_SCHEMA = pl.Schema(
    {"table": pl.String, "source": pl.String, "record": pl.Int64, "length": pl.Int64, "erasure": pl.String}
)
_COUNTED = ("published", "quarantine", "review")


@dataclass(frozen=True, slots=True)
class Part:
    """The files of one partition of one table that are exchanged."""

    table: str
    extract_key: str
    files: tuple[Exchanged, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A record that is taken out of a table; `counted` where the run's receipt counts it there."""

    table: str
    run: str
    source: str
    record: int
    length: int | None
    counted: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """What is to be done to one extract, complete enough for another process to do it. It holds no value."""

    id: str
    contract_id: str
    object_name: str
    extract_key: str
    properties: tuple[str, ...]
    subject: str | None
    by: str
    why: str
    at: datetime
    parts: tuple[Part, ...]
    taken: tuple[Taken, ...]

    def write(self, into: Path) -> None:
        """Put it on the disk, whole or not at all."""
        path = place(into, Tables(into, self.contract_id, self.object_name), self.extract_key)
        atomic_write(path, json.dumps(asdict(self) | {"at": self.at.isoformat()}, indent=1).encode())

    @classmethod
    def read(cls, path: Path) -> Pending:
        """Return what was written."""
        told = json.loads(path.read_bytes())
        parts = tuple(
            Part(p["table"], p["extract_key"], tuple(Exchanged(**f) for f in p["files"])) for p in told.pop("parts")
        )
        taken = tuple(Taken(**t) for t in told.pop("taken"))
        told |= {"at": datetime.fromisoformat(told["at"]), "properties": tuple(told["properties"])}
        return cls(**told, parts=parts, taken=taken)

    @property
    def counts(self) -> dict[str, int]:
        """Records by table."""
        return dict(Counter(t.table for t in {(t.table, t.run, t.source, t.record): t for t in self.taken}.values()))


def place(into: Path, tables: Tables, extract_key: str) -> Path:
    """Return where the pending erasure of an extract stands."""
    return into / FOLDER / f"{tables.lock_of(extract_key)}.json"


def unfinished(into: Path) -> list[Path]:
    """Return the erasures that were begun and not ended."""
    return sorted((into / FOLDER).glob("*.json"))


def finish_erasures(into: Path, ledger: Ledger, watcher: Watcher) -> tuple[str, ...]:
    """End the erasures that were killed on the way; return their ids.

    Raises:
        PublishError: a table cannot be committed; calling again goes on.
    """
    done = []
    for path in unfinished(into):
        pending = Pending.read(path)
        tables = Tables(into, pending.contract_id, pending.object_name)
        with alone(
            into, ledger, tables.lock_of(pending.extract_key), holder=f"erasure {pending.id}", on_wait=watcher.stage
        ):
            if path.is_file():
                apply(into, ledger, Pending.read(path), watcher)
                done.append(pending.id)
    return tuple(done)


def apply(into: Path, ledger: Ledger, pending: Pending, watcher: Watcher) -> None:
    """Do what is pending; safe to repeat. The caller holds the extract's lock."""
    tables = Tables(into, pending.contract_id, pending.object_name)
    metadata = {"weighbridge.erasure": pending.id}
    for part in pending.parts:
        watcher.stage(f"erasing from {part.table}")
        exchange(into, tables.path(part.table), part.extract_key, part.files, metadata)
    watcher.stage("noting what is erased")
    files = {file.old: file for part in pending.parts for file in part.files}
    runs = sorted({t.run for t in pending.taken} | {_run_in(old) for old in files} - {""})
    for run_id in runs:
        _renew_manifests(folder_of(into, run_id), files)
        _note_records(folder_of(into, run_id), [t for t in pending.taken if t.run == run_id and t.counted], pending.id)
        note_outputs(into, ledger, run_id)
        forget_items(ledger, run_id, {(t.source, t.record) for t in pending.taken if t.run == run_id}, pending.at)
    told = _run(ledger, runs[0]) if runs and pending.taken else None
    extract_id = pending.extract_key if told is None else told.extract_id
    if pending.taken:  # else only bytes of records were dropped, by retention, which notes it by itself
        entry = Erasure(pending.id, pending.contract_id, pending.object_name, extract_id, pending.properties,
                        pending.subject, pending.by, pending.why, pending.at, pending.counts)  # fmt: skip
        enter_erasure(ledger, entry)
    watcher.stage("removing files")
    for old in files:
        path = into / old
        with writing(path):
            path.unlink(missing_ok=True)
            if path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
    place(into, tables, pending.extract_key).unlink(missing_ok=True)


def _run_in(file: str) -> str:
    """Return the run that a file of a table belongs to, by its path in the output folder."""
    return run_of_path("/".join(file.split("/")[3:]))


def _run(ledger: Ledger, run_id: str) -> Run | None:
    """Return a run; None when the ledger does not know it, as after it was lost."""
    return next(iter(ledger.past.runs_of([run_id])), None)


def manifests(folder: Path) -> list[Path]:
    """Return the files of a run's folder that name files of tables."""
    own = (folder / MANIFEST, folder / STANDING)
    return [p for p in (*own, *sorted(folder.glob(f"replays/*/{MANIFEST}"))) if p.is_file()]


def _renew_manifests(folder: Path, files: Mapping[str, Exchanged]) -> None:
    for path in manifests(folder):
        before = Manifest.of(path.read_bytes())
        after = replace(before, tables=tuple(_renewed(table, files) for table in before.tables))
        if after != before:
            atomic_write(path, after.to_bytes())


def _renewed(table: TableManifest, files: Mapping[str, Exchanged]) -> TableManifest:
    named: list[tuple[str, int, int]] = []
    for name, rows, size in table.files:
        exchanged = files.get(name)
        if exchanged is None:
            named.append((name, rows, size))
        elif exchanged.new is not None:
            named.append((exchanged.new, exchanged.rows, exchanged.bytes))
    return replace(table, files=tuple(named))


def _note_records(folder: Path, taken: Sequence[Taken], erasure: str) -> None:
    if not taken:
        return
    rows = pl.DataFrame(
        [(t.table, t.source, t.record, t.length, erasure) for t in taken if t.table in _COUNTED],
        schema=_ERASED_SCHEMA,
        orient="row",
    )
    before = erased_records(folder)
    whole = pl.concat([before, rows]).unique(["source", "record"], keep="first", maintain_order=True)
    content = BytesIO()
    whole.write_parquet(content)
    atomic_write(folder / ERASED_FILE, content.getvalue())


def erased_records(folder: Path) -> pl.DataFrame:
    """Return the records that were erased of a run: table, source, record, length and the erasure's id."""
    path = folder / ERASED_FILE
    return pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=_ERASED_SCHEMA)


def note_outputs(into: Path, ledger: Ledger, run_id: str) -> None:
    """Enter with a run how many rows of it stand now, as the manifest that stands tells; safe to repeat."""
    manifest = standing_manifest(folder_of(into, run_id))
    run = _run(ledger, run_id)
    if manifest is None or run is None or not run.is_finished:
        return
    rows: Counter[str] = Counter()
    for table in manifest.tables:
        rows[table.name] += sum(count for _, count, _ in table.files)
    outputs = {
        name: told | {"rows": rows[name]} if name in rows and not told.get("removed") else told
        for name, told in run.outputs.items()
    }
    if outputs != dict(run.outputs):
        ledger.note_outputs(run_id, outputs)
