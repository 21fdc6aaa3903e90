"""The readers of JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding
from weighbridge.readers.columns import missing
from weighbridge.readers.content import Content, open_content
from weighbridge.readers.door import RawExtract
from weighbridge.readers.json_lines.layout import Layout, sniff
from weighbridge.readers.json_lines.part import JsonPart
from weighbridge.readers.options import Declared, merged
from weighbridge.readers.parts import misfit_name, part_doubts, raw_type, twice_name
from weighbridge.readers.scanning import TextExtract, source_findings
from weighbridge.readers.windows import BLOCK_BYTES


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Reads an array of objects, at the top or at a path, and objects one after the other, on lines or not.

    Attributes:
        lines_only: whether a record is a line whatever the text looks like.
        block_bytes: how much is framed at once; it changes no result.
    """

    name: str = "json"
    formats: tuple[str, ...] = ("json", "geojson")
    suffixes: tuple[str, ...] = (".json", ".geojson")
    lines_only: bool = False
    block_bytes: int = BLOCK_BYTES

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Open an extract of JSON files; each may be laid out in its own way.

        Raises:
            SourceError: a source cannot be opened, its declared encoding is not known, or there is
                no list at the declared path.
        """
        declared = Declared(server)
        contents: list[Content] = [open_content(name, i) for i, name in enumerate(sources)]
        layouts = [sniff(content, schema, declared, self.lines_only) for content in contents]
        every = tuple(p.name for p in schema.properties)
        parts = [self._part(c, layout, schema, every) for c, layout in zip(contents, layouts, strict=True)]
        columns, known = _columns(parts, schema)
        parts = [self._part(c, layout, schema, columns) for c, layout in zip(contents, layouts, strict=True)]
        findings = [
            f for c, layout in zip(contents, layouts, strict=True) for f in (*source_findings(c), *layout.findings)
        ]
        options = merged([(c.source.name, layout.options) for c, layout in zip(contents, layouts, strict=True)])
        read = [p for p in schema.properties if p.name in columns]
        types = {p.name: raw_type(p) for p in read}
        beside: dict[str, pl.DataType] = {}
        for p in read:
            beside |= {misfit_name(p.name): pl.String(), twice_name(p.name): pl.List(pl.String())}
        extract = TextExtract(parts, columns, options, [*findings, *known], on_progress, types, beside)
        extract.raw_doubts = part_doubts(read)
        return extract

    def _part(self, content: Content, layout: Layout, schema: SchemaObject, columns: tuple[str, ...]) -> JsonPart:
        return JsonPart(content, layout, schema, columns, self.block_bytes)


@dataclass(frozen=True, slots=True)
class JsonLinesReader(JsonReader):
    """Reads one object a line."""

    name: str = "jsonLines"
    formats: tuple[str, ...] = ("jsonl", "ndjson", "jsonlines", "json_lines", "ldjson")
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson", ".ldjson")
    lines_only: bool = True


def _columns(parts: Sequence[JsonPart], schema: SchemaObject) -> tuple[tuple[str, ...], list[Finding]]:
    """Return which properties have a column, and what is missing, as far as one look at small sources tells.

    A source that is longer than what is looked at may have a key further on, so nothing is
    missing from it until it is read.
    """
    every = tuple(p.name for p in schema.properties)
    if any(len(part.content.head) < part.content.size_bytes for part in parts):
        return every, []
    present: set[str] = set()
    for part in parts:
        for batch in part.batches(None):
            if batch.records:
                batch.frame([f"raw:{name}" for name in every], 1)
        present |= part.met.present
    if not any(part.met.records for part in parts):
        return every, []
    lacking = [p for p in schema.properties if p.name not in present]
    findings = [missing(p, parts[0].source.name) for p in lacking]
    return tuple(n for n in every if n in present), findings
