"""From an opened extract to a judgement: the straight line every record travels.

    read ─▶ decode ─▶ check ─▶ weigh ─▶ tell ─▶ prove ─▶ decide

`run` and `check` differ only in where the files go and in what happens after.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from weighbridge import __version__
from weighbridge.checks import CheckContext, lower
from weighbridge.contract.model import Contract, SchemaObject, Server
from weighbridge.decide import Assertion, Judgement, Tally, decide, limits_of_nothing
from weighbridge.decode import decode, inquire
from weighbridge.decode.asking import Settled
from weighbridge.findings import Finding, InternalError, Severity
from weighbridge.outcome.receipt import Receipt
from weighbridge.outcome.result import CheckResult, ContractRef, RunResult
from weighbridge.pipeline.explaining.absent import told_apart
from weighbridge.pipeline.explaining.describe import described, in_its_words
from weighbridge.pipeline.explaining.drift import Before
from weighbridge.pipeline.explaining.epochs import counted, counting
from weighbridge.pipeline.explaining.explain import explained
from weighbridge.pipeline.explaining.usual import Present, beside_runs_before
from weighbridge.pipeline.watcher import Stopwatch
from weighbridge.pipeline.weighing.compared import compared
from weighbridge.pipeline.weighing.cross import Accused
from weighbridge.pipeline.weighing.evidence import Evidence
from weighbridge.pipeline.weighing.keys import HASH_BITS, acquit
from weighbridge.pipeline.weighing.plan import build, suspect_columns
from weighbridge.pipeline.weighing.proof import IdentityColumns, StagedOutput, prove
from weighbridge.pipeline.weighing.reconcile import control_totals
from weighbridge.pipeline.weighing.records import Origin, write_records
from weighbridge.pipeline.weighing.results import Examples, Failures, of_extract, of_records
from weighbridge.pipeline.weighing.suspects import Suspects
from weighbridge.pipeline.weighing.weigh import told_of, weigh
from weighbridge.probe import BesideProbe, CrossProbe, KeyProbe
from weighbridge.profile import Partial, Running, summed_up
from weighbridge.quick import dataclass
from weighbridge.readers.door import RawExtract, Verifiable
from weighbridge.sinks import Keyring, lazy_sink, published_columns, staged_files
from weighbridge.sinks.references import References

PUBLISHED_IDENTITY = IdentityColumns("_wb_source", "_wb_record", "_wb_length")
COLUMNAR = frozenset({"parquet", "arrow", "frame"})
KEPT_IDENTITY = IdentityColumns("source", "record", "length")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be judged, and by what.

    Attributes:
        extract: opened; `extract_id` is the identity of its bytes.
        as_of: the moment that time-dependent checks take for now, UTC.
        started: when the run began, UTC.
        server: the contract's server whose layout is read; None when it names none.
        into: the output folder, for references; None when nothing is published anywhere.
        hash_bits: how many bits of a key's hash the first look compares.
    """

    run_id: str
    contract: Contract
    schema: SchemaObject
    extract: RawExtract
    extract_id: str
    as_of: datetime
    started: datetime
    server: Server | None
    into: Path | None
    hash_bits: int = HASH_BITS

    @property
    def before(self) -> Before:
        """What the object's extracts before this one looked like."""
        return Before(self.into, self.contract.id, self.schema.name, self.extract_id, self.contract.path)


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where the files of one judging go.

    Attributes:
        tables: folder for the staged files of each table.
        scratch: folder for what only this judging needs.
        whole_rows: whether published rows are written whole, or (in a check) only their identity.
        keys: seal the bytes of records with classified properties; without one they are withheld.
    """

    tables: Mapping[str, Path]
    scratch: Path
    whole_rows: bool
    keys: Keyring = field(default_factory=Keyring)


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged extract.

    Attributes:
        result: so far.
        published_schema: of the rows staged for publication.
        profile: of the records that could be framed.
        settled: what whole columns settled where rules asked them.
    """

    result: RunResult
    published_schema: pl.Schema
    profile: Partial
    settled: Settled = field(default_factory=dict)


def judge(job: Job, place: Workplace, stopwatch: Stopwatch, clock: Callable[[], datetime]) -> Judged:
    """Judge an extract; write its published rows and its other records to `place`.

    Raises:
        SourceError: a source cannot be read or changed while it was read.
        InternalError: the plan cannot be executed.
    """
    try:
        return _judged(job, place, stopwatch, clock)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, InternalError) as error:
        if isinstance(job.extract, Verifiable):
            job.extract.verify()  # a source that cannot be read to its end is to blame, not the plan
        classified = any(p.is_masked for p in job.schema.properties)
        # A panic is no Exception: it would pass by all that tells of errors.
        if isinstance(error, pl.exceptions.PanicException) or (classified and not isinstance(error, InternalError)):
            said = told_of(error, classified)
            raise InternalError(Finding("RUN-011", detail=said)) from (None if classified else error)
        raise


