"""The examination: look at everything, mend what is safe to mend, look again.

    surroundings ─▶ ledger ─▶ runs, locks, folders ─▶ tables ─▶ tables against ledger

Nothing is changed without `fix`. What `fix` does is what the next run into the folder would do
as well, or concerns processes that are dead: nothing that is served is touched.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from weighbridge.findings import Finding, LedgerError, Place, PublishError, Severity
from weighbridge.ledger import Ledger
from weighbridge.pipeline.doctor import bookkeeping, surroundings, tables
from weighbridge.pipeline.doctor.rebuild import enter_unknown
from weighbridge.pipeline.erasure import finish_erasures
from weighbridge.pipeline.output.ledgers import has_ledger, ledger_of, ledger_place, open_ledger, require_local
from weighbridge.pipeline.publish import MANIFEST
from weighbridge.pipeline.recover import recover
from weighbridge.pipeline.watcher import Nobody, Watcher
from weighbridge.readers.scratch import Scratch, scratch_folders
from weighbridge.sinks import Tables, held_locks, sweep
from weighbridge.sinks.staging import RUN_PREFIX

_ALL_RUNS = 1 << 31


@dataclass(frozen=True, slots=True)
class Health:
    """What an examination found.

    Attributes:
        findings: what is wrong now, and notes.
        mended: what was wrong and is mended, in words.
        looked_at: what was looked at, in words.
    """

    findings: tuple[Finding, ...]
    mended: tuple[str, ...]
    looked_at: tuple[str, ...]

    @property
    def is_healthy(self) -> bool:
        """Whether nothing but notes was found."""
        return all(f.severity is Severity.INFO for f in self.findings)

    @property
    def exit_code(self) -> int:
        """0 when healthy, 1 when something is wrong."""
        return 0 if self.is_healthy else 1


def examine(
    into: Path | None = None, *, fix: bool = False, rebuild_ledger: bool = False, watcher: Watcher | None = None
) -> Health:
    """Look whether everything is as it should be.

    Args:
        into: an output folder; without one only the surroundings are looked at.
        fix: mend what is safe to mend: finish or clear away killed runs, remove what was staged and
            never published, remove temporary folders of dead processes.
        rebuild_ledger: enter runs of the folder that the ledger does not know; a ledger is made when it is lost.
        watcher: told what is being looked at.

    Raises:
        LedgerError: RUN-008, nothing was ever run into that folder.
    """
    watcher = watcher or Nobody()
    if into is not None:
        require_local(into)
    if into is not None and not into.is_dir():
        raise LedgerError(Finding("RUN-008", Place(source=str(into)), "there is no such folder"))
    watcher.stage("looking around")
    scratch = list(scratch_folders())
    mended = _remove(scratch) if fix else []
    found = surroundings.of_here(into, [s for s in scratch if s.path.is_dir()])
    looked_at = ["packages", "text encoding", "temporary folders"]
    if into is not None:
        watcher.stage("looking at the ledger")
        if rebuild_ledger:
            found += _rebuild(into, mended)
        found += _of_folder(into, fix, mended, watcher)
        looked_at += ["folder", "ledger", "runs", "locks", "baselines", "site", "tables"]
    return Health(tuple(dict.fromkeys(found)), tuple(mended), tuple(looked_at))


def _remove(folders: Sequence[Scratch]) -> list[str]:
    mended = []
    for scratch in folders:
        if scratch.alive is False:
            shutil.rmtree(scratch.path, ignore_errors=True)
            if not scratch.path.exists():
                mended.append(f"removed {scratch.path}")
    return mended


def _rebuild(into: Path, mended: list[str]) -> list[Finding]:
    if not any((into / "runs").glob(f"*/{MANIFEST}")):
        return []
    found = []
    try:
        with open_ledger(into) as ledger:
            for entered in enter_unknown(into, ledger):
                if isinstance(entered, Finding):
                    found.append(entered)
                else:
                    mended.append(f"entered run {entered} in the ledger")
    except LedgerError as error:
        found += error.findings
    return found


def _of_folder(into: Path, fix: bool, mended: list[str], watcher: Watcher) -> list[Finding]:
    if not has_ledger(into):
        lost = list(bookkeeping.unknown_runs(into, ()))
        if not lost:
            raise LedgerError(Finding("RUN-008", Place(source=str(into)), "no run was ever made into this folder"))
        return lost
    try:
        faults = _of_ledger(into, fix)
        if faults:
            return faults
        with ledger_of(into) as ledger:
            return _of_runs(into, ledger, fix, mended, watcher)
    except LedgerError as error:
        return list(error.findings)


def _of_ledger(into: Path, fix: bool) -> list[Finding]:
    """Return what keeps the ledger from being asked; an older one is migrated by opening it, if it may be."""
    from weighbridge.ledger.inspect import look

    condition = look(ledger_place(into))
    place = Place(source=condition.place)
    found = [Finding("LED-003", place, fault) for fault in condition.faults]
    version = f"version {condition.revision or 'none'}"
    if condition.is_newer:
        found.append(Finding("LED-002", place, version))
    elif not condition.is_current and not fix:
        found.append(Finding("OPS-008", place, f"{version}; nothing else was asked of it", Severity.WARNING))
    return found


def _of_runs(into: Path, ledger: Ledger, fix: bool, mended: list[str], watcher: Watcher) -> list[Finding]:
    found: list[Finding] = []
    if fix:
        try:
            mended += [f"finished or cleared away run {run_id}" for run_id in recover(into, ledger, watcher)]
            mended += bookkeeping.end_undos(into, ledger, watcher)
            mended += [f"ended erasure {erasure}" for erasure in finish_erasures(into, ledger, watcher)]
        except PublishError as error:
            found += error.findings
    folders = tables.table_folders(into)
    waiting = tables.staged(folders)
    unfinished = ledger.unfinished()
    locks = held_locks(into)
    runs = ledger.runs(limit=_ALL_RUNS)
    still = {run.id for run in runs if not run.is_finished}
    found += bookkeeping.unfinished_runs(into, (u for u in unfinished if u.run.id in still), locks)
    found += bookkeeping.begun_undos(into, locks)
    found += bookkeeping.begun_erasures(into, locks)
    found += bookkeeping.run_files(into, runs)
    found += bookkeeping.pinned_baselines(into)
    found += bookkeeping.site_pages(into, runs)
    entered = {run.id for run in (*runs, *ledger.runs(limit=100))}  # some may have begun meanwhile
    found += bookkeeping.unknown_runs(into, entered)
    newest = max((run.started for run in runs), default=None)
    found += surroundings.clock(datetime.now(UTC), newest, str(into))
    watcher.stage("looking at the tables")
    shown, unreadable = tables.described(folders)
    found += unreadable
    found += tables.files(shown)
    ended = {run.id: run for run in runs if run.is_finished}
    for finding, run in list(tables.left_staged(into, waiting, ended, locks)):
        staged = Path(finding.place.source or "").name.removeprefix(RUN_PREFIX)
        if fix and sweep(Tables(into, run.contract_id, run.object), [staged]):
            mended.append(f"removed what run {run.id} had staged")
        if Path(finding.place.source or "").is_dir():
            found.append(finding)
    found += tables.agreement(into, runs, shown)
    return found
