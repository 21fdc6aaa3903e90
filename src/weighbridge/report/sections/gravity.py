"""How grave a failed check is: the order in which findings are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.findings import Effect, Severity

if TYPE_CHECKING:
    from weighbridge.outcome.result import CheckResult

_BY_EFFECT = {e: i for i, e in enumerate((Effect.REJECT, Effect.REVIEW, Effect.REPAIR, Effect.WARN, Effect.NOTE))}
_BY_SEVERITY = {s: i for i, s in enumerate((Severity.ERROR, Severity.WARNING, Severity.INFO))}

WHAT_BECOMES = {
    Effect.REJECT: "rejected",
    Effect.REVIEW: "sent to review",
    Effect.REPAIR: "repaired",
    Effect.WARN: "warned of",
    Effect.NOTE: "noted",
}


def gravest_first(failed: list[CheckResult]) -> list[CheckResult]:
    """Return failed checks, the gravest effect first, and the most frequent first within one."""
    return sorted(failed, key=lambda c: (_rank(c), -(c.failed_records or 0), c.name))


def by_severity(severity: Severity) -> int:
    """Return the rank of a severity, the gravest 0."""
    return _BY_SEVERITY[severity]


def _rank(check: CheckResult) -> int:
    return _BY_SEVERITY[check.severity] if check.effect is None else _BY_EFFECT[check.effect]
