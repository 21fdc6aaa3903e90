"""The beginning every composition shares: contract and sources in, an opened job out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from weighbridge.contract import load
from weighbridge.contract.model import Contract, SchemaObject, Server
from weighbridge.findings import ArgumentError, ContractError, Finding, Place
from weighbridge.pipeline.extract import choose_object, choose_server, extract_id
from weighbridge.pipeline.judge import Job
from weighbridge.pipeline.watcher import Watcher
from weighbridge.quick import dataclass
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract
from weighbridge.readers.frame import FrameExtract
from weighbridge.readers.lineage import raw_name

_WORKING = ("__", raw_name(""))

Extract = str | Path | Sequence[str | Path] | pl.DataFrame | pl.LazyFrame


@dataclass(frozen=True, slots=True)
class Arrival:
    """An extract that was opened: not judged yet, but known.

    Attributes:
        contract, schema: what it is held against.
        raw: the opened extract.
        extract_id: the identity of its bytes.
        started: when it was opened, UTC.
        server: the contract's server whose layout is read; None when it names none.
    """

    contract: Contract
    schema: SchemaObject
    raw: RawExtract
    extract_id: str
    started: datetime
    server: Server | None

    def job(self, run_id: str, as_of: datetime | None, into: Path | None) -> Job:
        """Return what is to be judged; time-dependent checks take the start for now by default."""
        return Job(
            run_id=run_id,
            contract=self.contract,
            schema=self.schema,
            extract=self.raw,
            extract_id=self.extract_id,
            as_of=as_of or self.started,
            started=self.started,
            server=self.server,
            into=into,
        )


def now() -> datetime:
    """Return the present moment, UTC."""
    return datetime.now(UTC)


def new_entropy() -> bytes:
    """Return the randomness that tells apart runs begun in the same instant."""
    return secrets.token_bytes(8)


def arrive(
    contract: Contract | str | Path,
    extract: Extract,
    *,
    object_name: str | None,
    server_name: str | None,
    watcher: Watcher,
) -> Arrival:
    """Load the contract, choose the object, open the extract.

    Raises:
        ContractError: the contract cannot be used.
        ArgumentError: object or server are unclear, or a source is named twice.
        SourceError: a source cannot be opened.
    """
    started = now()
    watcher.stage("opening")
    loaded = contract if isinstance(contract, Contract) else load(contract)
    schema = choose_object(loaded, object_name)
    _refuse_working_names(loaded, schema)
    _refuse_unread_tables(loaded, schema)
    raw: RawExtract
    server = choose_server(loaded, server_name)
    if isinstance(extract, pl.DataFrame | pl.LazyFrame):
        raw = FrameExtract.of(extract, schema.as_read)
        raw.findings = tuple(f for f in raw.findings if not _of_old_layouts(f, schema))
    else:
        names = [str(extract)] if isinstance(extract, str | Path) else [str(e) for e in extract]
        _refuse_twice(names)
        raw = open_extract(names, schema.as_read, server, on_progress=watcher.advance)
        raw.findings = tuple(f for f in raw.findings if not _of_old_layouts(f, schema))
    return Arrival(loaded, schema, raw, extract_id(raw.sources), started, server)


def _refuse_working_names(contract: Contract, schema: SchemaObject) -> None:
    """Refuse names that the plan's own columns have: lineage, raw columns, masks and steps."""
    faults = [
        Finding(
            "OUT-004",
            Place(source=contract.path, line=p.line, path=(schema.name, p.name)),
            f"{p.name} begins as the columns do that Weighbridge works with",
            fix="give the property another name, and its own as physicalName: names must not begin with __ or raw:",
        )
        for p in schema.properties
        if p.name.startswith(_WORKING)
    ]
    if faults:
        raise ContractError(faults)


def _of_old_layouts(finding: Finding, schema: SchemaObject) -> bool:
    """Return whether a finding says no more than that a source has no column of an earlier layout."""
    return finding.code == "RDR-020" and any(finding.place.path == (s.name,) for s in schema.sources)


def _refuse_unread_tables(contract: Contract, schema: SchemaObject) -> None:
    """Refuse to read codes by a list whose table is not there: every code would be wrong."""
    used = [*schema.properties, *(m.declared for e in schema.epochs for m in e.migrations)]
    lines = {r.line for p in used for r in p.rules if r.parameters.get("table")}
    faults = [f for f in contract.warnings if f.code == "CON-066" and f.place.line in lines]
    if faults:
        raise ContractError(faults)


def _refuse_twice(names: Sequence[str]) -> None:
    seen: dict[Path, str] = {}
    for name in names:
        resolved = Path(name).resolve()
        if resolved in seen:
            raise ArgumentError(Finding("ARG-004", Place(source=name)))
        seen[resolved] = name
