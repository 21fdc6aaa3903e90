"""One fixed-width source as a scan goes through it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from weighbridge.contract.model import Position
from weighbridge.findings import Finding
from weighbridge.readers.bits import Bits
from weighbridge.readers.content import Content
from weighbridge.readers.door import Source
from weighbridge.readers.encoding import Encoding, SingleByte, Text, is_valid_utf8
from weighbridge.readers.faults import HOLDS_NUL, INVALID, TOO_LONG, WRONG_LENGTH, too_long
from weighbridge.readers.fixed_width.cells import cut, matrix_of, texts
from weighbridge.readers.fixed_width.layout import Layout
from weighbridge.readers.framed import FramedBatch
from weighbridge.readers.lineage import LINEAGE_SCHEMA, raw_name
from weighbridge.readers.lines import Lines, lines_of
from weighbridge.readers.overlong import LINE_END_BYTES, skip_line
from weighbridge.readers.records import Records
from weighbridge.readers.scanning import Batch, Gap
from weighbridge.readers.windows import Windows

_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FixedWidthPart:
    """A source with its layout."""

    content: Content
    layout: Layout
    block_bytes: int

    @property
    def source(self) -> Source:
        """The source as it was at opening."""
        return self.content.source

    def batches(self, on_progress: Callable[[int], None] | None) -> Iterator[Batch]:
        """Yield the source's records in order.

        Raises:
            SourceError: the source cannot be read, or was changed since it was opened.
        """
        layout = self.layout
        yield Gap(layout.controls)
        windows = Windows(
            self.content, Encoding(), layout.start_bytes, layout.stop_bytes, self.block_bytes, on_progress
        )
        taken = 0
        while True:
            text = windows.next(taken)
            lines = self._lines(text.raw, windows.final)
            if len(lines):
                yield _batch(self, text, lines, windows.final)
            taken = int(lines.nexts[-1]) if len(lines) else 0
            if windows.final:
                break
            if layout.line_end and len(text.raw) - taken > layout.max_record_bytes + LINE_END_BYTES:
                overlong, taken = skip_line(windows, text, taken, layout.line_end, layout.max_record_bytes)
                yield FixedWidthBatch(overlong, (), self)
        yield Gap((("footer", layout.stop_bytes, self.content.size_bytes - layout.stop_bytes),))

    def remarks(self, kinds: Collection[str]) -> Sequence[Finding]:
        """Return nothing: no kind of control span is a surprise here."""
        return ()

    def _lines(self, raw: bytes, final: bool) -> Lines:
        if self.layout.line_end is not None:
            return lines_of(raw, self.layout.line_end, final)
        length = self.layout.record_bytes
        whole = len(raw) // length * length
        nexts = np.arange(length, whole + 1, length, dtype=np.int64)
        starts = nexts - length
        if final and whole < len(raw):
            starts, nexts = np.append(starts, whole), np.append(nexts, len(raw))
        return Lines(starts, nexts, nexts)


@dataclass(frozen=True, slots=True)
class FixedWidthBatch(FramedBatch):
    """Records framed of one window."""

    part: FixedWidthPart

    def frame(self, wanted: Collection[str], first_record: int) -> pl.DataFrame:
        """Return the wanted columns, lineage and raw."""
        layout = self.part.layout
        columns = self.lineage.lineage(wanted, self.part.source.index, first_record)
        names = {raw_name(p): position for p, position in layout.positions.items() if raw_name(p) in wanted}
        lengths = (self.lineage.ends - self.lineage.starts) if layout.earlier_bytes else None
        if names and lengths is None:
            columns |= self._cut(names, self.lineage.faults == 0, layout.record_bytes)
        elif names:
            for length in layout.lengths:
                here = {raw_name(p): place for p, place in layout.within(length).items() if raw_name(p) in names}
                found = self._cut(here, (self.lineage.faults == 0) & (lengths == length), length)
                columns |= {
                    n: pl.select(pl.coalesce(columns[n], c))[n] if n in columns else c for n, c in found.items()
                }
        for name in wanted:
            if name not in columns and name not in LINEAGE_SCHEMA:
                columns[name] = _nulls(self.records).alias(name)
        return pl.DataFrame([columns[name] for name in wanted])

    def _cut(self, names: Mapping[str, Position], framed: _Mask, length: int) -> dict[str, pl.Series]:
        """Return the texts at these positions in the framed records, which are all of one length; null in others."""
        layout, whole = self.part.layout, bool(framed.all())
        starts = self.lineage.starts if whole else self.lineage.starts[framed]
        matrix = matrix_of(np.frombuffer(self.lineage.raw, np.uint8), starts, length)
        place = None if whole else pl.Series(np.where(framed, np.cumsum(framed) - 1, 0), dtype=pl.UInt32)
        columns = {}
        for name, position in names.items():
            column = texts(cut(matrix, position), layout.encoding, layout.null_values)
            if place is not None:
                column = column.gather(place.set(pl.Series(~framed), None)) if len(starts) else _nulls(len(framed))
            columns[name] = column.alias(name)
        return columns


def _nulls(count: int) -> pl.Series:
    return pl.repeat(None, count, dtype=pl.String, eager=True)


def _batch(part: FixedWidthPart, text: Text, lines: Lines, final: bool) -> FixedWidthBatch:
    layout, raw = part.layout, text.raw
    lengths = lines.ends - lines.starts
    kinds = _controls(raw, lines, layout, final)
    keep = np.ones(len(lines), np.bool_)
    keep[list(kinds)] = False
    starts, ends, nexts, lengths = lines.starts[keep], lines.ends[keep], lines.nexts[keep], lengths[keep]
    faults, seen = _faults(raw, starts, ends, lengths, layout)
    limit = layout.max_record_bytes
    if TOO_LONG in faults:
        ends = np.where(faults == TOO_LONG, np.minimum(ends, starts + limit), ends)
    spans = [
        (kind, text.offset_bytes + int(lines.starts[i]), int(lines.nexts[i] - lines.starts[i]))
        for i, kind in sorted(kinds.items())
    ]
    return FixedWidthBatch(Records(raw, text.offset_bytes, starts, ends, nexts, faults, seen), spans, part)


def _controls(raw: bytes, lines: Lines, layout: Layout, final: bool) -> dict[int, str]:
    """Return the lines that are no records, with their kinds."""
    kinds: dict[int, str] = {}
    last = len(lines) - 1
    rest = raw[int(lines.starts[last]) : int(lines.nexts[last])]
    if layout.line_end is None:
        if final and len(rest) < layout.record_bytes and not rest.strip(b"\r\n\x1a"):
            kinds[last] = "end-of-file mark"
        return kinds
    kinds.update(dict.fromkeys(np.flatnonzero(lines.ends == lines.starts).tolist(), "blank line"))
    if final and lines.ends[last] == lines.nexts[last] and not rest.strip(b"\x1a"):
        kinds[last] = "end-of-file mark"
    if layout.comment:
        view = np.frombuffer(raw, np.uint8)
        begins = np.flatnonzero(view[np.minimum(lines.starts, len(view) - 1)] == layout.comment[0])
        kinds.update({i: "comment" for i in begins.tolist() if raw.startswith(layout.comment, int(lines.starts[i]))})
    return kinds


def _faults(
    raw: bytes,
    starts: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    layout: Layout,
) -> tuple[npt.NDArray[np.uint8], dict[int, str]]:
    faults = np.zeros(len(starts), np.uint8)
    seen: dict[int, str] = {}
    faults[~np.isin(lengths, layout.lengths)] = WRONG_LENGTH
    if layout.line_end is not None:
        faults[lengths > layout.max_record_bytes] = TOO_LONG
    for i in np.flatnonzero(faults).tolist():
        wrong = f"{lengths[i]} bytes, expected {' or '.join(map(str, layout.lengths))}"
        seen[i] = wrong if faults[i] == WRONG_LENGTH else too_long(int(lengths[i]), layout.max_record_bytes)
    for length in layout.lengths:
        framed = np.flatnonzero((faults == 0) & (lengths == length))
        if not len(framed):
            continue
        begins, places = starts[framed], layout.within(length).values()
        for fault, which, words in (_nul(raw, begins, length, places), _invalid(raw, begins, length, layout)):
            rows = framed[which]
            rows = rows[faults[rows] == 0]
            faults[rows] = fault
            seen.update((i, words) for i in rows.tolist())
    return faults, seen


def _nul(
    raw: bytes, starts: npt.NDArray[np.int64], length: int, places: Collection[Position]
) -> tuple[int, _Mask, str]:
    """Return which records have a property that is partly NUL; one that is all NUL has no value."""
    found = np.zeros(len(starts), np.bool_)
    if b"\0" in raw:
        matrix = matrix_of(np.frombuffer(raw, np.uint8), starts, length)
        for position in places:
            zero = cut(matrix, position) == 0
            found |= zero.any(axis=1) & ~zero.all(axis=1)
    return HOLDS_NUL, found, "a property is partly NUL"


def _invalid(raw: bytes, starts: npt.NDArray[np.int64], length: int, layout: Layout) -> tuple[int, _Mask, str]:
    """Return which records are not valid in the encoding, a character cut by a position included."""
    found = np.zeros(len(starts), np.bool_)
    name = layout.encoding.name
    words = f"not valid in {name}"
    view = np.frombuffer(raw, np.uint8)
    bounds = np.ravel(np.column_stack((starts, starts + length)))
    if isinstance(layout.encoding, SingleByte):
        undefined = layout.encoding.undefined
        if undefined.any():
            found |= Bits.of(undefined[view]).counts(bounds)[::2] > 0
    elif not raw.isascii():
        places = layout.within(length).values()
        foreign = np.flatnonzero(Bits.of(view >= 0x80).counts(bounds)[::2])
        for i in foreign.tolist():
            start = int(starts[i])
            record = raw[start : start + length]
            pieces = [record[p.start - 1 : p.start - 1 + p.length_bytes] for p in places]
            found[i] = not is_valid_utf8(record) or not all(map(is_valid_utf8, pieces))
    return INVALID, found, words
