"""Which files a table shows now: what an audit holds a run's word against."""

from __future__ import annotations

from pathlib import Path

from weighbridge.sinks.delta import open_table, shown_files


def files_shown(table_path: Path) -> frozenset[Path]:
    """Return the absolute paths of every file the table's newest version shows; none without a table.

    Raises:
        PublishError: OUT-002, the table cannot be read.
    """
    table = open_table(table_path)
    if table is None:
        return frozenset()
    return frozenset((table_path / file).resolve() for file in shown_files(table))
