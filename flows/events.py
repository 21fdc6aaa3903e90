"""What the outside world is told of an extract, as Prefect events.

    weighbridge.extract.published         it was published; payload: records by verdict, codes
    weighbridge.extract.held              the breaker tripped; payload: the same
    weighbridge.extract.quarantine-rate   always; payload: rate (0 to 1) and rejected records

The resource is ``weighbridge.extract.<contract>.<object>``. Prefect's triggers match labels of
the resource, not the payload; so the rate stands there too, as one of `BANDS`. No value of any
record is in an event.
"""

from __future__ import annotations

from typing import Any

from prefect.events import emit_event

from weighbridge import Decision, RunResult, Verdict

BANDS = (
    (0.0, "none"),
    (0.001, "up-to-0.1-percent"),
    (0.01, "up-to-1-percent"),
    (0.1, "up-to-10-percent"),
    (1.0, "over-10-percent"),
)


def tell(result: RunResult) -> tuple[str, ...]:
    """Telling the events of a run; returns their names. A repeat that did nothing is not told."""
    if result.state == "already_published":
        return ()
    outcome = "held" if result.decision is Decision.HOLD else "published"
    rejected = result.verdicts.get(Verdict.REJECTED, 0)
    rate = rejected / result.records if result.records else 0.0
    contract = result.contract
    resource = {
        "prefect.resource.id": f"weighbridge.extract.{contract.id}.{contract.object}",
        "prefect.resource.name": f"{contract.name} ({contract.object})",
        "weighbridge.contract.id": contract.id,
        "weighbridge.contract.version": contract.version,
        "weighbridge.quarantine.band": band(rate),
    }
    common = {"run_id": result.run_id, "contract_version": contract.version, "records": result.records}
    verdicts = {verdict.value: count for verdict, count in result.verdicts.items()}
    codes = sorted({f.code for f in result.findings} | {c.code for c in result.checks if not c.holds})
    events: dict[str, dict[str, Any]] = {
        f"weighbridge.extract.{outcome}": {**common, "verdicts": verdicts, "codes": codes},
        "weighbridge.extract.quarantine-rate": {**common, "rate": round(rate, 6), "rejected": rejected},
    }
    for name, payload in events.items():
        emit_event(name, resource=resource, payload=payload)
    return tuple(events)


def band(rate: float) -> str:
    """Return the name of the band that a rate from 0 to 1 falls into."""
    return next(name for most, name in BANDS if rate <= most)
