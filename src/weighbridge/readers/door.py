"""The one door all readers share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import polars as pl

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding
from weighbridge.legacy.reading import Doubt
from weighbridge.quick import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One reading option and where it came from: ``declared``, ``sniffed`` or ``default``."""

    name: str
    value: str
    origin: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One source of an extract.

    Attributes:
        index: its value in the `__source` column.
        name: its path or URL as the user gave it; with the member for archives.
        size_bytes: of the file as stored.
        sha256: hex digest of the file as stored.
        content_bytes: bytes that spans partition: the decompressed size; equals `size_bytes`
            for plain files; None where records have no byte range of their own.
        content_rows: rows of a sheet or table that records and control spans partition, counted
            apart from them; None where bytes are what is partitioned.
    """

    index: int
    name: str
    size_bytes: int
    sha256: str
    content_bytes: int | None
    content_rows: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A byte range of a source that is no record: header, footer, preamble, blank line, padding…

    Where the source has rows and no byte ranges, `rows` says how many rows it is, and its
    offset and length are 0.
    """

    source: int
    kind: str
    offset_bytes: int
    length_bytes: int
    rows: int = 0


@dataclass(frozen=True, slots=True)
class SourceAccount:
    """What one complete scan made of one source.

    Attributes:
        source: the source, with size and digest of the bytes this scan really read.
        records: records given, framed or not.
        record_bytes: their bytes, line ends included; None where records have no byte range.
        controls: the spans that are no record; together with the records they cover the
            source's content exactly once. Runs of equal kind that touch are merged.
    """

    source: Source
    records: int
    record_bytes: int | None
    controls: tuple[Span, ...]

    @property
    def control_bytes(self) -> int:
        """Bytes in control spans."""
        return sum(span.length_bytes for span in self.controls)


@dataclass(frozen=True, slots=True)
class RawDoubt:
    """What a reader that decodes by itself doubts of a property's raw values.

    Attributes:
        doubt: as a rule would say it; its expressions read columns that `scan` gives.
        seen: String: the bytes in question, over the lineage columns; None where they cannot be shown.
    """

    doubt: Doubt
    seen: pl.Expr | None = None


class RawExtract(Protocol):
    """An opened extract: a plan that gives its records, and an account of what it read.

    Attributes:
        columns: the property names that have a raw column in `scan()`.
        options: every reading option with its origin.
        findings: findings about the extract as a whole known at opening (missing or extra
            columns, an empty file); more may come with `account()`.
        content_bytes: total bytes a scan will go through, for progress.
        container: name of the format when records have no bytes of their own (``"parquet"``), else None.
        typed: whether raw columns have types of their own; else all of them are String.
        raw_doubts: what a reader that decodes by itself doubts of its raw values, by property name.
    """

    columns: tuple[str, ...]
    options: tuple[Option, ...]
    findings: tuple[Finding, ...]
    content_bytes: int
    container: str | None
    typed: bool
    raw_doubts: Mapping[str, tuple[RawDoubt, ...]]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources as they were at opening, by `__source` index."""
        ...

    def scan(self) -> pl.LazyFrame:
        """Return a plan with the lineage columns, then a raw column for each of `columns`.

        One row a record, in source order, in bounded memory. It may be collected more than
        once and with any projection; a projection never changes framing.
        """
        ...

    def account(self) -> tuple[SourceAccount, ...]:
        """Return what the last complete scan read, source by source.

        Raises:
            SourceError: a source changed between opening and the end of the scan.
        """
        ...

    def late_findings(self) -> tuple[Finding, ...]:
        """Findings about the extract that only a complete scan can know (a missing trailer…)."""
        ...


@runtime_checkable
class Verifiable(Protocol):
    """An extract scanned by an engine of its own, which stops at damage without saying where it came from."""

    def verify(self) -> None:
        """Go through all that is read.

        Raises:
            SourceError: a source cannot be read to its end.
        """
        ...


class Reader(Protocol):
    """Opens extracts of one format; its line in `weighbridge.readers.formats.FORMATS` says which those are."""

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Open an extract; `on_progress` is given bytes gone through since its last call.

        Raises:
            SourceError: a source cannot be opened at all.
        """
        ...
