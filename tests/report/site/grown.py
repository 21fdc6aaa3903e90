"""An output folder with a history, grown through the ledger's own door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from tests.report import made
from weighbridge.findings import Decision, Verdict
from weighbridge.ledger import CheckEntry, Ledger, ReviewEntry, RunState, new_run_id
from weighbridge.outcome.codec import to_json
from weighbridge.outcome.result import RunResult
from weighbridge.report import write

BEGAN = datetime(2024, 1, 1, 6, tzinfo=UTC)
CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: {id}
name: {id}
version: {version}
status: active
slaProperties:
  - {{property: freshness, value: 2, unit: d, element: people.born}}
  - {{property: frequency, value: 1, unit: d}}
schema:
  - name: people
    description: Everybody.
    properties:
      - name: id
        logicalType: string
        primaryKey: true
        required: true
      - name: born
        logicalType: date
        customProperties:
          - {{property: weighbridge.rules, value: [trim]}}
      - name: ssn
        logicalType: string
        classification: secret
"""


def grow(into: Path, runs: int, *, contract: str = "crm", first: int = 0, reports: bool = True) -> list[str]:
    """Enter so many daily runs of one contract, and return their ids, oldest first.

    Every seventh is held; the contract's version changes every fifth of the way.
    """
    into.mkdir(parents=True, exist_ok=True)
    with Ledger.open(into / "ledger.db") as ledger:
        return list(_grown(into, ledger, runs, contract, first, reports))


def _grown(into: Path, ledger: Ledger, runs: int, contract: str, first: int, reports: bool) -> Iterator[str]:
    for number in range(first, first + runs):
        started = BEGAN + timedelta(days=number)
        run_id = new_run_id(started, sha256(f"{contract} {number}".encode()).digest())
        version = f"1.{number * 5 // max(runs + first, 1)}.0"
        result = _result(run_id, contract, version, number, started)
        folder = into / "runs" / run_id
        folder.mkdir(parents=True)
        (folder / "contract.yaml").write_text(CONTRACT.format(id=contract, version=version))
        (folder / "result.json").write_bytes(to_json(result))
        if reports:
            write(result, folder)
        else:
            (folder / "report.html").write_text("")
        _enter(ledger, result, started)
        yield run_id


def _result(run_id: str, contract: str, version: str, number: int, started: datetime) -> RunResult:
    whole = made.published()
    held = number % 7 == 3
    rejected = 900 if held else number % 11
    verdicts = {
        Verdict.ACCEPTED: 9_980 - rejected,
        Verdict.REPAIRED: 20,
        Verdict.UNCERTAIN: 0,
        Verdict.REJECTED: rejected,
    }
    checks = tuple(
        replace(c, failed_records=rejected, failed_rate=rejected / 10_000, holds=not rejected)
        if c.name == "born|type"
        else c
        for c in whole.checks
    )
    return replace(
        whole,
        run_id=run_id,
        state="held" if held else "published",
        decision=Decision.HOLD if held else Decision.PUBLISH_WITH_WARNINGS,
        reasons=(f"{rejected} records are rejected",),
        contract=replace(whole.contract, id=contract, name=contract, version=version, fingerprint=f"sha256:{version}"),
        verdicts=verdicts,
        checks=checks,
        started=started,
        finished=started + timedelta(seconds=40),
        folder=f"runs/{run_id}",
    )


def _enter(ledger: Ledger, result: RunResult, started: datetime) -> None:
    contract = result.contract
    ledger.start_run(
        run_id=result.run_id,
        contract_id=contract.id,
        contract_version=contract.version,
        contract_fingerprint=contract.fingerprint,
        rules_fingerprint=contract.fingerprint,
        object_name=contract.object,
        as_of=started,
        started=started,
        extract_id=f"sha256:{result.run_id}",
        folder=f"runs/{result.run_id}",
    )
    counts = {verdict.value: count for verdict, count in result.verdicts.items()}
    ledger.finish_run(
        result.run_id,
        RunState.HELD if result.decision is Decision.HOLD else RunState.PUBLISHED,
        finished=result.finished,
        checks=[
            CheckEntry(c.name, c.code, c.grain, c.severity.value, c.holds, c.failed_records, c.failed_rate, c.observed)
            for c in result.checks
        ],
        profile=result.profile,
        decision=result.decision.value,
        reasons=result.reasons,
        records=result.records,
        **counts,
    )


def wait_for_review(into: Path, run_id: str, records: int, at: datetime) -> None:
    """Put records of a run into the review queue."""
    with Ledger.open(into / "ledger.db") as ledger:
        ledger.add_review_items(run_id, [ReviewEntry("cust.csv", n, 0, 1, ("LEG-001",)) for n in range(records)], at)
