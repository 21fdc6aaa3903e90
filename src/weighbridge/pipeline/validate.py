"""Validate: a frame in somebody's hands against a contract, in memory, before a model sees it.

    frame ─▶ decode ─▶ check ─▶ typed frame, or one error that tells the whole story

The same probes as a run's judge the same values. Nothing is written but the failing records, to
a scratch folder, and no ledger is asked.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from weighbridge.checks import CheckContext, lower
from weighbridge.contract.model import Contract, SchemaObject
from weighbridge.decode import decode, inquire
from weighbridge.findings import ArgumentError, Finding, Place, Severity, WeighbridgeError
from weighbridge.outcome import html
from weighbridge.outcome.result import CheckResult
from weighbridge.pipeline.extract import choose_object
from weighbridge.pipeline.intake import now
from weighbridge.pipeline.weighing.compared import compared
from weighbridge.pipeline.weighing.evidence import FINDINGS, Evidence
from weighbridge.pipeline.weighing.keys import acquit
from weighbridge.pipeline.weighing.plan import build, suspect_columns
from weighbridge.pipeline.weighing.results import Examples, Failures, of_extract, of_records
from weighbridge.pipeline.weighing.suspects import Suspects
from weighbridge.pipeline.weighing.weigh import Weighed, weigh
from weighbridge.probe import BesideProbe, CrossProbe, KeyProbe
from weighbridge.profile import Running
from weighbridge.readers.frame import FrameExtract
from weighbridge.readers.lineage import RECORD
from weighbridge.readers.scratch import scratch_folder
from weighbridge.sinks.references import References

MOST_CASES = 10_000
_MOST_TOLD = 12
_CASES = {
    "record": pl.Int64,
    "code": pl.String,
    "check": pl.String,
    "property": pl.String,
    "severity": pl.String,
    "seen": pl.String,
    "expected": pl.String,
}


class ArrowStream(Protocol):
    """Whatever gives its rows by Arrow's C stream interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


Frame = pl.DataFrame | pl.LazyFrame | ArrowStream


class ValidationWarning(UserWarning):
    """A frame is valid, but something about it is worth a look."""


