"""Replay: records that were kept from publication, through the same plan again.

    kept rows ─▶ texts (values, or bytes taken apart) ─▶ decode, with what people decided ─▶ check ─▶ weigh
              ─▶ stage ─▶ manifest ─▶ commit: settled, repairs, warnings, published, quarantine, review

What passes is shown beside the extract's other rows, in one commit, once; it leaves quarantine
or review, and stands in `settled` with who decided and why. What still fails stays where it is.
A key must repeat neither among the kept records nor in what the extract shows already. Limits
and checks of the whole extract are not asked: they were, when the extract was.

A replay that was killed is finished, by its manifest, by the next replay, undo or run of the extract; or
it left nothing but staged files, which are swept away.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from weighbridge.contract import load
from weighbridge.contract.model import Contract
from weighbridge.findings import ArgumentError, Finding, Place, Severity
from weighbridge.ledger import Ledger, Run, RunState
from weighbridge.pipeline.again.replay_result import Replayed, RunReplay
from weighbridge.pipeline.again.replaying import Replay
from weighbridge.pipeline.again.undone import finish_undo
from weighbridge.pipeline.intake import now
from weighbridge.pipeline.output.ledgers import ledger_of
from weighbridge.pipeline.recover import lock_key, recover
from weighbridge.pipeline.watcher import Nobody, Watcher
from weighbridge.review.intake import is_taken_in, take_in_run
from weighbridge.sinks import (
    Tables,
    alone,
)

_MOST_RUNS = 2**31 - 1


def replay(
    into: Path,
    *,
    by: str,
    contract: Contract | str | Path | None = None,
    everything: bool = False,
    run: str | None = None,
    contract_id: str | None = None,
    object_name: str | None = None,
    dry_run: bool = False,
    at: datetime | None = None,
    watcher: Watcher | None = None,
) -> Replayed:
    """Judge kept records again, and publish what passes.

    Args:
        into: the output folder.
        by: who replays.
        contract: a newer version to judge by: all kept records are then judged, but for those whose
            rejection was confirmed, that were sent back, or that await a second person.
        everything: judge them all even under the contract that kept them; without `contract` and this,
            only those that a decision in force settles.
        run: only this run's records: its id, the beginning of it, or ``"latest"``.
        contract_id, object_name: only records of these.
        dry_run: say what would pass and what not, and write nothing.
        at: the moment, UTC; time-dependent checks judge by it.
        watcher: told how far it has come.

    Raises:
        ArgumentError: nobody is named, or the run is not there.
        ContractError: a contract cannot be used.
        PublishError, LedgerError: it could not be written; a next replay finishes or redoes it.
        ReceiptError: a record was lost or doubled, which is a fault of Weighbridge's own.
    """
    if not by.strip():
        raise ArgumentError(Finding("REV-004", detail="say who replays"))
    watcher, at = watcher or Nobody(), at or now()
    newer = load(contract) if isinstance(contract, str | Path) else contract
    with ledger_of(into) as ledger:
        recover(into, ledger, watcher)
        runs = [ledger.run(run)] if run is not None else ledger.runs(contract_id, _MOST_RUNS)
        of = newer.id if newer is not None else contract_id
        told: list[RunReplay] = []
        for each in sorted(runs, key=lambda r: r.id):
            if of not in (None, each.contract_id) or object_name not in (None, each.object):
                continue
            if newer is not None and each.object not in {o.name for o in newer.objects}:
                continue
            told += _replay_run(into, ledger, each, newer, everything, by, dry_run, at, watcher, asked=run is not None)
    return Replayed(dry_run, tuple(told))


def _replay_run(
    into: Path,
    ledger: Ledger,
    run: Run,
    newer: Contract | None,
    everything: bool,
    by: str,
    dry: bool,
    at: datetime,
    watcher: Watcher,
    *,
    asked: bool,
) -> Iterator[RunReplay]:
    """Yield what became of a run's records; nothing of a run that kept none and was not asked for."""
    if run.extract_id is None or not (run.rejected or run.uncertain or "review" in run.outputs):
        return
    if any((output or {}).get("removed") for output in run.outputs.values()):
        if asked:
            why = "retention removed what it wrote"
            yield RunReplay(run.id, run.contract_id, run.object, skipped=_skipped(run, why))
        return
    later = ledger.replacement(run)
    if run.state is not RunState.PUBLISHED or later is not None:
        if asked:
            why = f"run {later.id} judged the extract again" if later is not None else f"the run is {run.state.value}"
            yield RunReplay(run.id, run.contract_id, run.object, skipped=_skipped(run, why))
        elif run.state is RunState.HELD and later is None and (newer is not None or everything):
            yield RunReplay(run.id, run.contract_id, run.object, skipped=_skipped(run, "its extract is held"))
        return
    tables = Tables(into, run.contract_id, run.object)
    with alone(into, ledger, lock_key(tables, run.extract_id), holder=f"replay of {run.id}", on_wait=watcher.stage):
        finish_undo(into, ledger, tables, run.extract_id, watcher)
        if ledger.replacement(run) is not None:
            return
        if not is_taken_in(ledger, run.id):
            take_in_run(ledger, into, run, at)
        done = Replay(into, ledger, run, tables, newer, everything, by, dry, at, watcher).go()
        if done is not None:
            yield done


def _skipped(run: Run, why: str) -> str:
    finding = Finding("REV-012", Place(source=run.id), why, Severity.INFO)
    return f"{finding.code} {finding.message}; {finding.fix}"
