"""Write, audit, publish: the last of the three, so that a kill at any instant leaves a clean state.

Everything is staged and proved before this begins. A manifest then says what is to be
committed; it is on the disk before the first commit. Whoever finds a run that died after its
manifest commits the rest of it (`commit_all` again); what is committed already says so.

Rejected and uncertain records are committed first and the published rows last: whenever rows
are visible, so is everything that was kept from them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

import polars as pl

from weighbridge.outcome.result import TableRef
from weighbridge.pipeline.watcher import Watcher
from weighbridge.quick import dataclass
from weighbridge.sinks import StagedFile, Tables, atomic_write, commit, held_key, stage_folder, staged_files, writing

COMMIT_ORDER = ("quarantine", "review", "repairs", "warnings", "published")
KEPT_OF_HELD = ("quarantine", "review")
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class TableManifest:
    """What one table is to be given.

    Attributes:
        name: as in `weighbridge.sinks.TABLE_NAMES`.
        extract_key: the partition that these files replace.
        files: staged files, relative to the output folder, with rows and bytes.
        adds: whether they are shown beside what the partition shows, not in its place.
    """

    name: str
    extract_key: str
    files: tuple[tuple[str, int, int], ...]
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run is about to commit, complete enough for another process to do it."""

    run_id: str
    contract_id: str
    object_name: str
    publication_key: str
    metadata: dict[str, str]
    tables: tuple[TableManifest, ...]

    def write(self, folder: Path) -> None:
        """Put the manifest on the disk, whole or not at all."""
        atomic_write(folder / MANIFEST, self.to_bytes())

    def to_bytes(self) -> bytes:
        """Return what `of` reads."""
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def read(cls, folder: Path) -> Manifest | None:
        """Return the manifest of a run's folder; None when the run never came so far."""
        path = folder / MANIFEST
        if not path.is_file():
            return None
        return cls.of(path.read_bytes())

    @classmethod
    def of(cls, written: bytes) -> Manifest:
        """Return the manifest that was written so."""
        content = json.loads(written)
        tables = tuple(
            TableManifest(t["name"], t["extract_key"], tuple((p, r, b) for p, r, b in t["files"]), t.get("adds", False))
            for t in content.pop("tables")
        )
        return cls(**content, tables=tables)


def set_aside(tables: Tables, staged: Mapping[str, Path], extract_key: str, run_id: str) -> dict[str, Path]:
    """Move what a held run is to keep to where its own partition stands, and return the folders."""
    folders = dict(staged)
    for name in KEPT_OF_HELD:
        aside = stage_folder(tables.path(name), held_key(extract_key), run_id)
        if staged[name].is_dir():
            with writing(aside):
                aside.parent.mkdir(parents=True, exist_ok=True)
                staged[name].rename(aside)
        folders[name] = aside
    return folders


def draw_up_manifest(
    tables: Tables, folders: Mapping[str, Path], *, run_id: str, publication_key: str, extract_key: str,
    metadata: dict[str, str], held: bool,
) -> Manifest:  # fmt: skip
    """Return what is to be committed of what was staged in `folders`.

    Publishing also empties the partition that an earlier, held judging of the extract left.
    """
    parts: list[TableManifest] = []
    for name in COMMIT_ORDER:
        if held and name not in KEPT_OF_HELD:
            continue
        files = tuple(
            (Path(f.path).relative_to(tables.into).as_posix(), f.rows, f.bytes) for f in staged_files(folders[name])
        )
        parts.append(TableManifest(name, held_key(extract_key) if held else extract_key, files))
        if not held and name in KEPT_OF_HELD:
            parts.append(TableManifest(name, held_key(extract_key), ()))
    return Manifest(run_id, tables.contract_id, tables.object_name, publication_key, metadata, tuple(parts))


def commit_all(into: Path, manifest: Manifest, watcher: Watcher) -> tuple[TableRef, ...]:
    """Commit every table of the manifest; safe to call again after a crash at any point.

    Args:
        into: the output folder.
        manifest: what to commit, in its order.
        watcher: told of each table before its commit.

    Raises:
        PublishError: a table cannot be committed; those before it are, and calling again goes on.
    """
    tables = Tables(into, manifest.contract_id, manifest.object_name)
    refs = []
    for part in manifest.tables:
        staged = [StagedFile(into / path, rows, size) for path, rows, size in part.files]
        watcher.stage(f"committing {part.name}")
        done = commit(
            tables.path(part.name),
            _schema(staged),
            part.extract_key,
            staged,
            run_id=manifest.run_id,
            publication_key=f"{manifest.publication_key}/{part.name}/{part.extract_key}",
            metadata=manifest.metadata,
            add=part.adds,
        )
        rows = sum(f.rows for f in staged)
        if part.files or done.version is not None:
            path = tables.path(part.name).relative_to(into).as_posix()
            refs.append(TableRef(part.name, path, done.version, rows))
    return _one_a_table(refs)


def _schema(staged: Iterable[StagedFile]) -> pl.Schema:
    first = next(iter(staged), None)
    return pl.Schema() if first is None else pl.Schema(pl.read_parquet_schema(first.path))


def _one_a_table(refs: Iterable[TableRef]) -> tuple[TableRef, ...]:
    kept: dict[str, TableRef] = {}
    for ref in refs:
        if ref.name not in kept or ref.rows:
            kept[ref.name] = ref
    return tuple(kept.values())
