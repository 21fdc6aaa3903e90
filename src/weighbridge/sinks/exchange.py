"""Files of a table exchanged for others that hold less, in one commit, outside any publication.

What a publication shows keeps its transaction ids: a run killed while it committed still finds its rows
there, and does not bring back what was taken out of them.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from weighbridge.findings import Finding, Place, PublishError
from weighbridge.quick import dataclass
from weighbridge.sinks.atomic import sync_folder
from weighbridge.sinks.delta import shown_files
from weighbridge.sinks.errors import delta_errors
from weighbridge.sinks.opening import open_table
from weighbridge.sinks.tables import PARTITION

_ATTEMPTS = 60
_LONGEST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One file, and what stands in its place.

    Attributes:
        old: the file, relative to the output folder.
        new: the file in its place; None when nothing is left of it.
        rows, bytes: of the new file.
    """

    old: str
    new: str | None
    rows: int
    bytes: int


def exchange(
    into: Path, table_path: Path, extract_key: str, files: Sequence[Exchanged], metadata: Mapping[str, str]
) -> bool:
    """Show the new files where the table shows the old ones; True when it showed any.

    Safe to repeat: what is not shown any more is left alone. The caller holds the extract's lock.

    Args:
        into: the output folder.
        table_path: the table's folder.
        extract_key: the partition that all of them stand in.
        files: what is exchanged; those that the table does not show are passed over.
        metadata: kept with the commit.

    Raises:
        PublishError: OUT-007, a new file is gone; OUT-009, others changed the table at every attempt; OUT-001, OUT-002.
    """
    from deltalake.exceptions import CommitFailedError
    from deltalake.transaction import AddAction, CommitProperties, RemoveAction

    where = {PARTITION: extract_key}
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE_SECONDS, 0.01 * 2**attempt)))
        table = open_table(table_path)
        shown = frozenset() if table is None else frozenset(shown_files(table, extract_key))
        meant = [f for f in files if _within(into, table_path, f.old) in shown]
        if table is None or not meant:
            return False
        now = time.time_ns() // 1_000_000
        actions: list[AddAction | RemoveAction] = []
        for file in meant:
            actions.append(RemoveAction(_within(into, table_path, file.old), True, now, partition_values=dict(where)))
            if file.new is None:
                continue
            if not (into / file.new).is_file():
                raise PublishError(Finding("OUT-007", Place(source=str(into / file.new)), "it is not there"))
            stats = json.dumps({"numRecords": file.rows})
            actions.append(AddAction(_within(into, table_path, file.new), file.bytes, dict(where), now, True, stats))
        try:
            with delta_errors(table_path):
                table.create_write_transaction(
                    actions,
                    "append",
                    table.schema(),
                    partition_by=[PARTITION],
                    commit_properties=CommitProperties(custom_metadata=dict(metadata)),
                )
        except CommitFailedError:
            continue
        sync_folder(table_path / "_delta_log")
        return True
    raise PublishError(Finding("OUT-009", Place(source=str(table_path)), f"{_ATTEMPTS} attempts"))


def _within(into: Path, table_path: Path, file: str) -> str:
    return (into / file).relative_to(table_path).as_posix()
