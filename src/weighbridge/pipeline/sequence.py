"""An extract among those before it: numbers that are missing or stand twice, records that are the same again."""

from __future__ import annotations

from pathlib import Path

from weighbridge.findings import Finding, Severity, WeighbridgeError
from weighbridge.ledger import Ledger, RunState
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.intake import Arrival
from weighbridge.pipeline.output.history import result_of


def last_published(into: Path, ledger: Ledger, contract_id: str, object_name: str) -> RunResult | None:
    """Return what the newest published run of an object said, None when there is none to be read."""
    newest = ledger.runs(contract_id, 1, object_name=object_name, state=RunState.PUBLISHED)
    try:
        return result_of(into, newest[0].id) if newest else None
    except WeighbridgeError:  # its folder was taken away: nothing can be compared
        return None


def gaps(last: RunResult | None, arrival: Arrival) -> tuple[Finding, ...]:
    """Return what the control records' sequence numbers say against those of the extract before.

    A gap warns; a number that was published before with other bytes is an error.
    """
    now = sorted(int(o.value) for o in arrival.raw.options if o.name == "sequence")
    before = [int(o.value) for o in last.options if o.name == "sequence"] if last is not None else []
    if not now:
        return ()
    findings = []
    reached = max(before, default=now[0] - 1)
    if last is not None and before and now[0] <= reached and last.extract_id != arrival.extract_id:
        detail = f"this is number {now[0]:,}; run {last.run_id} published up to {reached:,}"
        findings.append(Finding("RUN-021", detail=detail))
    for number in now:
        if number > reached + 1:
            missing = f"{reached + 1:,}" if number == reached + 2 else f"{reached + 1:,} to {number - 1:,}"
            findings.append(Finding("RUN-020", detail=f"missing: {missing}", severity=Severity.WARNING))
        reached = max(reached, number)
    return tuple(findings)


def same_again(last: RunResult | None, now: RunResult, carried: frozenset[str]) -> tuple[Finding, ...]:
    """Return a warning when another extract has as many records and the same figures of each property.

    Args:
        last: the extract published before.
        now: the extract just judged.
        carried: properties that file names carry; they are not compared.
    """
    if last is None or not now.records or last.extract_id == now.extract_id or last.records != now.records:
        return ()
    if last.contract.fingerprint != now.contract.fingerprint:
        return ()
    figures = [{k: v for k, v in _columns(one).items() if k not in carried} for one in (last, now)]
    if not figures[0] or figures[0] != figures[1]:
        return ()
    detail = f"{now.records:,} records with the figures of run {last.run_id} in every property"
    return (Finding("RUN-022", detail=detail, severity=Severity.WARNING),)


def _columns(result: RunResult) -> dict[str, object]:
    from weighbridge.outcome.codec import to_dict

    profile = to_dict(result)["profile"]
    listed = profile.get("columns", profile.get("properties", profile)) if isinstance(profile, dict) else profile
    if isinstance(listed, dict):
        return dict(listed)
    return {str(c.get("name", i)): c for i, c in enumerate(listed or ())}
