"""Reading tables back: only what is published, as of one version."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from weighbridge.findings import Finding, Place, PublishError
from weighbridge.sinks.delta import open_table
from weighbridge.sinks.tables import Tables


def scan_published(into: Path, contract_id: str, object_name: str, version: int | None = None) -> pl.LazyFrame:
    """Return the published rows of a contract's object, all extracts of it.

    The plan reads the version that was newest when it was made, whatever is published meanwhile.

    Raises:
        PublishError: OUT-008, nothing was ever published there; OUT-002, it cannot be read.
    """
    return scan_table(Tables(into, contract_id, object_name).published, version)


def scan_table(table_path: Path, version: int | None = None) -> pl.LazyFrame:
    """Return the rows of one table, at a version or at the newest.

    Raises:
        PublishError: as `scan_published`.
    """
    table = open_table(table_path)
    if table is None:
        raise PublishError(Finding("OUT-008", Place(source=str(table_path))))
    if version is not None:
        table.load_as_version(version)
    return pl.scan_delta(table)
