"""What to do next, drawn from what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weighbridge.findings import Severity, Verdict
from weighbridge.report.numbers import plural
from weighbridge.report.section import Part
from weighbridge.report.sections.gravity import by_severity, gravest_first

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

_MOST = 4
_MOST_REASONS = 3
_STEPS = {
    "shifted": "look for a missing or an extra delimiter in these records",
    "torn": "have values with line breaks quoted at the source",
    "run_together": "have the extract sent again: line ends were lost on the way",
    "other_table": "have each table sent as a file of its own",
}


def next_steps(result: RunResult) -> Part | None:
    """Return up to four steps, the gravest first: what to do, and because of what.

    The same fix of several checks is one step. None where nothing is to be done.
    """
    steps: dict[str, dict[str, Any]] = {}

    def add(fix: str, rank: int, because: str, records: int) -> None:
        step = steps.setdefault(fix, {"fix": fix, "rank": rank, "because": [], "records": 0})
        step["because"].append(because)
        step["records"] += records if rank == step["rank"] else 0  # the gravest come first

    waiting = result.verdicts.get(Verdict.UNCERTAIN, 0)
    if waiting:
        add("decide the records in review", 0, f"{plural(waiting, 'record')} can be read in more than one way", waiting)
    if not result.receipt.balances:
        add("do not use this output: the receipt does not balance", -1, "; ".join(result.receipt.imbalances), 0)
    for finding in sorted(result.findings, key=lambda f: by_severity(f.severity)):
        add(finding.fix, by_severity(finding.severity) - (finding.severity is Severity.ERROR), finding.message, 0)
    for cause in result.causes:
        if cause.kind in _STEPS:
            add(_STEPS[cause.kind], 0, cause.words, cause.records)
    followers = {name for cause in result.causes for name in cause.followers}
    for check in gravest_first([c for c in result.checks if not c.holds and c.name not in followers]):
        told = plural(check.failed_records, "record") if check.failed_records else check.observed or check.expected
        add(check.fix, by_severity(check.severity), f"{check.name}: {told}", check.failed_records or 0)
    if not steps:
        return None
    ordered = sorted(steps.values(), key=lambda s: (s["rank"], -s["records"]))
    return {
        "steps": [
            {
                "fix": s["fix"],
                "because": s["because"][:_MOST_REASONS],
                "because_not_shown": max(len(s["because"]) - _MOST_REASONS, 0),
                "records": s["records"],
                "gravity": "error" if s["rank"] <= 0 else "warning" if s["rank"] == 1 else "info",
            }
            for s in ordered[:_MOST]
        ],
        "steps_not_shown": max(len(ordered) - _MOST, 0),
    }
