"""The suspects: records with anything said about them, put aside while the batches pass."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import polars as pl

from weighbridge.pipeline.weighing.plan import SUSPECT, Plan, mask_words
from weighbridge.readers.lineage import RECORD, SOURCE

_ROWS_A_FILE = 100_000
_WORTH_COPYING = 10_000
_Place = tuple[int, int]


class Suspects:
    """Gathers the suspects of the batches that pass into files, in source order.

    Threads bring batches nearly in order. A file is written of the earliest of what is held,
    and what came too late for its file is found out and sorted in at the end.

    Attributes:
        folder: of Parquet files; `pl.scan_parquet(folder)` reads them once `close` was called.
    """

    def __init__(self, folder: Path, plan: Plan, columns: Sequence[str]) -> None:
        self.folder = folder
        self._words = mask_words(plan.row_probes)
        self._columns = list(columns)
        self._schema = plan.suspects.select(self._columns).collect_schema()
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything: the plan is run anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._held: list[tuple[_Place, pl.DataFrame]] = []
        self._rows = 0
        self._files: list[tuple[_Place, _Place]] = []

    def add(self, batch: pl.DataFrame) -> None:
        """Put the suspects of a batch aside, with the mask words of what failed."""
        found = batch.filter(pl.col(SUSPECT))
        if not found.height:
            return
        rows = found.with_columns(self._words).select(self._columns)
        if batch.height >= _WORTH_COPYING:
            rows = _copied(rows)
        with self._lock:
            self._held.append((_place(rows, 0), rows))
            self._rows += rows.height
            if self._rows >= _ROWS_A_FILE:
                self._write(keep=pl.thread_pool_size())

    def close(self) -> None:
        """Write what is held; when there are no suspects, a file with the columns alone."""
        with self._lock:
            if not (self._held or self._files):
                self._held.append(((0, 0), pl.DataFrame(schema=self._schema)))
            self._write(keep=0)
            if any(last > first for (_, last), (first, _) in pairwise(self._files)):
                self._sort()

    def _write(self, keep: int) -> None:
        held = sorted(self._held, key=lambda item: item[0])
        cut = max(len(held) - keep, 0)
        now, self._held = held[:cut], held[cut:]
        self._rows = sum(rows.height for _, rows in self._held)
        if not now:
            return
        rows = pl.concat([frame for _, frame in now])
        if rows.height:
            self._files.append((_place(rows, 0), _place(rows, -1)))
        path = self.folder / f"{len(self._files):08}.parquet"
        rows.write_parquet(path, compression="lz4", statistics=False)

    def _sort(self) -> None:
        aside = self.folder.with_name(self.folder.name + "-sorted")
        aside.mkdir()
        pl.scan_parquet(self.folder).sort(SOURCE, RECORD).sink_parquet(aside / "all.parquet", compression="lz4")
        shutil.rmtree(self.folder)
        aside.rename(self.folder)


def _place(rows: pl.DataFrame, row: int) -> _Place:
    return rows[SOURCE][row], rows[RECORD][row]


def _copied(rows: pl.DataFrame) -> pl.DataFrame:
    """Copy rows out of their batch: a text is a view, and one view keeps a whole block in memory."""
    views = [name for name, dtype in rows.schema.items() if dtype in (pl.String, pl.Binary)]
    if not views:
        return rows
    return rows.with_columns(pl.DataFrame(rows.select(views).to_arrow(compat_level=pl.CompatLevel.oldest())))
