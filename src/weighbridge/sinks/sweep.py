"""Taking away what nobody will publish."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from weighbridge.sinks.atomic import writing
from weighbridge.sinks.delta import shown_files
from weighbridge.sinks.errors import delta_errors
from weighbridge.sinks.opening import open_table
from weighbridge.sinks.staging import RUN_PREFIX, stage_folder
from weighbridge.sinks.tables import PARTITION, SETTLED, TABLE_NAMES, UNDONE, Tables, extract_key, held_key


def sweep(tables: Tables, dead_runs: Iterable[str], *, extract_id: str | None = None) -> list[Path]:
    """Remove the staged folders of runs that will not go on, and return them.

    A folder stays when any version that the table still remembers shows files of it, so what
    was published, and its earlier versions, are never touched. Only runs that are named are
    swept: of a run killed, of one held, or of one's own; never of one that may be alive.

    Args:
        tables: of the runs' contract and object.
        dead_runs: the runs' ids.
        extract_id: the extract that they worked on, where it is known: then only its partitions are looked
            into, and the cost does not grow with the extracts that were ever published.

    Raises:
        PublishError: OUT-001, a folder cannot be removed; OUT-002, a table cannot be read.
    """
    dead = frozenset(dead_runs)
    removed: list[Path] = []
    for name in (*TABLE_NAMES, UNDONE, SETTLED):
        path = tables.path(name)
        if extract_id is None:
            folders = [f for f in run_folders(path) if f.name.removeprefix(RUN_PREFIX) in dead]
        else:
            folders = _folders_of(path, extract_key(extract_id), dead)
        unpublished = orphans(path, folders)
        with writing(path):
            for folder in unpublished:
                shutil.rmtree(folder)
                removed.append(folder)
    return removed


def run_folders(table_path: Path) -> list[Path]:
    """Return the folders that runs staged files in, of a table, published or not, by name."""
    return sorted(table_path.glob(f"{PARTITION}=*/{RUN_PREFIX}*"))


def _folders_of(table_path: Path, key: str, runs: Iterable[str]) -> list[Path]:
    """Return the folders that these runs staged files of one extract in, published or held."""
    named = (stage_folder(table_path, k, run_id) for k in (key, held_key(key)) for run_id in sorted(runs))
    return [folder for folder in named if folder.is_dir()]


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
    """Those of the folders that the newest version or any entry of the table's log speaks of.

    The log is read only for what the newest version does not show, and from its end: it is as long as the
    table is old, and what is asked for is nearly always new.
    """
    table = open_table(path)
    if table is None:
        return set()
    with delta_errors(path):
        sought = folders - {step for file in shown_files(table) for step in file.split("/")}
        for entry in sorted((path / "_delta_log").glob("*.json"), reverse=True) if sought else ():
            text = entry.read_text("utf-8")
            sought = {name for name in sought if f"/{name}/" not in text}
            if not sought:
                break
    return folders - sought
