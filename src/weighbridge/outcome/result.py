"""The typed result of a run: what Python callers get and what every report is made from."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import Any, ClassVar

from weighbridge.contract.model import NotExecuted
from weighbridge.findings import Decision, Effect, Finding, Severity, Verdict
from weighbridge.ledger import Recurrence
from weighbridge.outcome import html
from weighbridge.outcome.explained import Cause, Slice
from weighbridge.outcome.receipt import Receipt
from weighbridge.quick import dataclass
from weighbridge.readers.door import Option


@dataclass(frozen=True, slots=True)
class Example:
    """One failing record, shown as evidence.

    Attributes:
        source: the source's name; `record`, `offset_bytes`, `length_bytes` place it there.
        raw: its original bytes, at most 4,096 of them; None where records have none or
            where a classified property forbids showing them.
        seen: the offending value as it came, masked where classified.
        readings: competing readings of an ambiguous value.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"ser_json_bytes": "base64", "val_json_bytes": "base64"}

    source: str
    record: int
    offset_bytes: int | None
    length_bytes: int | None
    raw: bytes | None
    seen: str | None
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one probe of the plan came out.

    Attributes:
        name: the probe's name; unique in a run.
        grain: ``"record"`` (row and key probes) or ``"extract"``.
        effect: what failing does to a record; None for grain ``"extract"``.
        failed_records, failed_rate: of all records; None for grain ``"extract"``.
        holds: whether nothing failed.
        observed: what was measured, in words, for grain ``"extract"``.
        examples: a few failing records, in source order.
        measured: what was measured, as JSON values, where a check's engine has words of its own for it.
        value: what was measured, as a number, where it is one and `observed` tells it too.
        says: what the contract says of it in its own words, where it fails: a description.
        slices: where its failures concentrate, the clearest first.
        recurrence: how it came out in earlier runs; None where nothing was asked of them.
    """

    name: str
    code: str
    title: str
    grain: str
    severity: Severity
    effect: Effect | None
    properties: tuple[str, ...]
    expected: str
    holds: bool
    failed_records: int | None = None
    failed_rate: float | None = None
    observed: str | None = None
    fix: str = ""
    line: int | None = None
    origin: str = "odcs"
    examples: tuple[Example, ...] = ()
    measured: dict[str, Any] | None = None
    slices: tuple[Slice, ...] = ()
    recurrence: Recurrence | None = None
    value: float | None = None
    says: str | None = None


@dataclass(frozen=True, slots=True)
class ContractRef:
    """Which contract, exactly, a result belongs to."""

    id: str
    name: str
    version: str
    fingerprint: str
    rules_fingerprint: str
    object: str
    path: str | None


@dataclass(frozen=True, slots=True)
class TableRef:
    """An output table after the commit: where, at which Delta version, how many rows of this run."""

    name: str
    path: str
    version: int | None
    rows: int


@dataclass(frozen=True, slots=True)
class RunResult:
    """Everything a run found, decided and wrote.

    Attributes:
        run_id: sortable by time, unique.
        state: ``"published"``, ``"held"``, ``"checked"`` (nothing was to be written) or
            ``"already_published"`` (the same extract under the same contract, earlier).
        decision: what becomes of the extract; `reasons` say why in plain sentences.
        extract_id: ``sha256:`` over the sources' digests; the same bytes give the same id.
        verdicts: records by verdict.
        checks: every probe of the plan, failed or not.
        findings: findings about the extract as a whole.
        options: every reading option with its origin.
        profile: figures of each column, as `weighbridge.profile` makes them (JSON values).
        schema: the declared properties, as JSON values, for the report.
        outputs: the tables written; empty when nothing was.
        stage_seconds: wall seconds by stage of the run.
        as_of: the clock that freshness was judged by.
        server: name of the contract's server whose layout was read; None when it names none.
        epochs: framed records by the layout they were written under; empty without epochs.
        causes: checks that fail in the same records, by what is likely behind them.
    """

    run_id: str
    state: str
    decision: Decision
    reasons: tuple[str, ...]
    contract: ContractRef
    extract_id: str
    records: int
    verdicts: dict[Verdict, int]
    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    not_executed: tuple[NotExecuted, ...]
    options: tuple[Option, ...]
    profile: dict[str, Any]
    schema: tuple[dict[str, Any], ...]
    receipt: Receipt
    started: datetime
    finished: datetime
    as_of: datetime
    engine: dict[str, str] = field(default_factory=dict)
    outputs: tuple[TableRef, ...] = ()
    stage_seconds: dict[str, float] = field(default_factory=dict)
    folder: str | None = None
    earlier_run: str | None = None
    server: str | None = None
    epochs: dict[str, int] = field(default_factory=dict)
    causes: tuple[Cause, ...] = ()

    def _repr_html_(self) -> str:
        """Return decision, reasons, verdicts and what failed, for notebooks."""
        counts = [[verdict.value, f"{count:,}"] for verdict, count in self.verdicts.items()]
        failed = [
            [c.code, c.name, c.observed if c.failed_records is None else f"{c.failed_records:,}", c.expected]
            for c in self.checks
            if not c.holds
        ]
        title = f"{self.contract.name} {self.contract.version}: {self.decision.value.replace('_', ' ')}"
        parts = [html.section(reason) for reason in self.reasons]
        return html.section(
            title,
            *parts,
            html.table(["verdict", "records"], counts),
            html.table(["code", "check", "failed", "expected"], failed) if failed else "",
        )

    @property
    def exit_code(self) -> int:
        """0 when published or clean, 1 when the data breached its contract."""
        return 1 if self.decision is Decision.HOLD else 0
