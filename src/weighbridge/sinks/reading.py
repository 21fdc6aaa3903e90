"""Reading tables back: only what is published, as of one version.

Any reader of Delta can read the tables. This one is for Weighbridge itself, because
`pl.scan_delta` loses its way when the folder's path holds a space, an equals sign or a
letter outside ASCII (polars 2.1.0, 2026-11-22): it takes the table's percent-encoded address
for a path, and an equals sign anywhere in it for a partition.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from weighbridge.findings import Finding, Place, PublishError
from weighbridge.sinks.delta import shown_files
from weighbridge.sinks.errors import delta_errors
from weighbridge.sinks.opening import at_version, open_table
from weighbridge.sinks.tables import PARTITION, Tables

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyarrow.dataset import Dataset

_PATH = "__path"


def scan_published(
    into: Path, contract_id: str, object_name: str, *, version: int | None = None, extract_key: str | None = None
) -> pl.LazyFrame:
    """Return the published rows of a contract's object, all extracts of it or one.

    The plan reads the version that was newest when it was made, whatever is published meanwhile.

    Raises:
        PublishError: OUT-008, nothing was ever published there; OUT-002, it cannot be read.
    """
    table = Tables(into, contract_id, object_name).published
    return scan_table(table, version=version, extract_key=extract_key)


def scan_table(table_path: Path, *, version: int | None = None, extract_key: str | None = None) -> pl.LazyFrame:
    """Return the rows of one table, at a version or at the newest, of one extract or of all.

    Columns that older files lack are null in their rows.

    Raises:
        PublishError: as `scan_published`.
    """
    shown = _newest(table_path) if version is None else _Shown.of(_table(table_path, version))
    schema, within = shown.schema, f"{PARTITION}={extract_key}/"
    files = [str(table_path / file) for file in shown.files if extract_key is None or file.startswith(within)]
    if not files:
        return pl.LazyFrame(schema=schema)
    return (
        pl.scan_parquet(
            files,
            glob=False,
            hive_partitioning=False,
            schema={name: dtype for name, dtype in schema.items() if name != PARTITION},
            missing_columns="insert",
            cast_options=pl.ScanCastOptions(integer_cast="upcast"),  # decimals of fewer digits, too
            include_file_paths=_PATH,
        )
        .with_columns(pl.col(_PATH).str.extract(rf".*/{PARTITION}=([^/]+)/[^/]+/[^/]+$").alias(PARTITION))
        .select(schema.names())
    )


def arrow_dataset(table_path: Path, *, version: int | None = None) -> Dataset:
    """Return one table as an Arrow dataset, which DuckDB reads by the name of the variable that holds it.

    It reads through Arrow's own file system: with deltalake's, a process that ends right after
    reading is aborted now and then (deltalake 1.6.6, seven times in twelve, 2026-11-22).

    Raises:
        PublishError: as `scan_published`.
    """
    from pyarrow import fs

    table = _table(table_path, version)
    with delta_errors(table_path):
        local = fs.SubTreeFileSystem(str(table_path.absolute()), fs.LocalFileSystem())
        return table.to_pyarrow_dataset(filesystem=local)


class _Shown(NamedTuple):
    """What a version of a table shows."""

    version: int
    schema: pl.Schema
    files: list[str]

    @classmethod
    def of(cls, table: DeltaTable) -> _Shown:
        return cls(table.version(), pl.Schema(table.schema()), shown_files(table))


_NEWEST: dict[Path, tuple[tuple[int, int], _Shown]] = {}
"""By table what was newest when it was last read, and the state of its log then: opening one reads the whole log."""
_MOST_TABLES = 256


def _newest(table_path: Path) -> _Shown:
    log = table_path / "_delta_log"
    try:
        told = log.stat()
    except OSError:
        return _Shown.of(_table(table_path, None))
    state = (told.st_ino, told.st_mtime_ns)
    held = _NEWEST.get(table_path)
    if held is not None and held[0] == state and not (log / f"{held[1].version + 1:020}.json").exists():
        return held[1]
    shown = _Shown.of(_table(table_path, None))
    if len(_NEWEST) >= _MOST_TABLES:
        _NEWEST.clear()
    _NEWEST[table_path] = (state, shown)
    return shown


def _table(table_path: Path, version: int | None) -> DeltaTable:
    table = open_table(table_path)
    if table is None:
        raise PublishError(Finding("OUT-008", Place(source=str(table_path))))
    return table if version is None else at_version(table_path, version)
