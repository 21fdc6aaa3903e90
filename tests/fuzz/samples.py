"""Small sound extracts, one a format: what the mutations begin with."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import sqlite3
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pyreadstat
import xlwt
import zstandard

from tests.fuzz.mutations import mutated, reworded
from tests.readers.extracts import schema_of, server_of
from tests.support import dbase
from weighbridge.contract.model import Server

RECORDS = [(str(i), who) for i, who in enumerate(["ann", "Zoë", 'a "b", c', "", "x" * 40, "ann", "line\nend", "é"], 1)]
_PACKED = ("gzip", "bzip2", "zstd", "zip", "tar", "sqliteGzip")
COPYBOOK = "       01 R.\n           05 ID PIC 9(4).\n           05 WHO PIC X(10).\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """A format: the bytes of a sound extract, and how they are declared.

    Attributes:
        tokens: bytes that mean something in the format, for mutations to insert.
        beside: files that must stand beside the extract, by name.
        wrap: makes the extract of what is broken, for formats whose checksums would refuse almost every change.
        change: how it is broken.
    """

    name: str
    suffix: str
    content: bytes
    server: Server | None
    positions: tuple[tuple[int, int], ...] = ()
    tokens: tuple[bytes, ...] = ()
    beside: dict[str, bytes] = field(default_factory=dict)
    wrap: Callable[[bytes], bytes] = bytes
    change: Callable[[bytes, random.Random, Sequence[bytes]], bytes] = mutated

    @property
    def schema(self) -> Any:
        """The object that the extract is one of."""
        return schema_of("id", "who", required=["id"], positions=self.positions)

    def plain(self, content: bytes) -> bytes | None:
        """Return the bytes that offsets count in: the content, or None where it is packed."""
        return None if self.name in _PACKED else content


def _csv() -> bytes:
    quoted = (f'{i},"{who.replace(chr(34), chr(34) * 2)}"' for i, who in RECORDS)
    return ("id,who\n" + "\n".join(quoted) + "\n").encode()


def _through_file(name: str, write: Callable[[Path], object]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _frame() -> pl.DataFrame:
    return pl.DataFrame(RECORDS, schema=["id", "who"], orient="row")


def _xlsx(path: Path) -> None:
    made = openpyxl.Workbook()
    for line in (("id", "who"), *RECORDS):
        made.active.append(line)  # type: ignore[union-attr]
    made.save(path)


def _ods_content() -> bytes:
    from xml.sax.saxutils import escape

    cells = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    table = "".join(
        f"<table:table-row>{''.join(cells.format(escape(cell)) for cell in line)}</table:table-row>"
        for line in (("id", "who"), *RECORDS)
    )
    names = " ".join(f"xmlns:{n}='urn:oasis:names:tc:opendocument:xmlns:{n}:1.0'" for n in ("office", "table", "text"))
    named = f"<table:table table:name='one'>{table}</table:table>"
    body = f"<office:body><office:spreadsheet>{named}</office:spreadsheet></office:body>"
    return f"<office:document-content {names}>{body}</office:document-content>".encode()


def _ods(content: bytes) -> bytes:
    return _zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


_SHEET = "xl/worksheets/sheet1.xml"


def _sheet_of(book: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return archive.read(_SHEET)


def _with_sheet(book: bytes, sheet: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return _zipped({name: archive.read(name) for name in archive.namelist()} | {_SHEET: sheet})


def _xls(path: Path) -> None:
    made = xlwt.Workbook()
    sheet = made.add_sheet("one")
    for r, line in enumerate((("id", "who"), *RECORDS)):
        for c, cell in enumerate(line):
            sheet.write(r, c, cell)
    made.save(str(path))


def _sqlite(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE things (id TEXT PRIMARY KEY, who TEXT)")
        base.executemany("INSERT INTO things VALUES (?, ?)", RECORDS)
    base.close()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("one.csv", "two.csv"):
            info = tarfile.TarInfo(name)
            info.size = len(_csv())
            archive.addfile(info, io.BytesIO(_csv()))
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.csv", _csv())
        archive.writestr("folder/two.csv", _csv())
    return out.getvalue()


def _zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 1, mtime=0)


def _json() -> bytes:
    import json

    return json.dumps({"n": len(RECORDS), "things": [{"id": i, "who": w} for i, w in RECORDS]}).encode()


def _json_lines() -> bytes:
    import json

    return b"".join(json.dumps({"id": int(i), "who": w}).encode() + b"\n" for i, w in RECORDS)


def _xml() -> bytes:
    from xml.sax.saxutils import escape

    records = "\n".join(f'<t id="{i}"><who>{escape(w)}</who></t>' for i, w in RECORDS)
    return f"<?xml version='1.0'?>\n<things>{records}</things>\n".encode()


def _fixed() -> bytes:
    return b"".join(f"{int(i):04}{w[:10].replace(chr(10), ' '):<10}\n".encode("cp1252") for i, w in RECORDS)


def _mainframe() -> bytes:
    bodies = [f"{int(i):04}{w[:10].replace(chr(10), ' ').replace('ë', 'e'):<10}".encode("cp037") for i, w in RECORDS]
    return b"".join((len(b) + 4).to_bytes(2, "big") + b"\0\0" + b for b in bodies)


_DBF = dbase.table([("id", "C", 4), ("who", "C", 12)], [(i.encode(), w[:12].encode("cp1252")) for i, w in RECORDS])
_RDW = {"recordFormat": "rdw", "rdwBigEndian": True, "rdwIncludesHeader": True}
_CONTROLS = {
    "header": {"startsWith": "HDR", "sequence": {"field": 2}},
    "trailer": {"startsWith": "TRL", "records": {"field": 2}, "totals": [{"property": "id", "field": 3}]},
}
_TEXT = (b'"', b'""', b",", b"\n", b"\r\n", b"\r", b"\0", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"id,who\n", b"\x1a", b"#")
_JSON = (b"{", b"}", b"[", b"]", b'"', b"\\", b"\\ud800", b":", b",", b"\n", b"null", b"1e999", b"NaN", b"\0", b"\xff")
_XML = (
    b"<",
    b">",
    b"</t>",
    b"<t>",
    b"&",
    b"&#0;",
    b"&x;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<!DOCTYPE a>",
    b"\0",
    b"\xff",
)
_WORDS = (
    *(
        b"",
        b"0",
        b"1",
        b"-1",
        b"9999",
        b"1e999",
        b"1048577",
        b"99999999999999999999",
        b"A1",
        b"B2",
        b"XFD1048577",
        b"ZZZZ9",
    ),
    *(b"s", b"e", b"b", b"str", b"inlineStr", b"#N/A", b"60", b"2024-02-30", b"NaN", b"true", b"id", b"&#x10FFFF;"),
    *(b"string", b"float", b"date", b"percentage", b"boolean", b"collapse", b"&amp;", b"x" * 5000),
)
_SIZES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\1\0\0\0", b"\0\0\0\1")


def samples() -> list[Sample]:
    """Every format's sound extract."""
    named = "TRL,8,36\n"
    controlled = b"HDR,7\n" + _csv() + named.encode()
    frame = _frame()
    book, base = _through_file("t.xlsx", _xlsx), _through_file("t.sqlite", _sqlite)
    pandas = frame.to_pandas()
    ascii_only = frame.with_columns(pl.col("who").str.replace_all(r"[^ -~]", "?")).to_pandas()
    return [
        Sample("delimited", ".csv", _csv(), server_of("csv"), tokens=_TEXT),
        Sample("sniffed", ".txt", _csv().replace(b",", b";"), None, tokens=(*_TEXT, b";", b"\t", b"\xff\xfe")),
        Sample("controlled", ".csv", controlled, server_of("csv", controlRecords=_CONTROLS), tokens=_TEXT),
        Sample(
            "fixedWidth", ".dat", _fixed(), server_of("fixedwidth", encoding="cp1252"), ((1, 4), (5, 10)), tokens=_TEXT
        ),
        Sample(
            "mainframe",
            ".ebc",
            _mainframe(),
            server_of(kind="mainframe", copybook="book.cpy", options=_RDW),
            tokens=_SIZES,
            beside={"book.cpy": COPYBOOK.encode()},
        ),
        Sample("jsonLines", ".jsonl", _json_lines(), server_of("jsonl"), tokens=_JSON),
        Sample("json", ".json", _json(), server_of("json"), tokens=_JSON),
        Sample("xml", ".xml", _xml(), server_of("xml"), tokens=_XML),
        Sample(
            "parquet", ".parquet", _through_file("t.parquet", frame.write_parquet), server_of("parquet"), tokens=_SIZES
        ),
        Sample("arrow", ".arrow", _through_file("t.arrow", frame.write_ipc), server_of("arrow"), tokens=_SIZES),
        Sample("xlsx", ".xlsx", book, server_of("xlsx"), tokens=_SIZES),
        Sample("ods", ".ods", _ods_content(), server_of("ods"), tokens=_WORDS, change=reworded, wrap=_ods),
        Sample(
            "xlsxSheet",
            ".xlsx",
            _sheet_of(book),
            server_of("xlsx"),
            tokens=_WORDS,
            change=reworded,
            wrap=partial(_with_sheet, book),
        ),
        Sample("xls", ".xls", _through_file("t.xls", _xls), server_of("xls"), tokens=_SIZES),
        Sample("dbf", ".dbf", _DBF, server_of("dbf"), tokens=(*_SIZES, b"*", b"\x1a", b"\r")),
        Sample(
            "spss",
            ".sav",
            _through_file("t.sav", lambda path: pyreadstat.write_sav(pandas, str(path))),
            server_of("spss"),
            tokens=_SIZES,
        ),
        Sample(
            "stata",
            ".dta",
            _through_file("t.dta", lambda path: pyreadstat.write_dta(pandas, str(path))),
            server_of("stata"),
            tokens=_SIZES,
        ),
        Sample(
            "sas",
            ".xpt",
            _through_file("t.xpt", lambda path: pyreadstat.write_xport(pandas, str(path))),
            server_of("sas"),
            tokens=_SIZES,
        ),
        Sample("sqlite", ".sqlite", base, server_of(kind="database"), tokens=_SIZES),
        Sample(
            "arrowStream",
            ".arrows",
            _through_file("t.arrows", frame.write_ipc_stream),
            server_of("arrow"),
            tokens=_SIZES,
        ),
        Sample(
            "por",
            ".por",
            _through_file("t.por", lambda path: pyreadstat.write_por(ascii_only, str(path))),
            server_of("spss"),
        ),
        Sample("sqliteGzip", ".sqlite.gz", base, server_of(kind="database"), tokens=_SIZES, wrap=_gzipped),
        Sample("gzip", ".csv.gz", gzip.compress(_csv() * 4, mtime=0), server_of("csv"), tokens=_SIZES),
        Sample("bzip2", ".csv.bz2", bz2.compress(_csv() * 4), server_of("csv"), tokens=_SIZES),
        Sample("zstd", ".csv.zst", zstandard.compress(_csv() * 4), server_of("csv"), tokens=_SIZES),
        Sample("zip", ".zip", _zip(), server_of("csv"), tokens=_SIZES),
        Sample("tar", ".tar", _tar(), server_of("csv"), tokens=(b"\0" * 512, b"ustar", b"7777777", *_SIZES)),
    ]
