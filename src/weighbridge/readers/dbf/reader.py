"""dBase tables behind the readers' door.

Their records have bytes of their own, and each byte of a table is accounted for: the header,
records, deleted records, the mark at the end. Libraries give values without their bytes, so the
format, which is a header and records of one length, is gone through here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding, Place, Severity
from weighbridge.legacy.reading import Certainty
from weighbridge.readers.columns import by_name
from weighbridge.readers.content import PIECE_BYTES, Content, open_content
from weighbridge.readers.dbf.header import LANGUAGES, Field, Header, parse
from weighbridge.readers.dbf.memo import MemoFile
from weighbridge.readers.dbf.values import NoMemoError, text
from weighbridge.readers.door import Option, RawExtract, Source, Span
from weighbridge.readers.encoding import encoding_named
from weighbridge.readers.lineage import FRAMING_FAULTS
from weighbridge.readers.options import Declared, merged
from weighbridge.readers.spool import CellDoubt, Row, Spool, SpooledExtract, texts_of

DOUBTS = (CellDoubt("memo", "RDR-333", Certainty.UNREADABLE, "a memo that stands in the memo file"),)
_WRONG_LENGTH, _NO_MARK = FRAMING_FAULTS.index("RDR-014"), FRAMING_FAULTS.index("RDR-334")
_NOT_TEXT = FRAMING_FAULTS.index("RDR-012")
_END = b"\x1a"


@dataclass(frozen=True, slots=True)
class DbfReader:
    """Reads dBase III and IV, FoxPro and Visual FoxPro tables; see `weighbridge.readers.door.Reader`."""

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Open an extract of tables.

        Raises:
            SourceError: a file cannot be opened (RDR-001), or is no table (RDR-330).
        """
        declared = Declared(server)
        passes: list[_Pass] = []
        findings: list[Finding] = []
        options: list[tuple[str, Sequence[Option]]] = []
        for index, name in enumerate(sources):
            content = open_content(name, index)
            header = parse(content.head, name)
            encoding, option, found = _encoding(content, header, declared)
            mapping = by_name([f.name for f in header.fields if f.kind != "0"], schema, name)
            findings += [*found, *mapping.findings]
            options.append((name, (option, Option("version", f"{header.version:02X}", "sniffed", "its first byte"))))
            passes.append(_Pass(content, header, mapping.fields, encoding, MemoFile.beside(content.path)))
        spool = Spool(texts_of(schema, {name for one in passes for name in one.fields}), DOUBTS)
        parts = []
        for one in passes:
            rows = one.records(schema, list(spool.columns))
            parts.append(spool.write(one.source, rows, lambda one=one: one.controls))  # type: ignore[misc]
            findings += one.remarks()
        return SpooledExtract(
            spool,
            parts,
            container=None,
            contents=[one.content for one in passes],
            findings=findings,
            options=merged(options),
        )


