"""All checks of the plan, those that hold included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.report.section import Part

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

_MOST = 500


def checks(result: RunResult) -> Part:
    """Return one row a check: name, what it expects, its effect or severity, how it came out, its contract line."""
    return {
        "total": len(result.checks),
        "hold": sum(c.holds for c in result.checks),
        "checks": [
            {
                "name": c.name,
                "code": c.code,
                "expected": c.expected,
                "grain": c.grain,
                "effect": c.effect.value if c.effect is not None else c.severity.value,
                "holds": c.holds,
                "failed_records": c.failed_records,
                "failed_rate": c.failed_rate,
                "observed": c.observed,
                "line": c.line,
                "origin": c.origin,
            }
            for c in sorted(result.checks, key=lambda c: c.holds)[:_MOST]
        ],
        "checks_not_shown": max(len(result.checks) - _MOST, 0),
    }