def _judged(job: Job, place: Workplace, stopwatch: Stopwatch, clock: Callable[[], datetime]) -> Judged:
    raw, schema = job.extract, job.schema
    names = [s.name for s in raw.sources]
    null_values = job.server.record_format.get("nullValues", ()) if raw.typed and job.server is not None else ()
    inquiry = inquire(raw.scan(), raw.columns, schema, null_values=null_values, typed=raw.typed)
    if inquiry is not None:
        stopwatch.stage("asking columns", raw.content_bytes)
    settled = inquiry.settle(inquiry.counts.collect(engine="streaming")) if inquiry is not None else None
    decoded = decode(
        raw.scan(),
        raw.columns,
        schema,
        null_values=null_values,
        typed=raw.typed,
        raw_doubts=raw.raw_doubts,
        null_is_blank=not raw.typed and not (job.server is not None and job.server.record_format.get("nullValues")),
        settled=settled,
    )
    context = CheckContext(
        as_of=job.as_of,
        resolve=References(job.contract, job.into),
        dtypes=decoded.dtypes,
        unsettled=decoded.unsettled,
        past=job.before.counts,
    )
    lowered = lower(schema, context, sla=job.contract.sla)

    comparing = [p for p in lowered.probes if isinstance(p, KeyProbe | CrossProbe)]
    accused = _accused(decoded.frame, comparing, job, place.scratch / "compared", stopwatch)
    totals = control_totals(raw, schema)
    probes = [
        *decoded.probes,
        *(p for p in lowered.probes if not isinstance(p, KeyProbe | CrossProbe | BesideProbe)),
        *totals,
        *counting(schema),
    ]

    stopwatch.stage("weighing", raw.content_bytes)
    metadata = _metadata(job)
    masked = frozenset(p.name for p in schema.properties if p.is_masked)
    columns = published_columns(schema, decoded.dtypes, names, job.run_id)
    written = pl.all() if place.whole_rows else pl.col(PUBLISHED_IDENTITY.names)

    def publish(rows: pl.LazyFrame) -> pl.LazyFrame:
        return lazy_sink(rows.select(columns).select(written), place.tables["published"], metadata)

    while True:
        failing = [a.row_probe for a in accused if a.row_probe is not None]
        plan = build(decoded.frame, [*probes, *failing, *(p for a in accused for p in a.scalar_probes)])
        put_aside = Suspects(place.scratch / "suspects", plan, suspect_columns(schema, raw.columns, plan.row_probes))
        profile = Running({p.name: decoded.dtypes[p.name] for p in schema.properties}, masked)
        weighed = weigh(plan, publish, put_aside, profile, apart=raw.container in COLUMNAR, classified=bool(masked))
        acquitted = acquit(accused, plan.row_probes, put_aside.folder)
        if acquitted is None:
            break
        accused = acquitted  # hashes collided: weigh again without their accusation
        shutil.rmtree(place.tables["published"], ignore_errors=True)
    suspects = put_aside.folder

    stopwatch.stage("telling findings")
    evidence = Evidence(schema, tuple(raw.columns), plan.row_probes, pl.scan_parquet(suspects).collect_schema())
    origin = Origin(job.run_id, job.contract, names, job.started)
    write_records(suspects, evidence, origin, place.tables, metadata, place.keys)

    stopwatch.stage("proving the receipt")
    receipt = prove(raw.account(), [_staged(name, place) for name in ("published", "quarantine", "review")])

    failures = Failures.read(suspects, plan.row_probes, receipt.records_in)
    beside, unanswered = beside_runs_before(
        lowered.probes, Present(weighed.profile, failures.verdicts, job.as_of), job.before
    )
    checks = (
        *of_extract(weighed),
        *beside,
        *of_records(plan, accused, failures, Examples(suspects, evidence, tuple(names), hide_raw=bool(masked))),
    )
    stopwatch.stage("explaining findings")
    checks, behind = explained(checks, suspects, schema, raw.columns, plan, failures, weighed, receipt)
    tallies = _tallies(checks)
    contracts = of_the_contract((*lowered.findings, *limits_of_nothing(schema.breaker, tallies)), job.contract)
    findings = (*raw.findings, *raw.late_findings(), *contracts, *_withheld(evidence, suspects, place))
    judgement = _decide(receipt, failures, checks, tallies, findings, schema)
    profiled = told_apart(weighed.profile, suspects, plan.row_probes)
    stopwatch.stop()
    result = RunResult(
        run_id=job.run_id,
        state="checked",
        decision=judgement.decision,
        reasons=judgement.reasons,
        contract=contract_ref(job.contract, schema),
        extract_id=job.extract_id,
        records=receipt.records_in,
        verdicts=failures.verdicts,
        checks=in_its_words(checks, schema),
        findings=(*findings, *judgement.tripped),
        not_executed=tuple(
            dict.fromkeys((*job.contract.not_executed, *decoded.not_executed, *lowered.not_executed, *unanswered))
        ),
        options=raw.options,
        profile=summed_up(profiled),
        schema=described(schema),
        receipt=receipt,
        started=job.started,
        finished=clock(),
        as_of=job.as_of,
        engine={"weighbridge": __version__, "polars": pl.__version__, "python": platform.python_version()},
        stage_seconds=dict(stopwatch.seconds),
        server=job.server.name if job.server is not None else None,
        epochs=counted(weighed.figures),
        causes=behind,
    )
    return Judged(result, plan.published.select(columns).collect_schema(), profiled, settled or {})


