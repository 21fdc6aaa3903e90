"""Bytes dropped from kept records, whose findings and values stay: retention that is shorter for bytes alone."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from weighbridge.ledger import Ledger
from weighbridge.pipeline.erasure.clean import without_bytes
from weighbridge.pipeline.erasure.pending import Part, Pending, apply
from weighbridge.pipeline.intake import new_entropy, now
from weighbridge.pipeline.output.history import folder_of
from weighbridge.pipeline.watcher import Nobody
from weighbridge.sinks import (
    PARTITION,
    SETTLED,
    Exchanged,
    Tables,
    extract_key,
    held_key,
    lazy_sink,
    stage_folder,
    staged_files,
    writing,
)
from weighbridge.sinks.shown import run_of_path
from weighbridge.sinks.staging import ERASE_MARK

REMOVED = "removed"
_WITH_BYTES = ("quarantine", "review", "warnings", "repairs", SETTLED)


def drop_bytes(into: Path, ledger: Ledger, tables: Tables, extract_id: str, runs: tuple[str, ...]) -> bool:
    """Drop the bytes of an extract's kept records; True when there were any. The caller holds the extract's lock.

    Raises:
        PublishError: a table cannot be written; calling again goes on.
    """
    key, mark = extract_key(extract_id), new_entropy().hex()[:8]
    changed = sum(without_bytes(folder_of(into, run_id)) for run_id in runs) > 0
    parts: list[Part] = []
    number = 0
    for name in _WITH_BYTES:
        for partition in (key, held_key(key)):
            files = []
            for path in sorted(tables.path(name).glob(f"{PARTITION}={partition}/*/*.parquet")):
                run_id = run_of_path(path.relative_to(tables.path(name)).as_posix())
                folder = stage_folder(tables.path(name), partition, f"{run_id}{ERASE_MARK}{mark}{number}")
                number += 1
                if (new := _without(into, path, folder)) is not None:
                    files.append(new)
            if files:
                parts.append(Part(name, partition, tuple(files)))
    if not parts:
        return changed
    pending = Pending(f"retain-{mark}", tables.contract_id, tables.object_name, key, (), None, "retention",
                      "bytes are kept no longer", now(), tuple(parts), ())  # fmt: skip
    pending.write(into)
    apply(into, ledger, pending, Nobody())
    return True


def _without(into: Path, path: Path, folder: Path) -> Exchanged | None:
    """Write a file anew without bytes; None when it holds none."""
    rows = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    if rows.select(pl.col("raw").is_null().all()).collect().item():
        return None
    changes = [pl.lit(None, dtype=pl.Binary).alias("raw")]
    if "raw_form" in rows.collect_schema():
        had = pl.col("raw").is_not_null()
        changes.append(pl.when(had).then(pl.lit(REMOVED)).otherwise("raw_form").alias("raw_form"))
    told = {k: v for k, v in pl.read_parquet_metadata(path).items() if k.startswith("weighbridge.")}
    with writing(folder):
        pl.collect_all([lazy_sink(rows.with_columns(changes), folder, told)], engine="streaming")
    (staged,) = staged_files(folder)
    old = path.relative_to(into).as_posix()
    return Exchanged(old, staged.path.relative_to(into).as_posix(), staged.rows, staged.bytes)
