"""Files of statistics packages behind the readers' door, through pyreadstat (ReadStat)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.legacy.reading import Certainty
from weighbridge.readers.columns import by_name
from weighbridge.readers.content import Content, open_content
from weighbridge.readers.door import Option, RawExtract, Source
from weighbridge.readers.options import Declared, merged
from weighbridge.readers.spool import CellDoubt, Row, Spool, Spooled, SpooledExtract, texts_of
from weighbridge.readers.statistics.missing import Missing
from weighbridge.readers.values import as_json, text_of

CHUNK_ROWS = 50_000
MISSING = 1
DOUBTS = (CellDoubt("reason", "RDR-341", Certainty.NORMALISED, "a value, or a system missing one without a reason"),)
_BY_SUFFIX = {
    ".sav": "sav", ".zsav": "sav", ".por": "por", ".dta": "dta", ".sas7bdat": "sas7bdat", ".xpt": "xport",
    ".xport": "xport",
}  # fmt: skip
_KINDS = {"spss": "sav", "zsav": "sav", "stata": "dta", "sas": "sas7bdat", "xpt": "xport"}
_TELLS_MISSING = frozenset(("sav", "dta", "sas7bdat"))
_MAGIC = (
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (b"<stata_dta>", "dta"),
    (b"HEADER RECORD*******", "xport"),
    (b"\0" * 12 + b"\xc2\xea\x81\x60", "sas7bdat"),
)
_PORTABLE, _PORTABLE_WITHIN = b"SPSS PORT FILE", 512
"""What the splash of a portable file says, once in each of five character sets of 40 bytes a line."""


@dataclass(frozen=True, slots=True)
class StatisticsReader:
    """Reads SAS, SPSS and Stata; see `weighbridge.readers.door.Reader`."""

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Open an extract of such files, gone through some thousand rows at a time.

        Raises:
            SourceError: a file cannot be opened (RDR-001) or read (RDR-340).
        """
        declared = Declared(server)
        files: list[_File] = []
        findings: list[Finding] = []
        options: list[tuple[str, Sequence[Option]]] = []
        for index, name in enumerate(sources):
            content = open_content(name, index)
            file, option = _opened(content, server, declared)
            mapping = by_name(file.names, schema, name)
            file.fields.update(mapping.fields)
            findings += mapping.findings
            files.append(file)
            encoding = Option("encoding", str(file.meta.file_encoding or "as the file says"), option.origin)
            options.append((name, (option, replace(encoding, origin="declared" if declared.encoding else "sniffed"))))
        spool = Spool(texts_of(schema, {name for file in files for name in file.fields}), DOUBTS)
        labelled = bool(declared.get("valueLabels", False))
        parts = [_kept(spool, file, schema, labelled) for file in files]
        return SpooledExtract(
            spool,
            parts,
            container="statistics",
            contents=[f.content for f in files],
            findings=findings,
            options=merged(options),
        )


@dataclass(frozen=True, slots=True)
class _File:
    content: Content
    read: Callable[..., Any]
    meta: Any
    fields: dict[str, int]

    @property
    def names(self) -> list[str]:
        return list(self.meta.column_names)

    def chunks(self) -> Iterator[list[list[Any]]]:
        """Yield the columns' values, some thousand rows at a time."""
        offset, total = 0, self.meta.number_rows
        while total is None or offset < total:
            columns, _ = self.read(row_offset=offset, row_limit=CHUNK_ROWS)
            held = [list(columns[name]) for name in self.names]
            rows = len(held[0]) if held else 0
            if not rows:
                return
            yield held
            offset += rows
            if rows < CHUNK_ROWS:
                return


def _opened(content: Content, server: Server | None, declared: Declared) -> tuple[_File, Option]:
    import pyreadstat

    where = Place(source=content.source.name)
    if not content.source.size_bytes:
        raise SourceError(Finding("RDR-003", where, "an empty file holds no records"))
    if content.compression != "none":
        raise SourceError(Finding("RDR-340", where, "it is compressed with gzip", fix="send it uncompressed"))
    kind, option = _kind(content, server)
    function = getattr(pyreadstat, f"read_{kind}")
    given: dict[str, Any] = {"output_format": "dict"}
    if kind in _TELLS_MISSING:
        given["user_missing"] = True
    if declared.encoding and kind != "por":
        given["encoding"] = declared.encoding

    def read(**more: Any) -> Any:
        try:
            return function(str(content.path), **given, **more)
        except Exception as error:  # ReadStat's own error, and whatever its Python part raises
            fix = "declare the encoding (servers.encoding)" if "encoding" in str(error).lower() else ""
            raise SourceError(Finding("RDR-340", where, f"as {kind}: {error}"[:300], fix=fix)) from error

    _, meta = read(metadataonly=True)
    if None in meta.column_names:  # what ReadStat gives for a name that is no text
        raise SourceError(Finding("RDR-340", where, f"as {kind}: a column's name is no text in the file's encoding"))
    return _File(content, read, meta, {}), option


def _kind(content: Content, server: Server | None) -> tuple[str, Option]:
    for magic, kind in _MAGIC:
        if content.head.startswith(magic):
            return kind, Option("file", kind, "sniffed", "its first bytes")
    if _PORTABLE in content.head[:_PORTABLE_WITHIN]:
        return "por", Option("file", "por", "sniffed", "its first bytes")
    said = (server.format or "").strip().lower() if server is not None else ""
    if said and said != "statistics":
        return _KINDS.get(said, said), Option("file", _KINDS.get(said, said), "declared", "servers.format")
    suffix = PurePath(content.source.name).suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix], Option("file", _BY_SUFFIX[suffix], "sniffed", f"the name ends with {suffix}")
    detail = "neither its name nor its first bytes tell which program wrote it"
    raise SourceError(Finding("RDR-340", Place(source=content.source.name), detail))


def _kept(spool: Spool, file: _File, schema: SchemaObject, labelled: bool) -> Spooled:
    stored: Source = replace(file.content.source, content_bytes=None, content_rows=file.meta.number_rows)
    return spool.write(lambda: stored, _records(file, schema, list(spool.columns), labelled), tuple)


def _records(file: _File, schema: SchemaObject, columns: Sequence[str], labelled: bool) -> Iterator[Row]:
    kinds = {p.name: p.logical_type for p in schema.properties}
    names = file.names
    missing = [Missing.of(file.meta, name) for name in names]
    ways = [(at, file.fields[name], kinds[name]) for at, name in enumerate(columns) if name in file.fields]
    number = 0
    for chunk in file.chunks():
        for row in zip(*chunk, strict=True):
            number += 1
            values: list[str | None] = [None] * len(columns)
            doubts: dict[int, tuple[int, str | None]] = {}
            for at, column, kind in ways:
                value = row[column]
                if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
                    continue
                reason = missing[column].reason(value)
                if reason is not None:
                    doubts[at] = (MISSING, reason)
                elif labelled and value in missing[column].labels:
                    values[at] = missing[column].labels[value]
                else:
                    values[at] = text_of(value, kind)
            record = {"row": number, "values": dict(zip(names, map(_plain, row), strict=True))}
            yield Row(values, raw=as_json(record).encode("utf-8", "surrogatepass"), doubts=doubts)


def _plain(value: Any) -> Any:
    """Return a value without NumPy's types; not-a-number is how a missing one is kept."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and math.isnan(value) else value
