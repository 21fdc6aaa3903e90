"""Which kind of workbook a file is, and which of its sheets are read."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, Severity, SourceError
from weighbridge.readers.columns import plain
from weighbridge.readers.content import Content
from weighbridge.readers.door import Option
from weighbridge.readers.excel.binary import BinaryWorkbook
from weighbridge.readers.excel.cells import Sheet
from weighbridge.readers.excel.ooxml import OoxmlWorkbook
from weighbridge.readers.excel.opendocument import OpenDocumentWorkbook
from weighbridge.readers.excel.package import OLE_MAGIC, ZIP_MAGIC, Package, damaged
from weighbridge.readers.excel.table import LOOK_ROWS, find_header
from weighbridge.readers.excel.workbook import Workbook

_MOST_LOOKED_AT = 20
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LOOKS = (
    (b"PAR1", "Parquet"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF", "a PDF document"),
    (b"<html", "an HTML page"),
    (b"<!doctype html", "an HTML page"),
    (b"<table", "an HTML page"),
    (b"<?xml", "an XML document"),
    (b"{", "JSON"),
)


def open_workbook(content: Content) -> tuple[Workbook, str]:
    """Return the workbook in a file, and what kind it is, told by its content.

    Raises:
        SourceError: RDR-300 to RDR-303, or RDR-003 when the file is empty.
    """
    name, head = content.source.name, content.head
    where = Place(source=name)
    if content.compression != "none":
        raise SourceError(Finding("RDR-300", where, "it is compressed with gzip", fix="send it uncompressed"))
    if not head:
        raise SourceError(Finding("RDR-003", where, "an empty file is no workbook"))
    if head.startswith(ZIP_MAGIC):
        return _zipped(content.path, name)
    if head.startswith(OLE_MAGIC):
        if _ENCRYPTED in _whole(content):
            raise SourceError(Finding("RDR-302", where))
        return BinaryWorkbook(content.path, name), "xls"
    if head[:2] in (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00"):
        return BinaryWorkbook(content.path, name), "xls"
    raise SourceError(Finding("RDR-300", where, f"it looks like {_looks_like(head)}"))


def _zipped(path: Path, name: str) -> tuple[Workbook, str]:
    package = Package(path, name)
    if "xl/workbook.bin" in package:
        fix = "have it saved as .xlsx: the binary form is not read"
        raise SourceError(Finding("RDR-300", Place(source=name), "it is a binary workbook (.xlsb)", fix=fix))
    if "content.xml" in package:
        return OpenDocumentWorkbook(path, name), "ods"
    if "[Content_Types].xml" in package or "xl/workbook.xml" in package:
        return OoxmlWorkbook(path, name), "xlsx"
    raise damaged(name, "it is a zip file without a workbook in it")


def _whole(content: Content) -> bytes:
    """Return as much of an OLE file as its directory is sought in."""
    return content.path.read_bytes() if content.source.size_bytes < 1 << 28 else content.head


def _looks_like(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    for magic, words in _LOOKS:
        if start.startswith(magic.lower()):
            return words
    if b"\0" in head[:4096] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "none that is known"
    first = head.split(b"\n", 1)[0]
    separated = any(first.count(d) for d in (b",", b";", b"\t", b"|"))
    return "delimited text (CSV)" if separated else "plain text"


def choose_sheets(
    book: Workbook, declared: Any, schema: SchemaObject, source: str
) -> tuple[tuple[Sheet, ...], Option, tuple[Finding, ...]]:
    """Return the sheets to read, why, and what is to be said of the others.

    Args:
        book: the workbook.
        declared: `recordFormat.sheet`: a name, a pattern such as ``2024-*``, a position from 1,
            or a list of these; None: the sheet that is called as the object, else the only
            visible one, else the visible one whose header has most of the contract's names.
        schema: the object.
        source: the workbook's name.

    Raises:
        SourceError: RDR-304, there is no such sheet.
    """
    if not book.sheets:
        raise SourceError(Finding("RDR-304", Place(source=source), "it has no worksheet at all"))
    if declared is not None:
        wanted = declared if isinstance(declared, list) else [declared]
        chosen = tuple(dict.fromkeys(sheet for one in wanted for sheet in _named(book, one, source)))
        why, origin = "recordFormat.sheet", "declared"
    else:
        chosen, why = _sniffed(book, schema)
        origin = "sniffed"
    option = Option("sheet", ", ".join(s.name for s in chosen), origin, why)
    findings = []
    left = [s for s in book.sheets if s not in chosen]
    if left and declared is None:
        fits = _known_names(book, left[:_MOST_LOOKED_AT], schema)
        read = max(_known_names(book, chosen, schema).values(), default=0)
        names = ", ".join(s.name + _about(s, fits.get(s, 0), read) for s in left[:20])
        more = f" and {len(left) - 20} more" if len(left) > 20 else ""
        alike = any(known >= read > 0 and not sheet.hidden for sheet, known in fits.items())
        findings.append(_said("RDR-305", source, names + more, Severity.WARNING if alike else Severity.INFO))
    hidden = [s.name for s in chosen if s.hidden]
    if hidden:
        findings.append(_said("RDR-306", source, f"the sheet {', '.join(hidden)} is hidden", Severity.WARNING))
    return chosen, option, tuple(findings)


def _named(book: Workbook, wanted: Any, source: str) -> Sequence[Sheet]:
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        found = [s for s in book.sheets if s.position == wanted]
    else:
        text = str(wanted)
        found = [s for s in book.sheets if s.name == text]
        found = found or [s for s in book.sheets if s.name.casefold() == text.casefold()]
        found = found or [s for s in book.sheets if fnmatch.fnmatchcase(s.name, text)]
    if not found:
        known = ", ".join(s.name for s in book.sheets[:20])
        raise SourceError(Finding("RDR-304", Place(source=source), f"{wanted!r} is declared; there are: {known}"))
    return found


def _sniffed(book: Workbook, schema: SchemaObject) -> tuple[tuple[Sheet, ...], str]:
    ours = {plain(schema.name), plain(schema.physical_name)}
    visible = [s for s in book.sheets if not s.hidden]
    for sheet in book.sheets:
        if plain(sheet.name) in ours:
            return (sheet,), "it is called as the object"
    if len(book.sheets) == 1:
        return book.sheets[:1], "it is the only one"
    if not visible:
        return book.sheets[:1], "it is the first; all are hidden"
    if len(visible) == 1:
        return tuple(visible), "it is the only visible one"
    known = _known_names(book, visible[:_MOST_LOOKED_AT], schema)
    best = max(known, key=lambda sheet: known[sheet])
    if known[best] > known[visible[0]]:
        return (best,), f"its header has {known[best]} of the contract's names, the most of all"
    return (visible[0],), "it is the first visible one"


def _known_names(book: Workbook, sheets: Sequence[Sheet], schema: SchemaObject) -> dict[Sheet, int]:
    """Return how many of the contract's names the header of each sheet has."""
    found = dict.fromkeys(sheets, 0)
    for sheet in sheets:
        try:
            filled = (row for row in book.rows(sheet) if row.cells)
            header = find_header(list(islice(filled, LOOK_ROWS)), schema, book.merged(sheet), None)
        except SourceError:
            continue  # a sheet that is not read may be damaged; one that is says so when it is read
        found[sheet] = 0 if header is None else header.known
    return found


def _about(sheet: Sheet, known: int, read: int) -> str:
    if sheet.hidden:
        return " (hidden)"
    return " (it has the contract's columns too)" if known >= read > 0 else ""


def _said(code: str, source: str, detail: str, severity: Severity) -> Finding:
    return Finding(code, Place(source=source), detail, severity)
