"""Records of formats that no engine scans, gone through once and kept aside as Parquet.

A workbook, a dBase table, a file of a statistics package and a query's answer are read row by
row through a library, while a plan wants to be collected more than once. So the rows are
written, some thousand at a time, to a folder of this process that nobody else can read; it is
removed when the extract is no longer used. What was judged is then what was read, once.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.legacy.reading import Certainty, Doubt
from weighbridge.quick import dataclass
from weighbridge.readers.content import Content
from weighbridge.readers.door import Option, RawDoubt, Source, SourceAccount, Span
from weighbridge.readers.lineage import (
    FRAMING,
    FRAMING_SEEN,
    LENGTH,
    LINEAGE_SCHEMA,
    OFFSET,
    RAW,
    RECORD,
    SOURCE,
    raw_name,
)
from weighbridge.readers.scratch import scratch_folder

BATCH_ROWS = 8192
_DOUBT, _SEEN = "__cell_doubt:", "__cell_seen:"


@dataclass(frozen=True, slots=True)
class CellDoubt:
    """A way in which a reader doubts a cell; its position in the reader's tuple, from 1, stands in the frame."""

    name: str
    code: str
    certainty: Certainty
    expected: str


@dataclass(slots=True)
class Row:
    """One record as a reader took it apart.

    Attributes:
        values: one a property, in the order of the spool's columns.
        raw: the record as it came: its bytes, or its cells as JSON.
        offset, length: its byte range, where it has one.
        framing: position in `FRAMING_FAULTS`; 0 when it is framed.
        framing_seen: evidence of the framing fault.
        doubts: by the column's position: the doubt's number and what was seen.
    """

    values: Sequence[Any]
    raw: bytes | None = None
    offset: int | None = None
    length: int | None = None
    framing: int = 0
    framing_seen: str | None = None
    doubts: Mapping[int, tuple[int, str | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spooled:
    """One source, gone through: where its rows stand, and its account."""

    source: Source
    path: Path
    records: int
    record_bytes: int | None
    controls: tuple[Span, ...]
    doubted: frozenset[tuple[str, int]]


class Spool:
    """The folder that records of one extract are kept in while it is used."""

    def __init__(self, columns: Mapping[str, pl.DataType], doubts: Sequence[CellDoubt] = ()) -> None:
        self.columns = dict(columns)
        self.doubts = tuple(doubts)
        self._folder = scratch_folder()
        self._made = 0
        self.close = weakref.finalize(self, self._folder.cleanup)

    def write(
        self, source: Callable[[], Source], rows: Iterable[Row], controls: Callable[[], Sequence[Span]]
    ) -> Spooled:
        """Go through the rows of one source and keep them.

        Args:
            source: gives the source once all rows were gone through.
            rows: its records, in order.
            controls: gives what is no record, likewise.
        """
        import pyarrow.parquet

        path = Path(self._folder.name) / f"{self._made}.parquet"
        self._made += 1
        schema = self._schema()
        wanted = pl.DataFrame(schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
        records, record_bytes, doubted = 0, 0, set[tuple[str, int]]()
        names = list(self.columns)
        with pyarrow.parquet.ParquetWriter(path, wanted, compression="lz4") as writer:
            for batch in _batches(rows):
                frame = self._frame(batch, records, schema)
                writer.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(wanted))
                records += len(batch)
                for row in batch:
                    record_bytes += row.length or 0
                    for column, (number, _) in row.doubts.items():
                        doubted.add((names[column], number))
        done = source()
        by_bytes = done.content_bytes is not None
        return Spooled(done, path, records, record_bytes if by_bytes else None, tuple(controls()), frozenset(doubted))

    def _schema(self) -> dict[str, pl.DataType]:
        lineage = {name: LINEAGE_SCHEMA[name] for name in (RECORD, OFFSET, LENGTH, RAW, FRAMING, FRAMING_SEEN)}
        raw = {raw_name(name): dtype for name, dtype in self.columns.items()}
        if not self.doubts:
            return {**lineage, **raw}
        doubt: dict[str, pl.DataType] = {_DOUBT + name: pl.UInt8() for name in self.columns}
        seen: dict[str, pl.DataType] = {_SEEN + name: pl.String() for name in self.columns}
        return {**lineage, **raw, **doubt, **seen}

    def _frame(self, rows: Sequence[Row], before: int, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
        data: dict[str, Any] = {
            RECORD: range(before + 1, before + 1 + len(rows)),
            OFFSET: [r.offset for r in rows],
            LENGTH: [r.length for r in rows],
            RAW: [r.raw for r in rows],
            FRAMING: [r.framing for r in rows],
            FRAMING_SEEN: [r.framing_seen for r in rows],
        }
        for i, name in enumerate(self.columns):
            data[raw_name(name)] = [r.values[i] for r in rows]
        if self.doubts:
            doubting = [(at, r.doubts) for at, r in enumerate(rows) if r.doubts]
            for i, name in enumerate(self.columns):
                numbers: list[int | None] = [None] * len(rows)
                seen: list[str | None] = [None] * len(rows)
                for at, doubts in doubting:
                    numbers[at], seen[at] = doubts.get(i, (None, None))
                data[_DOUBT + name], data[_SEEN + name] = numbers, seen
        return pl.DataFrame([pl.Series(name, data[name], dtype=dtype) for name, dtype in schema.items()])


class SpooledExtract:
    """An extract whose records were kept aside; see `RawExtract` for its members.

    Args:
        spool: holds the rows for as long as this extract lives.
        parts: the sources, in order.
        contents: the files they came from, to notice a change; None where there is no file.
        container: name of the format when records have no bytes of their own.
    """

    typed = True
    content_bytes = 0

    def __init__(
        self,
        spool: Spool,
        parts: Sequence[Spooled],
        *,
        container: str | None,
        contents: Sequence[Content] = (),
        findings: Sequence[Finding] = (),
        options: Sequence[Option] = (),
    ) -> None:
        self.container = container
        self._spool = spool
        self._parts = tuple(parts)
        self._contents = tuple(contents)
        self.columns = tuple(spool.columns)
        self.findings = tuple(findings)
        self.options = tuple(options)
        self.sources = tuple(part.source for part in parts)
        self._doubted = frozenset[tuple[str, int]]().union(*(part.doubted for part in parts))
        self.raw_doubts: Mapping[str, tuple[RawDoubt, ...]] = {
            name: tuple(
                _raw_doubt(name, number, doubt)
                for number, doubt in enumerate(spool.doubts, 1)
                if (name, number) in self._doubted
            )
            for name in spool.columns
        }

    def scan(self) -> pl.LazyFrame:
        """Return the plan: the kept rows of one source after those of the other. It keeps them kept."""
        return register_io_source(self._read, schema=self._plan().collect_schema(), explain_name="weighbridge extract")

    def _read(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        plan = self._plan()
        if n_rows is not None:
            plan = plan.head(n_rows)
        if predicate is not None:
            plan = plan.filter(predicate)
        if with_columns is not None:
            plan = plan.select(with_columns)
        yield from plan.collect_batches(chunk_size=batch_size, maintain_order=True)

    def _plan(self) -> pl.LazyFrame:
        return pl.concat([self._part(part) for part in self._parts])

    def _part(self, part: Spooled) -> pl.LazyFrame:
        doubted = sorted({name for name, _ in self._doubted})
        extra = [prefix + name for name in doubted for prefix in (_DOUBT, _SEEN)]
        lineage = [pl.lit(part.source.index, pl.UInt32).alias(n) if n == SOURCE else pl.col(n) for n in LINEAGE_SCHEMA]
        raw = [raw_name(name) for name in self.columns]
        return pl.scan_parquet(part.path, glob=False, hive_partitioning=False).select(*lineage, *raw, *extra)

    def account(self) -> tuple[SourceAccount, ...]:
        """Return what was gone through.

        Raises:
            SourceError: a file was replaced or written to since it was opened (RDR-004).
        """
        for content in self._contents:
            require_unchanged(content)
        return tuple(SourceAccount(p.source, p.records, p.record_bytes, p.controls) for p in self._parts)

    def late_findings(self) -> tuple[Finding, ...]:
        """Return nothing: all was gone through at opening."""
        return ()


def require_unchanged(content: Content) -> None:
    """Refuse a file that is no longer the one that was opened.

    Raises:
        SourceError: RDR-004, or RDR-001 when it is gone.
    """
    where = Place(source=content.source.name)
    try:
        now = content.path.stat()
    except OSError as error:
        raise SourceError(Finding("RDR-001", where, error.strerror or str(error))) from error
    reasons = content.stamp.differences(now, content.stamp.crc32)
    if reasons:
        raise SourceError(Finding("RDR-004", where, "; ".join(reasons)))


def texts_of(schema: SchemaObject, names: Iterable[str]) -> dict[str, pl.DataType]:
    """Return a text column for each of the named properties, in the contract's order."""
    wanted = set(names)
    return {p.name: pl.String() for p in schema.properties if p.name in wanted}


def _raw_doubt(name: str, number: int, doubt: CellDoubt) -> RawDoubt:
    where = pl.col(_DOUBT + name) == number
    return RawDoubt(Doubt(doubt.certainty, doubt.code, where, doubt.expected, doubt.name), pl.col(_SEEN + name))


def _batches(rows: Iterable[Row]) -> Iterable[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
