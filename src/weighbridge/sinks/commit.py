"""The one atomic step: staged files become what the table shows of an extract.

A publication replaces the partition of its extract: the files that stood there leave and the
staged ones enter in a single entry of the table's log. Readers see all of it or nothing.

Every such entry carries two Delta transaction ids, both with the same growing number: one of
the extract, one of the publication. The extract's makes two commits to one partition collide,
so one of them fails and looks again. The publication is the current one of its extract
exactly when the two numbers are equal; then a repeat has nothing to do. A publication that
another has replaced since is not "already" there, and lands again.

Delta does not refuse a repeated transaction id by itself; it refuses a commit that raced with
one. So the ids are read on the very handle that is committed with.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from weighbridge.findings import Finding, Place, PublishError
from weighbridge.quick import dataclass
from weighbridge.sinks.atomic import sync_folder
from weighbridge.sinks.delta import allow_types, create_table, delta_schema, merged, shown_files
from weighbridge.sinks.errors import delta_errors
from weighbridge.sinks.opening import open_table
from weighbridge.sinks.staging import RUN_PREFIX, StagedFile
from weighbridge.sinks.tables import PARTITION

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake.transaction import AddAction

_LONGEST_PAUSE_SECONDS = 1.0
_RECENT_COMMITS = (5, 200)
PUBLICATION_KEY = "weighbridge.publication"
RUN_KEY = "weighbridge.run"


@dataclass(frozen=True, slots=True)
class Commit:
    """What became of a publication.

    Attributes:
        version: the table's version that shows it; None when there is no table.
        state: ``"committed"`` by this call, ``"already"`` there as it should be, or
            ``"nothing"``: there was nothing to show and nothing to replace.
        run_id: the run whose rows the partition shows now; None when it shows none.
    """

    version: int | None
    state: str
    run_id: str | None


def commit(
    table_path: Path,
    schema: pl.Schema,
    extract_key: str,
    staged: Sequence[StagedFile],
    run_id: str,
    publication_key: str,
    metadata: Mapping[str, str],
    *,
    add: bool = False,
    attempts: int = 60,
) -> Commit:
    """Make the staged files everything that the table shows of an extract, in one commit.

    Safe to repeat after any interruption, and against other processes: of two that publish the
    same, one lands and the other finds it there; different extracts all land. The table is made
    at its first use and grows new columns as the contract does.

    Args:
        table_path: the table's folder; the staged files stand in it.
        schema: columns of the staged files, without the partition column.
        extract_key: the partition replaced, by `tables.extract_key`.
        staged: what to show; empty means that the extract shows nothing in this table any more.
        run_id: the run that staged them.
        publication_key: names what is published: the same extract by the same rules into the
            same table has the same one.
        metadata: kept with the commit, for people and for `DeltaTable.history()`.
        add: show them beside what the extract shows already, once and never again under this key.
        attempts: how often to look again and try, when others commit at the same instant; by
            default for about half a minute.

    Raises:
        PublishError: OUT-003, the columns do not fit the table; OUT-007, a staged file is gone;
            OUT-009, others changed the table at every attempt; OUT-001, OUT-002.
    """
    from deltalake.exceptions import CommitFailedError
    from deltalake.transaction import CommitProperties, Transaction

    wanted = delta_schema(schema)
    for attempt in range(attempts):
        if attempt:
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE_SECONDS, 0.01 * 2**attempt)))
        table = open_table(table_path)
        if table is None:
            if not staged:
                return Commit(None, "nothing", None)
            table = create_table(table_path, schema)
        if not staged and (add or not shown_files(table, extract_key)):
            return Commit(table.version(), "nothing", None)
        extract, publication = f"weighbridge:extract:{extract_key}", f"weighbridge:publication:{publication_key}"
        turn, published = table.transaction_version(extract), table.transaction_version(publication)
        if published is not None and (add or published == turn):
            return Commit(_version_of(table, publication_key), "already", _run_shown(table, extract_key))
        grown = merged(table, wanted, table_path)
        try:
            with delta_errors(table_path):
                if allow_types(table, grown):
                    continue
                table.create_write_transaction(
                    [_added(file, table_path, extract_key) for file in staged],
                    "append" if add else "overwrite",
                    grown,
                    partition_by=[PARTITION],
                    partition_filters=None if add else [(PARTITION, "=", extract_key)],
                    commit_properties=CommitProperties(
                        custom_metadata={**metadata, RUN_KEY: run_id, PUBLICATION_KEY: publication_key},
                        app_transactions=[Transaction(name, (turn or 0) + 1) for name in (extract, publication)],
                    ),
                )
        except CommitFailedError:
            continue
        sync_folder(table_path / "_delta_log")
        with delta_errors(table_path):
            table.update_incremental()
        return Commit(_version_of(table, publication_key), "committed", run_id)
    raise PublishError(Finding("OUT-009", Place(source=str(table_path)), f"{attempts} attempts"))


def _added(file: StagedFile, table_path: Path, extract_key: str) -> AddAction:
    from deltalake.transaction import AddAction

    try:
        modified = file.path.stat().st_mtime_ns // 1_000_000
    except OSError as error:
        raise PublishError(Finding("OUT-007", Place(source=str(file.path)), error.strerror or str(error))) from error
    return AddAction(
        path=file.path.relative_to(table_path).as_posix(),
        size=file.bytes,
        partition_values={PARTITION: extract_key},
        modification_time=modified,
        data_change=True,
        stats=json.dumps({"numRecords": file.rows}),
    )


def _run_shown(table: DeltaTable, extract_key: str) -> str | None:
    for path in shown_files(table, extract_key):
        return path.split("/")[1].removeprefix(RUN_PREFIX)
    return None


def _version_of(table: DeltaTable, publication_key: str) -> int:
    """The version that published it; the newest one, which shows it too, when that is long ago."""
    for most in _RECENT_COMMITS:
        for entry in table.history(most):
            if entry.get(PUBLICATION_KEY) == publication_key:
                return int(entry["version"])
    return int(table.version())