@dataclass(slots=True)
class _Pass:
    """One table, gone through once."""

    content: Content
    header: Header
    fields: dict[str, int]
    encoding: str
    memo: MemoFile | None
    controls: list[Span] = field(default_factory=list)
    framed: int = 0
    deleted: int = 0
    after: int = 0
    whole: bool = True

    def source(self) -> Source:
        """Return the source; a memo file is part of its identity."""
        stored = self.content.source
        if self.memo is None or not any(f.kind in "MGP" for f in self.header.fields):
            return stored
        both = hashlib.sha256(bytes.fromhex(stored.sha256))
        with self.memo.path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                both.update(piece)
        return replace(stored, sha256=both.hexdigest())

    def records(self, schema: SchemaObject, columns: Sequence[str]) -> Iterator[Row]:
        """Yield the records; spans that are none go to `controls`."""
        kinds = {p.name: p.logical_type for p in schema.properties}
        held = [f for f in self.header.fields if f.kind != "0"]
        ways = [(i, held[self.fields[n]], kinds[n]) for i, n in enumerate(columns) if n in self.fields]
        nulls = _null_bits(self.header.fields)
        size, read, offset = self.header.record_bytes, 0, self.header.header_bytes
        self._control("header", 0, offset)
        buffer, skip = b"", offset
        for piece in self.content.pieces(PIECE_BYTES):
            if skip >= len(piece):
                skip -= len(piece)
                continue
            buffer += piece[skip:]
            skip, at = 0, 0
            while len(buffer) - at >= size and read < self.header.records:
                raw = buffer[at : at + size]
                if raw[:1] == _END and read + 1 < self.header.records and not raw[1:].strip(b"\0\x1a"):
                    break
                read += 1
                if raw[:1] == b"*":
                    self.deleted += 1
                    self._control("deleted records", offset, size)
                else:
                    self.framed += 1
                    yield self._row(raw, offset, ways, nulls, len(columns))
                at += size
                offset += size
            buffer = buffer[at:]
            if read >= self.header.records:
                break
        yield from self._rest(buffer, offset, read, len(columns))

    def _rest(self, buffer: bytes, offset: int, read: int, width: int) -> Iterator[Row]:
        left = self.content.size_bytes - offset
        if left and read < self.header.records and buffer.strip(b"\x1a\0") and left < self.header.record_bytes:
            self.whole = False
            seen = f"{left} bytes, expected {self.header.record_bytes}"
            kept = buffer[:left]
            yield Row([None] * width, kept, offset, left, _WRONG_LENGTH, seen)
        elif left == 1 and buffer[:1] == _END:
            self._control("end mark", offset, 1)
        elif left:
            self.after = left if buffer.strip(b"\x1a\0") or left > len(buffer) else 0
            self._control("after the end", offset, left)

    def _row(self, raw: bytes, offset: int, ways: list, nulls: dict[str, int], width: int) -> Row:  # type: ignore[type-arg]
        if raw[:1] != b" ":
            return Row([None] * width, raw, offset, len(raw), _NO_MARK, f"it begins with byte {raw[0]:02X}")
        values: list[str | None] = [None] * width
        doubts: dict[int, tuple[int, str | None]] = {}
        flags = _flags(raw, self.header.fields)
        for at, one, kind in ways:
            if one.name in nulls and flags >> nulls[one.name] & 1:
                continue
            try:
                values[at] = text(raw[one.start : one.start + one.length], one, kind, self.encoding, self._memo)
            except UnicodeDecodeError:
                seen = f"{one.name} is not {self.encoding}"
                return Row([None] * width, raw, offset, len(raw), _NOT_TEXT, seen)
            except NoMemoError as error:
                doubts[at] = (1, str(error))
        return Row(values, raw, offset, len(raw), doubts=doubts)

    def _memo(self, block: int) -> bytes | None:
        return None if self.memo is None else self.memo.read(block)

    def _control(self, kind: str, offset: int, length: int) -> None:
        last = self.controls[-1] if self.controls else None
        if last is not None and last.kind == kind and last.offset_bytes + last.length_bytes == offset:
            self.controls[-1] = replace(last, length_bytes=last.length_bytes + length)
        else:
            self.controls.append(Span(self.content.source.index, kind, offset, length))

    def remarks(self) -> list[Finding]:
        """Return what is to be said of the table once it was gone through."""
        where, found = Place(source=self.content.source.name), []
        told = self.header.records
        if self.framed + self.deleted < told or self.after:
            more = f", and {self.after:,} bytes after them" if self.after else ""
            detail = f"its header says {told:,}, it holds {self.framed + self.deleted:,}{more}"
            found.append(Finding("RDR-331", where, detail))
        if self.deleted:
            found.append(Finding("RDR-332", where, f"{self.deleted:,} records", Severity.INFO))
        return found


def _encoding(content: Content, header: Header, declared: Declared) -> tuple[str, Option, tuple[Finding, ...]]:
    if declared.encoding:
        known = encoding_named(declared.encoding)
        if known is not None:
            return known.name, Option("encoding", known.name, "declared"), ()
    page = content.path.with_suffix(".cpg")
    if page.is_file():
        known = encoding_named(page.read_text(errors="replace").strip()[:40])
        if known is not None:
            return known.name, Option("encoding", known.name, "sniffed", f"{page.name} says so"), ()
    if header.language in LANGUAGES:
        name = LANGUAGES[header.language]
        return name, Option("encoding", name, "sniffed", f"language driver {header.language:02X}"), ()
    option = Option("encoding", "cp1252", "default", "the table names no code page")
    if not content.foreign:
        return "cp1252", option, ()
    finding = Finding("RDR-031", Place(source=content.source.name), "read as cp1252", Severity.WARNING)
    return "cp1252", option, (finding,)


def _null_bits(fields: Sequence[Field]) -> dict[str, int]:
    """Return the position of each nullable field's bit in the hidden field of flags (Visual FoxPro)."""
    bits, at = {}, 0
    for one in fields:
        if one.kind in "VQ":
            at += 1
        if one.nullable and one.kind != "0":
            bits[one.name] = at
            at += 1
    return bits if any(f.kind == "0" for f in fields) else {}


def _flags(raw: bytes, fields: Sequence[Field]) -> int:
    for one in fields:
        if one.kind == "0":
            return int.from_bytes(raw[one.start : one.start + one.length], "little")
    return 0
