"""Row results that need other records: found before the plan runs, told while it runs.

    decoded frame ──one scan──▶ narrow columns in a file ──find──▶ records that fail ──▶ row probes of the plan

The narrow file holds the record's identity and the columns that the probes read, nothing else;
however many probes there are, the source is scanned once more for all of them and the keys
together. Each probe reads its own columns from there. What fails is kept as sorted identities,
8 bytes a failing record in memory; its evidence stays in files that are mapped, not read.

What a probe's own look at its columns holds in memory is the engine's sort or grouping of them,
some 100 bytes a record. Probes with a group, or that go by the order of one column, are judged
in parts of about `MOST_IN_MEMORY` records (unless one group, or one value, has more), at the
price of reading the narrow file once a part. One with neither holds what it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from weighbridge.findings import Finding, InternalError
from weighbridge.probe import ROW, SEEN, CrossProbe, KeyProbe, RowProbe, ScalarProbe
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import FRAMING, RECORD, SOURCE

if TYPE_CHECKING:
    import pyarrow as pa

MOST_IN_MEMORY = 1 << 22
_RECORD_BITS = 40
_DRAWN = 100_000
_WHERE = "__where{}"


@dataclass(frozen=True, slots=True)
class Accused:
    """A probe that compares records, after the first look at the extract.

    Attributes:
        probe: what was asked.
        row_probe: the same as a row probe; None when no record fails, so the plan need not ask.
    """

    probe: KeyProbe | CrossProbe
    row_probe: RowProbe | None

    @property
    def scalar_probes(self) -> tuple[ScalarProbe, ...]:
        """Probes of the whole extract that follow from which records fail."""
        if self.probe.also is None:
            return ()
        return self.probe.also(pl.lit(False) if self.row_probe is None else self.row_probe.failed)


def record_id() -> pl.Expr:
    """Return source and record number as one UInt64: exact up to 2**40 records in each of 2**24 sources."""
    return pl.col(SOURCE).cast(pl.UInt64) * pl.lit(1 << _RECORD_BITS, pl.UInt64) + pl.col(RECORD).cast(pl.UInt64)


@dataclass(frozen=True, slots=True)
class _Part:
    """Records that fail, of one part that was judged: their identities, sorted, and their evidence in a mapped file."""

    ids: npt.NDArray[np.uint64]
    texts: pa.ChunkedArray

    @classmethod
    def opened(cls, path: Path) -> _Part:
        import pyarrow as pa

        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        return cls(table.column(ROW).to_numpy(), table.column(SEEN))

    def text(self, position: npt.NDArray[np.int64]) -> pl.Series:
        """Return evidence by place; only what lies between the first and the last is looked at."""
        first = int(position.min())
        near = pl.Series("", self.texts.slice(first, int(position.max()) - first + 1), dtype=pl.String)
        return near.gather(position - first)


@dataclass(frozen=True, slots=True)
class Culprits:
    """Records that fail a probe."""

    parts: tuple[_Part, ...]

    @property
    def failed(self) -> pl.Expr:
        """Whether a record is one of them."""
        return record_id().map_batches(self._failed, return_dtype=pl.Boolean, is_elementwise=True)

    @property
    def seen(self) -> pl.Expr:
        """The evidence of a record; null where it is none of them."""
        return record_id().map_batches(self._seen, return_dtype=pl.String, is_elementwise=True)

    def _failed(self, asked: pl.Series) -> pl.Series:
        wanted = asked.to_numpy()
        failed = np.zeros(len(wanted), np.bool_)
        for part in self.parts:
            failed |= _among(part.ids, wanted)[1]
        return pl.Series(asked.name, failed)

    def _seen(self, asked: pl.Series) -> pl.Series:
        wanted = asked.to_numpy()
        texts = pl.Series(asked.name, [None], dtype=pl.String).new_from_index(0, len(wanted))
        for part in self.parts:
            position, found = _among(part.ids, wanted)
            if found.any():
                texts = texts.scatter(np.flatnonzero(found), part.text(position[found]))
        return texts


def narrowed(frame: pl.LazyFrame, probes: Sequence[CrossProbe], keys: Sequence[KeyProbe], folder: Path) -> pl.LazyFrame:
    """Return the columns that probes and keys read, and what they select, from a file written in one scan.

    Args:
        frame: the decoded frame.
        folder: where the file goes; it must stay as long as what is returned is used.
    """
    read = {name: None for p in probes for name in p.reads or p.properties}
    read |= {name: None for key in keys for name in _key_columns(key)}
    where = [p.where.fill_null(False).alias(_WHERE.format(i)) for i, p in enumerate(probes) if p.where is not None]
    folder.mkdir(parents=True)
    path = folder / "narrow.parquet"
    narrow = frame.select(record_id().alias(ROW), SOURCE, RECORD, FRAMING, *(n for n in read if n != FRAMING), *where)
    narrow.sink_parquet(path, compression="lz4", statistics=False, maintain_order=False)
    return pl.scan_parquet(path)


def convict(
    narrow: pl.LazyFrame, probes: Sequence[CrossProbe], folder: Path, *, most_in_memory: int = MOST_IN_MEMORY
) -> tuple[Accused, ...]:
    """Return each probe with a row probe that fails the records it finds.

    Args:
        narrow: as `narrowed` gave it of the same probes.
        probes: what to find.
        folder: where evidence is kept; it must stay as long as the row probes are used.
        most_in_memory: records of a probe with a group beyond this many are judged in parts.

    Raises:
        InternalError: RUN-011, a probe cannot be executed.
    """
    accused = []
    for i, probe in enumerate(probes):
        try:
            accused.append(_convicted(narrow, i, probe, folder, most_in_memory))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            said = f"{probe.name}: {type(error).__name__}"
            raise InternalError(Finding("RUN-011", detail=said)) from None
    return tuple(accused)


def _convicted(narrow: pl.LazyFrame, number: int, probe: CrossProbe, folder: Path, most: int) -> Accused:
    chosen = narrow.filter(pl.col(FRAMING) == 0)
    if probe.where is not None:
        chosen = chosen.filter(pl.col(_WHERE.format(number)))
    frame = chosen.select(ROW, *(name for name in probe.reads or probe.properties))
    paths = []
    for piece, rows in enumerate(_parts(frame, probe, most)):
        paths.append(folder / f"{number}-{piece}.arrow")
        found = probe.find(rows.frame).select(pl.col(ROW), pl.col(SEEN).cast(pl.String))
        if rows.context is not None:
            found = found.filter(pl.col(ROW) != rows.context)
        found.sort(ROW, SEEN).unique(ROW, keep="first", maintain_order=True).sink_ipc(
            paths[-1], compat_level=pl.CompatLevel.oldest()
        )
    culprits = Culprits(tuple(part for path in paths if len((part := _Part.opened(path)).ids)))
    if not culprits.parts:
        return Accused(probe, None)
    row_probe = RowProbe(
        name=probe.name,
        failed=culprits.failed,
        code=probe.code,
        effect=probe.effect,
        properties=probe.properties,
        expected=probe.expected,
        null_policy=probe.null_policy,
        seen=culprits.seen,
        fix=probe.fix,
        line=probe.line,
        origin=probe.origin,
    )
    return Accused(probe, row_probe)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is judged at once; `context` is a record of the range before, which is there to be seen only."""

    frame: pl.LazyFrame
    context: int | None = None


