"""Lineage columns of a batch of records, built only where they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field

import numpy as np
import numpy.typing as npt
import polars as pl

from weighbridge.quick import dataclass
from weighbridge.readers.arrays import series_of
from weighbridge.readers.lineage import (
    FRAMING,
    FRAMING_SEEN,
    LENGTH,
    LINEAGE_SCHEMA,
    OFFSET,
    RAW,
    RECORD,
    SOURCE,
)

_Positions = npt.NDArray[np.int64]
_INLINE_BYTES = 12  # a view of at most so many bytes holds them itself (Arrow columnar format 1.4)
_FEW = 4_096
_VIEW = np.dtype([("length", "<u4"), ("prefix", "<u4"), ("buffer", "<u4"), ("offset", "<u4")])


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one window of source bytes, in order.

    Attributes:
        raw: the window; `offset_bytes` is where it begins in the content.
        starts, ends, nexts: positions in `raw`; ``starts:ends`` is what `__raw` keeps,
            ``starts:nexts`` the whole span.
        faults: for each 0, or a position in `FRAMING_FAULTS`.
        seen: evidence of faults, by index.
    """

    raw: bytes
    offset_bytes: int
    starts: _Positions
    ends: _Positions
    nexts: _Positions
    faults: npt.NDArray[np.uint8]
    seen: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.starts)

    def lineage(self, wanted: Collection[str], source: int, first_record: int) -> dict[str, pl.Series]:
        """Return the wanted lineage columns; the first record has number `first_record`."""
        columns: dict[str, pl.Series] = {}
        for name, dtype in LINEAGE_SCHEMA.items():
            if name in wanted:
                columns[name] = self._column(name, source, first_record).cast(dtype).alias(name)
        return columns

    def _column(self, name: str, source: int, first_record: int) -> pl.Series:
        count = len(self)
        if name == SOURCE:
            return pl.Series(np.full(count, source, np.uint32))
        if name == RECORD:
            return pl.Series(np.arange(first_record, first_record + count, dtype=np.uint64))
        if name == OFFSET:
            return pl.Series((self.starts + self.offset_bytes).astype(np.uint64))
        if name == LENGTH:
            return pl.Series((self.nexts - self.starts).astype(np.uint64))
        if name == RAW:
            return binary_views(self.raw, self.starts, self.ends)
        if name == FRAMING:
            return pl.Series(self.faults)
        if name == FRAMING_SEEN and self.seen:
            return pl.Series([self.seen.get(i) for i in range(count)], dtype=pl.String)
        return pl.repeat(None, count, dtype=pl.String, eager=True)


def binary_views(buffer: bytes, starts: _Positions, ends: _Positions) -> pl.Series:
    """Return the slices of a buffer (less than 4 GiB) as Binary, without copying their bytes."""
    count, size = len(starts), len(buffer)
    lengths = ends - starts
    if count and (lengths.min() < 0 or starts.min() < 0 or ends.max() > size):
        raise ValueError("a view would reach beyond its buffer")
    if count < _FEW:
        return pl.Series([buffer[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)], dtype=pl.Binary)
    import pyarrow as pa  # slow to load: few records are copied sooner

    views = np.zeros(count, _VIEW)
    views["length"] = lengths
    long = lengths > _INLINE_BYTES
    if long.all():
        _refer(views, buffer, starts)
    else:
        at = np.flatnonzero(long)
        part = views[at]
        _refer(part, buffer, starts[at])
        views[at] = part
        short = np.flatnonzero(~long)
        padded = np.frombuffer(buffer + bytes(_INLINE_BYTES), np.uint8)
        steps = np.arange(_INLINE_BYTES)
        within = steps < lengths[short, None]
        inline = np.where(within, padded[np.minimum(starts[short, None] + steps, size + _INLINE_BYTES - 1)], 0)
        views.view(np.uint8).reshape(count, 16)[short, 4:] = inline
    array = pa.Array.from_buffers(pa.binary_view(), count, [None, pa.py_buffer(views), pa.py_buffer(buffer)])
    return series_of(array)


def _refer(views: npt.NDArray[np.void], buffer: bytes, starts: _Positions) -> None:
    """Point views of more than twelve bytes at the buffer; each also holds its first four bytes."""
    if not len(views):
        return
    words = np.ndarray((len(buffer) - 3,), "<u4", buffer, strides=(1,))
    views["prefix"] = words[starts]
    views["offset"] = starts
