"""Records by verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.findings import Verdict
from weighbridge.report.section import Part

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

MEANING = {
    Verdict.ACCEPTED: "read as they came",
    Verdict.REPAIRED: "read after a repair that is recorded",
    Verdict.UNCERTAIN: "wait for a person to decide",
    Verdict.REJECTED: "kept in quarantine with their bytes",
}


def verdicts(result: RunResult) -> Part:
    """Return records in total and, for each of the four verdicts, count, share of all, and what it means."""
    total = result.records
    return {
        "records": total,
        "verdicts": [
            {
                "verdict": v.value,
                "count": result.verdicts.get(v, 0),
                "share": result.verdicts.get(v, 0) / total if total else None,
                "meaning": MEANING[v],
            }
            for v in Verdict
        ],
    }