def _parts(frame: pl.LazyFrame, probe: CrossProbe, most: int) -> Iterator[_Rows]:
    parts = 1
    if probe.group or probe.ordered:
        parts = -(-frame.select(pl.len()).collect(engine="streaming").item() // most)
    if parts <= 1:
        yield _Rows(frame)
    elif probe.group:
        pile = pl.struct(list(probe.group)).hash() % parts
        yield from (_Rows(frame.filter(pile == part)) for part in range(parts))
    else:
        yield from _ranges(frame, probe.ordered, parts)


def _ranges(frame: pl.LazyFrame, name: str, parts: int) -> Iterator[_Rows]:
    """Cut by the values of a column, at values drawn from all over the frame."""
    values = frame.select(pl.col(name).to_physical())
    every = max(1, values.select(pl.len()).collect(engine="streaming").item() // _DRAWN)
    drawn = values.gather_every(every).collect(engine="streaming")[name].drop_nulls().unique().sort()
    at = [len(drawn) * part // parts for part in range(1, parts)] if len(drawn) else []
    cuts: list[Any] = drawn.gather(at).unique().sort().to_list()
    value, low = pl.col(name).to_physical(), None
    for high in [*cuts, None]:
        here = pl.lit(True) if low is None else value > pl.lit(low, dtype=drawn.dtype)
        part = frame.filter(here if high is None else here & (value <= pl.lit(high, dtype=drawn.dtype)))
        context = None
        if low is not None:
            before = frame.filter(value <= pl.lit(low, dtype=drawn.dtype)).select(pl.all().top_k_by([name, ROW], 1))
            held = before.collect(engine="streaming")
            part, context = pl.concat([held.lazy(), part]), held[ROW].first()
        yield _Rows(part, context)
        low = high


def _key_columns(key: KeyProbe) -> list[str]:
    told = [*key.keys, *([] if key.where is None else [key.where])]
    return list(dict.fromkeys([*key.properties, *(name for expr in told for name in expr.meta.root_names())]))


def _among(
    ids: npt.NDArray[np.uint64], asked: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return for each identity asked where it stands among the sorted ones, and whether it does."""
    if not len(asked):
        return np.empty(0, np.int64), np.empty(0, np.bool_)
    first, last = np.searchsorted(ids, (asked.min(), asked.max() + np.uint64(1)))
    near = ids[first:last]
    if not len(near):
        return np.zeros(len(asked), np.int64), np.zeros(len(asked), np.bool_)
    position = np.minimum(np.searchsorted(near, asked), len(near) - 1)
    return position + first, near[position] == asked
