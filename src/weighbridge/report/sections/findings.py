"""Findings in records: each failed row check with how often, why, and examples beside their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weighbridge.findings import Effect
from weighbridge.report.explaining import concentrates, recurrence, showable
from weighbridge.report.raw import dump, in_line
from weighbridge.report.section import Part
from weighbridge.report.sections.gravity import WHAT_BECOMES, gravest_first
from weighbridge.report.text import clip

if TYPE_CHECKING:
    from weighbridge.outcome.result import CheckResult, Example, RunResult

_MOST_FINDINGS = 100
_MOST_EXAMPLES = 5
_MOST_READINGS = 6
_MOST_SEEN = 3


def findings(result: RunResult) -> Part | None:
    """Return the failed row and key checks, the gravest and most frequent first.

    None where every record passed every check. A record that fails several checks counts in
    each of them, so the counts may add up to more than the records.
    """
    failed = gravest_first([c for c in result.checks if c.grain == "record" and not c.holds])
    if not failed:
        return None
    encoding = next((o.value for o in result.options if o.name == "encoding"), "utf-8")
    masked = {str(p["name"]) for p in result.schema if p.get("masked")}
    follows = {follower: c.leader for c in result.causes for follower in c.followers}
    can_be_shown = showable(result)
    return {
        "findings": [
            _finding(c, encoding, masked)
            | {
                "concentrates": concentrates(c, can_be_shown),
                "recurrence": recurrence(c.recurrence),
                "follows": follows.get(c.name),
            }
            for c in failed[:_MOST_FINDINGS]
        ],
        "findings_not_shown": max(len(failed) - _MOST_FINDINGS, 0),
        "records": result.records,
        "masked": bool(masked) and all(e.raw is None for c in failed for e in c.examples),
    }


def _finding(check: CheckResult, encoding: str, masked: set[str]) -> dict[str, Any]:
    effect = check.effect or Effect.NOTE
    seen = dict.fromkeys(e.seen for e in check.examples if e.seen is not None)
    return {
        "name": check.name,
        "code": check.code,
        "title": check.title,
        "severity": check.severity.value,
        "effect": effect.value,
        "what_becomes": WHAT_BECOMES[effect],
        "properties": list(check.properties[:20]),
        "masked": any(p in masked for p in check.properties),
        "expected": check.expected,
        "says": check.says,
        "failed_records": check.failed_records or 0,
        "failed_rate": check.failed_rate,
        "seen": [clip(s, 160) for s in seen][:_MOST_SEEN],
        "line": check.line,
        "origin": check.origin,
        "fix": check.fix,
        "examples": [_example(e, encoding) for e in check.examples[:_MOST_EXAMPLES]],
        "examples_not_shown": max((check.failed_records or 0) - min(len(check.examples), _MOST_EXAMPLES), 0),
    }


def _example(example: Example, encoding: str) -> dict[str, Any]:
    raw = example.raw
    return {
        "source": example.source,
        "record": example.record,
        "offset_bytes": example.offset_bytes,
        "length_bytes": example.length_bytes,
        "seen": example.seen,
        "readings": list(example.readings[:_MOST_READINGS]),
        "raw": None if raw is None else dump(raw, example.offset_bytes, example.length_bytes, encoding, example.seen),
        "in_line": None if raw is None else in_line(raw, example.seen, encoding),
    }
