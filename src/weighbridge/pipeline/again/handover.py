"""What changes hands by a replay beside the rows it publishes: staged, with the manifest of what is to be committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from weighbridge.findings import Finding, Place, ReceiptError
from weighbridge.pipeline.again.gathering import IDENTITY, Gathered, places
from weighbridge.pipeline.again.replayed import COUNT_KEYS, REPLAY_KEY
from weighbridge.pipeline.again.settled_rows import corrections, settled_rows
from weighbridge.pipeline.again.undone import standing_manifest
from weighbridge.pipeline.publish import Manifest, TableManifest
from weighbridge.review.again import Terms
from weighbridge.review.settling import Standing
from weighbridge.sinks import (
    SETTLED,
    SETTLED_SCHEMA,
    Tables,
    extract_key,
    lazy_sink,
    stage_folder,
    staged_files,
    writing,
)

_TO_ADD = (SETTLED, "repairs", "warnings", "published")
_CORRECTIONS = "corrections.parquet"


@dataclass(frozen=True, slots=True)
class Handover:
    """Where a replay's files are staged, and what they say of it.

    Attributes:
        terms: what the records were held against.
        replay_id: of the replay.
        mark: of its stage folders.
        by: who replays.
        metadata: what every file's footer carries.
    """

    terms: Terms
    tables: Tables
    replay_id: str
    mark: str
    by: str
    metadata: Mapping[str, str]

    def stage(
        self, gathered: Gathered, decided: Mapping[tuple[str, int], Standing], published: pl.DataFrame
    ) -> Manifest:
        """Stage what becomes of the kept rows of published records, and return what is to be committed.

        Args:
            gathered: the kept records.
            decided: what people decided about them.
            published: by `IDENTITY`, the records that pass.

        Raises:
            PublishError: OUT-001, a file cannot be written.
            ReceiptError: RUN-001, not every published record leaves quarantine or review.
        """
        settled = gathered.rows.join(published.lazy(), on=IDENTITY, how="semi", maintain_order="left")
        self._settle(settled, decided)
        self._note_corrections(settled, decided)
        parts = [self._part(name, adds=True) for name in _TO_ADD]
        counts = dict.fromkeys(COUNT_KEYS, 0)
        for name, count_key in zip(("quarantine", "review"), COUNT_KEYS, strict=True):
            counts[count_key] = self._leave(name, published)
            if counts[count_key]:
                parts.append(self._part(name, adds=False))
        if sum(counts.values()) != published.height:
            words = f"{published.height} records were published, {sum(counts.values())} left quarantine and review"
            raise ReceiptError(Finding("RUN-001", Place(source=self.replay_id), words))
        run, contract = self.terms.run, self.terms.contract
        return Manifest(
            run.id,
            run.contract_id,
            run.object,
            f"{run.id}/{self.replay_id}",
            {
                "weighbridge.contract": contract.id,
                "weighbridge.contract.version": contract.version,
                "weighbridge.contract.fingerprint": contract.fingerprint,
                "weighbridge.extract": run.extract_id or "",
                "weighbridge.by": self.by,
                REPLAY_KEY: self.replay_id,
                **{name: str(count) for name, count in counts.items()},
            },
            tuple(p for p in parts if p.files or not p.adds),
        )

    def _settle(self, settled: pl.LazyFrame, decided: Mapping[tuple[str, int], Standing]) -> None:
        def tell(part: pl.DataFrame) -> pl.DataFrame:
            return settled_rows(part, decided, self.replay_id)

        rows = settled.map_batches(tell, schema=SETTLED_SCHEMA, streamable=True)
        self._write(rows, self._folder(SETTLED))

    def _note_corrections(self, settled: pl.LazyFrame, decided: Mapping[tuple[str, int], Standing]) -> None:
        """Enter the values that people gave in the repair ledger, beside the repairs that the plan made."""
        changed = {p for p, waiting in decided.items() if waiting.decision is not None and waiting.decision["changes"]}
        theirs = settled.join(places(changed).lazy(), on=IDENTITY, how="semi", maintain_order="left").collect()
        entries = corrections(theirs, decided, self.terms, self.replay_id)
        folder = self._folder("repairs")
        if entries.height:
            with writing(folder):
                folder.mkdir(parents=True, exist_ok=True)
                entries.write_parquet(folder / _CORRECTIONS, metadata=dict(self.metadata))

    def _leave(self, name: str, published: pl.DataFrame) -> int:
        """Stage what stays of quarantine or review, and return how many records leave it."""
        run = self.terms.run
        manifest = standing_manifest(self.terms.into / "runs" / run.id)
        assert manifest is not None  # a published run has written its manifest
        of_table = [t for t in manifest.tables if (t.name, t.extract_key) == (name, extract_key(run.extract_id or ""))]
        files = [self.terms.into / file for table in of_table for file, _, _ in table.files]
        if not files:
            return 0
        stands = pl.scan_parquet(files, hive_partitioning=False, glob=False)
        leaving = stands.join(published.lazy(), on=IDENTITY, how="semi").select(pl.len())
        count = int(leaving.collect(engine="streaming").item())
        if count:
            self._write(
                stands.join(published.lazy(), on=IDENTITY, how="anti", maintain_order="left"), self._folder(name)
            )
        return count

    def _folder(self, name: str) -> Path:
        return stage_folder(self.tables.path(name), extract_key(self.terms.run.extract_id or ""), self.mark)

    def _write(self, rows: pl.LazyFrame, folder: Path) -> None:
        with writing(folder):
            pl.collect_all([lazy_sink(rows, folder, self.metadata)], engine="streaming")

    def _part(self, name: str, *, adds: bool) -> TableManifest:
        staged = staged_files(self._folder(name))
        files = tuple((f.path.relative_to(self.terms.into).as_posix(), f.rows, f.bytes) for f in staged)
        return TableManifest(name, extract_key(self.terms.run.extract_id or ""), files, adds)
