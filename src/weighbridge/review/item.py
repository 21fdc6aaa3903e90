"""One record of the queue in full: what came, what was read, what is wrong, what stands beside it.

What is classified is masked unless the caller may see it; bytes of a record with a classified
property are hidden whole, since nobody can tell what stands where. Sealed bytes are opened only for
who may see them and has the key.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.contract.model import Property, SchemaObject
from weighbridge.decode import Decoded
from weighbridge.findings import PublishError, WeighbridgeError
from weighbridge.ledger import Ledger, Run
from weighbridge.review.again import Terms, kept_rows, row_probes
from weighbridge.review.choice import shown
from weighbridge.review.decisions import four_eyes
from weighbridge.review.queue import Item, Queue
from weighbridge.sinks import Keyring, Tables, extract_key, scan_table

_MOST_BYTES = 64 * 1024
_MOST_RUNS = 64


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """One of the competing readings of a value, with what speaks for or against it."""

    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One property of the record.

    Attributes:
        text: as the source has it; None where the source has no value or it could not be taken apart.
        value: as it was decoded; None where it could not be read or be decided.
        is_masked: whether it is classified; `text` and `value` are then dots and a length, unless they may be seen.
        is_offending: whether a finding blames it.
        span: where its text stands in the raw bytes: first byte, and the one after the last; None when unknown.
        readings: what it may mean, where that is not decided.
        words: what the contract expects of it.
    """

    name: str
    logical_type: str
    description: str | None
    classification: str | None
    text: str | None
    value: str | None
    is_masked: bool
    is_offending: bool
    span: tuple[int, int] | None
    readings: tuple[ReadingShown, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawShown:
    """The record's bytes.

    Attributes:
        content: None where there are none or they must not be seen; at most 64 KiB.
        form: how the table keeps them; see `weighbridge.sinks.rows`.
        hidden: why they are not shown, in words; empty where they are.
        marks: spans that the findings blame.
        total_bytes: of the whole record, its line end not counted.
    """

    content: bytes | None
    form: str
    hidden: str
    marks: tuple[tuple[int, int], ...]
    total_bytes: int | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The record before or after in the same source, and where it went: ``published``, ``quarantine``, ``review``."""

    record: int
    where: str
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """A record with everything about it.

    Attributes:
        findings: as the table keeps them: code, check, property, seen, expected, fix, readings.
        earlier: the same record of the same extract in other runs, the newest first.
        classified: whether values that are not for everybody are among these.
        gone: whether the tables do not hold the record any more (replaced, published or removed by retention).
    """

    item: Item
    contract_id: str
    contract_version: str
    object: str
    asks_four_eyes: bool
    fields: tuple[FieldShown, ...]
    findings: tuple[Mapping[str, Any], ...]
    raw: RawShown
    previous: Neighbour | None
    following: Neighbour | None
    earlier: tuple[Item, ...]
    classified: bool
    gone: bool


class Expected:
    """What contracts expect of properties, in words: worked out once a day for the records of a run."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: OrderedDict[tuple[str, date], dict[str, tuple[str, ...]]] = OrderedDict()

    def of(self, terms: Terms, decoded: Decoded) -> Mapping[str, tuple[str, ...]]:
        """Return the words by property; a property of which nothing is expected is not among them."""
        of_run = (terms.run.id, terms.as_of.date())
        if of_run not in self._known:
            found: dict[str, tuple[str, ...]] = {}
            for probe in row_probes(decoded, terms.asked(decoded)):
                if probe.expected and probe.properties:
                    name = probe.properties[0]
                    found[name] = tuple(dict.fromkeys((*found.get(name, ()), probe.expected)))
            self._known[of_run] = found
            if len(self._known) > _MOST_RUNS:
                self._known.popitem(last=False)
        return self._known[of_run]


def detail(
    ledger: Ledger,
    into: Path,
    item: Item,
    *,
    may_see_raw: bool,
    at: datetime,
    keys: Keyring | None = None,
    expected: Expected | None = None,
) -> ItemDetail:
    """Return one record in full.

    Args:
        ledger: whose queue has the item.
        into: the output folder.
        item: which.
        may_see_raw: whether classified values, and bytes that may hold some, are shown.
        at: the moment by which time-dependent checks judge, UTC.
        keys: open what is sealed; by default those of the settings.
        expected: what is known already of the contracts' words.

    Raises:
        ContractError: the run's copy of its contract is not there.
    """
    run = ledger.run(item.run_id)
    terms = Terms.of(into, run, at)
    contract, schema = terms.contract, terms.schema
    keys = keys if keys is not None else Keyring.from_settings()
    kept = kept_rows(into, run, [(item.source, item.record)])
    row = kept.row(0, named=True) if kept.height else None
    classified = any(p.is_masked for p in schema.properties)
    hide = classified and not may_see_raw
    raw = _raw(row, run, keys if not hide else None, hide)
    texts, values, decoded = _read(terms, kept, Keyring() if hide else keys)
    words = (expected or Expected()).of(terms, decoded)
    if row is not None and not texts:
        texts = _masked_texts(row)
    findings = tuple(row["findings"]) if row is not None else ()
    profile = ledger.profile(run.id) or {}
    fields = tuple(
        _field(p, texts, values, findings, words, raw.content, profile, may_see=may_see_raw) for p in schema.properties
    )
    marks = tuple(sorted({f.span for f in fields if f.is_offending and f.span is not None}))
    before, after = _neighbours(into, run, schema, item, may_see_raw)
    return ItemDetail(
        item=item,
        contract_id=contract.id,
        contract_version=contract.version,
        object=schema.name,
        asks_four_eyes=four_eyes(schema),
        fields=fields,
        findings=findings,
        raw=RawShown(raw.content, raw.form, raw.hidden, marks, raw.total_bytes),
        previous=before,
        following=after,
        earlier=tuple(i for i in Queue(ledger).of_record(item) if i.id != item.id),
        classified=classified and may_see_raw,
        gone=row is None,
    )


def _raw(row: Mapping[str, Any] | None, run: Run, keys: Keyring | None, hide: bool) -> RawShown:
    if row is None:
        return RawShown(None, "", "the tables do not hold the record any more", (), None)
    form, content = str(row["raw_form"]), row["raw"]
    if hide:
        return RawShown(None, form, "the record has classified values", (), None)
    if form == "withheld":
        return RawShown(None, form, "they were withheld: there was no key to seal them with", (), None)
    if form.startswith("sealed"):
        if not keys:
            return RawShown(None, form, "they are sealed and there is no key", (), None)
        try:
            opened = keys.open(content, run.id, row["source"], row["record"])
        except PublishError as error:
            return RawShown(None, form, error.findings[0].message, (), None)
        content = None if opened.is_values else opened.content
    if content is None:
        return RawShown(None, form, "the source gives values, not bytes", (), None)
    return RawShown(content[:_MOST_BYTES], form, "", (), len(content))


def _read(
    terms: Terms, kept: pl.DataFrame, keys: Keyring
) -> tuple[dict[str, str | None], dict[str, str | None], Decoded]:
    """Return source texts and values by property, and how they are decoded."""
    schema, texts = terms.schema, terms.texts(kept, keys)
    decoded = terms.read(texts.frame.lazy(), texts.columns, {})
    frame = decoded.frame
    if texts.frame.is_empty():
        return {}, {}, decoded
    names = [p.name for p in schema.properties]
    dtypes = frame.collect_schema()
    told = [
        (pl.col(n).cast(pl.String, strict=False) if not dtypes[n].is_nested() else pl.lit(None, pl.String)).alias(n)
        for n in names
    ]
    values = frame.select(told).collect().row(0, named=True)
    said = texts.frame.row(0, named=True)
    return {n: said[f"raw:{n}"] for n in texts.columns if n in names}, dict(values), decoded


def _masked_texts(row: Mapping[str, Any]) -> dict[str, str | None]:
    told = json.loads(row["values"]) if row["values"] else {}
    return {name: None if text is None else str(text) for name, text in told.items()}


def _field(
    prop: Property,
    texts: Mapping[str, str | None],
    values: Mapping[str, str | None],
    findings: Sequence[Mapping[str, Any]],
    words: Mapping[str, tuple[str, ...]],
    raw: bytes | None,
    profile: Mapping[str, Any],
    *,
    may_see: bool,
) -> FieldShown:
    name = prop.name
    masked = prop.is_masked and not may_see
    text, value = texts.get(name), values.get(name)
    blamed = [f for f in findings if name in (f["property"] or "").split(", ")]
    found = [r for f in blamed for r in f["readings"] or ()]
    return FieldShown(
        name=name,
        logical_type=prop.logical_type.value,
        description=prop.description,
        classification=prop.classification,
        text=_once(text) if masked else text,
        value=_once(value) if masked else value,
        is_masked=prop.is_masked,
        is_offending=bool(blamed),
        span=None if masked else _span(prop, text, raw),
        readings=tuple(ReadingShown(r, _evidence(r, name, blamed, profile, prop)) for r in dict.fromkeys(found)),
        words=words.get(name, ()),
    )


def _once(text: str | None) -> str | None:
    """Mask a text, unless the table holds it masked already."""
    return text if text is not None and text.startswith("•••(") else shown(text, masked=True)


def _span(prop: Property, text: str | None, raw: bytes | None) -> tuple[int, int] | None:
    """Return where the property's text stands in the record: by its position, or where it stands only once."""
    if raw is None:
        return None
    if prop.position is not None:
        start = prop.position.start - 1
        return (start, min(start + prop.position.length_bytes, len(raw))) if start < len(raw) else None
    wanted = (text or "").encode()
    if not wanted:
        return None
    at = [i for i in _occurrences(raw, wanted) if _stands_alone(raw, i, i + len(wanted))]
    return (at[0], at[0] + len(wanted)) if len(at) == 1 else None


def _occurrences(raw: bytes, wanted: bytes) -> list[int]:
    found: list[int] = []
    at = raw.find(wanted)
    while at >= 0 and len(found) < 1000:
        found.append(at)
        at = raw.find(wanted, at + 1)
    return found


def _stands_alone(raw: bytes, start: int, end: int) -> bool:
    def parts(byte: int) -> bool:
        return not (chr(byte).isalnum() or byte >= 128 or byte in b".-/:_")

    return (start == 0 or parts(raw[start - 1])) and (end == len(raw) or parts(raw[end]))


def _evidence(
    reading: str, name: str, blamed: Sequence[Mapping[str, Any]], profile: Mapping[str, Any], prop: Property
) -> tuple[str, ...]:
    told = [f"expected {f['expected']}" for f in blamed if f["readings"]]
    figures = (profile.get("columns") or {}).get(name) or {}
    least, most = figures.get("min"), figures.get("max")
    if not prop.is_masked and isinstance(least, str) and isinstance(most, str):
        side = "within" if least <= reading <= most else "outside"
        told.append(f"it lies {side} the values of the extract, {least} to {most}")
    return tuple(dict.fromkeys(told))


def _neighbours(
    into: Path, run: Run, schema: SchemaObject, item: Item, may_see: bool
) -> tuple[Neighbour | None, Neighbour | None]:
    """Return the records before and after in the source, from the tables that hold them."""
    tables, key = Tables(into, run.contract_id, run.object), extract_key(run.extract_id or "")
    wanted = [item.record - 1, item.record + 1]
    found: dict[int, Neighbour] = {}
    for name, source, record in (
        ("published", "_wb_source", "_wb_record"),
        ("quarantine", "source", "record"),
        ("review", "source", "record"),
    ):
        try:
            rows = scan_table(tables.path(name), extract_key=key)
        except WeighbridgeError:
            continue
        near = rows.filter(
            pl.col(record).is_between(min(wanted), max(wanted)),
            pl.col(record).is_in(wanted),
            pl.col(source) == item.source,
        )
        if name == "published":
            held = set(rows.collect_schema().names())
            told = [pl.col(p.name).cast(pl.String, strict=False) for p in schema.properties
                    if p.name in held and not rows.collect_schema()[p.name].is_nested()]  # fmt: skip
            for row in near.select(pl.col(record).alias("__n"), *told).collect().iter_rows(named=True):
                number = row.pop("__n")
                found[number] = Neighbour(number, name, _masked_values(row, schema, may_see))
        else:
            for row in near.filter(pl.col("run") == run.id).select("record", "values").collect().iter_rows(named=True):
                found[row["record"]] = Neighbour(row["record"], name, _masked_texts(row))
    return found.get(wanted[0]), found.get(wanted[1])


def _masked_values(row: Mapping[str, Any], schema: SchemaObject, may_see: bool) -> dict[str, str | None]:
    masked = {p.name for p in schema.properties if p.is_masked and not may_see}
    return {name: shown(value, masked=name in masked) for name, value in row.items()}
