"""Uniqueness: accused by a hash before the plan runs, settled on the keys themselves after it.

A first scan of the key columns alone gives a 64-bit hash a record: 8 bytes a row, 16 while
they are sorted, the only memory that grows with the extract, and kept in files from
`MOST_IN_MEMORY` records on. The hashes that repeat accuse their records in the plan. What the
plan wrote of the accused is compared exactly. A hash collision is found there, and the plan is
run again with its records acquitted; so it can neither accuse nor excuse a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from weighbridge.pipeline.weighing.cross import Accused, record_id
from weighbridge.pipeline.weighing.plan import failed_in_mask
from weighbridge.probe import KeyProbe, RowProbe
from weighbridge.readers.lineage import FRAMING
from weighbridge.readers.scratch import scratch_folder

HASH_BITS = 64
MOST_IN_MEMORY = 1 << 26
_PILES = 64

Hashes = npt.NDArray[np.uint64]


def accuse(
    frame: pl.LazyFrame,
    probes: Sequence[KeyProbe],
    *,
    bits: int = HASH_BITS,
    most_in_memory: int = MOST_IN_MEMORY,
) -> tuple[Accused, ...]:
    """Return each key probe with a row probe that fails the records whose key's hash repeats.

    Args:
        frame: the decoded frame; scanned once. Records without a complete key are never compared.
        probes: the keys.
        bits: how many bits of the hashes are compared; fewer accuse more records wrongly.
        most_in_memory: hashes of a key beyond this many are sorted in files, pile by pile.
    """
    if not probes:
        return ()
    hashes = frame.select(_hash(probe, bits).alias(str(i)) for i, probe in enumerate(probes))
    with scratch_folder("keys_") as folder:
        heaps = [_Heap(Path(folder) / str(i), most_in_memory) for i in range(len(probes))]
        for batch in hashes.collect_batches(maintain_order=False, engine="streaming"):
            for i, heap in enumerate(heaps):
                heap.add(batch[str(i)].drop_nulls().to_numpy())
        return tuple(_accused(probe, heap.repeated(), bits) for probe, heap in zip(probes, heaps, strict=True))


def acquit(accused: Sequence[Accused], rows: Sequence[RowProbe], suspects: Path) -> tuple[Accused, ...] | None:
    """Return the keys without the records whose hash repeats but whose key does not; None when there are none.

    Args:
        accused: as `accuse` gave them.
        rows: the plan's row probes, in mask order.
        suspects: the folder the plan wrote them to, with the columns of `suspect_columns`.
    """
    position = {probe.name: i for i, probe in enumerate(rows)}
    acquitted = [
        _acquitted(key, key.row_probe, position[key.row_probe.name], suspects)
        if isinstance(key.probe, KeyProbe) and key.row_probe is not None
        else key
        for key in accused
    ]
    return tuple(acquitted) if any(new is not old for new, old in zip(acquitted, accused, strict=True)) else None


class _Heap:
    """The hashes of one key: an array, or from a size on 64 piles of files by their highest bits."""

    def __init__(self, folder: Path, most_in_memory: int) -> None:
        self._folder = folder
        self._most = most_in_memory
        self._held: list[Hashes] = []
        self._count = 0

    def add(self, hashes: Hashes) -> None:
        self._held.append(hashes)
        self._count += len(hashes)
        if self._count > self._most:
            self._spill()

    def repeated(self) -> Hashes:
        """Return the hashes that stand more than once, sorted."""
        if self._folder.exists() and self._count:
            self._spill()
        return np.concatenate([_twice(pile) for pile in self._piles()] or [np.empty(0, np.uint64)])

    def _piles(self) -> Iterator[Hashes]:
        if self._folder.exists():
            for path in sorted(self._folder.iterdir()):
                yield np.fromfile(path, dtype=np.uint64)
        elif self._held:
            held, self._held = self._held, []
            yield np.concatenate(held)

    def _spill(self) -> None:
        self._folder.mkdir(exist_ok=True)
        hashes = np.sort(np.concatenate(self._held))
        self._held, self._count = [], 0
        bounds = np.searchsorted(hashes, np.arange(1, _PILES, dtype=np.uint64) << np.uint64(64 - 6))
        for number, pile in enumerate(np.split(hashes, bounds)):
            with (self._folder / f"{number:02}").open("ab") as out:
                pile.tofile(out)


def _twice(hashes: Hashes) -> Hashes:
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _parts(probe: KeyProbe) -> list[pl.Expr]:
    return [part.alias(f"__key{i}") for i, part in enumerate(probe.keys or map(pl.col, probe.properties))]


def _usable(probe: KeyProbe) -> pl.Expr:
    where = [] if probe.where is None else [probe.where.fill_null(False)]
    return pl.all_horizontal([pl.col(FRAMING) == 0, *where, *(part.is_not_null() for part in _parts(probe))])


def _hash(probe: KeyProbe, bits: int) -> pl.Expr:
    parts = _parts(probe)
    whole = (parts[0] if len(parts) == 1 else pl.struct(parts)).hash()
    return pl.when(_usable(probe)).then(whole if bits == HASH_BITS else whole // (1 << (HASH_BITS - bits)))


def _accused(probe: KeyProbe, repeated: Hashes, bits: int) -> Accused:
    if not len(repeated):
        return Accused(probe, None)
    row_probe = RowProbe(
        name=probe.name,
        failed=_hash(probe, bits).is_in(pl.Series(repeated).implode()).fill_null(False),
        code=probe.code,
        effect=probe.effect,
        properties=probe.properties,
        expected=probe.expected,
        null_policy="not applicable",
        fix=probe.fix,
        line=probe.line,
        origin=probe.origin,
    )
    return Accused(probe, row_probe)


def _acquitted(key: Accused, row_probe: RowProbe, position: int, suspects: Path) -> Accused:
    """Compare the keys of the accused; a record whose key nobody else has was accused by its hash alone."""
    assert isinstance(key.probe, KeyProbe)
    parts = _parts(key.probe)
    names = [part.meta.output_name() for part in parts]
    alone = (
        pl.scan_parquet(suspects)
        .filter(failed_in_mask(position))
        .select(record_id().alias("__id"), *parts)
        .with_columns(pl.len().over(names).alias("__copies"))
        .filter(pl.col("__copies") == 1)
        .select("__id")
        .collect(engine="streaming")
    )["__id"]
    if alone.is_empty():
        return key
    guilty = row_probe.failed & ~record_id().is_in(alone.implode())
    return Accused(key.probe, replace(row_probe, failed=guilty))
