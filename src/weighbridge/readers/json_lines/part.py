"""One JSON source as a scan goes through it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding
from weighbridge.readers.content import Content
from weighbridge.readers.documents import Met, document_type
from weighbridge.readers.door import Source
from weighbridge.readers.faults import NO_OBJECT, NOT_JSON
from weighbridge.readers.framed import FramedBatch, placed, spans
from weighbridge.readers.json_lines.commas import Commas
from weighbridge.readers.json_lines.framing import Framed, frame, skip_record
from weighbridge.readers.json_lines.layout import Layout
from weighbridge.readers.json_lines.values import Values
from weighbridge.readers.json_lines.words import why_not
from weighbridge.readers.lineage import FRAMING, FRAMING_SEEN, LINEAGE_SCHEMA, raw_name
from weighbridge.readers.lines import next_end
from weighbridge.readers.parts import misfit_name, twice_name
from weighbridge.readers.records import Records
from weighbridge.readers.scanning import Batch, Gap
from weighbridge.readers.windows import Windows

_BLANK = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class JsonPart:
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
        layout, shape = self.layout, self.layout.shape
        mark, start, size = layout.mark_bytes, layout.start_bytes, self.content.size_bytes
        yield Gap((("byte order mark", 0, mark), ("header", mark, start - mark)))
        windows = Windows(self.content, layout.encoding, start, size, self.block_bytes, on_progress)
        taken, commas = 0, Commas()
        while True:
            text = windows.next(taken)
            framed = frame(text, shape, windows.final)
            if shape.ends:
                commas.add(framed)
                self.met.uncommaed = commas.amiss
            self.met.joined |= bool(framed.joined) and shape.cut == "lines"
            if framed.taken or framed.ended:
                yield self._batch(framed)
            taken = text.origin(framed.taken)
            if framed.ended:
                yield Gap((("trailer", text.offset_bytes + taken, size - text.offset_bytes - taken),))
                for _ in _rest(windows, text.raw):
                    pass
                return
            left = len(text.utf8) - framed.taken
            if windows.final:
                break
            if left > shape.max_record_bytes + len(_BLANK):
                overlong, taken = skip_record(windows, text, framed.taken, self._next, shape.max_record_bytes)
                yield JsonBatch(overlong, (), self, None)
                if windows.final and overlong.nexts[0] + overlong.offset_bytes >= size:
                    break
        if shape.ends:
            self.met.unended = "the bracket that closes the list of records"
        yield Gap((("blank", text.offset_bytes + taken, size - text.offset_bytes - taken),))

    def remarks(self, kinds: Collection[str]) -> Sequence[Finding]:
        """Return what a complete scan found out about the source as a whole."""
        return self.met.remarks(self.source.name, self.schema, self.columns)

    def _next(self, utf8: bytes, position: int, final: bool) -> int | None:
        """Return where the record after the one at `position` begins."""
        shape = self.layout.shape
        if shape.cut == "lines":
            line = next_end(utf8, position, "any", final)
            return line[1] if line is not None else None
        pattern = shape.anchor or shape.again
        found = pattern.search(utf8, position) if pattern is not None else None
        if found:
            return found.start("at")
        return len(utf8) if final else None

    def _batch(self, framed: Framed) -> Batch:
        records = placed(framed, self.layout.shape.max_record_bytes)
        return JsonBatch(records, spans(framed.text, framed.controls), self, framed)


def _rest(windows: Windows, raw: bytes) -> Iterator[None]:
    """Go through what is left, so that a change of the source is noticed."""
    held = len(raw)
    while not windows.final:
        held = len(windows.next(held).raw)
        yield None


@dataclass(frozen=True, slots=True)
class JsonBatch(FramedBatch):
    """Records framed of one window; `framed` is None for a lone record that is too long."""

    part: JsonPart
    framed: Framed | None

    def frame(self, wanted: Collection[str], first_record: int) -> pl.DataFrame:
        """Return the wanted columns, lineage and raw."""
        mine = [n for n in wanted if n not in LINEAGE_SCHEMA]
        lineage, columns = self.lineage, dict[str, pl.Series]()
        if self.framed is not None and (mine or FRAMING in wanted or FRAMING_SEEN in wanted):
            values, faults, seen = self._values()
            lineage = Records(
                lineage.raw, lineage.offset_bytes, lineage.starts, lineage.ends, lineage.nexts, faults, seen
            )
            columns |= self._columns(values, mine)
        columns |= lineage.lineage(wanted, self.part.source.index, first_record)
        count = self.records
        for name in mine:
            if name not in columns:
                columns[name] = pl.repeat(None, count, dtype=document_type(self.part.schema, name), eager=True).alias(
                    name
                )
        return pl.DataFrame([columns[name] for name in wanted])

    def _values(self) -> tuple[Values, npt.NDArray[np.uint8], dict[int, str]]:
        """Return the values, and the faults with those that only words of the text could show."""
        assert self.framed is not None
        f = self.framed
        roots, faults, seen = f.roots.copy(), f.faults.copy(), dict(f.seen)
        roots[faults != 0] = -1
        values = Values(f.text.utf8, f.tokens, roots)
        wrong = values.malformed()
        if len(wrong):
            at = np.searchsorted(f.starts, f.tokens.starts[wrong], side="right") - 1
            for record in np.unique(at).tolist():
                if faults[record] not in (0, NO_OBJECT):
                    continue
                faults[record] = NOT_JSON
                raw = f.text.utf8[f.starts[record] : f.ends[record]]
                seen[record] = why_not(raw, "a word that is no value of JSON")
            roots[faults != 0] = -1
            values.roots = roots
        return values, faults, seen

    def _columns(self, values: Values, names: Sequence[str]) -> dict[str, pl.Series]:
        properties = self.part.schema.properties
        wanted = [
            p
            for p in properties
            if p.name in self.part.columns and {raw_name(p.name), misfit_name(p.name), twice_name(p.name)} & set(names)
        ]
        made = values.columns(wanted)
        met = self.part.met
        if (values.roots >= 0).any():
            met.records = True
            open_ = [p for p in properties if p.name in self.part.columns and p.name not in met.present]
            met.present.update(p.name for p in open_ if values.present(p))
            values.note_unknown(properties)
            met.unknown.update(values.unknown)
        columns = {raw_name(n): s.alias(raw_name(n)) for n, s in made.items()}
        count = self.records
        for p in wanted:
            misfits, twice = values.misfits.get(p.name), values.twice.get(p.name)
            if misfits:
                name = misfit_name(p.name)
                columns[name] = pl.Series(name, [misfits.get(i) for i in range(count)], dtype=pl.String)
            if twice:
                name = twice_name(p.name)
                columns[name] = pl.Series(name, [twice.get(i) for i in range(count)], dtype=pl.List(pl.String))
        return {n: columns[n] for n in names if n in columns}
