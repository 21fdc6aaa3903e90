"""How a golden story is run and told: the stable parts of what came out, as JSON values.

A story is a folder: `contract.yaml`, its input files, `story.yaml` and `expected.json`.
`story.yaml` says what it shows (`says`), which files are the extract (`extract`, by default
the one called `input.*`), the clock (`asOf`), and what was run before (`before`).
"""

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from weighbridge.contract import load
from weighbridge.contract.model import Contract
from weighbridge.outcome.result import CheckResult, RunResult
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables, scan_table

AS_OF = datetime(2013, 12, 31, tzinfo=UTC)


def tell(story: Path, work: Path) -> dict[str, Any]:
    """Run the story in `work` and return what became of its extract."""
    place = work / "story"
    shutil.copytree(story, place)
    script = yaml.safe_load((story / "story.yaml").read_text(encoding="utf-8"))
    contract = load(place / "contract.yaml")
    as_of = datetime.fromisoformat(str(script.get("asOf", AS_OF)))
    for earlier in script.get("before", ()):
        run(contract, _files(place, earlier), into=work / "out", as_of=as_of)
    result = run(contract, _files(place, script), into=work / "out", as_of=as_of)
    told = {**_of_result(result), **_of_tables(result, contract, work / "out")}
    return json.loads(json.dumps(told, default=str))  # type: ignore[no-any-return]


def _files(place: Path, script: dict[str, Any]) -> Sequence[Path]:
    named = [place / name for name in script.get("extract", ())]
    return named or sorted(place.glob("input.*"))


def _of_result(result: RunResult) -> dict[str, Any]:
    return {
        "state": result.state,
        "decision": result.decision.value,
        "exit_code": result.exit_code,
        "records": result.records,
        "verdicts": {verdict.value: count for verdict, count in result.verdicts.items() if count},
        "failing_checks": [_of_check(check) for check in result.checks if not check.holds],
        "findings": sorted(f"{f.code} {f.severity.value}: {f.title}" for f in result.findings),
        "not_executed": sorted(n.what for n in result.not_executed),
        "receipt": {
            "balances": result.receipt.balances,
            "sources": [
                {"name": Path(s.name).name, "records": s.records, "bytes": s.record_bytes, "controls": s.control_bytes}
                for s in result.receipt.sources
            ],
            "outputs": {o.name: o.records for o in result.receipt.outputs},
        },
    }


def _of_check(check: CheckResult) -> dict[str, Any]:
    told = {"name": check.name, "code": check.code, "severity": check.severity.value}
    if check.grain == "extract":
        return told | {"observed": check.observed}
    return told | {"effect": check.effect.value if check.effect else None, "records": check.failed_records}


def _of_tables(result: RunResult, contract: Contract, into: Path) -> dict[str, Any]:
    tables = Tables(into, contract.id, result.contract.object)
    told: dict[str, Any] = {}
    shown = {ref.name for ref in result.outputs}
    if "published" in shown:
        rows = scan_table(tables.published).sort("_wb_source", "_wb_record").collect()
        told["published"] = rows.select(p.name for p in contract.objects[0].properties).to_dicts()
    for name in ("quarantine", "review", "warnings"):
        if name in shown:
            told[name] = _kept(scan_table(tables.path(name)), result.run_id)
    if "repairs" in shown:
        repairs = scan_table(tables.repairs).filter(pl.col("run") == result.run_id).sort("source", "record").collect()
        told["repairs"] = repairs.select("record", "property", "code", "before", "after").to_dicts()
    return {name: rows for name, rows in told.items() if rows}


def _kept(table: pl.LazyFrame, run_id: str) -> list[dict[str, Any]]:
    rows = table.filter(pl.col("run") == run_id).sort("source", "record").collect()
    return [
        {
            "source": Path(row["source"]).name,
            "record": row["record"],
            "offset": row["offset"],
            "length": row["length"],
            "raw": None if row["raw"] is None else row["raw"].decode("ascii", "backslashreplace"),
            "values": None if row["values"] is None or row["raw"] is not None else json.loads(row["values"]),
            "findings": [
                {k: f[k] for k in ("code", "check", "property", "effect", "seen", "readings") if f[k]}
                for f in row["findings"]
            ],
        }
        for row in rows.to_dicts()
    ]
