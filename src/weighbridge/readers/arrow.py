"""Arrow IPC: files (Feather) and streams, batch by batch; nothing of a file is taken on trust.

Records have a number and no bytes of their own. Raw columns hold the source's values. What
Polars has no type for becomes what it can be without loss, else its text.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl
import pyarrow as pa
from polars.io.plugins import register_io_source

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.readers.columns import by_name
from weighbridge.readers.content import Content, open_content
from weighbridge.readers.door import Option, RawDoubt, RawExtract, Source, SourceAccount
from weighbridge.readers.lineage import LINEAGE_SCHEMA, RECORD, SOURCE, raw_name
from weighbridge.readers.typed import common_types, without_bytes

_FILE_MAGIC = b"ARROW1"
_FEATHER_1 = b"FEA1"
_BATCH_ROWS = 1 << 16
_MOST_DIGITS = 38
_FAULTS = (pa.ArrowException, OSError, ValueError, KeyError, pl.exceptions.PolarsError)


@dataclass(frozen=True, slots=True)
class _File:
    """One Arrow file or stream: its columns, and which of them is which property's."""

    content: Content
    is_stream: bool
    types: Mapping[str, pl.DataType]
    columns: Mapping[str, str]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield its batches, each found to be sound.

        Raises:
            ArrowException: it is damaged.
        """
        with pa.memory_map(str(self.content.path)) as source:
            for batch in _batches(source, self.is_stream):
                batch.validate(full=True)
                yield batch


class ArrowExtract:
    """An extract of Arrow files behind the readers' door; see `RawExtract` for its members."""

    container: str | None = "arrow"
    typed = True
    raw_doubts: Mapping[str, tuple[RawDoubt, ...]] = MappingProxyType({})
    content_bytes = 0

    def __init__(self, files: Sequence[_File], types: Mapping[str, pl.DataType], findings: Sequence[Finding]) -> None:
        self._files = tuple(files)
        self._types = dict(types)
        self.columns = tuple(types)
        self.findings = tuple(findings)
        self.options: tuple[Option, ...] = ()
        self.sources: tuple[Source, ...] = tuple(without_bytes(f.content.source) for f in files)
        self._lock = threading.Lock()
        self._records: list[int] | None = None
        self._failure: SourceError | None = None

    def scan(self) -> pl.LazyFrame:
        """Return the plan; every collection of it goes through the files again."""
        schema = {**LINEAGE_SCHEMA, **{raw_name(n): dtype for n, dtype in self._types.items()}}
        return register_io_source(self._read, schema=schema, explain_name="weighbridge arrow")

    def account(self) -> tuple[SourceAccount, ...]:
        """Return the records that the last complete scan met; the files are gone through now if there was none.

        Raises:
            SourceError: a file changed since it was opened (RDR-004) or is damaged (RDR-222).
        """
        if self._records is None and self._failure is None:
            for _ in self._read([RECORD], None, None, None):
                pass
        if self._failure is not None:
            raise self._failure
        for file in self._files:
            for _ in file.content.pieces(1 << 20):
                pass
        return tuple(SourceAccount(s, n, None, ()) for s, n in zip(self.sources, self._records or [], strict=True))

    def late_findings(self) -> tuple[Finding, ...]:
        """Return nothing: all is known at opening."""
        return ()

    def _read(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        given = [*LINEAGE_SCHEMA, *map(raw_name, self._types)] if with_columns is None else with_columns
        needed = given if predicate is None else list(dict.fromkeys([*given, *predicate.meta.root_names()]))
        records, left = [0] * len(self._files), n_rows
        for index, file in enumerate(self._files):
            try:
                for batch in file.batches():
                    for start in range(0, batch.num_rows, _BATCH_ROWS):
                        part = batch.slice(start, _BATCH_ROWS)
                        frame = self._frame(file, part, needed, index, records[index] + 1)
                        records[index] += part.num_rows
                        frame = frame if left is None else frame.head(left)
                        left = None if left is None else left - frame.height
                        yield (frame if predicate is None else frame.filter(predicate)).select(given)
                        if left is not None and left <= 0:
                            return
            except _FAULTS as error:
                where = Place(source=file.content.source.name)
                detail = f"after {records[index]:,} records: {_first_line(error)}"
                with self._lock:
                    self._failure = SourceError(Finding("RDR-222", where, detail))
                return
        with self._lock:
            self._records, self._failure = records, None

    def _frame(self, file: _File, batch: pa.RecordBatch, needed: Sequence[str], index: int, first: int) -> pl.DataFrame:
        count = batch.num_rows
        columns = []
        for name, dtype in LINEAGE_SCHEMA.items():
            if name not in needed:
                continue
            if name == RECORD:
                column = pl.int_range(first, first + count, dtype=pl.UInt64(), eager=True)
            else:
                fixed = {SOURCE: index}.get(name, 0 if dtype == pl.UInt8 else None)
                column = pl.repeat(fixed, count, dtype=dtype, eager=True)
            columns.append(column.alias(name))
        for name, dtype in self._types.items():
            if raw_name(name) not in needed:
                continue
            held = file.columns.get(name)
            if held is None:
                column = pl.repeat(None, count, dtype=dtype, eager=True)
            else:
                column = _series(batch.column(batch.schema.get_field_index(held)))
                column = column if column.dtype == dtype else column.cast(dtype)
            columns.append(column.alias(raw_name(name)))
        return pl.DataFrame(columns)


@dataclass(frozen=True, slots=True)
class ArrowReader:
    """Reads Arrow IPC; see `weighbridge.readers.door.Reader`."""

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Open an extract of Arrow files; a column may be missing from some of them.

        Raises:
            SourceError: a file cannot be opened (RDR-001), is empty (RDR-003) or is no Arrow (RDR-220).
        """
        findings: list[Finding] = []
        files = []
        for index, name in enumerate(sources):
            file, found = _open(name, index, schema)
            files.append(file)
            findings += found
        types, differing = common_types(
            schema, [(f.content.source.name, {p: f.types[c] for p, c in f.columns.items()}) for f in files]
        )
        findings += differing
        return ArrowExtract(files, types, findings)


def _open(name: str, index: int, schema: SchemaObject) -> tuple[_File, tuple[Finding, ...]]:
    content = open_content(name, index)
    where = Place(source=name)
    if not content.source.size_bytes:
        raise SourceError(Finding("RDR-003", where, "an empty file is no Arrow"))
    if content.compression != "none":
        fix = "decompress it before the run; Arrow compresses its own buffers"
        raise SourceError(Finding("RDR-220", where, f"it is compressed with {content.compression}", fix=fix))
    if content.head.startswith(_FEATHER_1):
        fix = "have it written as Feather version 2, which is the Arrow IPC file"
        raise SourceError(Finding("RDR-220", where, "it is Feather version 1", fix=fix))
    is_stream = not content.head.startswith(_FILE_MAGIC)
    try:
        with pa.memory_map(str(content.path)) as source:
            held = (pa.ipc.open_stream(source) if is_stream else pa.ipc.open_file(source)).schema
        types = {f.name: _series(pa.array([], f.type)).dtype for f in held}
    except _FAULTS as error:
        raise SourceError(Finding("RDR-220", where, _first_line(error))) from error
    mapping = by_name(held.names, schema, name)
    columns = {p: held.names[i] for p, i in mapping.fields.items() if held.names.count(held.names[i]) == 1}
    return _File(content, is_stream, types, columns), mapping.findings


def _batches(source: pa.NativeFile, is_stream: bool) -> Iterator[pa.RecordBatch]:
    if is_stream:
        yield from pa.ipc.open_stream(source)
        return
    reader = pa.ipc.open_file(source)
    for i in range(reader.num_record_batches):
        yield reader.get_batch(i)


def _series(column: pa.Array) -> pl.Series:
    """Return a column as Polars holds it."""
    column = _plain(column)
    try:
        made = pl.from_arrow(column)
    except BaseException as error:  # Polars panics at types it does not know (2.1.0), and a panic is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        made = pl.Series([None if v is None else str(v) for v in column.to_pylist()], dtype=pl.String)
    assert isinstance(made, pl.Series)
    return made.cast(pl.String) if isinstance(made.dtype, pl.Categorical | pl.Enum) else made


def _plain(column: pa.Array) -> pa.Array:
    """Return a column without what only Arrow has: extensions, runs, dictionaries, decimals too wide."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(column.storage)
    if pa.types.is_run_end_encoded(kind):
        import pyarrow.compute as pc  # slow to load, and runs are rare

        return _plain(pc.run_end_decode(column))
    if pa.types.is_dictionary(kind):
        return _plain(column.dictionary_decode())
    if pa.types.is_decimal(kind):
        if kind.precision <= _MOST_DIGITS and kind.scale >= 0:
            return column.cast(pa.decimal128(kind.precision, kind.scale))
        return pa.array([None if v is None else format(v, "f") for v in column.to_pylist()], pa.large_string())
    if pa.types.is_union(kind) or pa.types.is_map(kind) or pa.types.is_interval(kind):
        return pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.large_string())
    if pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind):
        return _plain(pa.array(column.to_pylist(), pa.large_list(kind.value_type)))  # its cast loses items (26.0.1)
    return column


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
