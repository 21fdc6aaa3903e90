"""Audit: a run's receipt, proved again from the bytes, long after the run.

Nothing that the run remembered is believed: sources are read and framed again, tables are
read as they are served now, and every rejected or uncertain record is compared with its bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from weighbridge.contract import load
from weighbridge.findings import Decision, Finding, Place, PublishError, Severity
from weighbridge.outcome.receipt import Receipt
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.again.reopen import changed_since, reopen
from weighbridge.pipeline.again.undone import replayed, standing_manifest, taken_back
from weighbridge.pipeline.erasure.pending import ERASED_FILE, erased_records
from weighbridge.pipeline.extract import choose_object, choose_server
from weighbridge.pipeline.judge import KEPT_IDENTITY, PUBLISHED_IDENTITY
from weighbridge.pipeline.output.history import CONTRACT_COPY, find_run, folder_of, replacement_of, result_of
from weighbridge.pipeline.retain import removals
from weighbridge.pipeline.watcher import Nobody, Watcher
from weighbridge.pipeline.weighing.cross import record_id
from weighbridge.pipeline.weighing.proof import IdentityColumns, StagedOutput, prove
from weighbridge.readers.door import RawExtract
from weighbridge.readers.lineage import RAW, RECORD, SOURCE
from weighbridge.sinks import Keyring, Tables
from weighbridge.sinks.shown import files_shown

_MOST_TOLD = 20

WITHHELD = "withheld"
"""The output that a held run's records without a fault went to: nowhere."""

ERASED = "erased"
"""The output of records that were erased since: where they stood is known, what they said is not."""

ERASED_IDENTITY = IdentityColumns("source", "record", "length")


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Attributes:
        run_id: the run audited.
        receipt: proved anew, or as it was written where retention removed what would prove it; None when
            a source or a table is not there to prove it with.
        findings: everything that is not as the run said, and, as a note, that a later run
            replaced what this one wrote.
        compared_records: rejected and uncertain records whose bytes were compared with the source.
    """

    run_id: str
    receipt: Receipt | None
    findings: tuple[Finding, ...]
    compared_records: int

    @property
    def stands(self) -> bool:
        """Whether the run's receipt is proved."""
        at_odds = any(f.severity is not Severity.INFO for f in self.findings)
        return not at_odds and self.receipt is not None and self.receipt.balances

    @property
    def exit_code(self) -> int:
        """0 when the receipt stands, 1 when it does not."""
        return 0 if self.stands else 1


def audit(into: Path, run: str, *, sources: Mapping[str, str] | None = None, watcher: Watcher | None = None) -> Audit:
    """Prove a run's receipt again.

    Args:
        into: the run's output folder.
        run: its id, the beginning of it, or ``"latest"``.
        sources: where a source is now, by the name it had in the run.
        watcher: told how far it has come.

    Raises:
        LedgerError: there is no such run.
        ArgumentError: a name in `sources` is none of the run's.
        SourceError: a source is not there at all.
    """
    watcher = watcher or Nobody()
    said = result_of(into, run)
    if removed := removals(into, said.run_id):
        return Audit(said.run_id, said.receipt, removed, 0)
    folder = folder_of(into, said.run_id)
    contract = load(folder / CONTRACT_COPY)
    schema = choose_object(contract, said.contract.object)
    server = choose_server(contract, said.server)
    names = [s.name for s in said.receipt.sources]
    raw = reopen(said, schema, server, sources or {}, watcher)
    watcher.stage("framing the sources again", raw.content_bytes)
    findings = changed_since(said, raw)
    later = replacement_of(into, find_run(into, said.run_id))
    notes = [Finding("RUN-013", Place(source=said.run_id), f"run {later}", Severity.INFO)] if later else []
    outputs, lost = _outputs(into, folder, replaced=later is not None)
    erased = erased_records(folder)
    if not erased.is_empty():
        words = f"{erased.height:,} records, by {erased['erasure'].n_unique():,} erasures"
        notes.append(Finding("RUN-040", Place(source=said.run_id), words, Severity.INFO))
        outputs.append(StagedOutput(ERASED, [folder / ERASED_FILE], ERASED_IDENTITY, into))
    findings += lost
    kept = _kept(outputs)
    compared, differing, unopened = _compare(raw, kept, names, said.run_id)
    findings += differing
    notes += unopened
    if findings:
        return Audit(said.run_id, None, (*notes, *findings), compared)
    accounts = [replace(a, source=replace(a.source, name=n)) for a, n in zip(raw.account(), names, strict=True)]
    watcher.stage("proving the receipt")
    receipt = prove(accounts, outputs, withheld=WITHHELD if said.decision is Decision.HOLD else None)
    undone, withdrawn = taken_back(folder)
    if undone and later is None:
        words = f"{undone:,} values as they came, {withdrawn:,} records withdrawn to review"
        notes.append(Finding("RUN-018", Place(source=said.run_id), words, Severity.INFO))
    since = replayed(folder)
    if any(since.values()) and later is None:
        words = ", ".join(f"{count:,} from {name}" for name, count in since.items() if count)
        notes.append(Finding("REV-013", Place(source=said.run_id), words, Severity.INFO))
    wrong = [Finding("RUN-001", Place(source=said.run_id), words) for words in receipt.imbalances]
    gone = {str(name): int(count) for name, count in erased.group_by("table").len().iter_rows()}
    differing = wrong or _differences(said, receipt, withdrawn, since, gone)
    return Audit(said.run_id, receipt, (*notes, *differing), compared)


