"""Framing: where each record of a mainframe file begins and ends.

Records and the spans between them (descriptors of blocks, headers, footers, padding) partition the
source: every byte belongs to exactly one. A record's own descriptor or line end is part of its span.

Source: IBM z/OS DFSMS Using Data Sets, "Format-V records" and "Format-VB"; Format-U is `fixed` or `lines` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from weighbridge.findings import Finding, Place, Severity
from weighbridge.legacy.cobol import SLACK, Cells, with_slack
from weighbridge.legacy.cobol.options import MAX_RECORD_BYTES, Options
from weighbridge.legacy.cobol.records import Walk, record_sizes
from weighbridge.legacy.copybook import Copybook
from weighbridge.readers.mainframe.batch import Batch, Control, joined
from weighbridge.readers.mainframe.found import FAULT_BYTES, UNFRAMED, Found
from weighbridge.readers.mainframe.length import LengthRule
from weighbridge.readers.mainframe.spanned import Spanned
from weighbridge.readers.mainframe.stream import Window

_PADDING_BYTES = 1 << 20


class Framer:
    """Frames one source.

    Attributes:
        controls: spans that are no record, as they were met.
        findings: what is wrong with the framing.
        records: records given so far.
    """

    def __init__(self, name: str, copybook: Copybook, options: Options, blocks: Iterator[bytes]) -> None:
        self.name = name
        self.controls: list[Control] = []
        self.findings: list[Finding] = []
        self.records = 0
        self.record_bytes = 0
        self._options = options
        self._copybook = copybook
        self._layout = copybook.size
        self._window = Window(blocks, options.file_skip_tail)
        self._block_left = 0
        self._left_out = 0
        self._length = LengthRule(copybook, options) if options.record_format == "length_field" else None
        self._fixed = (options.record_length or self._layout) + options.record_skip_head + options.record_skip_tail
        self._scan = self._scanner()

    def batches(self) -> Iterator[Batch]:
        """Give the records of the source, batch by batch, in order."""
        window, head = self._window, self._options.file_skip_head
        if not self._skip_header(head):
            return
        while True:
            found = self._scan(window.data, window.usable, window.ended)
            if found.consumed:
                yield from self._batch(found)
                window.drop(found.consumed)
            if found.done or (window.ended and not found.consumed):
                break
            window.fill()
        self._rest()

    # -- around the records ----------------------------------------------------------------

    def _skip_header(self, head: int) -> bool:
        window = self._window
        while window.usable < max(head, 1) and window.fill():
            pass
        if window.usable < head:
            self._say(
                "RDR-105", 0, f"{window.read_bytes} bytes, of which {head + self._options.file_skip_tail} are skipped"
            )
            self._control("padding", window.base, len(window.data))
            return False
        self._control("file header", 0, head)
        window.drop(head)
        return True

    def _rest(self) -> None:
        """What no record took: the rest of a file that could not be framed, then the footer."""
        window = self._window
        while True:
            self._control(UNFRAMED, window.base, window.usable)
            window.drop(window.usable)
            if not window.fill():
                break
        self._control("file footer", window.base, len(window.data))
        window.drop(len(window.data))
        if self._left_out:
            self._say("RDR-104", None, f"{self._left_out} records were left out", Severity.INFO)

    def _batch(self, found: Found) -> Iterator[Batch]:
        if not found.starts and not found.whole:
            return
        window = self._window
        buffer = with_slack(memoryview(window.data)[: found.consumed])
        if found.whole:
            at = np.arange(found.whole, dtype=np.int64) * self._fixed
            starts, offsets = at + SLACK, at + window.base
            lengths = spans = np.full(found.whole, self._fixed, dtype=np.int64)
        else:
            starts = np.array(found.starts, dtype=np.int64) + SLACK
            lengths = np.array(found.lengths, dtype=np.int64)
            offsets = np.array(found.offsets, dtype=np.int64) + window.base
            spans = np.array(found.spans, dtype=np.int64)
            if found.joined:
                buffer = joined(buffer, starts, found.joined)
        low, high = self._options.min_record_length, self._options.max_record_length
        keep = (lengths >= low) & (lengths <= high) if low or high < MAX_RECORD_BYTES else None
        faults = found.faults
        if keep is not None and not bool(keep.all()):
            for row in np.flatnonzero(~keep).tolist():
                self._control("left out by its length", int(offsets[row]), int(spans[row]))
                self._left_out += 1
            places = {int(row): at for at, row in enumerate(np.flatnonzero(keep).tolist())}
            faults = {places[row]: fault for row, fault in faults.items() if row in places}
            starts, lengths, offsets, spans = starts[keep], lengths[keep], offsets[keep], spans[keep]
        if not len(starts):
            return
        for row, (code, why) in faults.items():
            self._say(code, int(offsets[row]), why, record=self.records + row + 1)
        count = len(starts)
        numbers = np.arange(self.records + 1, self.records + count + 1, dtype=np.int64)
        self.records += count
        self.record_bytes += int(spans.sum())
        regular = self._fixed if found.whole == count and self._holds_layout() else 0
        yield Batch(buffer, starts, lengths, offsets, spans, numbers, faults, regular)

    def _holds_layout(self) -> bool:
        """Whether a fixed record has all bytes of the layout."""
        return self._fixed - self._options.record_skip_head - self._options.record_skip_tail >= self._layout

    def control(self, kind: str, at: int, length: int) -> None:
        """Take a span that is no record; `at` is relative to the first byte at hand."""
        self._control(kind, self._window.base + at, length)

    def say(self, code: str, at: int, why: str) -> None:
        """Report what is wrong with the framing; `at` is relative to the first byte at hand."""
        self._say(code, self._window.base + at, why)

    def _control(self, kind: str, offset: int, length: int) -> None:
        if length <= 0:
            return
        last = self.controls[-1] if self.controls else None
        if last is not None and last.kind == kind and last.offset + last.length == offset:
            self.controls[-1] = Control(kind, last.offset, last.length + length)
        else:
            self.controls.append(Control(kind, offset, length))

    def _say(
        self,
        code: str,
        offset: int | None,
        why: str,
        severity: Severity = Severity.ERROR,
        record: int | None = None,
    ) -> None:
        if len(self.findings) < 10_000:
            self.findings.append(Finding(code, Place(self.name, record=record, offset_bytes=offset), why, severity))

    # -- the formats -----------------------------------------------------------------------

    def _scanner(self) -> Callable[[bytearray, int, bool], Found]:
        options = self._options
        if options.record_format == "fixed":
            shrinking = options.odo_variable_size and not options.odo_padded and options.record_length is None
            tables = any(item.counter is not None for item in self._copybook.items())
            return self._scan_shrinking if shrinking and tables else self._scan_fixed
        if options.spanned and options.record_format in ("rdw", "bdw_rdw"):
            return Spanned(self, options.record_format == "bdw_rdw", options.rdw_big_endian).scan
        return {
            "rdw": self._scan_rdw,
            "bdw_rdw": self._scan_blocks,
            "bdw_fixed": self._scan_blocks,
            "lines": self._scan_lines,
            "length_field": self._scan_length_field,
            "custom_header": self._scan_custom,
        }[options.record_format]

    def _scan_fixed(self, data: bytearray, end: int, ended: bool) -> Found:
        found, length = Found(), self._fixed
        count = end // length
        if count:
            found.whole, found.consumed = count, count * length
        elif ended and end:
            found.add(0, 0, min(end, FAULT_BYTES))
            found.fault("RDR-102", f"{end} bytes are left, a record has {length}")
            found.done = True
        return found

    def _scan_shrinking(self, data: bytearray, end: int, ended: bool) -> Found:
        """Records without descriptor whose tables shrink: each one's counts tell where the next begins."""
        found, options = Found(), self._options
        around = options.record_skip_head + options.record_skip_tail
        walk = Walk(options.conventions, True, count_maps=options.count_map)
        buffer = with_slack(memoryview(data)[:end])
        at = 0
        while at < end and (ended or end - at >= self._fixed):
            start = SLACK + at + options.record_skip_head
            cells = Cells(buffer, 1, 0, 0, np.array([start]), np.array([SLACK + end], dtype=np.int64))
            size = int(record_sizes(self._copybook.roots, cells, walk)[0]) + around
            if size <= 0 or at + size > end:
                found.add(at, 0, min(end - at, FAULT_BYTES))
                found.fault("RDR-102", f"{end - at} bytes are left, the record has {size}")
                found.done = True
                break
            found.add(at, 0, size)
            at += size
        return found

    def _scan_rdw(self, data: bytearray, end: int, ended: bool) -> Found:
        found, at = Found(), 0
        while at + 4 <= end:
            length = self.rdw_length(data, at)
            if length <= 0 and self._nothing(data, at, end, ended, found, length):
                break
            if at + 4 + length > end:
                if ended:
                    self._cut_short(found, at, 4, length, end)
                break
            if length == 0:
                self._empty(at)
                at = found.consumed = at + 4
                continue
            found.add(at, 4, length)
            at += 4 + length
        if ended and at < end and not found.done and not found.consumed:
            self._scrap(found, at, end)
        return found

    def rdw_length(self, data: bytearray, at: int) -> int:
        """Return the payload's bytes as the record descriptor at `at` has it."""
        options = self._options
        first, second = data[at : at + 2], data[at + 2 : at + 4]
        declared, other = (first, second) if options.rdw_big_endian else (second, first)
        if not any(declared) and not options.spanned:
            # Some transfer programs leave the declared half empty and have the length in the other one.
            declared = other
        length = int.from_bytes(declared, "big" if options.rdw_big_endian else "little")
        return length + options.rdw_adjust - (4 if options.rdw_includes_header else 0)

    def _nothing(self, data: bytearray, at: int, end: int, ended: bool, found: Found, length: int) -> bool:
        """A descriptor without a length: padding where only zeros follow, an empty record, or a fault."""
        if not any(data[at : at + 4]):
            return self._zeros(data, at, end, ended, found, "RDR-100")
        return False if length == 0 else self._broken(found, at, end, ended, f"its length is {length}")

    def no_descriptor(
        self, data: bytearray, at: int, end: int, ended: bool, found: Found, length: int, code: str
    ) -> None:
        """Give what stands where a descriptor should: padding, or one faulty record."""
        if any(data[at : at + 4]):
            self._broken(found, at, end, ended, f"its length is {length}", code)
        else:
            self._zeros(data, at, end, ended, found, code)

    def _zeros(self, data: bytearray, at: int, end: int, ended: bool, found: Found, code: str) -> bool:
        """Zeros where a record should begin: padding where nothing else follows, else a fault."""
        stop = min(end, at + _PADDING_BYTES)
        if any(memoryview(data)[at:stop]):
            return self._broken(found, at, end, ended, "its length is 0 and other bytes follow", code)
        if ended or stop - at == _PADDING_BYTES:
            self._control("padding", self._window.base + at, stop - at)
            found.consumed = stop
            found.done = ended and stop == end
        return True

    def _broken(self, found: Found, at: int, end: int, ended: bool, why: str, code: str = "RDR-100") -> bool:
        """Give what cannot be framed as one faulty record, as soon as enough of it is at hand."""
        if ended or end - at >= FAULT_BYTES:
            found.add(at, 0, min(end - at, FAULT_BYTES))
            found.fault(code, why)
            found.done = True
        return True

    def _empty(self, at: int) -> None:
        self._control("empty record", self._window.base + at, 4)

    def _cut_short(self, found: Found, at: int, header: int, length: int, end: int) -> None:
        there = end - at - header
        found.add(at, header, min(there, FAULT_BYTES))
        found.fault("RDR-102", f"it has {length} bytes, {there} are left")
        found.done = True

    def _scrap(self, found: Found, at: int, end: int) -> None:
        """Fewer bytes at the end than a descriptor has."""
        if any(memoryview(self._window.data)[at:end]):
            self._say("RDR-102", self._window.base + at, f"{end - at} bytes are left, a descriptor has more")
            self._control(UNFRAMED, self._window.base + at, end - at)
        else:
            self._control("padding", self._window.base + at, end - at)
        found.consumed, found.done = end, True

    def _scan_blocks(self, data: bytearray, end: int, ended: bool) -> Found:
        found, at = Found(), 0
        while at < end and not found.done:
            if self._block_left == 0:
                if at + 4 > end:
                    break
                length = self.bdw_length(data, at)
                if length <= 0 or length > MAX_RECORD_BYTES:
                    self.no_descriptor(data, at, end, ended, found, length, "RDR-101")
                    break
                self._control("block descriptor", self._window.base + at, 4)
                self._block_left = length
                at = found.consumed = at + 4
                continue
            moved = self._in_block(data, at, end, ended, found)
            if moved == at:
                break
            at = moved
        if ended and at < end and not found.done and not found.consumed:
            self._scrap(found, at, end)
        return found

    def _in_block(self, data: bytearray, at: int, end: int, ended: bool, found: Found) -> int:
        """Frame the next record of the block; return where it ends, `at` itself when its bytes are not at hand."""
        left = self._block_left
        if self._options.record_format == "bdw_fixed":
            header, length = 0, min(self._fixed, left)
        elif left < 4:
            header, length = left, 0
        else:
            if at + 4 > end:
                return at
            header, length = 4, self.rdw_length(data, at)
        short = header < 4 and self._options.record_format == "bdw_rdw"
        if not short and (length < 0 or header + length > left or (length == 0 and not any(data[at : at + 4]))):
            header, length, short = left, 0, True
            self._say(
                "RDR-100", self._window.base + at, f"the record is longer than the {left} bytes left in its block"
            )
        if at + header + length > end:
            if ended:
                self._cut_short(found, at, header if not short else 0, length, end)
                return end
            return at
        self._block_left -= header + length
        if short:
            self._control(UNFRAMED if any(data[at : at + header]) else "padding", self._window.base + at, header)
            found.consumed = at + header
        elif length == 0:
            self._empty(at)
            found.consumed = at + header
        else:
            found.add(at, header, length)
        return at + header + length

    def bdw_length(self, data: bytearray, at: int) -> int:
        """Return the bytes behind the block descriptor at `at` as it has them."""
        word = data[at : at + 4]
        if self._options.bdw_big_endian:
            length = int.from_bytes(word, "big") & 0x7FFFFFFF if word[0] & 0x80 else word[0] << 8 | word[1]
        else:
            length = word[2] | word[3] << 8
        return length + self._options.bdw_adjust - (4 if self._options.bdw_includes_header else 0)

    def _scan_lines(self, data: bytearray, end: int, ended: bool) -> Found:
        found = Found()
        view = np.frombuffer(memoryview(data)[:end], dtype=np.uint8) if end else np.zeros(0, dtype=np.uint8)
        ebcdic = self._options.encoding == "ebcdic"
        marks = np.flatnonzero((view == 0x15) | (view == 0x25) if ebcdic else view == 0x0A).tolist()
        at = 0
        for mark in marks:
            stop = mark - 1 if mark > at and data[mark - 1] == 0x0D else mark
            self._line(found, at, stop, mark + 1)
            at = mark + 1
        if ended and at < end:
            self._line(found, at, end, end)
        elif not found.consumed and end > MAX_RECORD_BYTES:
            self._broken(found, 0, end, ended, "no line end in so many bytes", "RDR-109")
        del view
        return found

    def _line(self, found: Found, at: int, stop: int, after: int) -> None:
        size = self._layout + self._options.record_skip_head + self._options.record_skip_tail
        if stop == at:
            self._control("blank line", self._window.base + at, after - at)
            found.consumed = after
            return
        one_more = stop - at == size + 1 and after - stop == 1
        if stop - at > size and self._options.allow_partial_records and not one_more:
            for piece in range(at, stop, size):
                last = piece + size >= stop
                found.add(piece, 0, min(size, stop - piece), after - stop if last else 0)
            return
        found.add(at, 0, stop - at, after - stop)

    def _scan_length_field(self, data: bytearray, end: int, ended: bool) -> Found:
        assert self._length is not None
        found, at, rule = Found(), 0, self._length
        while at < end:
            if at + rule.needs > end:
                if ended:
                    self._cut_short(found, at, 0, rule.needs, end)
                break
            length, why = rule.length(bytes(data[at : at + rule.needs]))
            if length is None:
                if any(data[at : at + rule.needs]):
                    self._broken(found, at, end, ended, why, "RDR-103")
                else:
                    self._zeros(data, at, end, ended, found, "RDR-103")
                break
            if at + length > end:
                if ended:
                    self._cut_short(found, at, 0, length, end)
                break
            found.add(at, 0, length)
            at += length
        return found

    def _scan_custom(self, data: bytearray, end: int, ended: bool) -> Found:
        header = self._options.header
        assert header is not None
        found, at = Found(), 0
        while at + header.size <= end:
            low = data[at + header.low]
            length = low | (data[at + header.high] << 8 if header.high is not None else 0)
            length += self._options.rdw_adjust - (header.size if self._options.rdw_includes_header else 0)
            if length < 0:
                self._broken(found, at, end, ended, f"its length is {length}")
                break
            if at + header.size + length > end:
                if ended:
                    self._cut_short(found, at, header.size, length, end)
                break
            place = header.valid_position
            if place is not None and header.valid_value is not None and data[at + place] != header.valid_value:
                self._control("record not meant to be read", self._window.base + at, header.size + length)
                at = found.consumed = at + header.size + length
                continue
            found.add(at, header.size, length)
            at += header.size + length
        if ended and at < end and not found.done and not found.consumed:
            self._scrap(found, at, end)
        return found
