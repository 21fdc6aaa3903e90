"""The page of one object of a contract: how it stands, its history, its declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from weighbridge.ledger import CheckEntry, Run, RunState
from weighbridge.ledger.past import Known
from weighbridge.report.numbers import count, rate
from weighbridge.report.site.charts import KEPT_APART, moment_of, records_chart, shares, strip, verdict_chart
from weighbridge.report.site.facts import Folder, declared, epochs, versions
from weighbridge.report.site.figures import columns_over_time
from weighbridge.report.site.standing import decided, standing

CHARTED_RUNS = 60
TABLED_RUNS = 12
_MOST_CHECKS = 400
_MOST_FAILURES = 12
_SEVERITIES = {"error": 0, "warning": 1, "info": 2}


def contract_page(
    known: Known,
    runs: Sequence[Run],
    checks: Mapping[str, Mapping[str, CheckEntry]],
    facts: Mapping[str, Any],
    figures: Mapping[str, Mapping[str, Any]],
    folder: Folder,
    now: datetime,
) -> dict[str, Any]:
    """Return the page as JSON values.

    Args:
        known: the object, as the ledger knows it.
        runs: its newest runs, oldest first; at least one.
        checks: how the checks of these runs came out, by run.
        facts: what `facts_of` says of it.
        figures: what `figures_of` gives, by run.
        folder: where the runs' folders are.
        now: the moment that promises are judged by, UTC.
    """
    judged = [r for r in runs if r.state in (RunState.PUBLISHED, RunState.HELD)][-CHARTED_RUNS:]
    of_run = facts["of_run"]
    result = None if of_run is None else folder.result(of_run)
    contract = None if of_run is None else folder.contract(of_run)
    schema = None if contract is None else next((o for o in contract.objects if o.name == known.object), None)
    return {
        "standing": standing(known, runs, facts, now),
        "description": None if schema is None else schema.description,
        "promise": facts["promise"],
        "verdicts": verdict_chart(judged),
        "records": records_chart(judged),
        "runs": [run_line(r) for r in reversed(runs)],
        "checks": check_history(judged, checks, figures),
        "check_runs": [moment_of(r) for r in judged[-TABLED_RUNS:]],
        "columns": columns_over_time(judged, figures),
        "checks_not_shown": max(len(_names(judged, checks)) - _MOST_CHECKS, 0),
        "judged": len(judged),
        "schema": declared(contract, result, known.object),
        "schema_of": of_run,
        "breaker": [] if schema is None else _breaker(schema.breaker),
        "object_checks": [] if schema is None else [_quality(q) for q in schema.quality],
        "epochs": epochs(contract, result, known.object),
        "versions": versions(folder, runs),
    }


def run_line(run: Run) -> dict[str, Any]:
    """Return a run as a row of a table."""
    words, tone = decided(run)
    parts = shares(run)
    return {
        "run": run.id,
        "when": moment_of(run),
        "words": words,
        "tone": tone,
        "version": run.contract_version,
        "records": run.records,
        **{verdict: None if parts is None else parts[verdict] for verdict in KEPT_APART},
        "reason": run.reasons[0] if run.reasons else "",
    }


def check_history(
    judged: Sequence[Run], checks: Mapping[str, Mapping[str, CheckEntry]], figures: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return how each check came out over these runs: those that fail now first, then those that did, then the rest."""
    told = [_of_check(name, judged, checks, figures) for name in _names(judged, checks)]
    told.sort(key=lambda c: (not c["fails_now"], not c["failed_runs"], _SEVERITIES.get(c["severity"], 9)))
    return told[:_MOST_CHECKS]


def _names(judged: Sequence[Run], checks: Mapping[str, Mapping[str, CheckEntry]]) -> list[str]:
    """Return the checks of these runs, the newest plan's first."""
    return list(dict.fromkeys(name for run in reversed(judged) for name in checks.get(run.id, ())))


def _of_check(
    name: str,
    judged: Sequence[Run],
    checks: Mapping[str, Mapping[str, CheckEntry]],
    figures: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    outcomes = [checks.get(run.id, {}).get(name) for run in judged]
    of_records = any(entry is not None and entry.rate is not None for entry in outcomes)
    values: list[float | None] = (
        [None if entry is None else entry.rate for entry in outcomes]
        if of_records
        else [figures.get(run.id, {}).get("checks", {}).get(name) for run in judged]
    )
    limit = figures.get(judged[-1].id, {}).get("limits", {}).get(name)
    asked = [(run, entry) for run, entry in zip(judged, outcomes, strict=True) if entry is not None]
    failures = [(run, entry) for run, entry in asked if not entry.holds]
    last_run, last = asked[-1]
    since = None
    for run, entry in reversed(asked):
        if entry.holds:
            break
        since = run
    return {
        "name": name,
        "code": last.code,
        "severity": last.severity,
        "grain": last.grain,
        "fails_now": not last.holds,
        "asked_now": last_run.id == judged[-1].id,
        "failed": last.failed,
        "rate": last.rate,
        "observed": last.observed,
        "runs": len(asked),
        "failed_runs": len(failures),
        "since": None if since is None else {"run": since.id, "when": moment_of(since)},
        "strip": strip(judged, outcomes, values, limit),
        "limit": limit,
        "values": [_value(v, of_records) for v in values[-TABLED_RUNS:]] if any(values) else [],
        "failures": [
            {"run": run.id, "when": moment_of(run), "failed": e.failed, "rate": e.rate, "observed": e.observed}
            for run, e in reversed(failures)
        ][:_MOST_FAILURES],
        "failures_not_shown": max(len(failures) - _MOST_FAILURES, 0),
    }


def _value(value: float | None, of_records: bool) -> str:
    return rate(value) if of_records else count(value)


def _breaker(breaker: Any) -> list[str]:
    said = []
    for words, limit in (("rejected", breaker.max_rejected), ("uncertain", breaker.max_uncertain),
                         ("repaired", breaker.max_repaired), *breaker.per_check.items()):  # fmt: skip
        parts = [] if limit.count is None else [f"{limit.count:,} records"]
        parts += [] if limit.rate is None else [f"{limit.rate:.4g} of all"]
        if parts:
            said.append(f"{words}: at most {' or '.join(parts)}")
    if not breaker.declared:
        said.append("not declared: these are the defaults")
    return said


def _quality(quality: Any) -> dict[str, Any]:
    compared = quality.comparison
    words = (
        quality.description
        or quality.query
        or (quality.implementation if isinstance(quality.implementation, str) else None)
    )
    if words is None and quality.metric is not None:
        words = quality.metric if compared is None else f"{quality.metric} {compared.operator} {compared.operand}"
    return {
        "name": quality.name,
        "words": words or quality.kind,
        "severity": quality.severity.value,
        "line": quality.line,
    }
