"""What happened before, from the ledger and the runs' folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from weighbridge.contract import load
from weighbridge.contract.model import Contract
from weighbridge.findings import ContractError, Finding, LedgerError, Place
from weighbridge.ledger import Run
from weighbridge.outcome.codec import from_json
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.output.ledgers import ledger_of

CONTRACT_COPY = "contract.yaml"
RESULT_FILE = "result.json"
RECEIPT_FILE = "receipt.json"
PROFILE_FILE = "profile.parquet"


def folder_of(into: Path, run_id: str) -> Path:
    """Return the folder of a run's receipt, result, report and manifest."""
    return into / "runs" / run_id


def contract_text(contract: Contract) -> bytes:
    """Return a contract's YAML for the run's folder: the file's own bytes while they still are what was loaded."""
    if contract.path is not None:
        try:
            text = Path(contract.path).read_bytes()
            if load(Path(contract.path)).fingerprint == contract.fingerprint:
                return text
        except (OSError, ContractError):
            pass
    return yaml.safe_dump(dict(contract.raw), sort_keys=False, allow_unicode=True).encode()


def find_run(into: Path, run: str) -> Run:
    """Return the run with this id, whose id begins so, or the latest; of one that did nothing, the run before.

    Raises:
        ArgumentError: there is no such run, or there are several.
        LedgerError: nothing was ever run into this folder.
    """
    with ledger_of(into) as ledger:
        found = ledger.run(run)
        return ledger.run(found.earlier_run) if found.earlier_run is not None else found


def replacement_of(into: Path, run: Run) -> str | None:
    """Return the id of the run whose rows stand now where those of `run` stood; None while they still do."""
    with ledger_of(into) as ledger:
        later = ledger.replacement(run)
    return None if later is None else later.id


def judged_run(into: Path, run: str) -> Run:
    """Return the run as `find_run` does, if it came far enough to have a result.

    Raises:
        LedgerError: RUN-016, it failed, was killed, or is still at work.
    """
    record = find_run(into, run)
    if (folder_of(into, record.id) / RESULT_FILE).is_file():
        return record
    with ledger_of(into) as ledger:
        told = [f"{f['code']} {f['title']}" for f in ledger.findings(record.id)]
        alive = {u.run.id: u.alive for u in ledger.unfinished()}.get(record.id, False)
    why = f"{record.id} is {state_in_words(record, alive)}{': ' if told else ''}{'; '.join(told)}"
    raise LedgerError(Finding("RUN-016", Place(source=str(into)), why))


def state_in_words(run: Run, alive: bool | None) -> str:
    """Return a run's state; that of one that has not ended says so when its process is dead."""
    return run.state.value if run.is_finished or alive is not False else f"{run.state} (killed)"


def result_of(into: Path, run: str) -> RunResult:
    """Return the whole result of a run, its folder named as it is found from here.

    Raises:
        LedgerError: there is no such run, it ended before it had a result, or that is damaged.
    """
    path = folder_of(into, judged_run(into, run).id) / RESULT_FILE
    try:
        return replace(from_json(path.read_bytes()), folder=str(path.parent))
    except ValueError as error:
        raise LedgerError(Finding("RUN-016", Place(source=str(path)), "its file is damaged")) from error
