"""What people decided while a replay judged: their records are left out of what it publishes.

Nobody waits for a replay to decide: it may take minutes. So the queue is asked again when all is
judged, before anything of it is staged for good. What comes between that and the commit comes too
late, and the trail says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from weighbridge.ledger import Ledger
from weighbridge.review.settling import Standing, set_aside, standing
from weighbridge.review.states import State
from weighbridge.sinks import writing

Places = set[tuple[str, int]]

ASIDE = (State.AWAITING, State.REJECTED, State.RETURNED)
"""States of records that no replay takes up."""

_IDENTITY = {
    "published": ("_wb_source", "_wb_record"),
    "repairs": ("source", "record"),
    "warnings": ("source", "record"),
}


def moved(ledger: Ledger, run_id: str, decided: Mapping[tuple[str, int], Standing]) -> Places:
    """Return the records of a run about which something else stands now than when it was read.

    Args:
        ledger: whose queue holds them.
        run_id: the run that kept them.
        decided: what stood when the replay began, by source and record number.
    """
    now = standing(ledger, run_id, (State.DECIDED,))
    otherwise = {place for place in decided.keys() | now.keys() if _decision(decided, place) != _decision(now, place)}
    return otherwise | set_aside(ledger, run_id, ASIDE)


def leave_out(folders: Mapping[str, Path], records: pl.DataFrame, metadata: Mapping[str, str]) -> None:
    """Take records out of what is staged of a replay's rows, repairs and warnings.

    Args:
        folders: where each table's files are staged.
        records: `source` and `record` of those to leave out.
        metadata: what every file's footer carries.

    Raises:
        PublishError: OUT-001, a file cannot be written.
    """
    for name, identity in _IDENTITY.items():
        for file in sorted(folders[name].glob("*.parquet")):
            rows = pl.scan_parquet(file, hive_partitioning=False, glob=False)
            rest = rows.join(
                records.lazy(), left_on=identity, right_on=["source", "record"], how="anti", maintain_order="left"
            )
            written = file.with_suffix(".rest")
            with writing(folders[name]):
                rest.sink_parquet(written, sync_on_close="all", metadata=dict(metadata))
                written.replace(file)
            if not pl.scan_parquet(file, hive_partitioning=False, glob=False).select(pl.len()).collect().item():
                file.unlink()


def _decision(told: Mapping[tuple[str, int], Standing], place: tuple[str, int]) -> int | None:
    """Return the number of the decision in force, None where there is none."""
    waiting = told.get(place)
    return None if waiting is None or waiting.decision is None else int(waiting.decision["id"])
