"""Run: the whole job. Judge, then publish what holds, or hold; then say so everywhere it is asked.

    arrive ─▶ (published before? say so) ─▶ stage and judge ─▶ manifest ─▶ commit ─▶ report ─▶ ledger

One process works on an extract of a contract at a time. What a killed run left is first
finished, when its manifest was written, or else swept away.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from weighbridge.contract.model import Contract
from weighbridge.findings import Decision, Finding, Place, PublishError, ReceiptError, Severity, WeighbridgeError
from weighbridge.ledger import Ledger, RunState, SourceEntry, new_run_id
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.again.undone import finish_undo
from weighbridge.pipeline.again.would_settle import would_settle
from weighbridge.pipeline.alerting import after_failure, after_run
from weighbridge.pipeline.explaining.explain import recurring
from weighbridge.pipeline.intake import Arrival, Extract, arrive, new_entropy, now
from weighbridge.pipeline.judge import Job, Judged, Workplace, judge
from weighbridge.pipeline.output.history import contract_text, folder_of, result_of
from weighbridge.pipeline.output.ledgers import open_ledger, require_local
from weighbridge.pipeline.publish import Manifest, draw_up_manifest, set_aside
from weighbridge.pipeline.recover import clear_away, finish, lock_key, recover, recover_extract
from weighbridge.pipeline.sequence import gaps, last_published, same_again
from weighbridge.pipeline.watcher import Nobody, Stopwatch, Watcher
from weighbridge.profile import dump
from weighbridge.readers.again import Laid
from weighbridge.readers.named import named_properties
from weighbridge.review.noted import Noted
from weighbridge.sinks import TABLE_NAMES, Keyring, Tables, alone, check_fits, extract_key, stage_folder


def run(
    contract: Contract | str | Path,
    extract: Extract,
    *,
    into: Path,
    object_name: str | None = None,
    server_name: str | None = None,
    as_of: datetime | None = None,
    again: bool = False,
    watcher: Watcher | None = None,
) -> RunResult:
    """Judge an extract and publish what holds.

    Args:
        contract: loaded, or the path of its YAML.
        extract: paths of its files, or a Polars frame.
        into: the output folder; created when absent.
        object_name: which schema object; needed when the contract has several.
        server_name: which server describes the bytes; the first local one by default.
        as_of: the moment that freshness is judged by, UTC; now by default.
        again: judge and publish again even what was published under this contract before.
        watcher: told how far it has come.

    Returns:
        The result; its state is ``"published"``, ``"held"`` or ``"already_published"``.

    Raises:
        ContractError, SourceError, ArgumentError: it could not be judged at all.
        PublishError, LedgerError: it could not be written; nothing is half published.
        ReceiptError: a record was lost or doubled, which is a fault of Weighbridge's own.
    """
    stopwatch = Stopwatch(watcher or Nobody(), time.perf_counter)
    try:
        return stopwatch.over(
            lambda: _whole(contract, extract, into, object_name, server_name, as_of, again, stopwatch)
        )
    except WeighbridgeError as error:
        after_failure(into, _called(contract), error)
        raise


def _whole(
    contract: Contract | str | Path,
    extract: Extract,
    into: Path,
    object_name: str | None,
    server_name: str | None,
    as_of: datetime | None,
    again: bool,
    stopwatch: Stopwatch,
) -> RunResult:
    arrival = arrive(contract, extract, object_name=object_name, server_name=server_name, watcher=stopwatch)
    keys = Keyring.from_settings() if any(p.is_masked for p in arrival.schema.properties) else Keyring()
    _make(into)
    ledger = open_ledger(into)
    recover(into, ledger, stopwatch)
    tables = Tables(into, arrival.contract.id, arrival.schema.name)
    run_id = new_run_id(arrival.started, new_entropy())
    stopwatch.know(run_id=run_id, contract=arrival.contract.id, object=arrival.schema.name)
    with alone(into, ledger, lock_key(tables, arrival.extract_id), holder=run_id, on_wait=stopwatch.stage):
        recover_extract(into, ledger, tables, arrival.extract_id, stopwatch)
        finish_undo(into, ledger, tables, arrival.extract_id, stopwatch)
        earlier = None if again else _published_before(into, ledger, arrival)
        last = None if again else last_published(into, ledger, arrival.contract.id, arrival.schema.name)
        if earlier is None:
            arrival.raw.findings = (*arrival.raw.findings, *gaps(last, arrival))
        job = arrival.job(run_id, as_of, into)
        _enter(ledger, job)
        if earlier is not None:
            return _already(ledger, earlier, job)
        result = _run(job, into, ledger, tables, again, stopwatch, last, keys)
    after_run(ledger, result, arrival.schema.extensions.get("alerts") or {}, _called(contract))
    return result


def _called(contract: Contract | str | Path) -> str:
    """Return what people call a contract that may not even be readable: its id, or its file's name."""
    return contract.id if isinstance(contract, Contract) else Path(contract).name


