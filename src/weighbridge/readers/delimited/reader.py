"""The reader of delimited text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.legacy.reading import Certainty, Doubt
from weighbridge.quick import dataclass
from weighbridge.readers.content import Content, open_content
from weighbridge.readers.delimited.part import ENCODING, DelimitedPart
from weighbridge.readers.delimited.sniffing import Layout, sniff
from weighbridge.readers.door import RawDoubt, RawExtract
from weighbridge.readers.lineage import FIELDS, raw_name
from weighbridge.readers.options import Declared, merged
from weighbridge.readers.scanning import TextExtract, source_findings
from weighbridge.readers.tail import tail_start
from weighbridge.readers.windows import BLOCK_BYTES


@dataclass(frozen=True, slots=True)
class DelimitedReader:
    """Reads CSV and its kin; see `weighbridge.readers.door.Reader`.

    What each record becomes is in `weighbridge.readers.delimited.framing` and `fields`; how an
    undeclared layout is told is in `sniffing`. An unquoted empty field is null, a quoted one
    is the empty text, unless it is among the declared `nullValues`. A blank line is no record,
    except where records have one field: there it is a record without a value.

    Attributes:
        block_bytes: how much is framed at once; it changes no result.
    """

    block_bytes: int = BLOCK_BYTES

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Open an extract of delimited files; each may have its own order of columns.

        Raises:
            SourceError: a source cannot be opened, or its declared encoding is not known.
        """
        declared = Declared(server)
        contents: list[Content] = [open_content(name, i) for i, name in enumerate(sources)]
        layouts = [sniff(content, schema, declared) for content in contents]
        filled = [layout for content, layout in zip(contents, layouts, strict=True) if content.size_bytes]
        present = {p for layout in filled or layouts for p in layout.mapping.fields}
        present.update(p for layout in filled or layouts for fields in layout.earlier.values() for p in fields)
        columns = tuple(p.name for p in schema.properties if p.name in present)
        parts = [
            DelimitedPart(content, layout, columns, _stop(content, layout), self.block_bytes)
            for content, layout in zip(contents, layouts, strict=True)
        ]
        findings = [
            f for c, layout in zip(contents, layouts, strict=True) for f in (*source_findings(c), *layout.findings)
        ]
        options = merged([(c.source.name, layout.options) for c, layout in zip(contents, layouts, strict=True)])
        recoded = any(layout.fallbacks for layout in layouts)
        beside: dict[str, pl.DataType] = {ENCODING: pl.String()} if recoded else {}
        if any(epoch.belongs.fields is not None for epoch in schema.epochs):
            beside[FIELDS] = pl.UInt32()
        extract = TextExtract(parts, columns, options, findings, on_progress, beside=beside)
        if recoded:
            extract.raw_doubts = {name: (_recoded(name),) for name in columns}
        return extract


def _recoded(name: str) -> RawDoubt:
    """Return the doubt of a value that was read in another encoding than its file: an assumption was made."""
    foreign = pl.col(raw_name(name)).str.contains(r"[^\x00-\x7F]")
    where = pl.col(ENCODING).is_not_null() & foreign
    doubt = Doubt(Certainty.REPAIRED, "RDR-032", where, "text in the encoding of its file", "encoding")
    return RawDoubt(doubt, pl.concat_str([pl.lit("read as "), pl.col(ENCODING)]))


def _stop(content: Content, layout: Layout) -> int:
    if layout.stop_bytes is not None:
        return layout.stop_bytes
    return tail_start(content, layout.encoding, layout.start_bytes, layout.dialect.line_end, layout.skip_tail)
