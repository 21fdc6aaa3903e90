"""The same records in every format that is read."""

from __future__ import annotations

import bz2
import gzip
import json
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pyreadstat
import yaml
import zstandard

from tests.masking.marks import DAYS, NUMBER, SPELLINGS, TEXT
from tests.masking.planted import NAMES, RECORDS, contract, ours
from tests.support import dbase
from weighbridge.legacy.cobol import Conventions
from weighbridge.legacy.cobol.encode import encode_field
from weighbridge.legacy.copybook import parse_copybook

Made = tuple[Path, list[Path]]


def delimited(folder: Path) -> Made:
    lines = [NAMES, *RECORDS]
    text = "\n".join(",".join(line) for line in lines).encode()
    broken = (
        f"\n33,{TEXT},{NUMBER}\n"  # too few fields
        f'34,"{TEXT}" {TEXT},A,a,c,1,s,1,1,{SPELLINGS[0]}\n'  # text after a quoted field
        f"35,{TEXT}\0,A,a,c,1,s,1,1,{SPELLINGS[0]}\n"  # NUL
        f'36,abc,A,"{TEXT}{NUMBER}\n'  # a quote that stays open
    ).encode()
    source = folder / "people.csv"
    source.write_bytes(text + broken + b"37," + TEXT.encode() + b"\xff,A,a,c,1,s,1,1,\n")
    return contract(folder, False, {"format": "csv", "encoding": "utf-8"}), [source]


def fixed_width(folder: Path) -> Made:
    width = 14
    path = contract(
        folder, False, {"format": "fixed", "customProperties": [ours("recordFormat", {"kind": "fixedWidth"})]}
    )
    document = yaml.safe_load(path.read_text())
    for i, p in enumerate(document["schema"][0]["properties"]):
        where = ours("position", {"start": 1 + i * width, "length": width})
        rules = [c for c in p.get("customProperties", []) if c["property"] == "rules"]
        trimmed = ["trim", *(rule for c in rules for rule in c["value"])]
        p["customProperties"] = [where, ours("rules", trimmed)]
    document["schema"][1]["properties"][0]["customProperties"] = [ours("position", {"start": 1, "length": width})]
    document["schema"][0]["properties"][6]["customProperties"][1]["value"] = ["trim"]
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    source = folder / "people.dat"
    lines = ["".join(v.replace("\u200b", "").ljust(width) for v in record) for record in RECORDS]
    source.write_text("\n".join([*lines, f"short {TEXT} {NUMBER}", ""]))
    return path, [source]


def frame_of() -> pl.DataFrame:
    rows = [
        {
            "id": i,
            "code": TEXT if i in (1, 30, 31) else "abc",
            "kind": TEXT if i in (1, 30, 31) else "A",
            "account": TEXT if i in (1, 30, 31) else f"a{i}",
            "cut": TEXT,
            "zeros": TEXT,
            "seen_unclean": TEXT,
            "pay": NUMBER if i in (1, 30, 31) else 1,
            "debt": Decimal(f"{NUMBER}.50") if i in (1, 30, 31) else Decimal("1000.00"),
            "born": DAYS[0] if i in (1, 30, 31) else date(1899, 12, 31),
        }
        for i in range(1, 33)
    ]
    return pl.DataFrame(rows)


def parquet(folder: Path) -> Made:
    source = folder / "people.parquet"
    frame_of().write_parquet(source)
    return contract(folder, True, {"format": "parquet"}), [source]


def parquet_of_texts(folder: Path) -> Made:
    source = folder / "people.parquet"
    pl.DataFrame(RECORDS, schema=NAMES, orient="row").write_parquet(source)
    return contract(folder, False, {"format": "parquet"}), [source]


def json_lines(folder: Path) -> Made:
    lines = [json.dumps(dict(zip(NAMES, record, strict=True)), ensure_ascii=False) for record in RECORDS]
    lines += [
        f'{{"id": 33, "code": {TEXT}}}',
        f'{{"id": 34, "code": "{TEXT}", "pay": {NUMBER},}}',
        f'{{"id": 35, "code": "{TEXT}',
        f'{{"id": 36, "code": {{"{TEXT}": {NUMBER}}}, "pay": [{NUMBER}], "born": "1899-12-31"}}',
        f'{{"id": 37, "code": "{TEXT}", "code": "{TEXT}2", "pay": {NUMBER}, "pay": 1}}',
        f'["{TEXT}", {NUMBER}]',
        f"{TEXT}{NUMBER}",
    ]
    source = folder / "people.jsonl"
    source.write_bytes("\n".join(lines).encode() + b'\n{"id": 38, "code": "' + TEXT.encode() + b'\xff"}\n')
    return contract(folder, False, {"format": "jsonl"}), [source]


def json_array(folder: Path) -> Made:
    _, (lines,) = json_lines(folder)
    source = folder / "people.json"
    source.write_bytes(b'{"people": [' + b",".join(lines.read_bytes().split(b"\n")[:-4]) + b"]}")
    return contract(folder, False, {"format": "json"}), [source]


def xml(folder: Path) -> Made:
    def element(record: list[str]) -> str:
        return "<p>" + "".join(f"<{n}>{v}</{n}>" for n, v in zip(NAMES, record, strict=True)) + "</p>"

    broken = [
        f"<p><id>33</id><code>{TEXT} & {NUMBER}</code></p>",
        f"<p><id>34</id><code>{TEXT}",
        f"<p><id>35</id><code><{TEXT}>{NUMBER}</{TEXT}></code></p>",
        f"<p><id>36</id><code>{TEXT}</code><code>{TEXT}2</code></p>",
        f"<p><id>37</id>&{TEXT};</p>",
    ]
    source = folder / "people.xml"
    source.write_text("<people>\n" + "\n".join([*map(element, RECORDS), *broken]) + "\n</people>\n")
    return contract(folder, False, {"format": "xml"}), [source]


