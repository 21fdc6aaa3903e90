"""The mainframe reader behind the readers' door: a contract's properties out of a copybook's fields.

Raw columns have the fields' own types: Int64 and Decimal for numbers, Float64 for floats, String for
text (blanks on the right taken off). A value that cannot be read, or has two readings, is null or the
first of them, and the doubt stands beside it: `MainframeExtract.raw_doubts`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from weighbridge.contract.copybooks import copybook_names, find_file, load_copybooks, server_options
from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding, Place, Severity, SourceError
from weighbridge.legacy.cobol.draft import described
from weighbridge.readers.content import Content, open_content
from weighbridge.readers.door import Option, RawDoubt, Source
from weighbridge.readers.lineage import FRAMING_FAULTS, LINEAGE_SCHEMA, raw_name
from weighbridge.readers.mainframe.family import UNKNOWN_CODE, Family, Kin
from weighbridge.readers.mainframe.found import UNFRAMED
from weighbridge.readers.mainframe.framing import Framer
from weighbridge.readers.mainframe.layout import Layout, Seen
from weighbridge.readers.mainframe.series import doubt_name, doubts_of, series_of, series_type
from weighbridge.readers.records import Records
from weighbridge.readers.scanning import TextExtract

_BLOCK_BYTES = 1 << 22


class MainframeReader:
    """The reader `mainframe`: EBCDIC and ASCII records laid out by a COBOL copybook."""

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
        paths = _copybooks(server, sources)
        options, shown_options = server_options(server, paths[0].parent)
        copybook = load_copybooks(paths, (), options)
        layout = Layout.of(copybook, options, schema)
        parts = [_Part(open_content(name, index), layout) for index, name in enumerate(sources)]
        shown = [
            *(Option(key, value, origin) for key, (value, origin) in shown_options.items()),
            Option("copybook", ", ".join(map(str, paths)), "declared", f"{copybook.size} bytes a record"),
        ]
        return MainframeExtract(
            parts,
            layout,
            shown,
            [*layout.segments.warnings(copybook), *options.warnings, *layout.findings],
            on_progress,
        )


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
        self.typed = True
        self._schema: dict[str, pl.DataType] = dict(LINEAGE_SCHEMA)
        doubts: dict[str, tuple[RawDoubt, ...]] = {}
        for name, one in layout.fields.items():
            self._schema[raw_name(name)] = series_type(one.item, layout.options.conventions)
            self._schema[doubt_name(name)] = pl.UInt8()
            doubts[name] = doubts_of(one, layout.options, described(one.item), layout.moves(name))
        self.raw_doubts = doubts

    def scan(self) -> pl.LazyFrame:
        """Return the plan; every collection of it reads the sources again."""

        def read(
            columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
        ) -> Iterator[pl.DataFrame]:
            return self._read(list(self._schema) if columns is None else columns, predicate, rows, size)

        return register_io_source(read, schema=self._schema, explain_name="weighbridge extract")


@dataclass(slots=True)
class _Told:
    """What the last complete pass over a source had to tell."""

    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class _Part:
    """One source."""

    content: Content
    layout: Layout
    told: _Told = field(default_factory=_Told)

    @property
    def source(self) -> Source:
        return self.content.source

    def batches(self, on_progress: Callable[[int], None] | None) -> Iterator[_Batch]:
        """Yield the source's records in order."""
        layout = self.layout
        framer = Framer(self.content.source.name, layout.copybook, layout.options, self.content.pieces(_BLOCK_BYTES))
        family = Family(layout)
        told = 0
        for batch in framer.batches():
            now = int(batch.offsets[-1] + batch.spans[-1])
            kin = family.chosen(batch)
            controls = sorted([*_taken(framer), *kin.controls], key=lambda span: span[1])
            yield _Batch(layout, self.source.index, kin, controls)
            if on_progress is not None:
                on_progress(now - told)
                told = now
        controls = _taken(framer)
        if controls:
            yield _Batch(layout, self.source.index, None, controls)
        if on_progress is not None:
            on_progress(max(self.content.size_bytes - told, 0))
        self.told.findings = [*(f for f in framer.findings if f.place.record is None), *self._kinship(family)]

    def _kinship(self, family: Family) -> Iterator[Finding]:
        place = Place(source=self.content.source.name)
        if family.orphans:
            yield Finding("RDR-107", place, f"{family.orphans} records", Severity.WARNING)
        if family.strangers:
            why = f"{family.strangers} records, rejected where {self.layout.segments.groups_in_order[0]} is read"
            yield Finding(UNKNOWN_CODE, place, why, Severity.WARNING)

    def remarks(self, kinds: Collection[str]) -> Sequence[Finding]:
        """Return what a complete scan had to tell beside the records."""
        place = Place(source=self.content.source.name)
        found = list(self.told.findings)
        if UNFRAMED in kinds:
            found.append(Finding("RDR-100", place, "bytes that could not be framed were left at the end"))
        if self.content.damage:
            found.append(Finding("RDR-108", place, self.content.damage))
        return found


@dataclass(frozen=True, eq=False)
class _Batch:
    """Records of one source that were framed together."""

    layout: Layout
    source: int
    kin: Kin | None
    controls: Sequence[tuple[str, int, int]]

    @property
    def records(self) -> int:
        return 0 if self.kin is None else len(self.kin.batch.starts)

    @property
    def record_bytes(self) -> int:
        return 0 if self.kin is None else int(self.kin.batch.spans.sum())

    def frame(self, wanted: Collection[str], first_record: int) -> pl.DataFrame:
        """Return the wanted columns, lineage and raw."""
        assert self.kin is not None
        batch, options = self.kin.batch, self.layout.options
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
        own = Seen(batch.cells(options.record_skip_head, options.record_skip_tail))
        decoded = self.layout.columns(own, self.kin.others, wanted)
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


def _copybooks(server: Server | None, sources: Sequence[str]) -> list[Path]:
    """Return the copybooks' paths: from the contract's own folder, else beside the first source, else from here.

    Raises:
        SourceError: none is named, or one is in none of these folders.
    """
    names = copybook_names(server.record_format.get("copybook") if server is not None else None)
    if not names:
        fix = "name it in the server's recordFormat: {kind: mainframe, copybook: FILE}"
        raise SourceError(Finding("RDR-001", detail="no copybook is named", fix=fix))
    home = Path(server.folder) if server is not None and server.folder is not None else None
    folders = [home, Path(sources[0]).parent if sources else None, Path()]
    found = [(name, find_file(name, folders)) for name in names]
    missing = [name for name, path in found if path is None]
    if missing:
        looked = ", ".join(dict.fromkeys(str(folder) for folder in folders if folder is not None))
        fix = "put it beside the contract, or write its path from there in recordFormat.copybook"
        raise SourceError(
            Finding("RDR-001", Place(source=name), f"the copybook is in none of: {looked}", fix=fix) for name in missing
        )
    return [path for _, path in found if path is not None]
