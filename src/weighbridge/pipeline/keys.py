"""Uniqueness, settled before the plan runs: which records share a key.

A first scan of the key columns alone gives a 64-bit hash a record (8 bytes a row, the only
memory that grows with the extract). Sorted, it names the keys that may repeat. Only those
are fetched and compared exactly, so a hash collision can neither accuse nor excuse a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from weighbridge.probe import KeyProbe, RowProbe
from weighbridge.readers.lineage import FRAMING, RECORD, SOURCE

_RECORD_BITS = 40


@dataclass(frozen=True, slots=True)
class SettledKey:
    """A key probe after the extract was looked at.

    Attributes:
        probe: what was asked.
        row_probe: the same as a row probe; None when no key repeats, so the plan need not ask.
    """

    probe: KeyProbe
    row_probe: RowProbe | None


def record_id() -> pl.Expr:
    """Return source and record number as one UInt64: exact up to 2**40 records in each of 2**24 sources."""
    return pl.col(SOURCE).cast(pl.UInt64) * pl.lit(1 << _RECORD_BITS, pl.UInt64) + pl.col(RECORD).cast(pl.UInt64)


def settle(frame: pl.LazyFrame, probes: Sequence[KeyProbe]) -> tuple[SettledKey, ...]:
    """Return each key probe with the records that fail it.

    Args:
        frame: the decoded frame; scanned once, and once more when a key may repeat.
        probes: the keys to settle. Records without a complete key are never compared.
    """
    if not probes:
        return ()
    hashes = frame.select(_hash(probe).alias(str(i)) for i, probe in enumerate(probes)).collect(engine="streaming")
    candidates = [_repeated(hashes[str(i)]) for i in range(len(probes))]
    del hashes
    if not any(len(c) for c in candidates):
        return tuple(SettledKey(probe, None) for probe in probes)
    columns = sorted({name for probe in probes for name in probe.properties})
    suspicious = [_hash(probe).is_in(c.implode()) for probe, c in zip(probes, candidates, strict=True)]
    found = (
        frame.filter(pl.any_horizontal(suspicious).fill_null(False))
        .select(FRAMING, record_id().alias("__id"), *columns)
        .collect(engine="streaming")
    )
    return tuple(_settled(probe, found) for probe in probes)


def _usable(probe: KeyProbe) -> pl.Expr:
    return pl.all_horizontal([pl.col(FRAMING) == 0, *(pl.col(name).is_not_null() for name in probe.properties)])


def _hash(probe: KeyProbe) -> pl.Expr:
    key = pl.col(probe.properties[0]) if len(probe.properties) == 1 else pl.struct(probe.properties)
    return pl.when(_usable(probe)).then(key.hash())


def _repeated(hashes: pl.Series) -> pl.Series:
    ordered = np.sort(hashes.drop_nulls().to_numpy())
    return pl.Series(np.unique(ordered[1:][ordered[1:] == ordered[:-1]]), dtype=pl.UInt64)


def _settled(probe: KeyProbe, found: pl.DataFrame) -> SettledKey:
    repeated = found.filter(_usable(probe)).filter(pl.struct(probe.properties).is_duplicated())
    if repeated.is_empty():
        return SettledKey(probe, None)
    row_probe = RowProbe(
        name=probe.name,
        failed=record_id().is_in(repeated["__id"].implode()),
        code=probe.code,
        effect=probe.effect,
        properties=probe.properties,
        expected=probe.expected,
        null_policy="not applicable",
        fix=probe.fix,
        line=probe.line,
        origin=probe.origin,
    )
    return SettledKey(probe, row_probe)
