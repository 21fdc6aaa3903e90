"""Cells of fixed-width records: the same bytes of every record, all at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from weighbridge.contract.model import Position
from weighbridge.readers.arrays import series_of
from weighbridge.readers.encoding import Encoding

Matrix = npt.NDArray[np.uint8]


def matrix_of(view: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], length: int) -> Matrix:
    """Return records of one length as rows; not copied where they lie at equal distances."""
    if not len(starts):
        return np.zeros((0, length), np.uint8)
    steps = np.diff(starts)
    if not len(steps) or (steps == steps[0]).all():
        step = int(steps[0]) if len(steps) else length
        return np.lib.stride_tricks.as_strided(
            view[int(starts[0]) :], (len(starts), length), (step, 1), writeable=False
        )
    rows: Matrix = np.lib.stride_tricks.sliding_window_view(view, length)[starts]
    return rows


def cut(matrix: Matrix, position: Position) -> Matrix:
    """Return the bytes of one property of each record."""
    return np.ascontiguousarray(matrix[:, position.start - 1 : position.start - 1 + position.length_bytes])


def texts(cells: Matrix, encoding: Encoding, null_values: tuple[str, ...]) -> pl.Series:
    """Return the cells as text, blanks included; null where all is NUL or the text means no value."""
    count, width = cells.shape
    decoded = encoding.decode(cells.tobytes(), 0, True)
    if decoded.unit_bytes:
        begins = np.flatnonzero((np.frombuffer(decoded.utf8, np.uint8) & 0xC0) != 0x80)[::width]
        offsets = np.append(begins, len(decoded.utf8)).astype(np.int64)
    else:
        offsets = np.arange(count + 1, dtype=np.int64) * width
    array = pa.Array.from_buffers(pa.large_string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(decoded.utf8)])
    series = series_of(array)
    if b"\0" in decoded.utf8:
        series = series.set(pl.Series(~cells.any(axis=1)), None)
    if null_values:
        series = series.set(series.str.strip_chars().is_in(null_values), None)
    return series
