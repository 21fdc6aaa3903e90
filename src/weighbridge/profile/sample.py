"""A sample of whole rows that merges: those whose hash is least, each with how often it occurs.

A row is in the sample or not whatever batch, file or day it is in, and all its copies with it. So the
copies of a row are counted to the end, and two samples make that of both: what lies below the lower of
their two limits. Masked columns take no part.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from weighbridge.profile.domain import Domain, domain_of
from weighbridge.quick import dataclass

MOST_ROWS = 4_096
MOST_COLUMNS = 40
COUNT = "__count"
_HASH = "__hash"
_ALL = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of an extract.

    Attributes:
        rows: different rows, with how often each occurs in `COUNT`; every row of the extract whose hash is at
            most `limit` is here.
        limit: of the hashes; at the greatest number the rows are all there are.
    """

    rows: pl.DataFrame
    limit: int = _ALL

    @property
    def is_whole(self) -> bool:
        """Whether it holds every record."""
        return self.limit == _ALL

    def in_order(self) -> pl.DataFrame:
        """Return the rows by their hashes: always in the same order, which has nothing to do with their values."""
        return self.rows.sort(_HASH)

    @property
    def records(self) -> int:
        """How many records it stands for."""
        return int(self.rows[COUNT].sum())


def sampled_columns(dtypes: Mapping[str, pl.DataType], masked: frozenset[str]) -> list[str]:
    """Return the columns that a sample has: the first of those whose values may be shown and compared."""
    shown = [n for n, t in dtypes.items() if n not in masked and domain_of(t) is not Domain.NONE]
    return shown[:MOST_COLUMNS]


def empty_sample(dtypes: Mapping[str, pl.DataType], masked: frozenset[str]) -> Sample:
    """Return the sample of no record."""
    columns = {name: dtypes[name] for name in sampled_columns(dtypes, masked)}
    return Sample(pl.DataFrame(schema={**columns, _HASH: pl.UInt64, COUNT: pl.UInt32}))


def sample_of(batch: pl.DataFrame, columns: list[str], limit: int = _ALL) -> Sample:
    """Return the sample of a batch, of no row whose hash is above `limit`."""
    rows = batch.select(columns)
    if not columns or not rows.height:
        return Sample(rows.clear().with_columns(pl.lit(0, pl.UInt64).alias(_HASH), pl.lit(0, pl.UInt32).alias(COUNT)))
    hashed = rows.hash_rows().to_numpy()
    low = hashed[hashed <= limit]
    if len(low) > MOST_ROWS:
        least = int(np.partition(low, MOST_ROWS - 1)[MOST_ROWS - 1])
        if len(np.unique(low[low <= least])) > MOST_ROWS // 2:
            limit = least
        elif len(different := np.unique(low)) > MOST_ROWS:  # many copies: go by different rows
            limit = int(different[MOST_ROWS - 1])
    found = np.flatnonzero(hashed <= limit)
    kept = rows[found].with_columns(pl.Series(_HASH, hashed[found]), pl.lit(1, pl.UInt32).alias(COUNT))
    return Sample(_once(kept), limit)


def together(*samples: Sample) -> Sample:
    """Return the sample of all these extracts together."""
    limit = min(sample.limit for sample in samples)
    rows = _once(pl.concat([sample.rows for sample in samples]).filter(pl.col(_HASH) <= limit))
    if rows.height > MOST_ROWS:
        limit = int(rows[_HASH].sort()[MOST_ROWS - 1])
        rows = rows.filter(pl.col(_HASH) <= limit)
    return Sample(rows, limit)


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """Return each row once: those of one hash are copies, since hashes of 64 bits do not meet by chance."""
    if rows[_HASH].n_unique() == rows.height:
        return rows
    return rows.group_by(_HASH).agg(pl.exclude(COUNT).first(), pl.col(COUNT).sum()).select(rows.columns)
