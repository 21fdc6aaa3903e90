"""What the first bytes of a file show, put together for a person: `weighbridge sniff` prints it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from weighbridge.contract.model import LogicalType, Property, SchemaObject, Server
from weighbridge.findings import Finding
from weighbridge.readers.content import open_content
from weighbridge.readers.delimited.sniffing import column_names, sniff
from weighbridge.readers.door import Option, RawExtract
from weighbridge.readers.lineage import FRAMING, FRAMING_FAULTS, FRAMING_SEEN, OFFSET, RECORD, raw_name
from weighbridge.readers.opening import open_extract
from weighbridge.readers.options import Declared, spelled

_SAMPLE_RECORDS = 10_000
_NUMBERS = frozenset(("headerRows", "skipHead", "skipTail", "recordLength", "maxRecordBytes"))
_FLAGS = frozenset(("header", "padding", "trailingDelimiter"))
_TEXTS = frozenset(("quote", "escape", "lineEnd"))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the source, and its type where a contract says it."""

    name: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A source as it would be read.

    Attributes:
        options: how, and where each option comes from.
        columns: of the records, in the contract's order or, without one, in the source's.
        records: the first ones: record number, byte offset, and values or the fault.
        findings: what is known at opening.
        texts: the first records' values as they stand in the source, a String column each; of classified
            properties none.
    """

    source: str
    options: tuple[Option, ...]
    columns: tuple[Column, ...]
    records: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...]
    format: str
    block: Mapping[str, Any] = field(default_factory=dict)
    texts: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)


def sniff_file(path: str, schema: SchemaObject | None, server: Server | None, records: int) -> Sniffed:
    """Return how a file would be read, with its first records.

    Args:
        path: of the file.
        schema: the object it is an extract of; None: nothing is known of it.
        server: what is declared of its layout.
        records: how many of the first records to give. Values of classified properties are not shown.

    Raises:
        SourceError: it cannot be opened.
    """
    first: tuple[Option, ...] = ()
    given, known = schema, server
    if given is None:
        given, first = _supposed(path, server)
    extract = open_extract([path], given, known)
    kind = next((o.value for o in extract.options if o.name == "format"), "")
    frame = extract.scan().head(max(records, _SAMPLE_RECORDS)).collect()
    masked = {p.name for p in given.properties if p.is_masked}
    findings = tuple(f for f in extract.findings if schema is not None or f.code != "RDR-024")
    return Sniffed(
        path,
        tuple(_first_said(extract.options, first)),
        tuple(_columns(extract, given, schema is None)),
        tuple(_shown(frame.head(records), extract, masked)),
        findings,
        kind,
        block_of(extract.options),
        frame.select(
            pl.col(raw_name(n)).cast(pl.String, strict=False).alias(n) for n in extract.columns if n not in masked
        ),
    )


def block_of(options: tuple[Option, ...]) -> dict[str, Any]:
    """Return the options as a server of a contract declares them, our own as its recordFormat."""
    server: dict[str, Any] = {}
    layout: dict[str, Any] = {}
    for option in options:
        value = spelled(option.value)
        if option.name == "format":
            server["format"] = option.value
            layout["kind"] = option.value
        elif option.name in ("delimiter", "encoding"):
            layout[option.name] = value
        elif option.origin == "default" and option.name not in ("quote", "header"):
            continue
        elif option.name in _NUMBERS:
            layout[option.name] = int(option.value)
        elif option.name in _FLAGS:
            layout[option.name] = option.value == "true"
        elif option.name in _TEXTS:
            layout[option.name] = "" if option.value == "none" else value
    return {**server, "customProperties": [{"property": "recordFormat", "vendor": "weighbridge", "value": layout}]}


def _first_said(options: tuple[Option, ...], first: tuple[Option, ...]) -> Iterator[Option]:
    """Yield the options with the reasons they had before the file's own names were evidence."""
    reasons = {(o.name, o.value): o for o in first}
    for option in options:
        yield reasons.get((option.name, option.value), option)


def _supposed(path: str, server: Server | None) -> tuple[SchemaObject, tuple[Option, ...]]:
    """Return an object with the columns that a file without a contract seems to have, and why."""
    nothing = SchemaObject("extract", "extract", ())
    content = open_content(path, 0)
    layout = sniff(content, nothing, Declared(server))
    names = column_names(layout) or [f"column_{i + 1}" for i in range(layout.dialect.fields)]
    unique = [n if n.strip() and names.index(n) == i else f"column_{i + 1}" for i, n in enumerate(names)]
    properties = tuple(Property(n, LogicalType.STRING, (n,)) for n in dict.fromkeys(unique))
    return SchemaObject("extract", "extract", properties), layout.options


def _columns(extract: RawExtract, schema: SchemaObject, guess: bool) -> Iterator[Column]:
    for name in extract.columns:
        if guess:
            yield Column(name)
        else:
            yield Column(name, schema.property_named(name).logical_type.value)


def _shown(frame: pl.DataFrame, extract: RawExtract, masked: set[str]) -> Iterator[dict[str, Any]]:
    for row in frame.iter_rows(named=True):
        shown: dict[str, Any] = {"record": row[RECORD], "offset": row[OFFSET]}
        if row[FRAMING]:
            yield {**shown, "fault": FRAMING_FAULTS[row[FRAMING]], "seen": row[FRAMING_SEEN]}
            continue
        values = {name: row[raw_name(name)] for name in extract.columns}
        hidden = {n: None if v is None else f"••• ({len(str(v))})" for n, v in values.items() if n in masked}
        yield {**shown, "values": {**values, **hidden}}
