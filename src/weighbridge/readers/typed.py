"""What readers of typed files share: one type for several files, a source whose records have no bytes."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from weighbridge.readers.door import Source


def common_type(types: Sequence[pl.DataType]) -> tuple[pl.DataType, bool]:
    """Return a type that holds all of them, and whether they differ."""
    if all(t == types[0] for t in types):
        return types[0], False
    empty = [pl.Series("x", dtype=t).to_frame() for t in types]
    try:
        return pl.concat(empty, how="vertical_relaxed").schema["x"], True
    except pl.exceptions.PolarsError:
        return pl.String(), True


def without_bytes(source: Source) -> Source:
    """Return a source whose content no span partitions."""
    return Source(source.index, source.name, source.size_bytes, source.sha256, None)