def _accused(
    frame: pl.LazyFrame, comparing: Sequence[KeyProbe | CrossProbe], job: Job, folder: Path, stopwatch: Stopwatch
) -> tuple[Accused, ...]:
    """Return what compares records with each other, after a first look at the extract."""
    if comparing:
        stopwatch.stage("comparing keys", job.extract.content_bytes)
    return compared(frame, comparing, folder, job.hash_bits)


def contract_ref(contract: Contract, schema: SchemaObject) -> ContractRef:
    """Return which contract, exactly, a result belongs to."""
    return ContractRef(
        id=contract.id,
        name=contract.name,
        version=contract.version,
        fingerprint=contract.fingerprint,
        rules_fingerprint=contract.rules_fingerprint,
        object=schema.name,
        path=contract.path,
    )


def _metadata(job: Job) -> dict[str, str]:
    return {
        "weighbridge.run": job.run_id,
        "weighbridge.version": __version__,
        "weighbridge.contract": job.contract.id,
        "weighbridge.contract.version": job.contract.version,
        "weighbridge.contract.fingerprint": job.contract.fingerprint,
        "weighbridge.rules.fingerprint": job.contract.rules_fingerprint,
        "weighbridge.extract": job.extract_id,
    }


def _staged(name: str, place: Workplace) -> StagedOutput:
    folder = place.tables[name]
    identity = PUBLISHED_IDENTITY if name == "published" else KEPT_IDENTITY
    return StagedOutput(name, [Path(f.path) for f in staged_files(folder)], identity, folder)


def _withheld(evidence: Evidence, suspects: Path, place: Workplace) -> list[Finding]:
    """Say that bytes were not kept, where a run would have kept them and had no key to seal them with."""
    if place.keys or not place.whole_rows or not evidence.is_classified:
        return []
    count = pl.scan_parquet(suspects).select(pl.len()).collect().item()
    return [Finding("OUT-030", detail=f"of {count:,} records", severity=Severity.INFO)] if count else []


def of_the_contract(findings: Sequence[Finding], contract: Contract) -> tuple[Finding, ...]:
    """Return findings about lines of the contract with the contract's path."""
    return tuple(
        replace(f, place=replace(f.place, source=contract.path)) if f.place.source is None else f for f in findings
    )


def _tallies(checks: Sequence[CheckResult]) -> list[Tally]:
    return [
        Tally(c.name, c.code, c.effect, c.failed_records or 0, f"{c.name}, {c.title}")
        for c in checks
        if c.effect is not None
    ]


def _decide(
    receipt: Receipt,
    failures: Failures,
    checks: Sequence[CheckResult],
    tallies: Sequence[Tally],
    findings: Sequence[Finding],
    schema: SchemaObject,
) -> Judgement:
    assertions = [
        Assertion(c.name, c.code, c.severity, c.holds, c.observed or c.expected) for c in checks if c.effect is None
    ]
    return decide(
        records=receipt.records_in,
        verdicts=failures.verdicts,
        tallies=tallies,
        assertions=assertions,
        findings=findings,
        breaker=schema.breaker,
    )
