"""Text columns as views into one translated buffer: no byte of text is copied, blanks are cut off by moving ends.

A view is 16 bytes: the length, and either up to 12 bytes of text or its first four bytes and where
it stands (Apache Arrow columnar format 1.4, "Variable-size Binary View Layout").
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from weighbridge.legacy.cobol.cells import Cells, Integers, Words

_U = np.uint64

Counts = npt.NDArray[np.uint8] | npt.NDArray[np.uint16] | npt.NDArray[np.int64]
_INLINE = 12
_HIGH_BITS = _U(0x8080808080808080)
_OVER_BLANK = _U(0x5F5F5F5F5F5F5F5F)


def blanks_at_end(words: list[Words], width: int) -> Counts:
    """Return how many bytes at the end of each cell are blanks or control characters.

    Args:
        words: the cells' bytes, all ASCII, as `Cells.words` gives them.
        width: bytes of a cell.
    """
    total, covered = _wide(_zero_bytes(words[-1]), width), 8
    for word in words[-2::-1]:
        total = total + _zero_bytes(word) * (total == covered)
        covered += 8
    return np.minimum(total, total.dtype.type(width))


def blanks_at_start(words: list[Words], width: int) -> Counts | None:
    """Return how many bytes at the start of each cell are blanks or control characters, None for nowhere any."""
    odd = width % 8
    if not bool(((words[0] >> _U(8 * ((odd or 8) - 1))) <= _U(0x20)).any()):
        return None
    first = words[0] << _U(64 - 8 * odd) if odd else words[0]
    total, covered = _wide(np.minimum(_zero_bytes(first.byteswap()), np.uint8(odd or 8)), width), odd or 8
    for word in words[1:]:
        total = total + _zero_bytes(word.byteswap()) * (total == covered)
        covered += 8
    return total


def _wide(counts: Counts, width: int) -> Counts:
    return counts if width < 248 else counts.astype(np.int64)


def _zero_bytes(words: Words) -> Counts:
    """Return how many low bytes of each word are blanks."""
    marks = words + _OVER_BLANK
    marks &= _HIGH_BITS
    marks &= _U(0) - marks
    marks -= _U(1)
    counts: Counts = np.bitwise_count(marks)
    counts >>= np.uint8(3)
    return counts


def text_views(cells: Cells, starts: Integers | None, lengths: Integers, width: int) -> pl.Series:
    """Return slices of an ASCII buffer as a String series.

    Args:
        cells: where they stand; their buffer holds less than 4 GiB, and `SLACK` bytes after the last of them.
        starts: where they start; None: where the cells do.
        lengths: their bytes.
        width: the longest that a slice can be.
    """
    buffer, count = cells.buffer, cells.count
    views = np.empty((count, 2), dtype=np.uint64)
    size = lengths.view(np.uint64)
    # The first four bytes that are text go into the upper half: all else is shifted out on both sides.
    beyond = size << _U(3) if width <= 4 else np.minimum(size, _U(4)) << _U(3)
    np.subtract(_U(64), beyond, out=beyond)
    head = _eight(cells, starts, 0) << beyond
    beyond -= _U(32)
    head >>= beyond
    np.bitwise_or(head, size, out=views[:, 0])
    if width <= 4:
        views[:, 1] = 0
    elif width <= _INLINE:
        views[:, 1] = _rest(cells, starts, size)
    else:
        np.left_shift((cells.positions if starts is None else starts).view(np.uint64), _U(32), out=views[:, 1])
        short = np.flatnonzero(lengths <= _INLINE)
        if short.size:
            part = cells.take(short)
            views[short, 1] = _rest(part, part.positions if starts is None else starts[short], size[short])
    buffers = [None, pa.py_buffer(views), pa.py_buffer(buffer)]
    series = pl.from_arrow(pa.Array.from_buffers(pa.string_view(), count, buffers))
    assert isinstance(series, pl.Series)
    return series


def _rest(cells: Cells, starts: Integers | None, size: Words) -> Words:
    """Return the bytes of each text behind its fourth, of eight that follow; `size` is at most 12."""
    beyond = np.maximum(size, _U(4))
    np.subtract(_U(12), beyond, out=beyond)
    beyond <<= _U(3)
    rest = _eight(cells, starts, 4) << beyond
    rest >>= beyond
    return rest


def _eight(cells: Cells, starts: Integers | None, offset: int) -> Words:
    """Return eight bytes of each cell as a little-endian word."""
    buffer = cells.buffer
    if starts is None and cells.starts is None:
        regular: Words = np.ndarray(
            (cells.count,), dtype="<u8", buffer=buffer.data, offset=cells.first + offset, strides=(cells.stride,)
        )
        return regular
    window: Words = np.ndarray((buffer.size - 7,), dtype="<u8", buffer=buffer.data, strides=(1,))
    return window[(cells.positions if starts is None else starts) + offset]