def _enter(ledger: Ledger, job: Job) -> None:
    contract = job.contract
    ledger.start_run(
        run_id=job.run_id,
        contract_id=contract.id,
        contract_version=contract.version,
        contract_fingerprint=contract.fingerprint,
        rules_fingerprint=contract.rules_fingerprint,
        object_name=job.schema.name,
        extract_id=job.extract_id,
        as_of=job.as_of,
        started=job.started,
        folder=f"runs/{job.run_id}",
    )
    sources = [SourceEntry(s.name, s.sha256, s.size_bytes, s.content_bytes) for s in job.extract.sources]
    ledger.record_sources(job.run_id, job.extract_id, sources)


def _run(
    job: Job,
    into: Path,
    ledger: Ledger,
    tables: Tables,
    again: bool,
    stopwatch: Stopwatch,
    last: RunResult | None,
    keys: Keyring,
) -> RunResult:
    scratch = folder_of(into, job.run_id) / "work"
    key = extract_key(job.extract_id)
    staged = {name: stage_folder(tables.path(name), key, job.run_id) for name in TABLE_NAMES}
    with _failed_on_error(into, ledger, tables, job):
        _make(scratch)
        judged = judge(job, Workplace(staged, scratch, whole_rows=True, keys=keys), stopwatch, now)
        _require_balance(judged)
        held = judged.result.decision is Decision.HOLD
        if held:
            staged = set_aside(tables, staged, key, job.run_id)
        else:
            check_fits(tables.published, judged.published_schema)
        manifest = _manifest(judged, tables, staged, again)
        lies = None if job.contract.path is None else str(Path(job.contract.path).resolve())
        server = None if job.server is None else job.server.name
        noted = Noted(server, Laid.of(job.extract), judged.settled, lies)
        noted.write(scratch.parent)
        settles = () if held else would_settle(into, ledger, job.contract, job.schema.name, job.extract_id, job.as_of)
        result = replace(
            recurring(ledger, judged.result),
            state="held" if held else "published",
            folder=str(scratch.parent),
            findings=(
                *judged.result.findings,
                *same_again(last, judged.result, named_properties(job.server)),
                *settles,
            ),
        )
        text, profile = contract_text(job.contract), dump(judged.profile)
        return finish(into, ledger, manifest, result, text, profile, stopwatch)


def _manifest(judged: Judged, tables: Tables, staged: dict[str, Path], again: bool) -> Manifest:
    result = judged.result
    held = result.decision is Decision.HOLD
    once = f"{result.extract_id}/{result.contract.rules_fingerprint}"
    once = once if result.server is None else f"{once}/{result.server}"
    return draw_up_manifest(
        tables,
        staged,
        run_id=result.run_id,
        publication_key=f"{once}/{result.run_id}" if held or again else once,
        extract_key=extract_key(result.extract_id),
        metadata={
            "weighbridge.contract": result.contract.id,
            "weighbridge.contract.version": result.contract.version,
            "weighbridge.contract.fingerprint": result.contract.fingerprint,
            "weighbridge.extract": result.extract_id,
        },
        held=held,
    )


def _require_balance(judged: Judged) -> None:
    receipt = judged.result.receipt
    if not receipt.balances:
        place = Place(source=judged.result.run_id)
        raise ReceiptError([Finding("RUN-001", place, words) for words in receipt.imbalances])


@contextmanager
def _failed_on_error(into: Path, ledger: Ledger, tables: Tables, job: Job) -> Iterator[None]:
    """Leave nothing staged behind an error. A run that began to commit is finished by recovery instead."""
    try:
        yield
    except BaseException as error:
        if ledger.run(job.run_id).state is RunState.RUNNING:
            findings = error.findings if isinstance(error, WeighbridgeError) else ()
            clear_away(into, tables, job.run_id, job.extract_id)
            ledger.finish_run(job.run_id, RunState.FAILED, finished=now(), findings=findings, exit_code=2)
        raise


def _published_before(into: Path, ledger: Ledger, arrival: Arrival) -> RunResult | None:
    """Return what the run said that published the same bytes, read by the same server's layout, by the same rules."""
    contract, server = arrival.contract, arrival.server
    run = ledger.published_run(contract.id, arrival.schema.name, arrival.extract_id, contract.rules_fingerprint)
    if run is None:
        return None
    said = result_of(into, run.id)
    return said if said.server == (None if server is None else server.name) else None


def _already(ledger: Ledger, said: RunResult, job: Job) -> RunResult:
    """Say what the earlier run said; a delivery under another name is worth a finding."""
    names = {s.name for s in said.receipt.sources}
    renamed = [s.name for s in job.extract.sources if s.name not in names]
    findings = tuple(
        Finding("RUN-012", Place(source=n), f"as {', '.join(sorted(names))}", Severity.INFO) for n in renamed
    )
    other_name = f", as {', '.join(sorted(names))}" if renamed else ""
    reason = f"this extract was published under this contract by run {said.run_id}{other_name}; nothing was written"
    ledger.finish_run(
        job.run_id,
        RunState.ALREADY_PUBLISHED,
        finished=now(),
        findings=findings,
        earlier_run=said.run_id,
        reasons=(reason,),
        exit_code=0,
    )
    return replace(
        said,
        run_id=job.run_id,
        state="already_published",
        earlier_run=said.run_id,
        reasons=(reason,),
        findings=(*said.findings, *findings),
    )


def _make(into: Path) -> None:
    require_local(into)
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PublishError(Finding("OUT-001", Place(source=str(into)), error.strerror or str(error))) from error
