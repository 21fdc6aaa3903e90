"""Which files a table shows now: what an audit holds a run's word against."""

from __future__ import annotations

from pathlib import Path

from weighbridge.quick import dataclass
from weighbridge.sinks.delta import shown_files
from weighbridge.sinks.opening import open_table
from weighbridge.sinks.staging import ERASE_MARK, REPLAY_MARK, RUN_PREFIX, UNDO_MARK


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file that a table shows, as its log describes it.

    Attributes:
        path: where it should stand.
        run_id: the run that wrote it; empty when the path does not say.
        rows: None when the log does not say.
    """

    path: Path
    run_id: str
    rows: int | None
    bytes: int


def described_files(table_path: Path) -> list[ShownFile]:
    """Return what the table's newest version says of the files it shows; nothing without a table.

    Raises:
        PublishError: OUT-002, the table cannot be read.
    """
    table = open_table(table_path)
    if table is None:
        return []
    actions = table.get_add_actions(flatten=True)
    columns = (actions.column(name).to_pylist() for name in ("path", "num_records", "size_bytes"))
    return [
        ShownFile(table_path / path, run_of_path(path), None if rows is None else int(rows), int(size))
        for path, rows, size in zip(*columns, strict=True)
    ]


def run_of_path(path: str) -> str:
    """Return the run that a file belongs to by its path in the table; empty when it says none."""
    named = [step for step in path.split("/") if step.startswith(RUN_PREFIX)]
    own = named[0].removeprefix(RUN_PREFIX) if named else ""
    for mark in (UNDO_MARK, REPLAY_MARK, ERASE_MARK):
        own = own.partition(mark)[0]
    return own


def files_shown(table_path: Path) -> frozenset[Path]:
    """Return the absolute paths of every file the table's newest version shows; none without a table.

    Raises:
        PublishError: OUT-002, the table cannot be read.
    """
    table = open_table(table_path)
    if table is None:
        return frozenset()
    return frozenset((table_path / file).resolve() for file in shown_files(table))
