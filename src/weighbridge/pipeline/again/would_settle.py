"""Whether a new version of a contract would publish records that earlier ones kept out.

Asked once, by the first run under the new version, of some of the records that the newest runs
kept: it costs a fraction of a second, and says what a replay is worth.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl

from weighbridge.contract.model import Contract
from weighbridge.findings import Finding, Place, Severity, WeighbridgeError
from weighbridge.ledger import Ledger, Run, RunState

_MOST_RUNS = 20
_MOST_RECORDS = 2_000
_ALL_RUNS = 10_000


def would_settle(
    into: Path, ledger: Ledger, contract: Contract, object_name: str, extract_id: str, at: datetime
) -> tuple[Finding, ...]:
    """Return a note of kept records that this contract would publish; nothing where it was asked before.

    Args:
        into: the output folder.
        ledger: of that folder.
        contract: the new version.
        object_name: of which object.
        extract_id: the extract that is judged by it now, whose earlier records do not count.
        at: the moment, UTC.
    """
    newest = ledger.runs(contract.id, 1, object_name=object_name, state=RunState.PUBLISHED)
    if not newest or newest[0].rules_fingerprint == contract.rules_fingerprint:
        return ()  # as nearly always: without a look at every run there ever was
    runs = ledger.runs(contract.id, _ALL_RUNS, object_name=object_name, state=RunState.PUBLISHED)
    if any(r.rules_fingerprint == contract.rules_fingerprint for r in runs):
        return ()
    kept = [r for r in runs if (r.rejected or r.uncertain) and r.extract_id != extract_id]
    looked, passing = 0, 0
    for run in kept[:_MOST_RUNS]:
        if looked >= _MOST_RECORDS:
            break
        if ledger.replacement(run) is None:
            these, good = _look(into, run, contract, at, _MOST_RECORDS - looked)
            looked, passing = looked + these, passing + good
    if not passing:
        return ()
    words = f"{passing:,} of the {looked:,} looked at"
    return (Finding("REV-014", Place(source=contract.path), words, Severity.INFO),)


def _look(into: Path, run: Run, contract: Contract, at: datetime, most: int) -> tuple[int, int]:
    """Return how many of a run's kept records were looked at, and how many would pass; what cannot be read is none."""
    from weighbridge.review.again import TAKEN_BACK, Terms, faults_of, kept_rows
    from weighbridge.sinks import Keyring

    try:
        kept = kept_rows(into, run, limit=most)
        if kept.is_empty():
            return 0, 0
        codes = pl.col("findings").list.eval(pl.element().struct.field("code"))
        kept = kept.filter(~codes.list.contains(TAKEN_BACK))
        terms = Terms.of(into, run, at, contract)
        texts = terms.texts(kept, Keyring.from_settings())
        return kept.height, texts.frame.height - len(faults_of(terms, kept, texts, {}))
    except (WeighbridgeError, pl.exceptions.PolarsError):
        return 0, 0
