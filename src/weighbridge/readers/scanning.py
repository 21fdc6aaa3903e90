"""A scan: batches of records from all sources of an extract, and the account of what went by.

Framing runs one step ahead in its own thread, parsing in two more; batches come out in order.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import field
from types import MappingProxyType
from typing import Protocol

import polars as pl
from polars.io.plugins import register_io_source

from weighbridge.findings import Finding, Place, Severity, SourceError
from weighbridge.quick import dataclass
from weighbridge.readers.content import Content
from weighbridge.readers.door import Option, RawDoubt, Source, SourceAccount, Span
from weighbridge.readers.lineage import LINEAGE_SCHEMA, raw_name

_AHEAD = 2
_PARSERS = 2


class Batch(Protocol):
    """Records of one source that were framed together, and what stood between them."""

    @property
    def records(self) -> int:
        """How many records."""
        ...

    @property
    def record_bytes(self) -> int:
        """Their bytes, line ends included."""
        ...

    @property
    def controls(self) -> Sequence[tuple[str, int, int]]:
        """Kind, offset in the content and length of each span that is no record, in order."""
        ...

    def frame(self, wanted: Collection[str], first_record: int) -> pl.DataFrame:
        """Return the wanted columns, lineage and raw."""
        ...


@dataclass(frozen=True, slots=True)
class Gap:
    """Control spans outside the part that holds records."""

    controls: Sequence[tuple[str, int, int]]
    records: int = 0
    record_bytes: int = 0

    def frame(self, wanted: Collection[str], first_record: int) -> pl.DataFrame:
        """Return no rows."""
        return pl.DataFrame()


class Part(Protocol):
    """One source as a reader sees it."""

    @property
    def source(self) -> Source:
        """The source as it was at opening."""
        ...

    def batches(self, on_progress: Callable[[int], None] | None) -> Iterator[Batch]:
        """Yield the source's records; a complete pass raises SourceError if it was changed."""
        ...

    def remarks(self, kinds: Collection[str]) -> Sequence[Finding]:
        """Findings that only the kinds of control spans met in a complete scan can tell."""
        ...


@dataclass(slots=True)
class _Tally:
    """What went by of one source."""

    source: Source
    records: int = 0
    record_bytes: int = 0
    controls: list[Span] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        self.records += batch.records
        self.record_bytes += batch.record_bytes
        for kind, offset, length in batch.controls:
            self.control(kind, offset, length)

    def control(self, kind: str, offset: int, length: int) -> None:
        if not length:
            return
        last = self.controls[-1] if self.controls else None
        if last and last.kind == kind and last.offset_bytes + last.length_bytes == offset:
            self.controls[-1] = Span(last.source, kind, last.offset_bytes, last.length_bytes + length)
        else:
            self.controls.append(Span(self.source.index, kind, offset, length))

    def account(self) -> SourceAccount:
        return SourceAccount(self.source, self.records, self.record_bytes, tuple(self.controls))


