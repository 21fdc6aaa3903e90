"""The suspects: records with anything said about them, put aside while the batches pass."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from weighbridge.pipeline.plan import SUSPECT, Plan, mask_words
from weighbridge.readers.lineage import RECORD, SOURCE


class Suspects:
    """Writes the suspects of each batch to a file of its own, named by its first record.

    Read in the order of their names the files give the suspects in source order, whichever
    thread wrote them when; and nothing is held for the next batch.

    Attributes:
        folder: of Parquet files; `pl.scan_parquet(folder)` reads them once `close` was called.
    """

    def __init__(self, folder: Path, plan: Plan, columns: Sequence[str]) -> None:
        self.folder = folder
        self._words = mask_words(plan.row_probes)
        self._columns = list(columns)
        self._schema = plan.suspects.select(self._columns).collect_schema()
        self.clear()

    def clear(self) -> None:
        """Forget everything: the plan is run anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def add(self, batch: pl.DataFrame) -> None:
        """Put the suspects of a batch aside, with the mask words of what failed."""
        found = batch.filter(pl.col(SUSPECT))
        if found.height:
            first = f"{found[SOURCE][0]:08}-{found[RECORD][0]:014}"
            self._write(found.with_columns(self._words).select(self._columns), first)

    def close(self) -> None:
        """Make sure that there is something to read: a file with the columns, when there are no suspects."""
        if not any(self.folder.iterdir()):
            self._write(pl.DataFrame(schema=self._schema), "none")

    def _write(self, rows: pl.DataFrame, name: str) -> None:
        rows.write_parquet(self.folder / f"{name}.parquet", compression="lz4", statistics=False)
