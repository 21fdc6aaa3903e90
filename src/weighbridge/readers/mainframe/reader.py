"""The mainframe reader behind the readers' door: a contract's properties out of a copybook's fields.

Raw columns have the fields' own types: Int64 and Decimal for numbers, Float64 for floats, String for
text (blanks on the right taken off). A value that cannot be read, or has two readings, is null or the
first of them, and the doubt stands beside it: `MainframeExtract.raw_doubts`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding, Place, Severity, SourceError
from weighbridge.legacy.cobol import Cells, Column, decode_field
from weighbridge.legacy.cobol.records import Walk, decode_records
from weighbridge.legacy.codepages import UnknownPageError, page_named
from weighbridge.legacy.copybook import Copybook
from weighbridge.legacy.copybook.draft import described, fields
from weighbridge.readers.content import Content, open_content
from weighbridge.readers.door import Option, RawDoubt, Source
from weighbridge.readers.lineage import FRAMING_FAULTS, LINEAGE_SCHEMA, raw_name
from weighbridge.readers.mainframe import framing
from weighbridge.readers.mainframe.files import load_copybooks, load_table
from weighbridge.readers.mainframe.framing import Framer
from weighbridge.readers.mainframe.options import Options, read_options
from weighbridge.readers.mainframe.segments import Segments
from weighbridge.readers.mainframe.series import (
    Field,
    doubt_name,
    doubts_of,
    element_of,
    field_keys,
    series_of,
    series_type,
)
from weighbridge.readers.records import Records
from weighbridge.readers.scanning import TextExtract

_BLOCK_BYTES = 1 << 20
_GENERAL = frozenset({"kind", "copybook", "options", "encoding", "nullValues", "null_values", "maxRecordBytes"})


class MainframeReader:
    """The reader `mainframe`: EBCDIC and ASCII records laid out by a COBOL copybook."""

    name = "mainframe"
    formats = ("mainframe", "ebcdic", "cobol")
    suffixes = (".ebc", ".ebcdic")

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> MainframeExtract:
        """Open an extract; see `Reader.open`.

        Raises:
            SourceError: a source or the copybook cannot be read, or no copybook is named.
            CopybookError: the copybook has faults.
            OptionError: `recordFormat.options` has faults.
        """
        given = dict(server.record_format) if server is not None else {}
        paths = _copybook_paths(given.get("copybook"), sources)
        options, origins = _options(given, server, paths[0].parent)
        copybook = load_copybooks(paths, (), options)
        layout = Layout.of(copybook, options, schema)
        parts = [_Part(open_content(name, index), layout) for index, name in enumerate(sources)]
        shown = [
            *origins,
            Option("copybook", ", ".join(map(str, paths)), "declared", f"{copybook.size} bytes a record"),
        ]
        return MainframeExtract(parts, layout, shown, [*copybook.warnings, *layout.findings], on_progress)


@dataclass(frozen=True, eq=False)
class Layout:
    """Which field each property is read from.

    Attributes:
        fields: by property name.
        findings: properties without a field.
    """

    copybook: Copybook
    options: Options
    segments: Segments
    fields: Mapping[str, Field]
    findings: tuple[Finding, ...]
    has_counts: bool

    @classmethod
    def of(cls, copybook: Copybook, options: Options, schema: SchemaObject) -> Layout:
        """Find the field of each property by its source names."""
        known = {
            key: (item, subscripts)
            for item, subscripts in reversed(list(fields(copybook)))
            for key in field_keys(item, subscripts)
        }
        found: dict[str, Field] = {}
        missing: list[Finding] = []
        for p in schema.properties:
            hit = next(
                (known[key] for name in p.source_names if (key := name.upper().replace("-", "_")) in known), None
            )
            if hit is None:
                severity = Severity.ERROR if p.required else Severity.WARNING
                missing.append(
                    Finding("RDR-020", Place(path=(p.name,)), f"{p.name}: no such field in the copybook", severity)
                )
            else:
                found[p.name] = Field(p.name, *hit)
        has_counts = any(item.counter is not None for item in copybook.items())
        return cls(copybook, options, Segments(copybook, options), found, tuple(missing), has_counts)

    def columns(self, cells: Cells, wanted: Collection[str]) -> dict[str, Column]:
        """Return the values of the wanted properties in each record."""
        asked = [f for f in self.fields.values() if raw_name(f.name) in wanted or doubt_name(f.name) in wanted]
        how = self.options.conventions
        if not self.has_counts:
            return {f.name: decode_field(cells.at(f.offset), f.item, how) for f in asked}
        items = {id(f.item) for f in asked}
        walk = Walk(how, self.options.odo_variable_size, lambda item: id(item) in items, self.options.count_map)
        records = decode_records(self.copybook.roots, cells, walk)
        return {f.name: element_of(records, f) for f in asked}


class MainframeExtract(TextExtract):
    """An extract of mainframe files; see `RawExtract` for its members.

    Attributes:
        typed: its raw columns have types of their own.
        raw_doubts: what is doubtful about a property's raw values, by property name; the
            expressions read columns that `scan` gives beside the raw ones.
    """

    typed = True

    def __init__(
        self,
        parts: Sequence[_Part],
        layout: Layout,
        options: Sequence[Option],
        findings: Sequence[Finding],
        on_progress: Callable[[int], None] | None,
    ) -> None:
        super().__init__(parts, tuple(layout.fields), options, findings, on_progress)
        self._schema: dict[str, pl.DataType] = dict(LINEAGE_SCHEMA)
        doubts: dict[str, tuple[RawDoubt, ...]] = {}
        for field in layout.fields.values():
            self._schema[raw_name(field.name)] = series_type(field.item, layout.options.conventions)
            self._schema[doubt_name(field.name)] = pl.UInt8()
            doubts[field.name] = doubts_of(field, layout.options, described(field.item), layout.has_counts)
        self.raw_doubts = doubts

    def scan(self) -> pl.LazyFrame:
        """Return the plan; every collection of it reads the sources again."""

        def read(
            columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
        ) -> Iterator[pl.DataFrame]:
            return self._read(list(self._schema) if columns is None else columns, predicate, rows, size)

        return register_io_source(read, schema=self._schema, explain_name="weighbridge extract")


@dataclass(frozen=True, eq=False)
class _Part:
    """One source."""

    content: Content
    layout: Layout

    @property
    def source(self) -> Source:
        return self.content.source

    def batches(self, on_progress: Callable[[int], None] | None) -> Iterator[_Batch]:
        """Yield the source's records in order."""
        layout = self.layout
        framer = Framer(self.content.source.name, layout.copybook, layout.options, self.content.pieces(_BLOCK_BYTES))
        told = 0
        for batch in framer.batches():
            yield self._chosen(batch, _taken(framer))
            if on_progress is not None and len(batch.offsets):
                now = int(batch.offsets[-1] + batch.spans[-1])
                on_progress(now - told)
                told = now
        controls = _taken(framer)
        if controls:
            yield _Batch(layout, self.source.index, None, controls)
        if on_progress is not None:
            on_progress(max(self.content.size_bytes - told, 0))

    def remarks(self, kinds: Collection[str]) -> Sequence[Finding]:
        """Return what the kinds of control spans tell."""
        place = Place(source=self.content.source.name)
        found = []
        if framing.UNFRAMED in kinds:
            found.append(Finding("RDR-100", place, "bytes that could not be framed were left at the end"))
        if self.content.damage:
            found.append(Finding("RDR-108", place, self.content.damage))
        return found

    def _chosen(self, batch: framing.Batch, controls: list[tuple[str, int, int]]) -> _Batch:
        """Leave out records of other segments; they become control spans."""
        layout, wanted = self.layout, self.layout.options.segment_filter
        head, tail = layout.options.record_skip_head, layout.options.record_skip_tail
        ids = layout.segments.ids(batch.cells(head, tail)) if wanted else None
        if ids is None:
            return _Batch(layout, self.source.index, batch, controls)
        from weighbridge.readers.mainframe.rows import pick

        keep = np.array([row for row, one in enumerate(ids) if one in wanted or row in batch.faults], dtype=np.int64)
        kept = set(keep.tolist())
        others = [
            ("another segment", int(batch.offsets[r]), int(batch.spans[r])) for r in range(len(ids)) if r not in kept
        ]
        return _Batch(
            layout, self.source.index, pick(batch, keep), sorted([*controls, *others], key=lambda span: span[1])
        )


