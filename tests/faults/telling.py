"""What became of a fault, in the words of `expected.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.findings import SourceError, Verdict
from weighbridge.ledger import new_run_id
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.intake import arrive, new_entropy, now
from weighbridge.pipeline.judge import Workplace, judge
from weighbridge.pipeline.watcher import Nobody, Stopwatch
from weighbridge.sinks import TABLE_NAMES


def became(contract: Path, extract: Path, scratch: Path) -> tuple[dict[str, Any], RunResult | None]:
    """Judge an extract; return what `expected.yaml` says of it, and the result where there is one."""
    stopwatch = Stopwatch(Nobody(), lambda: 0.0)
    try:
        arrival = arrive(contract, extract, object_name=None, server_name=None, watcher=stopwatch)
        job = arrival.job(new_run_id(arrival.started, new_entropy()), None, None)
        place = Workplace({table: scratch / table for table in TABLE_NAMES}, scratch, whole_rows=True)
        result = judge(job, place, stopwatch, now).result
    except SourceError as error:
        assert all(f.fix for f in error.findings)
        return {"decision": "error", "codes": sorted({f.code for f in error.findings})}, None
    codes = {f.code for f in result.findings} | {c.code for c in result.checks if not c.holds}
    kept = sorted((scratch / "quarantine").rglob("*.parquet"))
    rows = pl.concat([pl.read_parquet(f) for f in kept]) if kept else None
    rejected = {}
    if rows is not None:
        has_bytes = rows["offset"].is_not_null().any()
        for number, raw in rows.select("record", "raw").iter_rows():
            rejected[number] = raw.decode("latin-1") if raw is not None and has_bytes else None
    controls: dict[str, int] = {}
    for source in result.receipt.sources:
        for kind, count in source.control_bytes.items():
            controls[kind] = controls.get(kind, 0) + count
    return {
        "decision": result.decision.value,
        "codes": sorted(codes),
        "accepted": result.verdicts.get(Verdict.ACCEPTED, 0) + result.verdicts.get(Verdict.REPAIRED, 0),
        "uncertain": result.verdicts.get(Verdict.UNCERTAIN, 0),
        "rejected": rejected,
        "controls": controls,
    }, result
