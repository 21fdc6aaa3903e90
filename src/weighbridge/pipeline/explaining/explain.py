"""Findings that explain themselves: where they concentrate, what comes together, since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.contract.model import SchemaObject
from weighbridge.outcome.explained import Cause
from weighbridge.outcome.receipt import Receipt
from weighbridge.outcome.result import CheckResult, RunResult
from weighbridge.pipeline.explaining.causes import causes
from weighbridge.pipeline.explaining.concentration import Known, concentrations
from weighbridge.pipeline.explaining.epochs import counted, epoch_places
from weighbridge.pipeline.explaining.ragged import RAGGED, ragged
from weighbridge.pipeline.weighing.plan import Plan
from weighbridge.pipeline.weighing.results import Failures
from weighbridge.pipeline.weighing.weigh import Weighed

if TYPE_CHECKING:
    from weighbridge.ledger import Ledger


def explained(
    checks: Sequence[CheckResult],
    suspects: Path,
    schema: SchemaObject,
    columns: Sequence[str],
    plan: Plan,
    failures: Failures,
    weighed: Weighed,
    receipt: Receipt,
) -> tuple[tuple[CheckResult, ...], tuple[Cause, ...]]:
    """Return the checks with the slices they fail in, and what is likely behind those that fail together.

    Its cost is bounded: it looks at the suspects alone, of many at every so many-th.
    """
    failing = [(i, p) for i, p in enumerate(plan.row_probes) if failures.by_probe[p.name]]
    if not failing:
        return tuple(checks), ()
    layouts = counted(weighed.figures)
    known = Known(
        values=weighed.values,
        sources=[(s.name, s.records) for s in receipt.sources],
        epochs={place: (name, layouts[name]) for name, place in epoch_places(schema).items() if name in layouts},
        framed=weighed.profile.records,
    )
    slices = concentrations(suspects, failing, failures.by_probe, known)
    behind = causes(
        suspects, schema, columns, plan.row_probes, failures.by_probe, failures.together, receipt.records_in
    )
    if failures.by_probe.get(f"framing|{RAGGED}"):
        behind = (*ragged(suspects), *behind)
    return tuple(replace(c, slices=slices[c.name]) if c.name in slices else c for c in checks), behind


def recurring(ledger: Ledger, result: RunResult) -> RunResult:
    """Return the result with how its failing checks came out in earlier runs."""
    failing = [c.name for c in result.checks if not c.holds]
    if not failing:
        return result
    contract = result.contract
    told = ledger.past.recurrence(contract.id, contract.object, failing, before=result.run_id)
    checks = tuple(replace(c, recurrence=told[c.name]) if c.name in told else c for c in result.checks)
    return replace(result, checks=checks)