@dataclass(frozen=True, eq=False)
class _Batch:
    """Records of one source that were framed together."""

    layout: Layout
    source: int
    batch: framing.Batch | None
    controls: Sequence[tuple[str, int, int]]

    @property
    def records(self) -> int:
        return 0 if self.batch is None else len(self.batch.starts)

    @property
    def record_bytes(self) -> int:
        return 0 if self.batch is None else int(self.batch.spans.sum())

    def frame(self, wanted: Collection[str], first_record: int) -> pl.DataFrame:
        """Return the wanted columns, lineage and raw."""
        assert self.batch is not None
        batch, options = self.batch, self.layout.options
        codes = np.zeros(len(batch.starts), dtype=np.uint8)
        for row, (code, _) in batch.faults.items():
            codes[row] = FRAMING_FAULTS.index(code)
        raw = batch.buffer.tobytes() if {"__raw"} & set(wanted) else b""
        base = int(batch.offsets[0] - batch.starts[0]) if len(batch.starts) else 0
        seen = {row: why for row, (_, why) in batch.faults.items()}
        records = Records(
            raw, base, batch.starts, batch.starts + batch.lengths, batch.starts + batch.spans, codes, seen
        )
        columns = records.lineage(wanted, self.source, first_record)
        if "__offset" in columns:
            columns["__offset"] = pl.Series("__offset", batch.offsets.astype(np.uint64))
        decoded = self.layout.columns(batch.cells(options.record_skip_head, options.record_skip_tail), wanted)
        for name, column in decoded.items():
            item = self.layout.fields[name].item
            doubts = np.zeros(len(column), dtype=np.uint8) if column.doubts is None else column.doubts
            if raw_name(name) in wanted:
                columns[raw_name(name)] = _masked(series_of(column, item, options.conventions), codes).alias(
                    raw_name(name)
                )
            if doubt_name(name) in wanted:
                columns[doubt_name(name)] = pl.Series(
                    doubt_name(name), np.where(codes != 0, np.uint8(0), doubts).astype(np.uint8)
                )
        return (
            pl.DataFrame([columns[name] for name in wanted if name in columns])
            if wanted
            else pl.DataFrame(height=self.records)
        )


