"""Spanned records (VS, VBS): a record cut into segments, in one block or several, put together again.

Each segment has a descriptor of four bytes: its length, and in the third byte whether it is the whole record (0), its
first (1), last (2) or a middle piece (3). A spanned record's span in the source runs from its first descriptor to the
end of its last segment; descriptors of blocks and segments between them belong to it.

Source: IBM z/OS DFSMS Using Data Sets, "Spanned format-VS records", "Segment descriptor word".
"""

from __future__ import annotations

from typing import Protocol

from weighbridge.legacy.cobol.options import MAX_RECORD_BYTES
from weighbridge.readers.mainframe.found import FAULT_BYTES, UNFRAMED, Found

WHOLE, FIRST, LAST, MIDDLE = range(4)
SPANNED_CODE = "RDR-110"
_NO_FIRST = "its first segment is missing"
_NO_LAST = "its last segment is missing"


class Descriptors(Protocol):
    """Reads descriptors of records and blocks, takes what is no record; places count from the first byte at hand."""

    def rdw_length(self, data: bytearray, at: int) -> int:
        """Return the payload's bytes as the record or segment descriptor at `at` has it."""

    def bdw_length(self, data: bytearray, at: int) -> int:
        """Return the bytes behind the block descriptor at `at` as it has them."""

    def no_descriptor(
        self, data: bytearray, at: int, end: int, ended: bool, found: Found, length: int, code: str
    ) -> None:
        """Give what stands where a descriptor should: padding, or one faulty record."""

    def control(self, kind: str, at: int, length: int) -> None:
        """Take a span that is no record."""

    def say(self, code: str, at: int, why: str) -> None:
        """Report what is wrong with the framing."""


class Spanned:
    """Frames a source of spanned records, with block descriptors or without."""

    def __init__(self, framer: Descriptors, blocked: bool, big_endian: bool) -> None:
        self._framer = framer
        self._blocked = blocked
        self._code_at = 2 if big_endian else 0
        self._left = 0

    def scan(self, data: bytearray, end: int, ended: bool) -> Found:
        """Frame the bytes at hand; see `Framer`."""
        found = Found()
        while not found.done and self._record(data, end, ended, found):
            pass
        return found

    def _record(self, data: bytearray, end: int, ended: bool, found: Found) -> bool:
        """Frame one record; False when its bytes are not all at hand."""
        at = begin = found.consumed
        left, pieces = self._left, list[tuple[int, int]]()
        while True:
            if self._blocked and left < 4:
                length = self._block(data, found, begin, at, left, end, ended, bool(pieces))
                if length is None:
                    return found.consumed > begin and not found.done
                at, left = at + left + 4, length
                begin = begin if pieces else at
                continue
            if at + 4 > end:
                return self._short(found, begin, at, end, ended)
            size, kind = self._framer.rdw_length(data, at), data[at + self._code_at] & 3
            if size < 0 or (self._blocked and size + 4 > left) or (size == 0 and not any(data[at : at + 4])):
                if pieces:
                    return self._parted(found, begin, at, left, _NO_LAST)
                return self._no_segment(data, found, at, left, end, ended, size)
            if at + 4 + size > end:
                return self._short(found, begin, at, end, ended)
            if pieces and kind in (WHOLE, FIRST):
                return self._parted(found, begin, at, left, _NO_LAST)
            pieces.append((at + 4, size))
            at, left = at + 4 + size, left - 4 - size
            wrong = _NO_FIRST if len(pieces) == 1 and kind in (LAST, MIDDLE) else ""
            if wrong or at - begin > MAX_RECORD_BYTES:
                return self._parted(found, begin, at, left, wrong or f"it has more than {MAX_RECORD_BYTES:,} bytes")
            if kind in (WHOLE, LAST):
                return self._whole(found, begin, pieces, at, left)

    def _whole(self, found: Found, begin: int, pieces: list[tuple[int, int]], at: int, left: int) -> bool:
        self._left = left
        if any(size for _, size in pieces):
            found.join(begin, pieces, at)
        else:
            self._framer.control("empty record", begin, at - begin)
            found.consumed = at
        return True

    def _block(
        self, data: bytearray, found: Found, begin: int, at: int, left: int, end: int, ended: bool, open_: bool
    ) -> int | None:
        """Go into the next block; return its bytes, None where there is none, or not yet."""
        start = at + left
        if start + 4 > end:
            self._short(found, begin, at, end, ended)
            return None
        length = self._framer.bdw_length(data, start)
        fits = 0 < length <= MAX_RECORD_BYTES
        if open_:
            if not fits:
                self._parted(found, begin, at, left, _NO_LAST)
            return length if fits else None
        self._remains(data, at, left)
        found.consumed, self._left = start, 0
        if not fits:
            self._framer.no_descriptor(data, start, end, ended, found, length, "RDR-101")
            found.done = found.done or ended
            return None
        self._framer.control("block descriptor", start, 4)
        found.consumed, self._left = start + 4, length
        return length

    def _remains(self, data: bytearray, at: int, left: int) -> None:
        self._framer.control(UNFRAMED if any(data[at : at + left]) else "padding", at, left)

    def _no_segment(self, data: bytearray, found: Found, at: int, left: int, end: int, ended: bool, size: int) -> bool:
        """Where a segment should begin is none: the rest of the block is none either, or of the file."""
        if not self._blocked:
            self._framer.no_descriptor(data, at, end, ended, found, size, "RDR-100")
            return False
        if at + left > end and not ended:
            return False
        stop = min(at + left, end)
        if any(data[at:stop]):
            self._framer.say("RDR-100", at, f"no segment fits into the {left} bytes left in its block")
        self._remains(data, at, stop - at)
        found.consumed, self._left = stop, 0
        return True

    def _parted(self, found: Found, begin: int, at: int, left: int, why: str) -> bool:
        """Give what was met of a record that is not whole, and go on behind it."""
        shown = min(at - begin, FAULT_BYTES)
        found.add(begin, 0, shown)
        found.fault(SPANNED_CODE, why)
        self._framer.control(UNFRAMED, begin + shown, at - begin - shown)
        found.consumed, self._left = at, left
        return True

    def _short(self, found: Found, begin: int, at: int, end: int, ended: bool) -> bool:
        if not ended or begin >= end:
            found.done = ended
            return False
        shown = min(end - begin, FAULT_BYTES)
        found.add(begin, 0, shown)
        found.fault("RDR-102", f"{end - at} bytes are left where its next segment should be")
        self._framer.control(UNFRAMED, begin + shown, end - begin - shown)
        found.consumed, found.done = end, True
        return False
