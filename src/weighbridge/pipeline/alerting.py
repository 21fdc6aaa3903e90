"""Calling people: after a run, after a run that could not be made, when records wait too long, when nothing comes.

What is found is entered in the ledger whoever is to be told, so that `weighbridge alerts` shows it.
Nothing here can fail a run: what goes wrong in telling is logged, and tried again by the next run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from weighbridge.contract import load
from weighbridge.findings import Finding, WeighbridgeError
from weighbridge.ledger import Ledger
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.intake import now
from weighbridge.pipeline.output.history import CONTRACT_COPY, folder_of
from weighbridge.pipeline.output.ledgers import has_ledger, ledger_of

_SOON = 0.8
_LOGGER = logging.getLogger("weighbridge.alerts")


def after_run(ledger: Ledger, result: RunResult, declared: Mapping[str, Any], named: str) -> None:
    """Note what a run shows, and tell who is to be told.

    Args:
        ledger: of the output folder.
        result: of a run that was judged now.
        declared: the object's extension `alerts`.
        named: what the contract was called when it was asked for: its file's name, or its id.
    """
    from weighbridge.alert import Trouble, of_result
    from weighbridge.alert.trouble import CANNOT_RUN

    def troubles() -> Iterator[Trouble]:
        yield from of_result(result, declared)
        yield Trouble(CANNOT_RUN, named, None, is_there=False)

    _quietly(ledger, troubles())


def after_failure(into: Path, named: str, error: WeighbridgeError) -> None:
    """Note that a run could not be made, and tell who is to be told; nothing where no run was ever made.

    Args:
        into: the output folder.
        named: the contract's id, or its file's name.
        error: why it could not.
    """
    from weighbridge.alert import of_failure

    if not has_ledger(into):
        return
    try:
        with ledger_of(into) as ledger:
            _quietly(ledger, [of_failure(named, error)])
    except WeighbridgeError as failed:
        _log(failed.findings)


def remind(into: Path, at: datetime | None = None) -> tuple[Finding, ...]:
    """Look for records that wait too long or soon will, and for promises of time that are broken; tell of both.

    Args:
        into: the output folder.
        at: the present, UTC; now by default.

    Returns:
        A warning for each receiver that could not be told.

    Raises:
        LedgerError: RUN-008, nothing was ever run into this folder.
        ArgumentError: a setting of alerts cannot be read.
    """
    from weighbridge.review.intake import take_in

    moment = at or now()
    with ledger_of(into) as ledger:
        take_in(ledger, into, moment)
        return _noted(ledger, [*_overdue(into, ledger, moment), *_promised(into, ledger, moment)], moment)


def waiting(into: Path, ledger: Ledger, at: datetime) -> Iterator[tuple[str, str, int, datetime | None, str]]:
    """Yield contract, object, how many records wait too long, since when the first waits, and how long one may.

    Only objects whose contract says so (`review: {maxAge: …}`).
    """
    from weighbridge.contract.age import span_of
    from weighbridge.review.aging import aged, newest_runs

    for contract_id, name, run_id in newest_runs(ledger):
        try:
            contract = load(folder_of(into, run_id) / CONTRACT_COPY)
        except WeighbridgeError:
            continue  # its copy was taken away; the next run writes another
        schema = next((o for o in contract.objects if o.name == name), None)
        longest = ((schema.extensions.get("review") or {}) if schema else {}).get("maxAge")
        if longest is not None:
            late, oldest = aged(ledger, contract_id, name, at - span_of(longest))
            yield contract_id, name, late, oldest, longest


def _overdue(into: Path, ledger: Ledger, at: datetime) -> Iterator[Any]:
    from weighbridge.alert import of_soon, of_waiting
    from weighbridge.contract.age import span_of
    from weighbridge.review.aging import aged

    for contract_id, name, late, oldest, longest in waiting(into, ledger, at):
        span = span_of(longest)
        yield of_waiting(contract_id, name, late, oldest, span, at)
        soon, _ = aged(ledger, contract_id, name, at - _SOON * span)
        yield of_soon(contract_id, name, 0 if late else soon, span)


def _promised(into: Path, ledger: Ledger, at: datetime) -> Iterator[Any]:
    from weighbridge.alert import of_promises
    from weighbridge.report.site.facts import Folder, facts_of
    from weighbridge.review.aging import newest_runs

    for contract_id, name, run_id in newest_runs(ledger):
        (run,) = ledger.past.runs_of([run_id])
        told = facts_of(Folder(into), [run])
        due, until = (None if (text := told[key]) is None else _utc(text) for key in ("next_by", "fresh_until"))
        yield from of_promises(contract_id, name, run.started, due, until, at)


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _quietly(ledger: Ledger, troubles: Iterable[Any]) -> None:
    try:
        _log(_noted(ledger, list(troubles), now()))
    except WeighbridgeError as failed:
        _log(failed.findings)


def _noted(ledger: Ledger, troubles: list[Any], at: datetime) -> tuple[Finding, ...]:
    from weighbridge.alert import Book, Sender, Settings

    book = Book(ledger)
    book.note(troubles, at)
    settings = Settings.from_environment()
    if not settings.urls:
        return ()
    sender, failed = Sender(settings), list[Finding]()
    for entry in book.due(at, settings.again_after):
        claimant = book.claim(entry, at, settings.again_after)
        if claimant is None:
            continue
        found = sender.tell(entry)
        failed += found
        if len(found) < len(settings.urls):
            book.told(entry, claimant, at)  # who was told is not told again because another was not
        else:
            book.failed(entry, claimant)
    return tuple(dict.fromkeys(failed))


def _log(findings: Iterable[Finding]) -> None:
    for finding in findings:
        _LOGGER.warning("%s", finding)
