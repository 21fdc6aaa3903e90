"""Some records of a batch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from weighbridge.readers.mainframe.batch import Batch


def split_batch(batch: Batch, rows: int) -> Iterator[Batch]:
    """Give a batch in parts of at most `rows` records, so that columns stay in the processor's cache."""
    count = len(batch.starts)
    if count <= rows:
        yield batch
        return
    for start in range(0, count, rows):
        yield pick(batch, slice(start, min(start + rows, count)))


def pick(batch: Batch, rows: slice | np.ndarray[tuple[int], np.dtype[np.int64]]) -> Batch:
    """Return some of a batch's records."""
    if isinstance(rows, slice):
        places = {row: row - rows.start for row in batch.faults if rows.start <= row < rows.stop}
        regular = batch.regular
    else:
        places = {int(row): at for at, row in enumerate(rows.tolist())}
        regular = 0
    faults = {places[row]: fault for row, fault in batch.faults.items() if row in places}
    return Batch(
        batch.buffer,
        batch.starts[rows],
        batch.lengths[rows],
        batch.offsets[rows],
        batch.spans[rows],
        batch.numbers[rows],
        faults,
        regular,
    )