def _masked(series: pl.Series, codes: np.ndarray[Any, np.dtype[np.uint8]]) -> pl.Series:
    """Return the series with null where the record is no whole one."""
    if not bool(codes.any()):
        return series
    return pl.select(pl.when(pl.Series(codes == 0)).then(series)).to_series()


def _taken(framer: Framer) -> list[tuple[str, int, int]]:
    controls = [(span.kind, span.offset, span.length) for span in framer.controls]
    framer.controls.clear()
    return controls


def _copybook_paths(named: Any, sources: Sequence[str]) -> list[Path]:
    """Return the copybooks' paths: as they are, or beside the first source.

    Raises:
        SourceError: none is named.
    """
    names = [named] if isinstance(named, str) else [str(one) for one in named or ()]
    if not names:
        fix = "name it in the server's recordFormat: {kind: mainframe, copybook: FILE}"
        raise SourceError(Finding("RDR-001", detail="no copybook is named", fix=fix))
    paths = []
    for name in names:
        path = Path(name)
        beside = Path(sources[0]).parent / name if sources else path
        paths.append(path if path.is_file() or not beside.is_file() else beside)
    return paths


def _options(given: Mapping[str, Any], server: Server | None, folder: Path) -> tuple[Options, list[Option]]:
    values: dict[str, Any] = {"trim": "right", "code_page": "cp037"}
    origins = dict.fromkeys(values, "default")
    declared = {key: value for key, value in given.items() if key not in _GENERAL}
    encoding = (server.encoding if server is not None else None) or given.get("encoding")
    if encoding:
        try:
            declared["code_page"] = page_named(str(encoding)).name
        except UnknownPageError:
            declared["encoding"], declared["text_charset"] = "ascii", str(encoding)
    declared.update(given.get("options") or {})
    for key in declared:
        origins[key] = "declared"
    if "codePage" in declared:
        values.pop("code_page")
    values.update(declared)
    options = read_options(values, lambda name: load_table(name, folder), "recordFormat.options")
    return options, [Option(key, str(value), origins[key]) for key, value in values.items()]
