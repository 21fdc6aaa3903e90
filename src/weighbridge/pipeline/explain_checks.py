"""Explain: how a contract's checks will be run, over how many scans, and why; nothing is judged.

What is told is read off the very probes that a run would execute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.checks import CheckContext, lower
from weighbridge.contract import load
from weighbridge.contract.model import Contract, NotExecuted, SchemaObject, Server
from weighbridge.decode import decode, inquire, polars_type
from weighbridge.findings import Effect, Finding
from weighbridge.pipeline.extract import choose_object, choose_server
from weighbridge.pipeline.intake import Extract, arrive, now
from weighbridge.pipeline.judge import COLUMNAR, of_the_contract
from weighbridge.pipeline.watcher import Nobody
from weighbridge.pipeline.weighing.plan import framing_probes
from weighbridge.pipeline.weighing.reconcile import control_totals
from weighbridge.probe import (
    BesideProbe,
    CrossProbe,
    FrameProbe,
    HistoryProbe,
    KeyProbe,
    Probe,
    ProfileProbe,
    RowProbe,
    ScalarProbe,
)
from weighbridge.readers.door import RawExtract
from weighbridge.readers.lineage import LINEAGE_SCHEMA, raw_name
from weighbridge.sinks.references import References

ASKING, COMPARING, WEIGHING, FIGURES = "asking columns", "comparing records", "weighing", "figures of single columns"

_WAYS = {
    RowProbe: "an expression of the plan, asked of every record as it passes",
    KeyProbe: "keys are compared by 64-bit hash before the weighing, and what that accuses exactly after it",
    CrossProbe: "needs other records: found in a narrow copy of its columns before the weighing",
    ProfileProbe: "the profile that the scan makes, beside those of runs before",
    HistoryProbe: "a figure that the scan makes, beside those of runs before",
    ScalarProbe: "an aggregate of the plan, over the records as they pass",
    FrameProbe: "a branch of the plan: it groups, joins or is SQL of the whole extract",
}
_MOST_WORDS = 80
_APART = "; the source gives single columns for next to nothing, so it has a scan of those alone"
_SCANS = {
    ASKING: "rules may let the column decide between two readings, and count it first",
    COMPARING: "only the columns that are compared, for all such checks together",
    WEIGHING: "every record once: read, decoded, checked, split in two, profiled",
    FIGURES: "checks of the whole extract, apart from the weighing",
}


@dataclass(frozen=True, slots=True)
class ExplainedCheck:
    """How one check will be run.

    Attributes:
        name: as in every report.
        grain: ``"record"`` or ``"extract"``.
        origin: who made it: ``"odcs"``, ``"rule"``, ``"framing"``, ``"pandera"``, …
        effect: what a failure does: to the record, or (``"hold"``, ``"warn"``, ``"note"``) to the extract.
        scan: in which scan of the source it is answered.
        way: how, in words.
    """

    name: str
    code: str
    grain: str
    origin: str
    effect: str
    properties: tuple[str, ...]
    expected: str
    scan: str
    way: str
    line: int | None


@dataclass(frozen=True, slots=True)
class ExplainedScan:
    """One pass over the source, why it is made, and the checks answered in it."""

    name: str
    why: str
    checks: tuple[ExplainedCheck, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the checks of a contract's object will be run.

    Attributes:
        scans: in their order; as many as the source is gone through.
        not_executed: what the contract says and nothing will ask, each with why.
        findings: what is wrong with the checks themselves.
    """

    contract: str
    version: str
    object: str
    source: str
    scans: tuple[ExplainedScan, ...]
    not_executed: tuple[NotExecuted, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def checks(self) -> tuple[ExplainedCheck, ...]:
        """All checks, scan by scan."""
        return tuple(check for scan in self.scans for check in scan.checks)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "contract": self.contract,
            "version": self.version,
            "object": self.object,
            "source": self.source,
            "scans": [asdict(scan) for scan in self.scans],
            "not_executed": [{"what": n.what, "why": n.why, "line": n.line} for n in self.not_executed],
            "findings": [f.to_dict() for f in self.findings],
        }


