"""Finishing a run: receipt, manifest, commits, report, ledger. And finishing, or clearing away, killed runs.

Every step can be taken again from wherever it was interrupted: files are written whole or not
at all, commits know what is committed, the ledger takes a run's results once. A run that has
its manifest is finished by whoever comes next; one that has none left nothing but staged
files, which are swept away.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from weighbridge.findings import Decision, Finding, Place, PublishError, Severity, Verdict
from weighbridge.ledger import CheckEntry, Ledger, ReviewEntry, Run, RunState
from weighbridge.outcome.codec import from_json, to_json
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.intake import now
from weighbridge.pipeline.output.history import CONTRACT_COPY, PROFILE_FILE, RECEIPT_FILE, RESULT_FILE, folder_of
from weighbridge.pipeline.publish import MANIFEST, Manifest, commit_all
from weighbridge.pipeline.watcher import Watcher
from weighbridge.report import write as write_report
from weighbridge.sinks import Tables, alone, atomic_write, sweep

_REVIEW_BATCH_ROWS = 5_000


def finish(
    into: Path,
    ledger: Ledger,
    manifest: Manifest,
    result: RunResult,
    contract_text: bytes,
    profile: bytes,
    watcher: Watcher,
) -> RunResult:
    """Write what a judged run is known by, commit its tables, and close it in the ledger.

    Args:
        into: the output folder.
        ledger: where the run was entered.
        manifest: what is to be committed.
        result: of the judging.
        contract_text: the YAML it was judged by.
        profile: the partial profile, as `weighbridge.profile.dump` writes it.
        watcher: told how far it has come.

    Returns:
        The result with the tables it wrote.
    """
    folder = folder_of(into, result.run_id)
    watcher.stage("writing the receipt")
    atomic_write(folder / CONTRACT_COPY, contract_text)
    atomic_write(folder / RECEIPT_FILE, json.dumps(result.receipt.to_dict(), indent=1).encode())
    atomic_write(folder / PROFILE_FILE, profile)
    atomic_write(folder / RESULT_FILE, to_json(result))
    manifest.write(folder)
    ledger.mark(result.run_id, RunState.COMMITTING)
    return _commit_and_close(into, ledger, manifest, result, watcher)


def _commit_and_close(into: Path, ledger: Ledger, manifest: Manifest, result: RunResult, watcher: Watcher) -> RunResult:
    folder = folder_of(into, result.run_id)
    outputs = commit_all(into, manifest, watcher)
    watcher.stage("writing the report")
    complete = replace(result, outputs=outputs, finished=now())
    atomic_write(folder / RESULT_FILE, to_json(complete))
    complete = _reported(complete, folder)
    watcher.stage("closing the ledger")
    ledger.add_review_items(result.run_id, review_entries(into, manifest), complete.finished)
    clear_away(into, Tables(into, manifest.contract_id, manifest.object_name), result.run_id, result.extract_id)
    close(ledger, complete)
    return complete


def _reported(result: RunResult, folder: Path) -> RunResult:
    """Write the report. What is published stays so when that fails: the fault becomes a finding.

    A report can be written anew at any time (`weighbridge report --to`); a ledger that was never
    closed because of one would keep every later run busy with recovering this one.
    """
    try:
        write_report(result, folder)
    except Exception as error:
        detail = f"{type(error).__name__} in rendering; `weighbridge report {result.run_id}` tries again"
        finding = Finding("OUT-020", Place(source=str(folder)), detail, Severity.WARNING)
        result = replace(result, findings=(*result.findings, finding))
        atomic_write(folder / RESULT_FILE, to_json(result))
    return result


def close(ledger: Ledger, result: RunResult) -> None:
    """End a run in the ledger with everything that it found."""
    checks = [
        CheckEntry(
            name=c.name,
            code=c.code,
            grain=c.grain,
            severity=c.severity.value,
            holds=c.holds,
            failed=c.failed_records,
            rate=c.failed_rate,
            observed=c.observed,
        )
        for c in result.checks
    ]
    ledger.finish_run(
        result.run_id,
        RunState.HELD if result.decision is Decision.HOLD else RunState.PUBLISHED,
        finished=result.finished,
        checks=checks,
        findings=result.findings,
        profile=result.profile,
        decision=result.decision.value,
        reasons=result.reasons,
        exit_code=result.exit_code,
        records=result.records,
        accepted=result.verdicts.get(Verdict.ACCEPTED, 0),
        repaired=result.verdicts.get(Verdict.REPAIRED, 0),
        uncertain=result.verdicts.get(Verdict.UNCERTAIN, 0),
        rejected=result.verdicts.get(Verdict.REJECTED, 0),
        outputs={t.name: {"path": t.path, "version": t.version, "rows": t.rows} for t in result.outputs},
    )


def review_entries(into: Path, manifest: Manifest) -> Iterator[ReviewEntry]:
    """Yield the records that a run gives to the review queue, from its staged files."""
    for part in manifest.tables:
        if part.name != "review":
            continue
        for path, _, _ in part.files:
            codes = pl.col("findings").list.eval(pl.element().struct.field("code")).alias("codes")
            rows = pl.scan_parquet(into / path).select("source", "record", "offset", "length", codes)
            for batch in rows.collect_batches(chunk_size=_REVIEW_BATCH_ROWS, maintain_order=True):
                for source, record, offset, length, found in batch.iter_rows():
                    yield ReviewEntry(source, record, offset, length, tuple(dict.fromkeys(found)))


def recover(into: Path, ledger: Ledger, watcher: Watcher) -> tuple[str, ...]:
    """Finish or clear away the runs that died, and return their ids.

    A run holds its lock for as long as it works, and its process's death lets go of it. So a run
    whose lock can be had is dead, whatever else that process may be doing.
    """
    recovered = []
    for unfinished in ledger.unfinished():
        run = unfinished.run
        if run.extract_id is None:
            continue
        tables = Tables(into, run.contract_id, run.object)
        try:
            with alone(into, ledger, lock_key(tables, run.extract_id), nowait=True):
                if not ledger.run(run.id).is_finished:
                    watcher.stage(f"recovering {run.id}")
                    _recover(into, ledger, run, tables, watcher)
                    recovered.append(run.id)
        except PublishError as error:
            if error.findings[0].code != "OUT-006":
                raise
    return tuple(recovered)


def recover_extract(into: Path, ledger: Ledger, tables: Tables, extract_id: str, watcher: Watcher) -> None:
    """Finish or clear away the dead runs of one extract; the caller holds its lock.

    `recover` passes over a run whose lock another holds, who may be recovering it, and may die over that. Whoever
    has the lock then must look again, or the extract would be judged anew beside a run that is still to be finished.
    """
    meant = (tables.contract_id, tables.object_name, extract_id)
    for unfinished in ledger.unfinished():
        run = unfinished.run
        if (run.contract_id, run.object, run.extract_id) == meant:
            watcher.stage(f"recovering {run.id}")
            _recover(into, ledger, run, tables, watcher)


def lock_key(tables: Tables, extract_id: str) -> str:
    """Return the name of the lock that whoever works on this extract of this contract holds."""
    return tables.lock_of(extract_id)


def _recover(into: Path, ledger: Ledger, run: Run, tables: Tables, watcher: Watcher) -> None:
    folder = folder_of(into, run.id)
    manifest = Manifest.read(folder) if run.state is RunState.COMMITTING else None
    if manifest is not None:
        result = from_json((folder / RESULT_FILE).read_bytes())
        _commit_and_close(into, ledger, manifest, result, watcher)
    else:
        clear_away(into, tables, run.id, run.extract_id)
        ledger.finish_run(run.id, RunState.ABANDONED, finished=now())


def clear_away(into: Path, tables: Tables, run_id: str, extract_id: str | None) -> None:
    """Remove what a run staged of its extract and did not publish, and its scratch files.

    To be done before the run is closed in the ledger: nobody looks after a closed run again.
    """
    sweep(tables, [run_id], extract_id=extract_id)
    folder = folder_of(into, run_id)
    shutil.rmtree(folder / "work", ignore_errors=True)
    if not (folder / MANIFEST).is_file():
        (folder / PROFILE_FILE).unlink(missing_ok=True)  # of a run that never was, retention would not know
