"""What is known of a replay once it is committed, and telling the ledger of it.

    runs/<run>/replays/<replay>/   contract.yaml, replay.json, and manifest.json once it is committed

The queue learns which records were published from the table `settled`, not from who replayed: so
whoever finishes a replay that was killed says the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from weighbridge.ledger import Ledger
from weighbridge.pipeline.output.history import folder_of
from weighbridge.pipeline.publish import Manifest
from weighbridge.sinks import SETTLED

if TYPE_CHECKING:
    from weighbridge.review.settling import ReplayEntry, Stood

REPLAY_KEY = "weighbridge.replay"
COUNT_KEYS = ("weighbridge.replayed.quarantine", "weighbridge.replayed.review")
REPLAY_FILE = "replay.json"
_BATCH_ROWS = 2_000


def replay_folder(into: Path, run_id: str, replay_id: str) -> Path:
    """Return the folder of a replay's contract, result and manifest."""
    return folder_of(into, run_id) / "replays" / replay_id


def close_replay(into: Path, ledger: Ledger, manifest: Manifest, at: datetime) -> None:
    """Tell the queue which records were published, enter the replay, and keep its manifest; safe to repeat."""
    from weighbridge.review.settling import note_replay, publish_items

    replay_id = manifest.metadata[REPLAY_KEY]
    folder = replay_folder(into, manifest.run_id, replay_id)
    said = json.loads((folder / REPLAY_FILE).read_bytes())
    for batch in _settled(into, manifest):
        publish_items(ledger, manifest.run_id, replay_id, batch, by=said["by"], at=at)
    note_replay(ledger, _entry(ledger, manifest, replay_id, said, at))
    manifest.write(folder)


def _entry(ledger: Ledger, manifest: Manifest, replay_id: str, said: dict[str, Any], at: datetime) -> ReplayEntry:
    from weighbridge.review.settling import ReplayEntry

    run = ledger.run(manifest.run_id)
    return ReplayEntry(
        id=replay_id,
        run_id=run.id,
        contract_id=run.contract_id,
        object=run.object,
        extract_id=run.extract_id or "",
        contract_version=said["contract_version"],
        contract_fingerprint=said["contract_fingerprint"],
        rules_fingerprint=said["rules_fingerprint"],
        replayed_by=said["by"],
        started=datetime.fromisoformat(said["started"]),
        finished=at,
        candidates=said["candidates"],
        published=said["published"],
        rejected=said["rejected"],
        uncertain=said["uncertain"],
        body={"still": said["still"]},
    )


def _settled(into: Path, manifest: Manifest) -> Iterator[dict[tuple[str, int], Stood]]:
    """Yield what was published, with the decision that it was published by."""
    for part in manifest.tables:
        if part.name != SETTLED:
            continue
        for path, _, _ in part.files:
            rows = pl.scan_parquet(into / path, hive_partitioning=False, glob=False).select(
                "source", "record", "decision", "decided_by", "decided_at"
            )
            for batch in rows.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=True):
                yield {(source, record): tuple(stood) for source, record, *stood in batch.iter_rows()}


def replayed_records(into: Path, run_id: str) -> pl.DataFrame:
    """Return source and record number of a run's records that replays have published."""
    files = replay_files(into, run_id)
    if not files:
        return pl.DataFrame(schema={"source": pl.String, "record": pl.Int64})
    identity = (pl.col("_wb_source").alias("source"), pl.col("_wb_record").alias("record"))
    parts = [pl.scan_parquet(f, hive_partitioning=False, glob=False).select(identity) for f in files]
    return pl.concat(parts).collect()


def replay_files(into: Path, run_id: str) -> list[Path]:
    """Return the files of published rows that replays of a run's records have committed."""
    found: list[Path] = []
    for path in sorted((folder_of(into, run_id) / "replays").glob("*")):
        manifest = Manifest.read(path)
        if manifest is not None:
            found += [into / file for part in manifest.tables if part.name == "published" for file, _, _ in part.files]
    return found
