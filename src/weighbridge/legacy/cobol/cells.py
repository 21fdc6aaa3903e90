"""Cells: the same field of many records, as views into one buffer.

A field of equal-length records is a strided view, nothing is copied. Fields of records of
different lengths are gathered. Short fields are also given as 64-bit words, one a record, so
that a number is decoded by a dozen arithmetic operations on whole words instead of byte by byte.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from typing_extensions import Buffer

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SLACK = 16
"""Bytes that must stand before the first and after the last cell of a buffer: words are read over its ends."""


def with_slack(data: Buffer) -> Bytes:
    """Return a copy of `data` with `SLACK` zero bytes on each side."""
    pad = bytes(SLACK)
    return np.frombuffer(b"".join((pad, memoryview(data).cast("B"), pad)), dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class Cells:
    """`count` cells in `buffer`.

    Attributes:
        starts: first byte of each cell in the buffer; None when they are `first + i * stride`.
        ends: where each cell's record ends in the buffer; None when every cell's bytes are all there.
    """

    buffer: Bytes
    count: int
    first: int = 0
    stride: int = 0
    starts: Integers | None = None
    ends: Integers | None = None

    def at(self, offset: int | Integers) -> Cells:
        """Return the cells that start `offset` bytes further on."""
        if isinstance(offset, int):
            if self.starts is None:
                return Cells(self.buffer, self.count, self.first + offset, self.stride, None, self.ends)
            return Cells(self.buffer, self.count, 0, 0, self.starts + offset, self.ends)
        return Cells(self.buffer, self.count, 0, 0, self.positions + offset, self.ends)

    def take(self, rows: npt.NDArray[np.intp] | Integers) -> Cells:
        """Return some of the cells, in the order of `rows`."""
        ends = None if self.ends is None else self.ends[rows]
        return Cells(self.buffer, len(rows), 0, 0, self.positions[rows], ends)

    @functools.cached_property
    def positions(self) -> Integers:
        """First byte of each cell in the buffer."""
        if self.starts is not None:
            return self.starts
        return self.first + self.stride * _counting(self.count)

    def translated(self, width: int, table: bytes) -> Cells | None:
        """Return cells of `width` bytes behind each other, each byte as `table` has it; None where one becomes FF."""
        out = np.empty(self.count * width + 2 * SLACK, dtype=np.uint8)
        out[:SLACK] = out[out.size - SLACK :] = 0
        body = out[SLACK : out.size - SLACK]
        if self.starts is None and self.count and self._inside(width):
            kind = f"V{width}"
            seen = np.ndarray((self.count,), kind, buffer=self.buffer.data, offset=self.first, strides=(self.stride,))
            body.view(kind)[...] = seen
        else:
            body.reshape(self.count, width)[...] = self.matrix(width)
        made = out.tobytes().translate(table)
        if b"\xff" in made:
            return None
        return Cells(np.frombuffer(made, dtype=np.uint8), self.count, SLACK, width)

    def short(self, width: int) -> Flags | None:
        """Where fewer than `width` bytes are left in the record; None when nowhere."""
        if self.ends is None:
            return None
        cut = self.positions + width > self.ends
        return cut if cut.any() else None

    def lengths(self, width: int) -> Integers:
        """Bytes of the record that each cell of `width` bytes has."""
        if self.ends is None:
            return np.full(self.count, width, dtype=np.int64)
        there: Integers = np.clip(self.ends - self.positions, 0, width)
        return there

    def matrix(self, width: int) -> Bytes:
        """Return the cells' bytes, uint8[count, width]; what lies beyond a record is whatever follows it."""
        if self.count == 0 or width == 0:
            return np.zeros((self.count, width), dtype=np.uint8)
        if self.starts is None and self._inside(width):
            return np.lib.stride_tricks.as_strided(
                self.buffer[self.first :], shape=(self.count, width), strides=(self.stride, 1), writeable=False
            )
        index = np.minimum(self.positions[:, None] + np.arange(width), self.buffer.size - 1)
        gathered: Bytes = self.buffer[index]
        return gathered

    def words(self, width: int) -> list[Words]:
        """Return the cells' bytes as big-endian 64-bit words, most significant first.

        The first word holds the odd bytes, right-aligned, zeros before them.
        """
        out: list[Words] = []
        at, odd = 0, width % 8
        if odd:
            out.append(self._word(0, odd))
            at = odd
        while at < width:
            out.append(self._word(at, 8))
            at += 8
        return out

    def _word(self, at: int, width: int) -> Words:
        """Return bytes `at` to `at + width` (at most 8) of each cell as one word."""
        if self.starts is None and self.count and self.first + at + width >= 8 and self._inside(at + width):
            start = self.first + at + width - 8
            seen: npt.NDArray[np.uint64] = np.ndarray(
                (self.count,), dtype=">u8", buffer=self.buffer.data, offset=start, strides=(self.stride,)
            )
            word = seen.astype(np.uint64)
            if width < 8:
                word &= np.uint64((1 << (8 * width)) - 1)
            return word
        padded = np.zeros((self.count, 8), dtype=np.uint8)
        padded[:, 8 - width :] = self.at(at).matrix(width)
        return padded.view(">u8").reshape(-1).astype(np.uint64)

    def _inside(self, width: int) -> bool:
        last = self.first + self.stride * (self.count - 1) + width
        return self.first >= 0 and last <= self.buffer.size

    def raw(self, row: int, width: int) -> bytes:
        """Return the bytes of one cell that its record has."""
        start = int(self.first + self.stride * row if self.starts is None else self.starts[row])
        end = start + width if self.ends is None else min(start + width, int(self.ends[row]))
        return self.buffer[start : max(end, start)].tobytes()


@functools.lru_cache(maxsize=8)
def _counting(count: int) -> Integers:
    return np.arange(count, dtype=np.int64)
