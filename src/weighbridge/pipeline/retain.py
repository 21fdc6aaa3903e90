"""Retention: what the contract says is kept no longer is removed; receipts and results always stay.

The unit is an extract in a table: its partition is emptied by one commit and then its files, those of
earlier versions too, are taken from the disk. The age of an extract is that of the last run that judged it.
Every step may be taken again, so a kill leaves nothing that the next call does not finish.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.contract import load
from weighbridge.contract.age import DAYS, MONTHS, period_of
from weighbridge.contract.model import Contract, SchemaObject
from weighbridge.findings import Finding, Place, Severity, WeighbridgeError
from weighbridge.ledger import Ledger, Run, RunState
from weighbridge.pipeline.again.undone import finish_undo
from weighbridge.pipeline.erasure.bytes_only import drop_bytes
from weighbridge.pipeline.erasure.pending import finish_erasures
from weighbridge.pipeline.output.history import CONTRACT_COPY, PROFILE_FILE, folder_of
from weighbridge.pipeline.output.ledgers import ledger_of
from weighbridge.pipeline.recover import lock_key
from weighbridge.pipeline.watcher import Nobody
from weighbridge.sinks import (
    PARTITION,
    SETTLED,
    TABLE_NAMES,
    UNDONE,
    Tables,
    alone,
    commit,
    extract_key,
    held_key,
    writing,
)
from weighbridge.sinks.shown import files_shown

REPORTS = "reports"
RAW = "raw"
KEPT_THINGS = (*TABLE_NAMES, REPORTS)

_WITH = {"repairs": (UNDONE,), "quarantine": (SETTLED,)}
_ALL_RUNS = 2**31 - 1
_REPORT_FILES = ("report.html", "report.md", "report.json", PROFILE_FILE)


@dataclass(frozen=True, slots=True)
class Removal:
    """What is removed of one extract: from which table, or its reports, and since when it might have been."""

    contract_id: str
    object_name: str
    extract_id: str
    what: str
    kept_until: datetime
    runs: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "contract_id": self.contract_id,
            "object": self.object_name,
            "extract_id": self.extract_id,
            "what": self.what,
            "kept_until": self.kept_until.isoformat(),
            "runs": list(self.runs),
        }


@dataclass(frozen=True, slots=True)
class Retained:
    """What retention removed, or in a rehearsal would remove.

    Attributes:
        findings: a note for each object whose contract sets no retention.
    """

    removals: tuple[Removal, ...]
    findings: tuple[Finding, ...]


def retain(into: Path, now: datetime, *, contract: Path | None = None, dry_run: bool = False) -> Retained:
    """Remove what is kept no longer, and note it in the ledger.

    Args:
        into: the output folder.
        now: the moment ages are counted to, UTC.
        contract: whose extracts, and by whose retention; by default of every contract, as its last run had it.
        dry_run: only say what would be removed.

    Raises:
        ContractError: the contract cannot be used.
        LedgerError: nothing was ever run into this folder.
        PublishError: something cannot be removed; calling again goes on.
    """
    wanted = None if contract is None else load(contract)
    removals: list[Removal] = []
    findings: list[Finding] = []
    with ledger_of(into) as ledger:
        if not dry_run:
            finish_erasures(into, ledger, Nobody())
        for (contract_id, name), runs in _by_object(ledger, None if wanted is None else wanted.id).items():
            schema, said = _said(into, wanted, runs, name)
            periods = {} if schema is None or said is None else kept_for(said, schema)
            if not periods:
                findings.append(Finding("RUN-031", Place(path=(contract_id, name)), severity=Severity.INFO))
            due = _due(contract_id, name, runs, periods, now)
            removals += [removal for removal in due if dry_run or _remove(into, ledger, removal, now)]
    return Retained(tuple(removals), tuple(findings))


def kept_for(contract: Contract, schema: SchemaObject) -> dict[str, tuple[int, str]]:
    """Return how long each of `KEPT_THINGS`, and `RAW`, is kept, as a number and a unit; what is for ever is not there.

    Bytes go with the table that they stand in, unless the object says that they go sooner.
    """
    periods: dict[str, tuple[int, str]] = {}
    for entry in contract.sla:
        objects = {part.strip().split(".")[0] for part in (entry.element or "").split(",") if part.strip()}
        if entry.name.strip().lower() != "retention" or (objects and schema.name not in objects):
            continue
        period = period_of(entry.value, entry.unit)
        if period is not None:
            periods = dict.fromkeys(KEPT_THINGS, period)
    own: Mapping[str, Any] = schema.extensions.get("retention") or {}
    return periods | {name: (days, "d") for name, days in own.items() if days is not None}


def kept_until(since: datetime, number: int, unit: str) -> datetime:
    """Return the end of a period; months are counted in the calendar, from the 29th on to the first after them."""
    if unit in DAYS:
        try:
            return since + timedelta(days=number * DAYS[unit])
        except OverflowError:
            return datetime.max.replace(tzinfo=since.tzinfo)
    year, month = divmod(since.year * 12 + since.month - 1 + number * MONTHS[unit], 12)
    if year > datetime.max.year - 1:
        return datetime.max.replace(tzinfo=since.tzinfo)
    try:
        return since.replace(year=year, month=month + 1)
    except ValueError:
        return since.replace(year=year, month=month + 2, day=1)


def removals(into: Path, run_id: str) -> tuple[Finding, ...]:
    """Return a note for each table of a run that retention removed and that an audit would need."""
    with ledger_of(into) as ledger:
        outputs = ledger.run(run_id).outputs
    return tuple(
        Finding(
            "RUN-030",
            Place(source=run_id),
            f"{name}, kept until {noted['kept_until'][:10]}, removed on {noted['removed'][:10]}",
            Severity.INFO,
        )
        for name, noted in outputs.items()
        if name in ("published", "quarantine", "review") and noted.get("removed")
    )


def _by_object(ledger: Ledger, contract_id: str | None) -> dict[tuple[str, str], list[Run]]:
    """Return the ended runs that wrote something, newest first, by contract and object."""
    found: dict[tuple[str, str], list[Run]] = {}
    for state in (RunState.PUBLISHED, RunState.HELD):
        for run in ledger.runs(contract_id, _ALL_RUNS, state=state):
            found.setdefault((run.contract_id, run.object), []).append(run)
    return {key: sorted(runs, key=lambda r: r.id, reverse=True) for key, runs in sorted(found.items())}


def _said(
    into: Path, wanted: Contract | None, runs: list[Run], name: str
) -> tuple[SchemaObject | None, Contract | None]:
    contract = wanted
    if contract is None:
        try:
            contract = load(folder_of(into, runs[0].id) / CONTRACT_COPY)
        except WeighbridgeError:  # the run's folder was taken away: nobody says how long anything is kept
            return None, None
    return next((o for o in contract.objects if o.name == name), None), contract


def _due(
    contract_id: str, name: str, runs: list[Run], periods: Mapping[str, tuple[int, str]], now: datetime
) -> Iterator[Removal]:
    extracts: dict[str, list[Run]] = {}
    for run in runs:
        if run.extract_id is not None and run.finished is not None:
            extracts.setdefault(run.extract_id, []).append(run)
    for extract_id, judged in extracts.items():
        last = max(run.finished for run in judged if run.finished is not None)
        for what, (number, unit) in periods.items():
            until = kept_until(last, number, unit)
            if until <= now:
                yield Removal(contract_id, name, extract_id, what, until, tuple(run.id for run in judged))


def _remove(into: Path, ledger: Ledger, removal: Removal, now: datetime) -> bool:
    """Remove it, note it, and return whether there was anything to remove or to note."""
    tables = Tables(into, removal.contract_id, removal.object_name)
    with alone(into, ledger, lock_key(tables, removal.extract_id), holder="retain"):
        judged = ledger.runs(removal.contract_id, _ALL_RUNS, extract_id=removal.extract_id)
        if any(run.object == removal.object_name and _works_on(run, removal) for run in judged):
            return False  # it was judged again since: it is not old any more, or will be finished first
        if removal.what == REPORTS:
            changed = _without_reports(into, removal)
        elif removal.what == RAW:
            finish_undo(into, ledger, tables, removal.extract_id, Nobody())
            changed = drop_bytes(into, ledger, tables, removal.extract_id, removal.runs)
        else:
            keys = (extract_key(removal.extract_id), held_key(extract_key(removal.extract_id)))
            names = (removal.what, *_WITH.get(removal.what, ()))
            emptied = [_emptied(tables.path(name), key, removal.extract_id) for name in names for key in keys]
            changed = any(emptied)
        noted = [_noted(ledger, run_id, removal, now) for run_id in removal.runs]
        return any(noted) or changed


def _works_on(run: Run, removal: Removal) -> bool:
    return run.id not in removal.runs and (run.state in (RunState.PUBLISHED, RunState.HELD) or not run.is_finished)


def _emptied(table: Path, key: str, extract_id: str) -> bool:
    """Empty a partition, then take its files from the disk, whichever version shows them."""
    folder = table / f"{PARTITION}={key}"
    if not folder.is_dir():
        return False
    commit(
        table, pl.Schema(), key, [], "retain", f"retention/{extract_id}/{key}", {"weighbridge.retention": extract_id}
    )
    if any(file.is_relative_to(folder.resolve()) for file in files_shown(table)):
        return False
    with writing(folder):
        shutil.rmtree(folder)
    return True


def _without_reports(into: Path, removal: Removal) -> bool:
    paths = [folder_of(into, run_id) / name for run_id in removal.runs for name in _REPORT_FILES]
    there = [path for path in paths if path.is_file()]
    for path in there:
        with writing(path):
            path.unlink(missing_ok=True)
    return bool(there)


def _noted(ledger: Ledger, run_id: str, removal: Removal, now: datetime) -> bool:
    outputs = dict(ledger.run(run_id).outputs)
    noted = dict(outputs.get(removal.what) or {})
    if removal.what in (REPORTS, RAW) and not noted:
        noted = {"path": f"runs/{run_id}", "version": None, "rows": 0}
    if noted.get("removed") or not noted:
        return False
    outputs[removal.what] = noted | {"removed": now.isoformat(), "kept_until": removal.kept_until.isoformat()}
    ledger.note_outputs(run_id, outputs)
    return True
