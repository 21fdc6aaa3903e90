"""Kept records, read again from what the tables hold of them, and held against a contract.

What the source said of each property stands in `values`. Where that is masked, or the record
could not be taken apart, or a newer contract wants more of it, its bytes are taken apart again;
what was sealed is opened with the keys of the settings. Nothing here reads the source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.checks import CheckContext, Lowered, lower
from weighbridge.contract import load
from weighbridge.contract.model import Contract, SchemaObject, Server
from weighbridge.decode import Decoded, decode
from weighbridge.decode.given import Changes, joined, with_given
from weighbridge.findings import ArgumentError, Effect, Finding, Place, PublishError, Severity
from weighbridge.ledger import Run, RunState
from weighbridge.probe import KeyProbe, RowProbe
from weighbridge.readers.again import taken_apart
from weighbridge.readers.lineage import (
    FRAMING,
    FRAMING_FAULTS,
    FRAMING_SEEN,
    LENGTH,
    LINEAGE_SCHEMA,
    OFFSET,
    RAW,
    RECORD,
    SOURCE,
    raw_name,
)
from weighbridge.readers.parts import raw_type, shaped
from weighbridge.review.noted import Noted
from weighbridge.review.unasked import Unasked, unasked
from weighbridge.sinks import Keyring, Tables, extract_key, held_key, scan_table
from weighbridge.sinks.references import References

_KEEPS_OUT = frozenset((Effect.REJECT, Effect.REVIEW))
_COPY = "contract.yaml"
_IDENTITY = ["source", "record"]
TAKEN_BACK = "RUN-017"
"""The code of what withdraws a record: its row lacks a required value since a repair was taken back."""
_DOTS = "•••("
_CUT = "RDR-013"  # a record above the largest size

Said = Mapping[tuple[str, int], Set[str]]
"""The properties that decisions give, by source and record number."""


def contract_of(into: Path, run: Run) -> tuple[Contract, SchemaObject]:
    """Return the contract that a run was judged by, and the object, from the copy in the run's folder.

    Files that it names are looked for where they were when it ran, not beside the copy.

    Raises:
        ContractError: the copy is not there or cannot be used.
    """
    copy = into / "runs" / run.id / _COPY
    contract = _copied(copy, copy.stat().st_mtime_ns) if copy.is_file() else load(copy)
    return contract, next(o for o in contract.objects if o.name == run.object)


@lru_cache(maxsize=64)
def _copied(copy: Path, _modified_ns: int) -> Contract:
    noted = Noted.read(copy.parent)
    if noted is not None and noted.contract is not None:
        return load(Path(noted.contract), text=copy.read_bytes())
    return load(copy)


def kept_rows(
    into: Path, run: Run, records: Sequence[tuple[str, int]] | None = None, *, limit: int | None = None
) -> pl.DataFrame:
    """Return the rows of a run's quarantine and review tables, by `QUARANTINE_SCHEMA`.

    Args:
        into: the output folder.
        run: the run.
        records: only of these: source and record number.
        limit: at most so many of each table; None gives all.
    """
    parts = []
    for table in _kept_tables(into, run):
        rows = table
        if records is not None:
            numbers = pl.Series([number for _, number in records], dtype=pl.Int64)
            within = pl.col("record").is_between(numbers.min(), numbers.max())  # lets whole row groups be passed over
            rows = table.filter(within, pl.col("record").is_in(numbers.implode()))
        parts.append((rows if limit is None else rows.head(limit)).collect())
    if not parts:
        return pl.DataFrame(schema={"source": pl.String, "record": pl.Int64})
    found = pl.concat(parts, how="diagonal").unique(_IDENTITY, keep="first", maintain_order=True)
    if records is not None:
        wanted = pl.DataFrame(list(records), schema={"source": pl.String, "record": pl.Int64}, orient="row")
        found = found.join(wanted.unique(), on=_IDENTITY, how="semi", maintain_order="left")
    return found


def scan_kept(into: Path, run: Run) -> pl.LazyFrame | None:
    """Return all rows of a run's quarantine and review tables, each record once, or None where it has no such table."""
    parts = _kept_tables(into, run)
    if not parts:
        return None
    rows = pl.concat(parts, how="diagonal")
    hashes = pl.struct(_IDENTITY).hash()  # two records of one hash cost memory, no more
    if rows.select(hashes.n_unique() < pl.len()).collect(engine="streaming").item():
        return rows.collect().unique(_IDENTITY, keep="first", maintain_order=True).lazy()
    return rows


