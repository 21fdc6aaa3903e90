"""Kept records, read again from what the tables hold of them, and held against a contract.

What the source said of each property stands in `values`; where a property is classified it is
masked there, and what was sealed is opened with the keys of the settings. Nothing here
reads the source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from weighbridge.checks import CheckContext, lower
from weighbridge.contract import load
from weighbridge.contract.model import Contract, SchemaObject
from weighbridge.decode import decode
from weighbridge.decode.given import Changes, joined, with_given
from weighbridge.findings import Effect, Finding, Place, PublishError
from weighbridge.ledger import Run, RunState
from weighbridge.probe import RowProbe
from weighbridge.readers.lineage import (
    FRAMING,
    FRAMING_SEEN,
    LENGTH,
    LINEAGE_SCHEMA,
    OFFSET,
    RAW,
    RECORD,
    SOURCE,
    raw_name,
)
from weighbridge.sinks import Keyring, Tables, extract_key, held_key, scan_table
from weighbridge.sinks.references import References

_KEEPS_OUT = frozenset((Effect.REJECT, Effect.REVIEW))
_COPY = "contract.yaml"


def contract_of(into: Path, run: Run) -> tuple[Contract, SchemaObject]:
    """Return the contract that a run was judged by, and the object, from the copy in the run's folder.

    Raises:
        ContractError: the copy is not there or cannot be used.
    """
    contract = load(into / "runs" / run.id / _COPY)
    return contract, next(o for o in contract.objects if o.name == run.object)


def kept_rows(into: Path, run: Run, records: Sequence[tuple[str, int]] | None = None) -> pl.DataFrame:
    """Return the rows of a run's quarantine and review tables, of some records or of all, by `QUARANTINE_SCHEMA`."""
    tables, key = Tables(into, run.contract_id, run.object), extract_key(run.extract_id or "")
    key = held_key(key) if run.state is RunState.HELD else key
    parts = []
    for name in ("quarantine", "review"):
        try:
            rows = scan_table(tables.path(name), extract_key=key).filter(pl.col("run") == run.id)
        except PublishError as error:
            if error.findings[0].code == "OUT-008":
                continue
            raise
        if records is not None:
            numbers = [number for _, number in records]
            rows = rows.filter(pl.col("record").is_in(pl.Series(numbers, dtype=pl.Int64).implode()))
        parts.append(rows.collect())
    if not parts:
        return pl.DataFrame(schema={"source": pl.String, "record": pl.Int64})
    found = pl.concat(parts, how="diagonal").unique(["source", "record"], keep="first", maintain_order=True)
    if records is not None:
        wanted = pl.DataFrame(list(records), schema={"source": pl.String, "record": pl.Int64}, orient="row")
        found = found.join(wanted.unique(), on=["source", "record"], how="semi", maintain_order="left")
    return found


@dataclass(frozen=True, slots=True)
class Texts:
    """What the source said of kept records.

    Attributes:
        frame: one row a record that could be read back: the lineage columns and a raw column a property.
        columns: the properties that have one.
        names: of the sources, by index.
        unread: why the others could not be, by source and record number.
    """

    frame: pl.DataFrame
    columns: tuple[str, ...]
    names: tuple[str, ...]
    unread: Mapping[tuple[str, int], Finding]

    def index(self, source: str, record: int) -> tuple[int, int]:
        """Return what names a record in the frame."""
        return self.names.index(source), record