def arrow(folder: Path) -> Made:
    source = folder / "people.arrow"
    frame_of().write_ipc(source)
    return contract(folder, True, {"format": "arrow"}), [source]


BOOK = """\
       01  PERSON.
           05  ID           PIC 9(6).
           05  CODE         PIC X(12).
           05  KIND         PIC X(12).
           05  ACCOUNT      PIC X(12).
           05  CUT          PIC X(12).
           05  ZEROS        PIC X(12).
           05  SEEN-UNCLEAN PIC X(12).
           05  PAY          PIC S9(7) COMP-3.
           05  DEBT         PIC S9(7)V99.
           05  BORN         PIC X(12).
"""


def mainframe(folder: Path) -> Made:
    (folder / "person.cpy").write_text(BOOK)
    items = parse_copybook(BOOK).roots[0].children

    def encoded(values: list[str]) -> bytes:
        out = b""
        for item, value in zip(items, values, strict=True):
            given: int | float | str = value.replace("\u200b", "")
            if item.name in ("ID", "PAY"):
                given = int(value)
            elif item.name == "DEBT":
                given = int(Decimal(value) * 100)
            out += encode_field(given, item, Conventions())
        return out

    records = [encoded(r) for r in RECORDS[:-1]]
    broken = bytearray(records[-1])
    at = 6 + 6 * 12 + 3
    broken[at] = 0x0A  # a sign nibble that is none, in PAY
    source = folder / "people.ebc"
    source.write_bytes(b"".join(records) + bytes(broken) + records[-1][:40])
    layout = ours("recordFormat", {"kind": "mainframe", "copybook": "person.cpy"})
    path = contract(folder, True, {"format": "mainframe", "encoding": "cp037", "customProperties": [layout]})
    return path, [source]


def workbook(folder: Path) -> Made:
    """Return a sheet of texts, with errors, formulas, dates and merged cells among them."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for line in [NAMES, *RECORDS]:
        sheet.append(line)
    sheet["B3"], sheet["H3"], sheet["H4"], sheet["J4"] = "#N/A", "=NOW()", DAYS[0], DAYS[0]
    sheet["H5"] = float(f"{NUMBER}{NUMBER}{NUMBER}")
    sheet["D7"] = f"{TEXT}9"
    sheet.merge_cells("D7:D9")
    source = folder / "people.xlsx"
    made.save(source)
    return contract(folder, False, {"format": "xlsx"}), [source]


def sqlite_table(folder: Path) -> Made:
    source = folder / "people.sqlite"
    columns = ", ".join(f'"{name}"' for name in NAMES)
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute(f"CREATE TABLE people ({columns})")
        marks = ", ".join("?" * len(NAMES))
        connection.executemany(f"INSERT INTO people VALUES ({marks})", RECORDS)
    return contract(folder, False, {"format": "sqlite"}), [source]


def stata(folder: Path) -> Made:
    source = folder / "people.dta"
    pyreadstat.write_dta(pl.DataFrame(RECORDS, schema=NAMES, orient="row").to_pandas(), str(source))
    return contract(folder, False, {"format": "stata"}), [source]


def dbase_table(folder: Path) -> Made:
    source = folder / "people.dbf"
    fields = [(name[:10], "C", 16) for name in NAMES]
    records = [[v.replace("\u200b", "").encode("cp1252") for v in record] for record in RECORDS]
    broken = b"X" + records[0][1].ljust(len(fields) * 16)
    whole = dbase.table(fields, records, told=len(records) + 1, end=b"")
    source.write_bytes(whole + broken)
    path = contract(folder, False, {"format": "dbf"})
    document = yaml.safe_load(path.read_text())
    for p in document["schema"][0]["properties"]:
        p["physicalName"] = p["name"][:10]
    document["schema"][0]["properties"][6].pop("customProperties")
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path, [source]


def zipped(folder: Path) -> Made:
    path, (source,) = delimited(folder)
    archive = folder / "people.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(source, "people.csv")
    return path, [archive]


def gzipped(folder: Path) -> Made:
    path, (source,) = json_lines(folder)
    packed = folder / "people.jsonl.gz"
    packed.write_bytes(gzip.compress(source.read_bytes()))
    return path, [packed]


def tarred(folder: Path) -> Made:
    path, (source,) = delimited(folder)
    packed = folder / "people.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(source, "day/people.csv")
    return path, [packed]


def zstandard_packed(folder: Path) -> Made:
    path, (source,) = delimited(folder)
    packed = folder / "people.csv.zst"
    packed.write_bytes(zstandard.ZstdCompressor().compress(source.read_bytes()))
    return path, [packed]


def bzip2_packed(folder: Path) -> Made:
    path, (source,) = json_lines(folder)
    packed = folder / "people.jsonl.bz2"
    packed.write_bytes(bz2.compress(source.read_bytes()))
    return path, [packed]


FORMATS: tuple[Callable[[Path], Made], ...] = (
    workbook,
    sqlite_table,
    stata,
    dbase_table,
    delimited,
    fixed_width,
    parquet,
    parquet_of_texts,
    mainframe,
    json_lines,
    json_array,
    xml,
    arrow,
    zipped,
    gzipped,
)

PACKED = (tarred, zstandard_packed, bzip2_packed)
"""Read by the same readers once they are unpacked."""
