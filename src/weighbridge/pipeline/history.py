"""What happened before, from the ledger and the runs' folders."""

from __future__ import annotations

from pathlib import Path

from weighbridge.findings import Finding, LedgerError, Place
from weighbridge.ledger import Ledger, RunRecord
from weighbridge.outcome.codec import from_json
from weighbridge.outcome.result import RunResult

LEDGER_FILE = "ledger.db"
CONTRACT_COPY = "contract.yaml"
RESULT_FILE = "result.json"
RECEIPT_FILE = "receipt.json"


def ledger_of(into: Path) -> Ledger:
    """Open the ledger of an output folder that exists.

    Raises:
        LedgerError: RUN-008, nothing was ever run into this folder.
    """
    if not (into / LEDGER_FILE).is_file():
        raise LedgerError(Finding("RUN-008", Place(source=str(into)), "no run was ever made into this folder"))
    return Ledger.open(into / LEDGER_FILE)


def folder_of(into: Path, run_id: str) -> Path:
    """Return the folder of a run's receipt, result, report and manifest."""
    return into / "runs" / run_id


def find_run(into: Path, run: str) -> RunRecord:
    """Return the run with this id, whose id begins so, or the latest.

    Raises:
        LedgerError: there is no such run.
    """
    ledger = ledger_of(into)
    if run != "latest":
        return ledger.run(run)
    latest = ledger.runs(limit=1)
    if not latest:
        raise LedgerError(Finding("RUN-008", Place(source=str(into)), "the ledger knows no run"))
    return latest[0]


def result_of(into: Path, run: str) -> RunResult:
    """Return the whole result of a run.

    Raises:
        LedgerError: there is no such run, or it ended before it had a result.
    """
    record = find_run(into, run)
    path = folder_of(into, record.run_id) / RESULT_FILE
    try:
        return from_json(path.read_bytes())
    except FileNotFoundError as error:
        detail = f"{record.run_id} is {record.state}: it ended before it had a result"
        raise LedgerError(Finding("RUN-008", Place(source=str(path)), detail)) from error
    except ValueError as error:
        raise LedgerError(Finding("RUN-008", Place(source=str(path)), "its result is damaged")) from error
