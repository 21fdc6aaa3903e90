"""One XML source as a scan goes through it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding
from weighbridge.readers.columns import plain
from weighbridge.readers.content import Content
from weighbridge.readers.documents import Met, document_type
from weighbridge.readers.door import Source
from weighbridge.readers.encoding import is_valid_utf8
from weighbridge.readers.faults import INVALID, NOT_XML, TOO_LONG, too_long
from weighbridge.readers.framed import FramedBatch, spans
from weighbridge.readers.lineage import FRAMING, FRAMING_SEEN, LINEAGE_SCHEMA, raw_name
from weighbridge.readers.parts import misfit_name, raw_type, twice_name
from weighbridge.readers.records import Records
from weighbridge.readers.scanning import Batch, Gap
from weighbridge.readers.windows import Windows
from weighbridge.readers.xml.framing import Framed, frame
from weighbridge.readers.xml.layout import Layout
from weighbridge.readers.xml.values import Element, NotWellFormedError, Reading, parse

_HELD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class XmlPart:
    """A source with its layout."""

    content: Content
    layout: Layout
    schema: SchemaObject
    columns: tuple[str, ...]
    block_bytes: int
    met: Met = field(default_factory=Met)

    @property
    def source(self) -> Source:
        """The source as it was at opening."""
        return self.content.source

    def batches(self, on_progress: Callable[[int], None] | None) -> Iterator[Batch]:
        """Yield the source's records in order.

        Raises:
            SourceError: the source cannot be read, or was changed since it was opened.
        """
        layout, size = self.layout, self.content.size_bytes
        mark, start = layout.mark_bytes, layout.start_bytes
        yield Gap((("byte order mark", 0, mark), ("header", mark, start - mark)))
        windows = Windows(self.content, layout.encoding, start, size, self.block_bytes, on_progress)
        tags, taken = layout.marks.tags(), 0
        closed = False
        while True:
            text = windows.next(taken)
            framed = frame(text, layout.marks, tags, windows.final)
            closed = closed if framed.closed is None else framed.closed
            if framed.taken:
                yield self._batch(framed)
            taken = text.origin(framed.taken)
            if framed.too_long:
                overlong, taken = self._skip(windows, framed)
                yield XmlBatch(overlong, (), self, None)
            elif windows.final:
                break
        if layout.marks.within and not closed:
            self.met.unended = f"</{layout.marks.within}>"

    def remarks(self, kinds: Collection[str]) -> Sequence[Finding]:
        """Return what a complete scan found out about the source as a whole."""
        return self.met.remarks(self.source.name, self.schema, self.columns)

    def _skip(self, windows: Windows, framed: Framed) -> tuple[Records, int]:
        """Go to the end of a record that is longer than the limit: its closing tag, whatever stands before it."""
        limit = self.layout.marks.max_record_bytes
        text, position = framed.text, framed.taken
        name = self.layout.marks.element.encode()
        begin = text.origin(position)
        offset, kept, raw_bytes, text_bytes = text.offset_bytes + begin, b"", 0, 0
        while True:
            found = text.utf8.find(name + b">", position)
            closes = found >= 0 and b"</" in text.utf8[max(position, found - 64) : found]
            stop = found + len(name) + 1 if found >= 0 else max(position, len(text.utf8) - _HELD_BYTES)
            if windows.final and found < 0:
                stop, closes = len(text.utf8), True
            taken = text.origin(stop)
            kept += text.raw[begin : min(taken, begin + limit - len(kept))]
            raw_bytes += taken - begin
            text_bytes += stop - position
            if closes:
                at = np.zeros(1, np.int64)
                faults, seen = np.array([TOO_LONG], np.uint8), {0: too_long(text_bytes, limit)}
                return Records(kept, offset, at, at + len(kept), at + raw_bytes, faults, seen), taken
            text = windows.next(taken)
            position = begin = 0

    def _batch(self, framed: Framed) -> Batch:
        text = framed.text
        starts, ends = (text.origins(np.array(p, np.int64)) for p in (framed.starts, framed.ends))
        faults = np.zeros(len(starts), np.uint8)
        seen = dict(framed.faults)
        faults[list(seen)] = NOT_XML
        records = Records(text.raw, text.offset_bytes, starts, ends, ends, faults, seen)
        return XmlBatch(records, spans(text, framed.controls), self, framed)


@dataclass(frozen=True, slots=True)
class XmlBatch(FramedBatch):
    """Records framed of one window; `framed` is None for a lone record that is too long."""

    part: XmlPart
    framed: Framed | None

    def frame(self, wanted: Collection[str], first_record: int) -> pl.DataFrame:
        """Return the wanted columns, lineage and raw."""
        mine = [n for n in wanted if n not in LINEAGE_SCHEMA]
        lineage, columns = self.lineage, dict[str, pl.Series]()
        if self.framed is not None and (mine or FRAMING in wanted or FRAMING_SEEN in wanted):
            lineage, elements = self._elements()
            columns |= self._columns(elements)
        columns |= lineage.lineage(wanted, self.part.source.index, first_record)
        for name in mine:
            if name not in columns:
                columns[name] = pl.repeat(
                    None, self.records, dtype=document_type(self.part.schema, name), eager=True
                ).alias(name)
        return pl.DataFrame([columns[name] for name in wanted])

    def _elements(self) -> tuple[Records, list[Element | None]]:
        assert self.framed is not None
        f, limit = self.framed, self.part.layout.marks.max_record_bytes
        faults, seen, ends = self.lineage.faults.copy(), dict(self.lineage.seen), self.lineage.ends.copy()
        elements: list[Element | None] = []
        for i, (start, end) in enumerate(zip(f.starts, f.ends, strict=True)):
            record = f.text.utf8[start:end]
            element = None
            if end - start > limit:
                faults[i], seen[i] = TOO_LONG, too_long(end - start, limit)
                ends[i] = min(int(ends[i]), int(self.lineage.starts[i]) + limit)
            elif not is_valid_utf8(record):
                faults[i], seen[i] = INVALID, "bytes that are not valid in the encoding"
            elif not faults[i]:
                try:
                    element = parse(record)
                except NotWellFormedError as error:
                    faults[i], seen[i] = NOT_XML, str(error)
            elements.append(element)
        given = self.lineage
        return Records(given.raw, given.offset_bytes, given.starts, ends, given.nexts, faults, seen), elements

    def _columns(self, elements: Sequence[Element | None]) -> dict[str, pl.Series]:
        properties = [p for p in self.part.schema.properties if p.name in self.part.columns]
        met = self.part.met
        values: dict[str, list[Any]] = {p.name: [] for p in properties}
        misfits: dict[str, list[str | None]] = {p.name: [] for p in properties}
        twice: dict[str, list[list[str] | None]] = {p.name: [] for p in properties}
        names = {plain(_first(n)) for p in self.part.schema.properties for n in p.source_names}
        for element in elements:
            reading = Reading()
            for p in properties:
                reading.root = p.name
                value = reading.value(element, p, p.name) if element is not None else None
                values[p.name].append(value)
                if value is not None or (
                    element is not None and p.name not in met.present and _has(element, p.source_names)
                ):
                    met.present.add(p.name)
                misfits[p.name].append(reading.misfits.get(p.name))
                twice[p.name].append(reading.twice.get(p.name))
            if element is not None:
                met.records = True
                held = [*element.children, *element.attributes]
                met.unknown.update(n for n in held if plain(n) not in names)
        columns = {}
        for p in properties:
            columns[raw_name(p.name)] = pl.Series(raw_name(p.name), values[p.name], dtype=raw_type(p))
            columns[misfit_name(p.name)] = pl.Series(misfit_name(p.name), misfits[p.name], dtype=pl.String)
            columns[twice_name(p.name)] = pl.Series(twice_name(p.name), twice[p.name], dtype=pl.List(pl.String))
        return columns


def _first(name: str) -> str:
    return name.strip("/").split("/")[0].removeprefix("@").rpartition(":")[2]


def _has(element: Element, names: Sequence[str]) -> bool:
    near = {plain(_first(n)) for n in names}
    return any(plain(n) in near for n in (*element.children, *element.attributes))