def _kept_tables(into: Path, run: Run) -> list[pl.LazyFrame]:
    tables, key = Tables(into, run.contract_id, run.object), extract_key(run.extract_id or "")
    key = held_key(key) if run.state is RunState.HELD else key
    parts = []
    for name in ("quarantine", "review"):
        try:
            parts.append(scan_table(tables.path(name), extract_key=key).filter(pl.col("run") == run.id))
        except PublishError as error:
            if error.findings[0].code != "OUT-008":
                raise
    return parts


def taken_back(findings: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return the properties of a kept record whose repairs were taken back: what stands there only a person can say."""
    return frozenset(f["property"] for f in findings if f["code"] == TAKEN_BACK and f["property"])


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


def texts_of(
    kept: pl.DataFrame, run_id: str, schema: SchemaObject, server: Server | None, noted: Noted | None, keys: Keyring
) -> Texts:
    """Return the source texts of kept records: from the values that the tables hold, else from their bytes.

    Args:
        kept: rows of quarantine and review.
        run_id: the run that kept them.
        schema, server: of the contract they are to be held against; it may be a newer one.
        noted: how the run read its extract; without it bytes cannot be taken apart.
        keys: open what is sealed.
    """
    names = tuple(kept["source"].unique(maintain_order=True)) if kept.height else ()
    known = [p.name for p in schema.as_read.properties]
    masked = frozenset(p.name for p in schema.properties if p.is_masked)
    unread: dict[tuple[str, int], Finding] = {}
    said: list[dict[str, Any]] = []
    bytes_of: dict[str, list[tuple[int, bytes]]] = {}
    for i, row in enumerate(kept.iter_rows(named=True)):
        content = _content(row, run_id, keys, masked, set(known), noted)
        said.append({})
        if isinstance(content, Finding):
            unread[row["source"], row["record"]] = content
        elif isinstance(content, bytes):
            bytes_of.setdefault(row["source"], []).append((i, content))
        else:
            said[i] = {raw_name(name): text for name, text in content.items()}
    for source, wanted in bytes_of.items():
        assert noted is not None  # else nothing is read from bytes
        found = taken_apart(noted.laid, source, [raw for _, raw in wanted], schema, server)
        for (i, _), texts in zip(wanted, found, strict=True):
            if texts is None:
                place = Place(source=source, record=kept["record"][i])
                unread[source, kept["record"][i]] = Finding(
                    "REV-007", place, "its bytes are not one record by themselves"
                )
            else:
                said[i] = texts
    places = [i for i, texts in enumerate(said) if texts]
    told = [said[i] for i in places]
    columns = tuple(name for name in known if any(raw_name(name) in texts for texts in told))
    own = kept[places]
    at = [names.index(source) for source in own["source"]] if own.height else []
    lineage: dict[str, pl.Series] = {
        SOURCE: pl.Series(at, dtype=pl.UInt32),
        FRAMING: pl.Series([texts.get(FRAMING, 0) for texts in told], dtype=pl.UInt8),
        FRAMING_SEEN: pl.Series([texts.get(FRAMING_SEEN) for texts in told], dtype=pl.String),
    }
    for name, column in ((RECORD, "record"), (OFFSET, "offset"), (LENGTH, "length"), (RAW, "raw")):
        lineage[name] = own[column] if own.height else pl.Series([], dtype=LINEAGE_SCHEMA[name])
    raw = {raw_name(n): pl.Series([texts.get(raw_name(n)) for texts in told], dtype=pl.String) for n in columns}
    frame = pl.DataFrame({**{name: lineage[name].cast(t) for name, t in LINEAGE_SCHEMA.items()}, **raw})
    return Texts(frame, columns, names, unread)


def _content(
    row: Mapping[str, Any],
    run_id: str,
    keys: Keyring,
    masked: frozenset[str],
    known: set[str],
    noted: Noted | None,
) -> dict[str, str | None] | bytes | Finding:
    """Return a kept record's values, or its bytes where those say more, or why there is neither."""
    place = Place(source=row["source"], record=row["record"])
    form, raw = str(row["raw_form"]), row["raw"]
    values = _of_json(row["values"])
    framed = not any(f["check"].startswith("framing|") for f in row["findings"])
    by_bytes = noted is not None and noted.laid.by_lines
    if any(f["code"] == _CUT for f in row["findings"]):
        return Finding("REV-007", place, "of its bytes only the beginning was kept")
    if form.startswith("sealed"):
        if not keys:
            return Finding("REV-007", place, "it is sealed and there is no key")
        try:
            opened = keys.open(raw, run_id, row["source"], row["record"])
        except PublishError as error:
            return error.findings[0]
        if opened.is_values:
            return _of_json(opened.content.decode())
        raw = opened.content
        if opened.values is not None and framed and not by_bytes:
            return _of_json(opened.values.decode())
    elif form == "withheld":
        raw = None
    clear = not any((values.get(name) or "").startswith(_DOTS) for name in values) and not masked & values.keys()
    clear = clear or (framed and not any(values.get(name) is not None for name in masked))
    if framed and clear and (known <= values.keys() or raw is None or not by_bytes):
        return values
    if raw is not None and by_bytes:
        return bytes(raw)
    if not framed:
        return Finding("REV-007", place, "it could not be taken apart then, and cannot without its file",
                       fix="run the extract again by a contract that lays it out, or send the record back")  # fmt: skip
    return Finding("REV-007", place, f"its values are classified and its bytes are {form}")


def _of_json(values: object) -> dict[str, str | None]:
    texts = json.loads(str(values)) if values else {}
    return {name: None if text is None else str(text) for name, text in texts.items()}


@dataclass(frozen=True, slots=True)
class Terms:
    """What records are held against.

    Attributes:
        then: the object by the contract of the run that kept them.
        contract, schema, server: those that count now; the run's own, or a newer version's.
        noted: how the run read its extract.
        into: the output folder, whose tables relationships refer to.
        as_of: the moment that time-dependent checks take for now, UTC.
        is_own: whether it is the contract that kept the records.
    """

    run: Run
    then: SchemaObject
    contract: Contract
    schema: SchemaObject
    server: Server | None
    noted: Noted | None
    into: Path
    as_of: datetime
    is_own: bool

    @classmethod
    def of(cls, into: Path, run: Run, as_of: datetime, newer: Contract | None = None) -> Terms:
        """Return the terms of a run's records, by a newer contract or by the run's own.

        Raises:
            ContractError: the run's copy of its contract cannot be used.
            ArgumentError: ARG-002, the newer contract has no such object.
        """
        own, then = contract_of(into, run)
        contract = newer if newer is not None else own
        schema = next((o for o in contract.objects if o.name == run.object), None)
        if schema is None:
            known = ", ".join(o.name for o in contract.objects)
            raise ArgumentError(Finding("ARG-002", detail=f"{contract.id} has no object {run.object!r}, but {known}"))
        noted = Noted.read(into / "runs" / run.id)
        named = noted.server if noted is not None else None
        server = next((s for s in contract.servers if s.name == named), next(iter(contract.servers), None))
        return cls(run, then, contract, schema, server, noted, into, as_of, newer is None)

    def texts(self, kept: pl.DataFrame, keys: Keyring) -> Texts:
        """Return the source texts of kept records."""
        return texts_of(kept, self.run.id, self.schema, self.server, self.noted, keys)

    def decoded(self, texts: pl.LazyFrame, columns: Sequence[str], changes: Changes) -> tuple[Decoded, Lowered]:
        """Return the records decoded, with what was given in its place, and everything that is asked of them."""
        decoded = self.read(texts, columns, changes)
        return decoded, self.asked(decoded)

    def read(self, texts: pl.LazyFrame, columns: Sequence[str], changes: Changes) -> Decoded:
        """Return the records decoded, with what was given in its place.

        Args:
            texts: the lineage columns, and a raw column for each of `columns`.
            columns: the properties that have one.
            changes: what was decided, by source index and record number.
        """
        own = {p.name: raw_type(p) for p in self.schema.as_read.properties if p.name in columns}
        parts = [shaped(pl.col(raw_name(n)), kind) for n, kind in own.items() if kind.is_nested()]
        frame, names = joined(texts.with_columns(parts), changes)
        nulls = self.server.record_format.get("nullValues", ()) if self.server is not None else ()
        typed = self.noted is not None and self.noted.laid.typed
        settled = self.noted.settled_for(self.then, self.schema) if self.noted is not None else None
        plain = decode(
            frame, columns, self.schema, null_values=nulls, settled=settled, null_is_blank=not (typed or nulls)
        )
        return with_given(plain, self.schema, columns, names)

    def asked(self, decoded: Decoded) -> Lowered:
        """Return everything that is asked of records so decoded; keys that they refer to are read from their tables."""
        context = CheckContext(
            as_of=self.as_of,
            resolve=References(self.contract, self.into),
            dtypes=decoded.dtypes,
            unsettled=decoded.unsettled,
        )
        return lower(self.schema, context, sla=self.contract.sla)

    def unasked(self, kept: pl.DataFrame, lowered: Lowered, asked: Set[str], said: Said) -> list[Unasked]:
        """Return what kept these records out, cannot be asked again, and was not answered by a decision.

        Args:
            kept: rows of quarantine and review.
            lowered: everything the contract asks.
            asked: names of what is asked of the records now.
            said: the properties that a decision gives, by source and record number.
        """
        still = None if self.is_own else {p.name for p in lowered.probes}
        known = self.noted.laid.doubts if self.noted is not None else None
        return unasked(kept, asked, still=still, doubts=None if known is None else set(known), said=said)


def unusable(lowered: Lowered) -> tuple[Finding, ...]:
    """Return what the contract relies on and cannot be asked, e.g. for want of a reference: then nothing may pass."""
    return tuple(f for f in lowered.findings if f.severity is Severity.ERROR)


def row_probes(decoded: Decoded, lowered: Lowered) -> tuple[RowProbe, ...]:
    """Return what is asked of each record by itself."""
    return (*decoded.probes, *(p for p in lowered.probes if isinstance(p, RowProbe)))


def faults_of(terms: Terms, kept: pl.DataFrame, texts: Texts, changes: Changes) -> dict[tuple[int, int], list[Finding]]:
    """Return what would still keep records out with the changes in force, by source index and record number.

    Every check of single records is asked; whether a key repeats only a replay can tell.

    Args:
        terms: what they are held against.
        kept: their rows of quarantine and review.
        texts: what the source said of them.
        changes: what was decided, by source index and record number.
    """
    if texts.frame.is_empty():
        return {}
    decoded, lowered = terms.decoded(texts.frame.lazy(), texts.columns, changes)
    if cannot := unusable(lowered):
        return {place: list(cannot) for place in texts.frame.select(SOURCE, RECORD).iter_rows()}
    asked = [p for p in row_probes(decoded, lowered) if p.effect in _KEEPS_OUT]
    told = decoded.frame.select(SOURCE, RECORD, FRAMING, *(p.failed.alias(str(i)) for i, p in enumerate(asked)))
    found: dict[tuple[int, int], list[Finding]] = {}
    for source, record, framing, *failed in told.collect().iter_rows():
        if framing:
            place = Place(source=texts.names[source], record=record)
            found[source, record] = [Finding(FRAMING_FAULTS[framing], place)]
            continue
        faults = [_fault(p, texts.names[source], record) for p, bad in zip(asked, failed, strict=True) if bad]
        if faults:
            found[source, record] = faults
    keys = {p.name for p in lowered.probes if isinstance(p, KeyProbe)}
    said = {(texts.names[source], record): set(given) for (source, record), given in changes.items()}
    for one in terms.unasked(kept, lowered, {p.name for p in row_probes(decoded, lowered)} | keys, said):
        if (one.source, one.record) not in texts.unread:
            found.setdefault(texts.index(one.source, one.record), []).append(one.finding)
    return found


def _fault(probe: RowProbe, source: str, record: int) -> Finding:
    words = f"{probe.name}: expected {probe.expected}"
    return Finding(probe.code, Place(source=source, record=record, path=probe.properties[:1]), words, fix=probe.fix)