def _differences(
    said: RunResult, now: Receipt, withdrawn: int, since: Mapping[str, int], gone: Mapping[str, int]
) -> list[Finding]:
    """Return what balances and yet is not what the receipt says, but for records moved or erased since."""
    then = {o.name: o.records for o in said.receipt.outputs}
    if withdrawn:
        then["published"] = then.get("published", 0) - withdrawn
        then["review"] = then.get("review", 0) + withdrawn
    for name, count in since.items():
        if count:
            then["published"] = then.get("published", 0) + count
            then[name] = then.get(name, 0) - count
    for name, count in gone.items():
        then[name] = then.get(name, 0) - count
        then[ERASED] = then.get(ERASED, 0) + count
    if said.decision is Decision.HOLD:
        then[WITHHELD] = then.pop("published", 0)
    counts = {o.name: o.records for o in now.outputs}
    pairs = [("in all", said.receipt.records_in, now.records_in)]
    pairs += [(name, count, counts.get(name, 0)) for name, count in then.items()]
    return [
        Finding("RUN-010", Place(source=said.run_id), f"{records:,} records {name} now, {before:,} then")
        for name, before, records in pairs
        if records != before
    ]


def _outputs(into: Path, folder: Path, replaced: bool) -> tuple[list[StagedOutput], list[Finding]]:
    """Return the files the run committed, and what is wrong with them.

    What a later run replaced is shown no more, but its files stay until the table is vacuumed.
    """
    manifest = standing_manifest(folder)
    if manifest is None:
        return [], [Finding("RUN-010", Place(source=str(folder)), "the run wrote no manifest: it published nothing")]
    tables = Tables(into, manifest.contract_id, manifest.object_name)
    outputs: list[StagedOutput] = []
    findings: list[Finding] = []
    for part in manifest.tables:
        if part.name not in {"published", "quarantine", "review"} or (not part.files and part.name != "published"):
            continue
        shown = files_shown(tables.path(part.name))
        files = [into / path for path, _, _ in part.files]
        for file in files:
            if not file.is_file():
                findings.append(Finding("RUN-010", Place(source=str(file)), "the file is not there"))
            elif file.resolve() not in shown and not replaced:
                findings.append(Finding("RUN-010", Place(source=str(file)), f"{part.name} does not show this file"))
        identity = PUBLISHED_IDENTITY if part.name == "published" else KEPT_IDENTITY
        outputs.append(StagedOutput(part.name, files, identity, into))
    return outputs, findings


def _kept(outputs: Sequence[StagedOutput]) -> pl.LazyFrame | None:
    kept = (output for output in outputs if output.name not in ("published", ERASED))
    files = [path for output in kept for path in output.files if path.is_file()]
    return pl.scan_parquet(files).filter(pl.col("raw_form").is_in(["bytes", "sealed"])) if files else None


def _compare(
    raw: RawExtract, kept: pl.LazyFrame | None, names: Sequence[str], run_id: str
) -> tuple[int, list[Finding], list[Finding]]:
    """Compare the bytes of kept records with those framed now; this is also the complete scan.

    Returns:
        How many were compared, what differs, and a note of sealed ones that there is no key for.
    """
    index = pl.DataFrame({"source": list(names), SOURCE: pl.Series(range(len(names)), dtype=pl.UInt32)}).lazy()
    if kept is None:
        raw.scan().select(pl.col(RECORD).max()).collect(engine="streaming")
        return 0, [], []
    then = (
        kept.select("source", "raw", "raw_form", pl.col("record").cast(pl.UInt64).alias(RECORD))
        .join(index, on="source")
        .select(record_id().alias("id"), "raw", "raw_form", "source", RECORD)
        .collect(engine="streaming")
    )
    then, faults, closed = _opened(then, run_id)
    now = (
        raw.scan()
        .select(record_id().alias("id"), RAW)
        .filter(pl.col("id").is_in(then["id"].implode()))
        .collect(engine="streaming")
    )
    joined = then.join(now, on="id", how="left")
    differing = joined.filter(~pl.col("raw").eq_missing(pl.col(RAW)))
    findings = [
        Finding("RUN-010", Place(source=source, record=record), "the kept bytes are not the source's")
        for source, record in differing.select("source", RECORD).head(_MOST_TOLD).iter_rows()
    ]
    return then.height, [*faults, *findings], closed


def _opened(then: pl.DataFrame, run_id: str) -> tuple[pl.DataFrame, list[Finding], list[Finding]]:
    """Return the kept records with sealed bytes opened, what is wrong with those, and what there is no key for.

    No key at all is a note, as everything but the bytes is proved; keys that do not fit are a fault.
    """
    sealed = then.filter(pl.col("raw_form") == "sealed")
    if sealed.is_empty():
        return then, [], []
    plain = then.filter(pl.col("raw_form") != "sealed")
    keys = Keyring.from_settings()
    if not keys:
        words = f"{sealed.height:,} sealed records were counted and placed, their bytes not compared"
        return plain, [], [Finding("OUT-031", Place(source=run_id), words, Severity.INFO)]
    contents: list[bytes | None] = []
    faults: list[Finding] = []
    for source, record, raw in sealed.select("source", RECORD, "raw").iter_rows():
        try:
            contents.append(keys.open(raw, run_id, source, record).content)
        except PublishError as error:
            contents.append(None)
            faults += error.findings
    opened = sealed.with_columns(pl.Series("raw", contents, dtype=pl.Binary)).filter(pl.col("raw").is_not_null())
    return pl.concat([plain, opened]), faults[:_MOST_TOLD], []
