"""What framing gives: batches of records in one buffer, and the spans between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from weighbridge.legacy.cobol import SLACK, Cells

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Control:
    """A span that is no record: what it is, its offset in the source, its bytes."""

    kind: str
    offset: int
    length: int


@dataclass(frozen=True, eq=False)
class Batch:
    """Framed records that stand in one buffer.

    Attributes:
        buffer: their bytes, `SLACK` bytes before and after.
        starts, lengths: the payload of each record in the buffer.
        offsets, spans: the whole record in the source, descriptor or line end included.
        faults: finding code of a record that is no whole one, by its place here; the rest are framed.
        numbers: record numbers in the source, from 1.
        regular: the payloads' distance where they are equally long and equally far apart, else 0.
    """

    buffer: npt.NDArray[np.uint8]
    starts: Integers
    lengths: Integers
    offsets: Integers
    spans: Integers
    numbers: Integers
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)
    regular: int = 0

    def cells(self, head: int, tail: int) -> Cells:
        """Return where each record's layout starts, `head` and `tail` bytes of the payload left out."""
        count = len(self.starts)
        if self.regular and count:
            return Cells(self.buffer, count, int(self.starts[0]) + head, self.regular)
        ends = self.starts + np.maximum(self.lengths - tail, 0)
        return Cells(self.buffer, count, 0, 0, self.starts + head, ends)

    def raw(self, row: int) -> bytes:
        """Return the payload of one record."""
        start = int(self.starts[row])
        return self.buffer[start : start + int(self.lengths[row])].tobytes()


def joined(
    buffer: npt.NDArray[np.uint8], starts: Integers, joined: Mapping[int, Sequence[tuple[int, int]]]
) -> npt.NDArray[np.uint8]:
    """Return the buffer with the payloads that stand in pieces put together behind it; `starts` is set to there."""
    parts, at = [buffer], buffer.size
    for row, pieces in joined.items():
        starts[row] = at
        for start, size in pieces:
            parts.append(buffer[SLACK + start : SLACK + start + size])
            at += size
    parts.append(np.zeros(SLACK, dtype=np.uint8))
    return np.concatenate(parts)
