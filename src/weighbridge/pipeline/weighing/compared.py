"""The first look at an extract, where records are compared with each other: keys, neighbours, groups."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from weighbridge.pipeline.weighing.cross import Accused, convict, narrowed
from weighbridge.pipeline.weighing.keys import HASH_BITS, accuse
from weighbridge.probe import CrossProbe, KeyProbe


def compared(
    frame: pl.LazyFrame, probes: Sequence[KeyProbe | CrossProbe], folder: Path, bits: int = HASH_BITS
) -> tuple[Accused, ...]:
    """Return each probe with a row probe of the records it accuses; the frame is scanned once, for all of them.

    Args:
        frame: the decoded frame.
        probes: what compares records.
        folder: where what is compared is kept, when neighbours or groups are; not there yet.
        bits: how many bits of keys' hashes are compared.
    """
    keys = [p for p in probes if isinstance(p, KeyProbe)]
    cross = [p for p in probes if isinstance(p, CrossProbe)]
    if not cross:
        return accuse(frame, keys, bits=bits)
    narrow = narrowed(frame, cross, keys, folder)
    return (*accuse(narrow, keys, bits=bits), *convict(narrow, cross, folder))
