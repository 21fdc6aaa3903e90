"""What another version of a contract would have made of the extracts that were judged last, published or held."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weighbridge.contract.model import Contract
from weighbridge.findings import Finding, Place, Severity, WeighbridgeError
from weighbridge.ledger import Ledger, RunState
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.check import check
from weighbridge.pipeline.output.history import result_of
from weighbridge.pipeline.output.ledgers import ledger_of
from weighbridge.pipeline.watcher import Watcher

_RUNS_LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One of the last extracts of one object, as it was judged and under the new version.

    Attributes:
        run_id: of the run that judged it; None when none did.
        before, after: what the run said, and what the new version says of the same bytes; None when it cannot be said.
        finding: why it cannot be said.
    """

    object_name: str
    run_id: str | None
    before: RunResult | None = None
    after: RunResult | None = None
    finding: Finding | None = None

    @property
    def checks(self) -> tuple[tuple[str, int | None, int | None], ...]:
        """Name, and failed records before and after, of each check that fails otherwise; None: no such check."""
        if self.before is None or self.after is None:
            return ()
        counts = [
            {c.name: c.failed_records if c.grain == "record" else int(not c.holds) for c in result.checks}
            for result in (self.before, self.after)
        ]
        names = dict.fromkeys((*counts[0], *counts[1]))
        told = [(name, counts[0].get(name), counts[1].get(name)) for name in names]
        return tuple((name, then, now) for name, then, now in told if (then or 0) != (now or 0))

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "object": self.object_name,
            "run_id": self.run_id,
            "judged_under": None if self.before is None else self.before.contract.version,
            "before": None if self.before is None else _told(self.before),
            "after": None if self.after is None else _told(self.after),
            "checks": [{"name": n, "failed_before": a, "failed_after": b} for n, a, b in self.checks],
            "finding": None if self.finding is None else self.finding.to_dict(),
        }


def rehearse(
    old: Contract, new: Contract, into: Path, *, extracts: int = 1, watcher: Watcher | None = None
) -> tuple[Rehearsal, ...]:
    """Check the extracts judged last, object by object, against `new`; nothing is written.

    Args:
        old: the version before; its id says whose extracts.
        new: the version to be tried.
        into: the output folder.
        extracts: so many of each object, the newest first, whether they were published or held.
        watcher: told how far it has come.

    Raises:
        LedgerError: nothing was ever run into this folder.
    """
    rehearsals = []
    for schema in new.objects:
        with ledger_of(into) as ledger:
            judged = _last_judged(ledger, old.id, schema.name, extracts)
        if not judged:
            rehearsals.append(
                Rehearsal(schema.name, None, finding=_unsaid(schema.name, "no run of it judged anything"))
            )
        rehearsals += [_rehearsed(schema.name, run_id, new, into, watcher) for run_id in judged]
    return tuple(rehearsals)


def _last_judged(ledger: Ledger, contract_id: str, object_name: str, most: int) -> list[str]:
    """Return the runs that judged the newest extracts last, one of each extract."""
    found: dict[str | None, str] = {}
    for run in ledger.runs(contract_id, _RUNS_LOOKED_AT, object_name=object_name):
        if run.state in (RunState.PUBLISHED, RunState.HELD) and len(found) < most:
            found.setdefault(run.extract_id, run.id)
    return list(found.values())


def _rehearsed(name: str, run_id: str, new: Contract, into: Path, watcher: Watcher | None) -> Rehearsal:
    try:
        said = result_of(into, run_id)
    except WeighbridgeError as error:  # its folder was taken away
        return Rehearsal(name, run_id, finding=_unsaid(name, str(error.findings[0])))
    known = said.server in {s.name for s in new.servers}
    sources = [s.name for s in said.receipt.sources]
    try:
        now = check(
            new,
            sources,
            into=into,
            object_name=name,
            server_name=said.server if known else None,
            as_of=said.as_of,
            watcher=watcher,
        )
    except WeighbridgeError as error:
        why = "; ".join(f"{f.code} {f.message}" for f in error.findings)
        return Rehearsal(name, said.run_id, said, finding=_unsaid(name, why))
    if now.extract_id != said.extract_id:
        return Rehearsal(name, said.run_id, said, finding=_unsaid(name, "the sources are not what the run read"))
    return Rehearsal(name, said.run_id, said, now)


def _unsaid(name: str, why: str) -> Finding:
    return Finding("CON-302", Place(path=(name,)), why, Severity.INFO)


def _told(result: RunResult) -> dict[str, Any]:
    return {
        "decision": result.decision.value,
        "records": result.records,
        "verdicts": {v.value: n for v, n in result.verdicts.items()},
        "reasons": list(result.reasons),
    }
