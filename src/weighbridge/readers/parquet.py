"""Parquet: Polars' own scan, with lineage beside it and nothing copied.

Records have a number and no bytes of their own. Raw columns hold the source's values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import polars as pl
import pyarrow as pa
import pyarrow.parquet

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.quick import dataclass
from weighbridge.readers.columns import by_name
from weighbridge.readers.content import Content, open_content
from weighbridge.readers.door import Option, RawDoubt, RawExtract, SourceAccount
from weighbridge.readers.lineage import LINEAGE_SCHEMA, RECORD, SOURCE, raw_name
from weighbridge.readers.typed import common_types, without_bytes

_ROW = "__weighbridge_row"
_ENCRYPTED = b"PARE"


@dataclass(frozen=True, slots=True)
class _File:
    """One Parquet file: its columns, and which of them is which property's."""

    content: Content
    schema: pl.Schema
    records: int
    columns: dict[str, str]

    def scan(self) -> pl.LazyFrame:
        return pl.scan_parquet(
            self.content.path, row_index_name=_ROW, row_index_offset=1, glob=False, hive_partitioning=False
        )


class ParquetExtract:
    """An extract of Parquet files behind the readers' door; see `RawExtract` for its members.

    `content_bytes` is 0: Polars does not tell how far it has read.
    """

    container: str | None = "parquet"
    typed = True
    raw_doubts: Mapping[str, tuple[RawDoubt, ...]] = MappingProxyType({})
    content_bytes = 0

    def __init__(self, files: Sequence[_File], types: dict[str, pl.DataType], findings: Sequence[Finding]) -> None:
        self._files = tuple(files)
        self._types = types
        self.columns = tuple(types)
        self.findings = tuple(findings)
        self.options: tuple[Option, ...] = ()
        self.sources = tuple(without_bytes(f.content.source) for f in files)

    def scan(self) -> pl.LazyFrame:
        """Return the plan: the files' scans one after the other."""
        return pl.concat([self._scan(i, file) for i, file in enumerate(self._files)])

    def account(self) -> tuple[SourceAccount, ...]:
        """Return the records of each file, from its metadata.

        Raises:
            SourceError: a file was replaced or written to since it was opened.
        """
        for file in self._files:
            where = Place(source=file.content.source.name)
            try:
                now = file.content.path.stat()
            except OSError as error:
                raise SourceError(Finding("RDR-001", where, error.strerror or str(error))) from error
            reasons = file.content.stamp.differences(now, file.content.stamp.crc32)
            if reasons:
                raise SourceError(Finding("RDR-004", where, "; ".join(reasons)))
        return tuple(SourceAccount(s, f.records, None, ()) for s, f in zip(self.sources, self._files, strict=True))

    def verify(self) -> None:
        """Read every column of every file for nothing but to see that it can be read.

        Raises:
            SourceError: it cannot (RDR-222).
        """
        for file in self._files:
            try:
                file.scan().select(pl.col(list(file.schema)).len()).collect(engine="streaming")
                file.scan().select(pl.all().null_count()).collect(engine="streaming")
                for column in file.columns.values():
                    file.scan().select(pl.col(column).hash().min()).collect(engine="streaming")
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
                where = Place(source=file.content.source.name)
                raise SourceError(Finding("RDR-222", where, str(error).splitlines()[0])) from error

    def late_findings(self) -> tuple[Finding, ...]:
        """Return nothing: all is known from the metadata."""
        return ()

    def _scan(self, index: int, file: _File) -> pl.LazyFrame:
        given = {SOURCE: pl.lit(index), RECORD: pl.col(_ROW)}
        lineage = [
            given.get(name, pl.lit(0 if dtype == pl.UInt8 else None)).cast(dtype).alias(name)
            for name, dtype in LINEAGE_SCHEMA.items()
        ]
        raw = []
        for name, dtype in self._types.items():
            column = file.columns.get(name)
            value = pl.lit(None, dtype) if column is None else pl.col(column)
            same = column is None or file.schema[column] == dtype
            raw.append((value if same else value.cast(dtype)).alias(raw_name(name)))
        return file.scan().select(*lineage, *raw)


@dataclass(frozen=True, slots=True)
class ParquetReader:
    """Reads Parquet; see `weighbridge.readers.door.Reader`."""

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Open an extract of Parquet files; a column may be missing from some of them.

        Raises:
            SourceError: a file cannot be opened (RDR-001) or is no Parquet (RDR-008).
        """
        findings: list[Finding] = []
        files = []
        for index, name in enumerate(sources):
            file, found = _open(name, index, schema)
            files.append(file)
            findings += found
        types, differing = common_types(
            schema, [(f.content.source.name, {p: f.schema[c] for p, c in f.columns.items()}) for f in files]
        )
        findings += differing
        return ParquetExtract(files, types, findings)


def _open(name: str, index: int, schema: SchemaObject) -> tuple[_File, tuple[Finding, ...]]:
    content = open_content(name, index)
    where = Place(source=name)
    if not content.source.size_bytes:
        raise SourceError(Finding("RDR-003", where, "an empty file is no Parquet"))
    if content.head.startswith(_ENCRYPTED):
        raise SourceError(Finding("RDR-221", where, "its footer is encrypted"))
    try:
        scan = pl.scan_parquet(content.path, glob=False, hive_partitioning=False)
        held = scan.collect_schema()
        records = int(scan.select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise SourceError(Finding("RDR-008", where, str(error).splitlines()[0])) from error
    _require_agreement(content, records)
    mapping = by_name(list(held), schema, name)
    columns = {p: list(held)[i] for p, i in mapping.fields.items()}
    return _File(content, held, records, columns), mapping.findings


def _require_agreement(content: Content, records: int) -> None:
    """Refuse a footer whose count of rows is not that of its row groups, which are what a scan gives."""
    where = Place(source=content.source.name)
    try:
        footer = pyarrow.parquet.read_metadata(content.path)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(Finding("RDR-008", where, str(error).splitlines()[0])) from error
    held = sum(footer.row_group(i).num_rows for i in range(footer.num_row_groups))
    if held != footer.num_rows or held != records:
        detail = f"its footer tells of {footer.num_rows} rows, its row groups hold {held}"
        raise SourceError(Finding("RDR-008", where, detail))
