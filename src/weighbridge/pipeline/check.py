"""Check: everything a run does but writing tables."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from weighbridge.contract.model import Contract
from weighbridge.ledger import new_run_id
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.intake import Extract, arrive, new_entropy, now
from weighbridge.pipeline.judge import Judged, Workplace, judge
from weighbridge.pipeline.watcher import Nobody, Stopwatch, Watcher
from weighbridge.readers.scratch import scratch_folder
from weighbridge.sinks import TABLE_NAMES


def check(
    contract: Contract | str | Path,
    extract: Extract,
    *,
    into: Path | None = None,
    object_name: str | None = None,
    server_name: str | None = None,
    as_of: datetime | None = None,
    watcher: Watcher | None = None,
) -> RunResult:
    """Judge an extract and publish nothing; the result's state is ``"checked"``.

    Args:
        contract: loaded, or the path of its YAML.
        extract: paths of its files, or a Polars frame.
        into: an output folder whose published tables foreign keys may refer to; only read.
        object_name: which schema object; needed when the contract has several.
        server_name: which server describes the bytes; the first local one by default.
        as_of: the moment that freshness is judged by, UTC; now by default.
        watcher: told how far it has come.

    Raises:
        ContractError, SourceError, ArgumentError: it could not be judged at all.
        ReceiptError: a record was lost or doubled, which is a fault of Weighbridge's own.
    """
    return examined(
        contract,
        extract,
        into=into,
        object_name=object_name,
        server_name=server_name,
        as_of=as_of,
        watcher=watcher,
    ).result


def examined(
    contract: Contract | str | Path,
    extract: Extract,
    *,
    into: Path | None = None,
    object_name: str | None = None,
    server_name: str | None = None,
    as_of: datetime | None = None,
    watcher: Watcher | None = None,
) -> Judged:
    """Judge as `check` does, and return with the result what else was learnt: the profile that merges."""
    stopwatch = Stopwatch(watcher or Nobody(), time.perf_counter, "check")
    judged: list[Judged] = []

    def work() -> RunResult:
        judged.append(_whole(contract, extract, into, object_name, server_name, as_of, stopwatch))
        return judged[0].result

    stopwatch.over(work)
    return judged[0]


def _whole(
    contract: Contract | str | Path,
    extract: Extract,
    into: Path | None,
    object_name: str | None,
    server_name: str | None,
    as_of: datetime | None,
    stopwatch: Stopwatch,
) -> Judged:
    arrival = arrive(contract, extract, object_name=object_name, server_name=server_name, watcher=stopwatch)
    job = arrival.job(new_run_id(arrival.started, new_entropy()), as_of, into)
    stopwatch.know(run_id=job.run_id, contract=job.contract.id, object=job.schema.name)
    with scratch_folder("check_") as name:
        scratch = Path(name)
        place = Workplace({table: scratch / table for table in TABLE_NAMES}, scratch, whole_rows=False)
        return judge(job, place, stopwatch, now)
