"""What readers of documents (JSON, XML) share: whose records have parts, and keys that may come or not.

Which properties a source has shows only when it is read to its end. A source that is small enough is looked
at once at opening, so that a property that is missing is known before anything runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from weighbridge.contract.model import Property, SchemaObject
from weighbridge.findings import Finding, Place, Severity
from weighbridge.readers.columns import missing
from weighbridge.readers.content import Content
from weighbridge.readers.door import Option
from weighbridge.readers.lineage import raw_name
from weighbridge.readers.options import merged
from weighbridge.readers.parts import misfit_name, part_doubts, raw_type, twice_name
from weighbridge.readers.scanning import Part, TextExtract, source_findings

_MOST_NAMED = 20


@dataclass(slots=True)
class Met:
    """What scans of a source met; whichever scan met it, it is the same.

    Attributes:
        unknown: paths of keys that no property names.
        present: properties that some record has.
        joined: several records stood on one line.
        records: any record could be taken apart.
        uncommaed: places between records of a list where there is not one comma.
        unended: in words, what should close the list of records and is not there; empty while it is.
    """

    unknown: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)
    joined: bool = False
    records: bool = False
    uncommaed: int = 0
    unended: str = ""

    def remarks(self, source: str, schema: SchemaObject, columns: Iterable[str]) -> list[Finding]:
        """Return what a complete scan tells of the source as a whole."""
        where = Place(source=source)
        findings = []
        if self.unended:
            findings.append(Finding("RDR-205", where, f"{self.unended} is not there"))
        if self.uncommaed:
            detail = f"{self.uncommaed:,} place{'s' if self.uncommaed > 1 else ''}"
            findings.append(Finding("RDR-207", where, detail, Severity.WARNING))
        if self.joined:
            findings.append(Finding("RDR-204", where, severity=Severity.WARNING))
        if self.records:
            lacking = [p for p in schema.properties if p.name in columns and p.name not in self.present]
            findings += _lacking(lacking, schema, source, self.unknown)
        if self.unknown:
            findings.append(Finding("RDR-021", where, _named(self.unknown), Severity.INFO))
        return findings


def _lacking(lacking: Sequence[Property], schema: SchemaObject, source: str, unknown: Set[str]) -> list[Finding]:
    """Return what is said of properties that no record has: of all of them, that this is another source."""
    if lacking and unknown and len(lacking) == len(schema.properties):
        return [Finding("RDR-024", Place(source=source), f"it has {_named(unknown)}")]
    return [missing(p, source) for p in lacking]


def _named(unknown: Set[str]) -> str:
    names = sorted(unknown)
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


class DocumentPart(Part, Protocol):
    """A source of a document reader."""

    @property
    def met(self) -> Met:
        """What scans met."""
        ...


class Layout(Protocol):
    """What a sniffer tells of a source."""

    @property
    def options(self) -> tuple[Option, ...]:
        """Every reading option."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is amiss with the layout."""
        ...


def document_type(schema: SchemaObject, column: str) -> pl.DataType:
    """Return the type of a column of a document's extract: raw, or beside it for the reader's doubts."""
    for prop in schema.properties:
        if column == raw_name(prop.name):
            return raw_type(prop)
        if column == twice_name(prop.name):
            return pl.List(pl.String())
    return pl.String()


def document_extract(
    contents: Sequence[Content],
    layouts: Sequence[Layout],
    schema: SchemaObject,
    make: Callable[[int, tuple[str, ...]], DocumentPart],
    on_progress: Callable[[int], None] | None,
) -> TextExtract:
    """Return the extract of opened sources; `make` gives the part of one, by its index, with these columns."""
    every = tuple(p.name for p in schema.properties)
    columns, known = _columns(contents, [make(i, every) for i in range(len(contents))], schema)
    named = [(c.source.name, layout.options) for c, layout in zip(contents, layouts, strict=True)]
    findings = [f for c, layout in zip(contents, layouts, strict=True) for f in (*source_findings(c), *layout.findings)]
    read = [p for p in schema.properties if p.name in columns]
    beside: dict[str, pl.DataType] = {}
    for p in read:
        beside |= {misfit_name(p.name): pl.String(), twice_name(p.name): pl.List(pl.String())}
    extract = TextExtract(
        [make(i, columns) for i in range(len(contents))],
        columns,
        merged(named),
        [*findings, *known],
        on_progress,
        {p.name: raw_type(p) for p in read},
        beside,
    )
    extract.raw_doubts = part_doubts(read)
    extract.typed = True  # so that nullValues are taken out where values are decoded, in parts too
    return extract


def _columns(
    contents: Sequence[Content], parts: Sequence[DocumentPart], schema: SchemaObject
) -> tuple[tuple[str, ...], list[Finding]]:
    every = tuple(p.name for p in schema.properties)
    if any(len(content.head) < content.size_bytes for content in contents):
        return every, []
    present: set[str] = set()
    for part in parts:
        for batch in part.batches(None):
            if batch.records:
                batch.frame([raw_name(name) for name in every], 1)
        present |= part.met.present
    if not any(part.met.records for part in parts):
        return every, []
    lacking = [p for p in schema.properties if p.name not in present]
    unknown = set[str]().union(*(part.met.unknown for part in parts))
    return tuple(n for n in every if n in present), _lacking(lacking, schema, contents[0].source.name, unknown)