class TextExtract:
    """An extract of text sources behind the readers' door; see `RawExtract` for its members."""

    container: str | None = None
    typed = False
    raw_doubts: Mapping[str, tuple[RawDoubt, ...]] = MappingProxyType({})

    def __init__(
        self,
        parts: Sequence[Part],
        columns: Sequence[str],
        options: Sequence[Option],
        findings: Sequence[Finding],
        on_progress: Callable[[int], None] | None,
        types: Mapping[str, pl.DataType] | None = None,
        beside: Mapping[str, pl.DataType] | None = None,
    ) -> None:
        """Hold the parts together.

        Args:
            parts: the sources, in order.
            columns: properties with a raw column.
            options: every reading option.
            findings: known at opening.
            on_progress: given the bytes gone through since its last call.
            types: of raw columns that are not String, by property name.
            beside: columns that only the reader's own doubts read, with their types.
        """
        given = types or {}
        self.typed = any(not isinstance(dtype, pl.String) for dtype in given.values())
        self._types = {raw_name(c): given.get(c, pl.String()) for c in columns} | dict(beside or {})
        self.columns = tuple(columns)
        self.options = tuple(options)
        self.findings = tuple(findings)
        self.sources = tuple(p.source for p in parts)
        self.content_bytes = sum(s.content_bytes or 0 for s in self.sources)
        self._parts = tuple(parts)
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._last: tuple[SourceAccount, ...] | None = None
        self._failure: SourceError | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The sources with their layouts."""
        return self._parts

    def scan(self) -> pl.LazyFrame:
        """Return the plan; every collection of it reads the sources again."""
        schema = {**LINEAGE_SCHEMA, **self._types}
        return register_io_source(self._read, schema=schema, explain_name="weighbridge extract")

    def account(self) -> tuple[SourceAccount, ...]:
        """Return what the last complete scan read; the sources are framed now if there was none.

        Raises:
            SourceError: a source could not be read to its end by the last scan, or was not the
                one that was opened; a plan cannot raise it itself, so its rows ended there.
        """
        if self._last is None and self._failure is None:
            for _ in self._frames([], None):
                pass
        if self._failure is not None:
            raise self._failure
        assert self._last is not None
        return self._last

    def late_findings(self) -> tuple[Finding, ...]:
        """Return what only a complete scan could know."""
        kinds = [{span.kind for span in account.controls} for account in self.account()]
        return tuple(f for part, met in zip(self._parts, kinds, strict=True) for f in part.remarks(met))

    def _read(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        everything = [*LINEAGE_SCHEMA, *self._types]
        given = everything if with_columns is None else with_columns
        needed = given if predicate is None else list(dict.fromkeys([*given, *predicate.meta.root_names()]))
        left = n_rows
        for whole in self._frames(needed, left):
            frame = whole if left is None else whole.head(left)
            left = None if left is None else left - frame.height
            if predicate is not None:
                frame = frame.filter(predicate)
            frame = frame.select(given)
            if batch_size and frame.height > batch_size:
                yield from frame.iter_slices(batch_size)
            else:
                yield frame

    def _frames(self, wanted: Sequence[str], n_rows: int | None) -> Iterator[pl.DataFrame]:
        tallies = [_Tally(part.source) for part in self._parts]
        with ThreadPoolExecutor(1 + _PARSERS, thread_name_prefix="weighbridge-read") as pool:
            framed = self._framed(tallies)
            upcoming = pool.submit(next, framed, None)
            parsing: deque[Future[pl.DataFrame]] = deque()
            given, ended = 0, False
            try:
                while True:
                    while not ended and len(parsing) < _AHEAD:
                        step = upcoming.result()
                        if step is None:
                            ended = True
                            break
                        upcoming = pool.submit(next, framed, None)
                        batch, first_record = step
                        parsing.append(pool.submit(batch.frame, wanted, first_record))
                    if not parsing:
                        break
                    frame = parsing.popleft().result()
                    given += frame.height
                    yield frame
                    if n_rows is not None and given >= n_rows:
                        return
            except SourceError as error:
                with self._lock:
                    self._failure = error
                return
            finally:
                upcoming.cancel()
        with self._lock:
            self._last, self._failure = tuple(t.account() for t in tallies), None

    def _framed(self, tallies: Sequence[_Tally]) -> Iterator[tuple[Batch, int]]:
        for part, tally in zip(self._parts, tallies, strict=True):
            for batch in part.batches(self._on_progress):
                first = tally.records + 1
                tally.add(batch)
                if batch.records:
                    yield batch, first


def source_findings(content: Content) -> tuple[Finding, ...]:
    """Return what is wrong with a source whatever its format: no bytes, damaged compression."""
    where = Place(source=content.source.name)
    findings = []
    if not content.source.size_bytes:
        findings.append(Finding("RDR-003", where, severity=Severity.WARNING))
    if content.damage:
        findings.append(Finding("RDR-006", where, content.damage))
    return tuple(findings)
