"""One delimited source as a scan goes through it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import field

import numpy as np
import polars as pl

from weighbridge.findings import Finding, Place, Severity
from weighbridge.quick import dataclass
from weighbridge.readers.content import Content
from weighbridge.readers.delimited.framing import Framed, frame
from weighbridge.readers.delimited.sniffing import Layout
from weighbridge.readers.delimited.values import columns_by_layout, columns_of
from weighbridge.readers.door import Source
from weighbridge.readers.faults import MISQUOTED, RAGGED
from weighbridge.readers.framed import FramedBatch, placed, spans
from weighbridge.readers.lineage import FIELDS, LINEAGE_SCHEMA, raw_name
from weighbridge.readers.overlong import LINE_END_BYTES, skip_line
from weighbridge.readers.scanning import Batch, Gap
from weighbridge.readers.windows import Windows

ENCODING = "__encoding"
"""Column that tells the encoding of a record that was read in another one than its file; else null."""
_DIALECT = ("delimiter", "quote", "escape", "lineEnd", "padding", "trailingDelimiter", "headerRows")
_CONTRADICTED_RATIO, _FEWEST_RECORDS = 0.05, 3


@dataclass(slots=True)
class Witness:
    """What the last complete scan met: records, and how many of them did not fit the dialect."""

    records: int = 0
    misfits: int = 0


@dataclass(frozen=True, slots=True)
class DelimitedPart:
    """A source with its layout.

    Attributes:
        columns: properties with a raw column in the extract; null where this source lacks one.
        stop_bytes: where the footer begins.
        witness: of the last complete scan.
    """

    content: Content
    layout: Layout
    columns: tuple[str, ...]
    stop_bytes: int
    block_bytes: int
    witness: Witness = field(default_factory=Witness)

    @property
    def source(self) -> Source:
        """The source as it was at opening."""
        return self.content.source

    def batches(self, on_progress: Callable[[int], None] | None) -> Iterator[Batch]:
        """Yield the source's records in order.

        Raises:
            SourceError: the source cannot be read, or was changed since it was opened.
        """
        yield Gap(self.layout.controls)
        start, stop = self.layout.start_bytes, self.stop_bytes
        windows = Windows(self.content, self.layout.encoding, start, stop, self.block_bytes, on_progress)
        dialect, taken = self.layout.dialect, 0
        met = Witness()
        while True:
            text = windows.next(taken)
            framed = frame(text, dialect, windows.final, self.layout.fallbacks)
            met.records += len(framed)
            met.misfits += int(np.count_nonzero((framed.faults == RAGGED) | (framed.faults == MISQUOTED)))
            if framed.taken:
                yield self._batch(framed)
            if windows.final:
                break
            taken = text.origin(framed.taken)
            if framed.line_taken and len(text.utf8) - framed.taken > dialect.max_record_bytes + LINE_END_BYTES:
                overlong, taken = skip_line(windows, text, framed.taken, dialect.line_end, dialect.max_record_bytes)
                yield DelimitedBatch(overlong, (), self, None)
        yield Gap((("footer", stop, self.content.size_bytes - stop),))
        self.witness.records, self.witness.misfits = met.records, met.misfits

    def remarks(self, kinds: Collection[str]) -> Sequence[Finding]:
        """Return what stood in the middle of the file and should not."""
        where, met = Place(source=self.source.name), self.witness
        findings = []
        if "repeated header" in kinds:
            findings.append(Finding("RDR-025", where, severity=Severity.WARNING))
        if "header in another order" in kinds:
            findings.append(Finding("RDR-029", where))
        if "padding" in kinds:
            findings.append(Finding("RDR-037", where, severity=Severity.WARNING))
        guessed = [o for o in self.layout.options if o.name in _DIALECT and o.origin != "declared"]
        if guessed and met.misfits >= max(_FEWEST_RECORDS, _CONTRADICTED_RATIO * met.records):
            told = ", ".join(f"{o.name} {o.value} ({o.origin})" for o in guessed)
            detail = f"{met.misfits:,} of {met.records:,} records do not fit {told}"
            findings.append(Finding("RDR-033", where, detail, Severity.WARNING))
        return findings

    def _batch(self, framed: Framed) -> Batch:
        records = placed(framed, self.layout.dialect.max_record_bytes)
        return DelimitedBatch(records, spans(framed.text, framed.controls), self, framed)


@dataclass(frozen=True, slots=True)
class DelimitedBatch(FramedBatch):
    """Records framed of one window; `framed` is None for a lone record that is too long."""

    part: DelimitedPart
    framed: Framed | None

    def frame(self, wanted: Collection[str], first_record: int) -> pl.DataFrame:
        """Return the wanted columns, lineage and raw."""
        columns = self.lineage.lineage(wanted, self.part.source.index, first_record)
        layout = self.part.layout
        fields = layout.mapping.fields
        names = [p for p in self.part.columns if raw_name(p) in wanted]
        counts = self.framed.counts if self.framed is not None else None
        if self.framed is not None and counts is not None and names:
            layouts = {layout.dialect.fields: fields, **layout.earlier}
            texts_of = columns_by_layout(self.framed, layout.dialect, layouts, names)
            columns |= {raw_name(p): texts.alias(raw_name(p)) for p, texts in texts_of.items()}
            names = []
        names = [p for p in names if p in fields]
        if FIELDS in wanted and self.framed is not None:
            every = np.full(self.records, layout.dialect.fields) if counts is None else counts
            framed = pl.Series(self.lineage.faults) == 0
            columns[FIELDS] = pl.select(pl.when(framed).then(pl.Series(every)).cast(pl.UInt32).alias(FIELDS))[FIELDS]
        if self.framed is not None and names:
            indices = list(dict.fromkeys(fields[p] for p in names))
            texts = dict(zip(indices, columns_of(self.framed, layout.dialect, indices), strict=True))
            columns |= {raw_name(p): texts[fields[p]].alias(raw_name(p)) for p in names}
        if ENCODING in wanted and self.framed is not None and self.framed.recoded:
            recoded = self.framed.recoded
            names_of = [recoded.get(i) for i in range(self.records)]
            columns[ENCODING] = pl.Series(ENCODING, names_of, dtype=pl.String)
        for name in wanted:
            if name not in columns and name not in LINEAGE_SCHEMA:
                dtype = pl.UInt32 if name == FIELDS else pl.String
                columns[name] = pl.repeat(None, self.records, dtype=dtype, eager=True).alias(name)
        return pl.DataFrame([columns[name] for name in wanted])
