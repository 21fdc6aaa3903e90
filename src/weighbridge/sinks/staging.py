"""Files before they are published: written inside the table's folder, visible to nobody.

A staged file stands where it will be served from, so publishing moves no bytes; readers of
the table see only what its log names. The folder belongs to one run: what a killed run left
behind is never taken up by another.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import polars as pl

from weighbridge.findings import Finding, Place, PublishError
from weighbridge.quick import dataclass
from weighbridge.sinks.atomic import sync_folder, writing
from weighbridge.sinks.tables import PARTITION

if TYPE_CHECKING:
    import pyarrow.parquet as pq

MOST_ROWS_A_FILE = 2_000_000
RUN_PREFIX = "run-"
REPLAY_MARK = ".replay-"
UNDO_MARK = ".undo-"
ERASE_MARK = ".erase-"
"""Part a run's id from that of the replay, undo or erasure that wrote the run's rows anew, in their folder's name."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One complete Parquet file that is not yet part of a table.

    Attributes:
        path: where it stands.
        rows: from its footer, at least one.
        bytes: its size.
    """

    path: Path
    rows: int
    bytes: int


def stage_folder(table_path: Path, extract_key: str, run_id: str) -> Path:
    """Return the folder that a run stages its files of one extract in; it need not exist."""
    return table_path / f"{PARTITION}={extract_key}" / f"{RUN_PREFIX}{run_id}"


def file_metadata(
    *, contract_fingerprint: str, rules_fingerprint: str, run_id: str, weighbridge_version: str
) -> dict[str, str]:
    """Return the key-value metadata that every file of a table carries in its footer."""
    return {
        "weighbridge.version": weighbridge_version,
        "weighbridge.run": run_id,
        "weighbridge.contract_fingerprint": contract_fingerprint,
        "weighbridge.rules_fingerprint": rules_fingerprint,
    }


def lazy_sink(
    frame: pl.LazyFrame, folder: Path, metadata: Mapping[str, str], *, rows_a_group: int | None = None
) -> pl.LazyFrame:
    """Return a plan that writes `frame` into `folder` when it is collected, in its order.

    Files hold at most two million rows and reach the disk before the plan ends. The folder is
    made when the plan runs. Collect it inside `writing(folder)`: a full disk is then a PublishError.

    Args:
        frame: the rows.
        folder: the stage folder.
        metadata: what every file's footer carries.
        rows_a_group: rows of a row group, the least that is read to find one row; None as Polars likes it.
    """
    sink = frame.sink_parquet(
        pl.PartitionBy(folder, max_rows_per_file=MOST_ROWS_A_FILE),
        mkdir=True,
        sync_on_close="all",
        metadata=dict(metadata),
        row_group_size=rows_a_group,
        lazy=True,
    )
    assert sink is not None  # typed as optional for the sake of lazy=False
    return sink


class BatchSink:
    """Writes frames as they come into `folder`; a context manager. No rows, no file.

    Leaving it by an exception leaves an incomplete file, which nothing will ever publish.
    """

    def __init__(self, folder: Path, schema: pl.Schema, metadata: Mapping[str, str]) -> None:
        self._folder = folder
        self._schema = schema
        self._metadata = dict(metadata)
        self._writer: pq.ParquetWriter | None = None
        self._rows_in_file = 0
        self._files = 0

    def write(self, rows: pl.DataFrame) -> None:
        """Append rows whose columns are those of the schema, in any order; others are left out.

        Raises:
            PublishError: OUT-001, the file cannot be written.
        """
        import pyarrow.parquet as pq

        if rows.is_empty():
            return
        table = rows.select(pl.col(n).cast(t) for n, t in self._schema.items()).to_arrow(
            compat_level=pl.CompatLevel.oldest()
        )
        with writing(self._folder):
            if self._writer is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                path = self._folder / f"{self._files:08d}.parquet"
                self._writer = pq.ParquetWriter(path, table.schema, compression="zstd")
                self._writer.add_key_value_metadata(self._metadata)
                self._files += 1
            self._writer.write_table(table)
            self._rows_in_file += rows.height
            if self._rows_in_file >= MOST_ROWS_A_FILE:
                self._close()

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer, self._rows_in_file = None, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            with writing(self._folder):
                self._close()


def staged_files(folder: Path) -> list[StagedFile]:
    """Return the complete files in a stage folder, by name; files without rows are removed.

    Row counts come from the files' footers. Files and folders are on the disk when it returns.

    Raises:
        PublishError: OUT-007, a file has no readable footer; OUT-001, the folder cannot be synced.
    """
    staged: list[StagedFile] = []
    if not folder.is_dir():
        return staged
    with writing(folder):
        for path in sorted(folder.glob("*.parquet")):
            try:
                rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
            except (pl.exceptions.PolarsError, OSError) as error:
                raise PublishError(Finding("OUT-007", Place(source=str(path)), str(error).splitlines()[0])) from error
            if not rows:
                path.unlink()
                continue
            with path.open("rb") as file:
                os.fsync(file.fileno())
            staged.append(StagedFile(path, rows, path.stat().st_size))
        for above in (folder, folder.parent, folder.parent.parent):
            sync_folder(above)
    return staged
