"""What the outside world is told of an extract, as Prefect events.

    weighbridge.extract.published         it was published; payload: records by verdict
    weighbridge.extract.held              the breaker tripped; payload: why
    weighbridge.extract.quarantine-rate   always; payload: the rate, for automations with a threshold

The resource is ``weighbridge.extract.<contract>.<object>``. No value of any record is in an event.
"""

from __future__ import annotations

from typing import Any

from prefect.events import emit_event

from weighbridge import Decision, RunResult, Verdict


def tell(result: RunResult) -> tuple[str, ...]:
    """Emit the events of a finished run and return their names. A repeat that did nothing is not told."""
    if result.state == "already_published":
        return ()
    outcome = "held" if result.decision is Decision.HOLD else "published"
    rejected = result.verdicts.get(Verdict.REJECTED, 0)
    rate = rejected / result.records if result.records else 0.0
    common = {"run_id": result.run_id, "contract_version": result.contract.version, "records": result.records}
    verdicts = {verdict.value: count for verdict, count in result.verdicts.items()}
    codes = sorted({f.code for f in result.findings} | {c.code for c in result.checks if not c.holds})
    events: dict[str, dict[str, Any]] = {
        f"weighbridge.extract.{outcome}": {**common, "verdicts": verdicts, "codes": codes},
        "weighbridge.extract.quarantine-rate": {**common, "rate": round(rate, 6), "rejected": rejected},
    }
    resource = {
        "prefect.resource.id": f"weighbridge.extract.{result.contract.id}.{result.contract.object}",
        "prefect.resource.name": f"{result.contract.name} ({result.contract.object})",
        "weighbridge.contract.id": result.contract.id,
        "weighbridge.contract.version": result.contract.version,
    }
    for name, payload in events.items():
        emit_event(name, resource=resource, payload=payload)
    return tuple(events)