class ValidationError(WeighbridgeError):
    """A frame breaks its contract.

    Attributes:
        contract: name, version and object that it was held against.
        records: how many the frame has; `failed_records` of them may not be used.
        amiss: what is wrong with the frame or the contract before any record is looked at.
        checks: every check that failed, of records and of the whole frame, with examples.
        failure_cases: a row for each failure of the first failing records: record (from 1), code,
            check, property, severity, seen, expected. Classified values are masked.
        exit_code: 1, as for data that breached its contract.
    """

    exit_code = 1

    def __init__(
        self,
        contract: str,
        records: int,
        failed_records: int,
        checks: tuple[CheckResult, ...],
        failure_cases: pl.DataFrame,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        self.contract = contract
        self.records = records
        self.failed_records = failed_records
        self.checks = checks
        self.failure_cases = failure_cases
        self.amiss = findings
        super().__init__((*findings, *map(_finding, checks)))
        self.args = ("\n".join(self._told()),)

    def __reduce__(self) -> Any:
        told = (self.contract, self.records, self.failed_records, self.checks, self.failure_cases, self.amiss)
        return type(self), told

    def _told(self) -> list[str]:
        lines = [self._summary]
        lines += [f"  {finding}" for finding in self.amiss]
        for check in self.checks[:_MOST_TOLD]:
            lines.append(f"  {check.code} {check.name}: {_count(check)}; expected {check.expected}")
            shown = [f"record {e.record:,}: {e.seen!r}" for e in check.examples[:3] if e.seen is not None]
            lines += [f"      {'; '.join(shown)}"] if shown else []
        if len(self.checks) > _MOST_TOLD:
            lines.append(f"  and {len(self.checks) - _MOST_TOLD} more checks")
        return lines

    @cached_property
    def _summary(self) -> str:
        if not self.checks:
            return f"the frame is not of {self.contract}"
        return f"{self.failed_records:,} of {self.records:,} records break {self.contract}"

    def _repr_html_(self) -> str:
        rows = [
            [c.code, c.name, _count(c), c.expected, ", ".join(e.seen for e in c.examples[:3] if e.seen is not None)]
            for c in self.checks
        ]
        rows += [[f.code, ", ".join(f.place.path), f.title, f.detail, ""] for f in self.amiss]
        return html.section(self._summary, html.table(["code", "check", "failed", "expected", "seen"], rows))


@dataclass(frozen=True, slots=True)
class _Held:
    """A frame beside the object it is held against."""

    contract: Contract
    schema: SchemaObject
    raw: FrameExtract

    @property
    def title(self) -> str:
        return f"{self.contract.name} {self.contract.version}, {self.schema.name}"


def validate(
    contract: Contract,
    frame: Frame,
    *,
    object_name: str | None = None,
    whole: bool = True,
    as_of: datetime | None = None,
    into: Path | None = None,
) -> pl.DataFrame:
    """Return the frame with the contract's columns in the contract's types, or raise all that is wrong with it.

    Args:
        contract: loaded.
        frame: of Polars, eager or lazy (then it is collected once), or of whatever else gives Arrow data: a table of
            pyarrow or pandas. Columns are found by the properties' source names.
        object_name: which schema object; needed when the contract has several.
        whole: whether the frame is a whole extract. False leaves out what a contract promises of extracts,
            not of any of their rows: row counts, freshness, shares.
        as_of: the moment that freshness is judged by, UTC; now by default.
        into: an output folder whose published tables foreign keys may refer to; only read.

    Returns:
        As many rows in the same order: the object's properties first, then columns the contract does not know.

    Raises:
        ValidationError: a column is missing, a record is rejected or uncertain, or a check of the extract fails.
        ArgumentError: ARG-001, it is no frame; ARG-002, it is not clear which object it is of.
    """
    schema = choose_object(contract, object_name)
    raw = FrameExtract.of(_polars(frame), schema.as_read)
    held = _Held(contract, schema, raw)
    missing = tuple(f for f in raw.findings if f.severity is Severity.ERROR)
    if missing:
        raise ValidationError(held.title, raw.records, raw.records, (), pl.DataFrame(schema=_CASES), missing)
    with scratch_folder("validate_") as folder:
        typed = _judged(held, Path(folder), whole, as_of or now(), into)
    return typed.hstack(raw.others)


def _polars(frame: Frame) -> pl.DataFrame | pl.LazyFrame:
    if isinstance(frame, pl.DataFrame | pl.LazyFrame):
        return frame
    if hasattr(frame, "__arrow_c_stream__"):
        return pl.DataFrame(frame)
    raise ArgumentError(Finding("ARG-001", detail=f"a {type(frame).__name__} is no frame of Polars, pyarrow or pandas"))


def _judged(held: _Held, folder: Path, whole: bool, as_of: datetime, into: Path | None) -> pl.DataFrame:
    schema, raw = held.schema, held.raw
    inquiry = inquire(raw.scan(), raw.columns, schema, typed=True)
    settled = inquiry.settle(inquiry.counts.collect(engine="streaming")) if inquiry is not None else None
    decoded = decode(raw.scan(), raw.columns, schema, typed=True, settled=settled)
    context = CheckContext(as_of, References(held.contract, into), decoded.dtypes, decoded.unsettled)
    lowered = lower(schema, context, sla=held.contract.sla if whole else ())
    unusable = tuple(f for f in lowered.findings if f.severity is Severity.ERROR)
    comparing = [p for p in lowered.probes if isinstance(p, KeyProbe | CrossProbe)]
    asked = [p for p in lowered.probes if not isinstance(p, KeyProbe | CrossProbe | BesideProbe)]
    accused = compared(decoded.frame, comparing, folder / "compared")
    names = [p.name for p in schema.properties]
    while True:
        rows = [a.row_probe for a in accused if a.row_probe is not None]
        plan = build(decoded.frame, [*decoded.probes, *asked, *rows, *(p for a in accused for p in a.scalar_probes)])
        if not whole:
            plan = plan.of_records
        aside = Suspects(folder / "suspects", plan, suspect_columns(schema, raw.columns, plan.row_probes))
        weighed = weigh(
            plan,
            lambda good: good.select(names),
            aside,
            Running({}, frozenset()),
            apart=True,
            classified=any(p.is_masked for p in schema.properties),
        )
        acquitted = acquit(accused, plan.row_probes, aside.folder)
        if acquitted is None:
            break
        accused = acquitted
    failures = Failures.read(aside.folder, plan.row_probes, raw.records)
    dtypes = pl.scan_parquet(aside.folder).collect_schema()
    evidence = Evidence(schema, tuple(raw.columns), plan.row_probes, dtypes)
    examples = Examples(aside.folder, evidence, ("frame",), hide_raw=True)
    checks = (*of_extract(weighed), *of_records(plan, accused, failures, examples))
    return _settled(held, weighed, checks, unusable, _cases(aside.folder, evidence))


def _settled(
    held: _Held, weighed: Weighed, checks: tuple[CheckResult, ...], unusable: tuple[Finding, ...], cases: pl.DataFrame
) -> pl.DataFrame:
    failed = [c for c in checks if not c.holds]
    grave = tuple(c for c in failed if c.severity is Severity.ERROR)
    for check in failed:
        if check.severity is Severity.WARNING:
            told = f"{held.title}: {check.code} {check.name}: {_count(check)}; expected {check.expected}"
            warnings.warn(told, ValidationWarning, stacklevel=5)
    good = weighed.rows
    assert good is not None
    if grave or unusable:
        raise ValidationError(held.title, held.raw.records, held.raw.records - good.height, grave, cases, unusable)
    return good


def _cases(suspects: Path, evidence: Evidence) -> pl.DataFrame:
    """Return the failures of the first suspects, one a row."""
    first = pl.scan_parquet(suspects).head(MOST_CASES).collect()
    told = evidence.gather(first).select(pl.col(RECORD).cast(pl.Int64).alias("record"), FINDINGS)
    if told.is_empty():
        return pl.DataFrame(schema=_CASES)
    return told.explode(FINDINGS).unnest(FINDINGS).select(list(_CASES))


def _finding(check: CheckResult) -> Finding:
    place = Place(path=check.properties)
    return Finding(check.code, place, f"{check.name}: {_count(check)}", check.severity, fix=check.fix)


def _count(check: CheckResult) -> str:
    if check.failed_records is None:
        return check.observed or "it does not hold"
    return f"{check.failed_records:,} record{'s' if check.failed_records != 1 else ''}"