def explain(
    contract: Contract | str | Path,
    extract: Extract = (),
    *,
    into: Path | None = None,
    object_name: str | None = None,
    server_name: str | None = None,
) -> Explanation:
    """Return how the checks of a contract will be run.

    Args:
        contract: loaded, or the path of its YAML.
        extract: as of a run; with none the contract's own types and its server's format are taken.
        into: an output folder whose published tables foreign keys may refer to; only read.
        object_name: which schema object; needed when the contract has several.
        server_name: which server describes the bytes; the first local one by default.

    Raises:
        ContractError, SourceError, ArgumentError: as of a run.
    """
    if isinstance(extract, pl.DataFrame | pl.LazyFrame) or extract:
        arrival = arrive(contract, extract, object_name=object_name, server_name=server_name, watcher=Nobody())
        raw = arrival.raw
        seen = _Seen(raw.scan(), tuple(raw.columns), raw.typed, raw.container, raw)
        return _explained(arrival.contract, arrival.schema, arrival.server, seen, into)
    loaded = contract if isinstance(contract, Contract) else load(contract)
    schema, server = choose_object(loaded, object_name), choose_server(loaded, server_name)
    return _explained(loaded, schema, server, _declared(schema, server), into)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of the source: its frame, or an empty one of the columns it should have."""

    frame: pl.LazyFrame
    columns: tuple[str, ...]
    typed: bool
    container: str | None
    raw: RawExtract | None = None


def _declared(schema: SchemaObject, server: Server | None) -> _Seen:
    """Return an empty source as the contract describes it."""
    kind = str(server.record_format.get("kind") or server.format or "").lower() if server is not None else ""
    typed = kind in COLUMNAR
    held = schema.as_read.properties
    types = {raw_name(p.name): polars_type(p) if typed else pl.String() for p in held}
    frame = pl.LazyFrame(schema={**LINEAGE_SCHEMA, **types})
    return _Seen(frame, tuple(p.name for p in held), typed, kind if typed else None)


def _explained(
    contract: Contract, schema: SchemaObject, server: Server | None, seen: _Seen, into: Path | None
) -> Explanation:
    asks = inquire(seen.frame, seen.columns, schema, typed=seen.typed)
    doubts = seen.raw.raw_doubts if seen.raw is not None else None
    decoded = decode(seen.frame, seen.columns, schema, typed=seen.typed, raw_doubts=doubts)
    context = CheckContext(now(), References(contract, into), decoded.dtypes, decoded.unsettled)
    lowered = lower(schema, context, sla=contract.sla)
    totals = control_totals(seen.raw, schema) if seen.raw is not None else ()
    probes = [*framing_probes(), *decoded.probes, *lowered.probes, *totals]
    apart = seen.container in COLUMNAR
    checks = [_check(probe, apart) for probe in probes if not _asserts_nothing(probe)]
    names = [ASKING] if asks is not None else []
    names += [n for n in (COMPARING, WEIGHING, FIGURES) if n == WEIGHING or any(c.scan == n for c in checks)]
    return Explanation(
        contract.name,
        contract.version,
        schema.name,
        seen.container or ("text" if not seen.typed else "typed columns"),
        tuple(ExplainedScan(n, _SCANS[n], tuple(c for c in checks if c.scan == n)) for n in names),
        tuple(dict.fromkeys((*contract.not_executed, *decoded.not_executed, *lowered.not_executed))),
        of_the_contract(lowered.findings, contract),
    )


def _asserts_nothing(probe: Probe) -> bool:
    return isinstance(probe, ScalarProbe) and probe.read is None


def _check(probe: Probe, apart: bool) -> ExplainedCheck:
    way = (probe.way if isinstance(probe, CrossProbe) else "") or _WAYS[type(probe)]
    of_extract = isinstance(probe, ScalarProbe | FrameProbe | BesideProbe)
    if isinstance(probe, KeyProbe | CrossProbe):
        scan = COMPARING
    elif of_extract and apart and not isinstance(probe, BesideProbe):
        scan, way = FIGURES, way + _APART
    else:
        scan = WEIGHING
    return ExplainedCheck(
        name=probe.name,
        code=probe.code,
        grain="extract" if of_extract else "record",
        origin=probe.origin,
        effect=_effect(probe),
        properties=probe.properties,
        expected=probe.expected,
        scan=scan,
        way=way,
        line=probe.line,
    )


def _effect(probe: Probe) -> str:
    if isinstance(probe, ScalarProbe | FrameProbe | BesideProbe):
        return {"error": "hold", "warning": "warn"}.get(probe.severity.value, "note")
    effect: Effect = probe.effect
    return effect.value


def told(explanation: Explanation) -> str:
    """Return an explanation for a terminal."""
    return "\n".join(_lines(explanation))


def _lines(e: Explanation) -> Iterable[str]:
    checks = e.checks
    count = len(e.scans)
    scans = f"{count} scan{'s' if count != 1 else ''}"
    yield f"{e.contract} {e.version}, {e.object}: {len(checks)} checks in {scans} ({e.source})"
    for number, scan in enumerate(e.scans, 1):
        yield f"\nscan {number}  {scan.name}: {scan.why}"
        for way in dict.fromkeys(c.way for c in scan.checks):
            yield f"  {way}"
            alike = [c for c in scan.checks if c.way == way]
            framing = sum(c.origin == "framing" for c in alike)
            if framing:
                yield f"    whether the record can be taken apart at all, which may fail in {framing} ways"
            yield from _table([c for c in alike if c.origin != "framing"])
    asserting = [n for n in e.not_executed if n.asserts]
    if asserting:
        yield "\nnot executed"
        yield from (f"  {n.what}: {n.why}{f' (line {n.line})' if n.line else ''}" for n in asserting)


def _table(checks: Sequence[ExplainedCheck]) -> Iterable[str]:
    rows = [(c.name, c.origin, c.effect, c.code, c.expected) for c in checks]
    widths = [min(40, max((len(row[i]) for row in rows), default=0)) for i in range(4)]
    for row in rows:
        yield (
            "    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) + f"  {row[4][:80]}"
        )
