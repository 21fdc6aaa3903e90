"""Taking away what nobody will publish."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from weighbridge.sinks.atomic import writing
from weighbridge.sinks.delta import delta_errors, open_table, shown_files
from weighbridge.sinks.staging import RUN_PREFIX
from weighbridge.sinks.tables import PARTITION, SETTLED, TABLE_NAMES, UNDONE, Tables


def sweep(tables: Tables, dead_runs: Iterable[str]) -> list[Path]:
    """Remove the staged folders of runs that will not go on, and return them.

    A folder stays when any version that the table still remembers shows files of it, so what
    was published, and its earlier versions, are never touched. Only runs that are named are
    swept: of a run killed, of one held, or of one's own; never of one that may be alive.

    Raises:
        PublishError: OUT-001, a folder cannot be removed; OUT-002, a table cannot be read.
    """
    dead = frozenset(dead_runs)
    removed: list[Path] = []
    for name in (*TABLE_NAMES, UNDONE, SETTLED):
        path = tables.path(name)
        unpublished = orphans(path, [f for f in run_folders(path) if f.name.removeprefix(RUN_PREFIX) in dead])
        with writing(path):
            for folder in unpublished:
                shutil.rmtree(folder)
                removed.append(folder)
    return removed


def run_folders(table_path: Path) -> list[Path]:
    """Return the folders that runs staged files in, of a table, published or not, by name."""
    return sorted(table_path.glob(f"{PARTITION}=*/{RUN_PREFIX}*"))


def orphans(table_path: Path, folders: Iterable[Path]) -> list[Path]:
    """Return those of the folders of which no version that the table remembers shows a file.

    Raises:
        PublishError: OUT-002, the table cannot be read.
    """
    folders = list(folders)
    if not folders:
        return []
    kept = _published_among({folder.name for folder in folders}, table_path)
    return [folder for folder in folders if folder.name not in kept]


def _published_among(folders: set[str], path: Path) -> set[str]:
    """Those of the folders that the newest version or any entry of the table's log speaks of."""
    table = open_table(path)
    if table is None:
        return set()
    with delta_errors(path):
        kept = {name for name in folders for file in shown_files(table) if f"/{name}/" in file}
        for entry in sorted((path / "_delta_log").glob("*.json")):
            text = entry.read_text("utf-8")
            kept |= {name for name in folders if f"/{name}/" in text}
    return kept
