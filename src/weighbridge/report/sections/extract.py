"""Findings about the extract as a whole: what no single record is to blame for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.report.explaining import recurrence
from weighbridge.report.section import Part
from weighbridge.report.sections.gravity import by_severity, gravest_first

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

_MOST = 100


def extract(result: RunResult) -> Part | None:
    """Return the findings of readers and breaker, and the checks of the whole extract that failed; None without any."""
    failed = gravest_first([c for c in result.checks if c.grain == "extract" and not c.holds])
    told = [
        {
            "code": f.code,
            "title": f.title,
            "severity": f.severity.value,
            "name": None,
            "expected": None,
            "says": None,
            "observed": f.detail or None,
            "seen": f.seen,
            "place": str(f.place) or None,
            "line": None,
            "fix": f.fix,
            "recurrence": None,
        }
        for f in sorted(result.findings, key=lambda f: by_severity(f.severity))
    ] + [
        {
            "code": c.code,
            "title": c.title,
            "severity": c.severity.value,
            "name": c.name,
            "expected": c.expected,
            "says": c.says,
            "observed": c.observed,
            "seen": None,
            "place": None,
            "line": c.line,
            "fix": c.fix,
            "recurrence": recurrence(c.recurrence),
        }
        for c in failed
    ]
    if not told:
        return None
    order = {"error": 0, "warning": 1, "info": 2}
    told.sort(key=lambda f: order[str(f["severity"])])
    return {"findings": told[:_MOST], "findings_not_shown": max(len(told) - _MOST, 0)}
