"""What identifies this run, and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.report.numbers import moment
from weighbridge.report.section import Part

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult


def facts(result: RunResult) -> Part:
    """Return ids, fingerprints, versions, the clock, tables written, and wall seconds by stage."""
    contract = result.contract
    named = {
        "Run": result.run_id,
        "Extract": result.extract_id,
        "Earlier run": result.earlier_run,
        "Contract": f"{contract.id}, version {contract.version}",
        "Contract file": contract.path,
        "Contract fingerprint": contract.fingerprint,
        "Rules fingerprint": contract.rules_fingerprint,
        "Server": result.server,
        "Records by layout": ", ".join(f"{name}: {count:,}" for name, count in result.epochs.items()),
        "Started": moment(result.started),
        "Finished": moment(result.finished),
        "Freshness judged at": moment(result.as_of),
        "Folder": result.folder,
        **{name.capitalize(): version for name, version in result.engine.items()},
    }
    return {
        "facts": [{"name": name, "value": value} for name, value in named.items() if value],
        "tables": [{"name": t.name, "path": t.path, "version": t.version, "rows": t.rows} for t in result.outputs],
        "stages": [{"stage": stage, "seconds": spent} for stage, spent in result.stage_seconds.items()],
        "seconds": (result.finished - result.started).total_seconds(),
    }