def texts_of(kept: pl.DataFrame, schema: SchemaObject, run_id: str, keys: Keyring) -> Texts:
    """Return the source texts of kept records, as the tables hold them."""
    names = tuple(kept["source"].unique(maintain_order=True)) if kept.height else ()
    known = {p.name for p in schema.as_read.properties}
    masked = any(p.is_masked for p in schema.properties)
    unread: dict[tuple[str, int], Finding] = {}
    said: list[dict[str, str | None]] = []
    places: list[int] = []
    for i, row in enumerate(kept.iter_rows(named=True)):
        texts = _texts(row, run_id, keys, masked)
        if isinstance(texts, Finding):
            unread[row["source"], row["record"]] = texts
        else:
            said.append({name: text for name, text in texts.items() if name in known})
            places.append(i)
    columns = tuple(p.name for p in schema.as_read.properties if any(p.name in texts for texts in said))
    own = kept[places]
    at = [names.index(source) for source in own["source"]] if own.height else []
    lineage: dict[str, pl.Series] = {
        SOURCE: pl.Series(at, dtype=pl.UInt32),
        FRAMING: pl.Series([0] * own.height, dtype=pl.UInt8),
        FRAMING_SEEN: pl.Series([None] * own.height, dtype=pl.String),
    }
    for name, column in ((RECORD, "record"), (OFFSET, "offset"), (LENGTH, "length"), (RAW, "raw")):
        lineage[name] = own[column] if own.height else pl.Series([], dtype=LINEAGE_SCHEMA[name])
    raw = {raw_name(n): pl.Series([texts.get(n) for texts in said], dtype=pl.String) for n in columns}
    frame = pl.DataFrame({**{name: lineage[name].cast(t) for name, t in LINEAGE_SCHEMA.items()}, **raw})
    return Texts(frame, columns, names, unread)


def _texts(row: Mapping[str, object], run_id: str, keys: Keyring, masked: bool) -> dict[str, str | None] | Finding:
    source, record, form = str(row["source"]), int(str(row["record"])), str(row["raw_form"])
    place = Place(source=source, record=record)
    findings = row["findings"]
    if isinstance(findings, list) and any(f["check"].startswith("framing|") for f in findings):
        return Finding("REV-007", place, "it could not be taken apart: it has bytes, and no values",
                       fix="replay it under a contract that lays it out, or send it back")  # fmt: skip
    if not masked:
        return _of_json(row["values"])
    if form != "sealed values":
        return Finding("REV-007", place, f"its values are classified and its bytes are {form}")
    if not keys:
        return Finding("REV-007", place, "its values are sealed and there is no key")
    try:
        opened = keys.open(row["raw"], run_id, source, record)  # type: ignore[arg-type]
    except PublishError as error:
        return error.findings[0]
    return _of_json(opened.content.decode())


def _of_json(values: object) -> dict[str, str | None]:
    texts = json.loads(str(values)) if values else {}
    return {name: None if text is None else str(text) for name, text in texts.items()}


def plan_of(
    texts: Texts, contract: Contract, schema: SchemaObject, into: Path, as_of: datetime, changes: Changes
) -> tuple[pl.LazyFrame, tuple[RowProbe, ...]]:
    """Return the records, decoded with what was given in its place, and the probes that ask each of them."""
    frame, names = joined(texts.frame.lazy(), changes)
    decoded = with_given(decode(frame, texts.columns, schema), schema, texts.columns, names)
    context = CheckContext(
        as_of=as_of, resolve=References(contract, into), dtypes=decoded.dtypes, unsettled=decoded.unsettled
    )
    lowered = lower(schema, context, sla=contract.sla)
    probes = [*decoded.probes, *(p for p in lowered.probes if isinstance(p, RowProbe))]
    return decoded.frame, tuple(probes)


def faults_of(
    texts: Texts, contract: Contract, schema: SchemaObject, into: Path, as_of: datetime, changes: Changes
) -> dict[tuple[int, int], list[Finding]]:
    """Return what would still keep records out with the changes in force, by source index and record number.

    Every check of single records is asked; whether a key repeats only a replay can tell.
    """
    if texts.frame.is_empty():
        return {}
    frame, probes = plan_of(texts, contract, schema, into, as_of, changes)
    asked = [p for p in probes if p.effect in _KEEPS_OUT]
    told = frame.select(SOURCE, RECORD, *(p.failed.alias(str(i)) for i, p in enumerate(asked))).collect()
    found: dict[tuple[int, int], list[Finding]] = {}
    for source, record, *failed in told.iter_rows():
        faults = [_fault(p, texts.names[source], record) for p, bad in zip(asked, failed, strict=True) if bad]
        if faults:
            found[source, record] = faults
    return found


def _fault(probe: RowProbe, source: str, record: int) -> Finding:
    words = f"{probe.name}: expected {probe.expected}"
    return Finding(probe.code, Place(source=source, record=record, path=probe.properties[:1]), words, fix=probe.fix)
