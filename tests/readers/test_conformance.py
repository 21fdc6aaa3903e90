"""What every reader owes the door, whatever the format. A new format adds one entry to `FORMATS`."""

from __future__ import annotations

import os
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import polars as pl
import pyreadstat
import pytest

from tests.readers.extracts import put, schema_of, server_of
from tests.support import dbase
from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import SourceError
from weighbridge.readers import FORMATS as KNOWN_FORMATS
from weighbridge.readers import open_extract
from weighbridge.readers.lineage import LINEAGE_SCHEMA

RECORDS = [("1", "ann"), ("2", None), ("3", "Zoë")]


@dataclass(frozen=True)
class Format:
    """How three records are written in a format."""

    name: str
    suffix: str
    write: Callable[[Path], None]
    schema: SchemaObject
    server: Server
    has_bytes: bool = True
    is_file: bool = True
    nothing: str | None = None
    """What it gives where a record has no value: fields of a mainframe are never absent, but blank."""


def _write_csv(path: Path) -> None:
    path.write_bytes("id,who\n1,ann\n2,\n3,Zoë\n".encode())


def _write_bars(path: Path) -> None:
    path.write_bytes("id||who\r1||ann\n2||\r\n3||Zoë\n".encode())


def _write_wide(path: Path) -> None:
    path.write_bytes("'id';'who'\n'1';'ann'\n2;\n3;'Zoë'\n".encode("utf-32-be"))


def _write_fixed(path: Path) -> None:
    path.write_bytes("1ann\n2\0\0\0\n3Zoë\n".encode("cp1252"))


def _write_parquet(path: Path) -> None:
    pl.DataFrame(RECORDS, schema=["id", "who"], orient="row").write_parquet(path)


def _write_excel(path: Path) -> None:
    made = openpyxl.Workbook()
    for line in (("id", "who"), *RECORDS):
        made.active.append(line)  # type: ignore[union-attr]
    made.save(path)


def _write_dbf(path: Path) -> None:
    records = [(i.encode(), (who or "").encode("cp1252")) for i, who in RECORDS]
    path.write_bytes(dbase.table([("id", "C", 4), ("who", "C", 6)], records))


def _write_stata(path: Path) -> None:
    pyreadstat.write_dta(pl.DataFrame(RECORDS, schema=["id", "who"], orient="row").to_pandas(), str(path))


def _write_json_lines(path: Path) -> None:
    path.write_bytes('{"id":"1","who":"ann"}\n{"id":"2","who":null}\n{"id":"3","who":"Zoë"}\n'.encode())


def _write_json(path: Path) -> None:
    path.write_bytes(b'{"things": [{"id":1,"who":"ann"}, {"id":2}, {"id":3,"who":"Zo\\u00eb"}], "n": 3}')


def _write_xml(path: Path) -> None:
    records = '<t id="1"><who>ann</who></t>\n<t><id>2</id><who/></t>\n<t><id>3</id><who>Zoë</who></t>'
    path.write_bytes(f"<?xml version='1.0'?>\n<things>{records}</things>\n".encode())


def _write_arrow(path: Path) -> None:
    pl.DataFrame(RECORDS, schema=["id", "who"], orient="row").write_ipc(path)


def _write_ebcdic(path: Path) -> None:
    path.with_name("things.cpy").write_text("       01 T.\n           05 ID PIC X(1).\n           05 WHO PIC X(3).\n")
    path.write_bytes("1ann2   3Zoë".encode("cp500"))


def _write_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE things (id TEXT PRIMARY KEY, who TEXT)")
        made.executemany("INSERT INTO things VALUES (?, ?)", RECORDS)
        made.commit()


FORMATS = [
    Format("delimited", ".csv", _write_csv, schema_of("id", "who"), server_of("csv")),
    Format(
        "fixedWidth",
        ".dat",
        _write_fixed,
        schema_of("id", "who", positions=[(1, 1), (2, 3)]),
        server_of("fixedwidth", encoding="cp1252"),
    ),
    Format("delimited, by bars", ".csv", _write_bars, schema_of("id", "who"), server_of("csv")),
    Format("delimited, wide", ".csv", _write_wide, schema_of("id", "who"), server_of("csv", encoding="utf-32")),
    Format("parquet", ".parquet", _write_parquet, schema_of("id", "who"), server_of("parquet"), has_bytes=False),
    Format("excel", ".xlsx", _write_excel, schema_of("id", "who"), server_of("xlsx"), has_bytes=False),
    Format("dbf", ".dbf", _write_dbf, schema_of("id", "who"), server_of("dbf")),
    Format("statistics", ".dta", _write_stata, schema_of("id", "who"), server_of("stata"), has_bytes=False),
    Format("arrow", ".arrow", _write_arrow, schema_of("id", "who"), server_of("arrow"), has_bytes=False),
    Format("jsonLines", ".jsonl", _write_json_lines, schema_of("id", "who"), server_of("jsonl")),
    Format("json", ".json", _write_json, schema_of("id", "who"), server_of("json")),
    Format("xml", ".xml", _write_xml, schema_of("id", "who"), server_of("xml")),
    Format(
        "mainframe",
        ".ebc",
        _write_ebcdic,
        schema_of("id", "who"),
        server_of("mainframe", kind="mainframe", copybook="things.cpy"),
        nothing="",
    ),
    Format(
        "database",
        ".sqlite",
        _write_sqlite,
        schema_of("id", "who"),
        server_of("sqlite"),
        has_bytes=False,
        is_file=False,
    ),
]


def test_every_format_is_held_to_what_readers_owe() -> None:
    assert {form.name.split(",")[0] for form in FORMATS} == {known.name for known in KNOWN_FORMATS}


of_files = pytest.mark.parametrize("form", [f for f in FORMATS if f.is_file], ids=lambda f: f.name, indirect=True)


@pytest.fixture(params=FORMATS, ids=lambda f: f.name)
def form(request: pytest.FixtureRequest) -> Format:
    return request.param


@pytest.fixture
def source(form: Format, tmp_path: Path) -> str:
    path = tmp_path / f"things{form.suffix}"
    form.write(path)
    return str(path)


def test_every_format_has_a_reader_of_its_name(form: Format) -> None:
    assert form.name.split(",")[0] in {known.name for known in KNOWN_FORMATS}


def test_records_come_in_order_with_lineage_and_raw_columns(form: Format, source: str) -> None:
    extract = open_extract([source], form.schema, form.server)
    frame = extract.scan().collect()
    assert frame.select("raw:id", "raw:who").rows() == [(i, who or form.nothing) for i, who in RECORDS]
    assert frame["__record"].to_list() == [1, 2, 3]
    assert frame["__source"].to_list() == [0, 0, 0]
    assert frame["__framing"].to_list() == [0, 0, 0]
    assert {k: frame.schema[k] for k in LINEAGE_SCHEMA} == LINEAGE_SCHEMA
    assert extract.columns == ("id", "who")
    assert not extract.findings
    assert (frame["__offset"].null_count() == 0) is form.has_bytes
    assert (extract.container is None) is form.has_bytes


@of_files
def test_record_numbers_begin_anew_in_each_source(form: Format, source: str, tmp_path: Path) -> None:
    second = tmp_path / f"more{form.suffix}"
    form.write(second)
    extract = open_extract([source, str(second)], form.schema, form.server)
    frame = extract.scan().collect()
    assert frame.select("__source", "__record").rows() == [(s, r) for s in (0, 1) for r in (1, 2, 3)]
    assert [a.records for a in extract.account()] == [3, 3]
    assert [s.name for s in extract.sources] == [source, str(second)]


def test_scanning_twice_gives_the_same(form: Format, source: str) -> None:
    plan = open_extract([source], form.schema, form.server).scan()
    assert plan.collect().equals(plan.collect(engine="in-memory"))


def test_a_projection_a_filter_and_a_limit_change_nothing_else(form: Format, source: str) -> None:
    plan = open_extract([source], form.schema, form.server).scan()
    assert plan.select("raw:who", "__record").collect().rows() == [("ann", 1), (form.nothing, 2), ("Zoë", 3)]
    assert plan.filter(pl.col("raw:who") == "Zoë").select("__record").collect().rows() == [(3,)]
    assert plan.head(2).select("raw:id").collect().rows() == [("1",), ("2",)]
    assert plan.select(pl.len()).collect().item() == 3


def test_the_account_covers_the_content(form: Format, source: str) -> None:
    extract = open_extract([source], form.schema, form.server)
    (account,) = extract.account()
    assert account.records == 3
    assert account.source == extract.sources[0]
    if form.has_bytes:
        assert account.record_bytes is not None
        assert (
            account.record_bytes + account.control_bytes == account.source.content_bytes == Path(source).stat().st_size
        )
    else:
        assert account.record_bytes is None
        assert account.source.content_bytes is None


@of_files
def test_the_identity_is_the_digest_of_the_file(form: Format, source: str) -> None:
    import hashlib

    (opened,) = open_extract([source], form.schema, form.server).sources
    assert opened.sha256 == hashlib.sha256(Path(source).read_bytes()).hexdigest()
    assert opened.size_bytes == Path(source).stat().st_size


@of_files
def test_a_source_that_changed_since_it_was_opened_is_noticed(form: Format, source: str) -> None:
    extract = open_extract([source], form.schema, form.server)
    then = Path(source).stat()
    os.utime(source, ns=(then.st_atime_ns, then.st_mtime_ns + 1_000_000))
    extract.scan().collect()
    with pytest.raises(SourceError, match="RDR-004") as caught:
        extract.account()
    assert "run again when the sender has finished writing" in caught.value.findings[0].fix


def test_the_declared_format_goes_before_the_name(form: Format, source: str, tmp_path: Path) -> None:
    other = put(tmp_path, Path(source).read_bytes(), "unknown.bin")
    extract = open_extract([other], form.schema, form.server)
    assert extract.options[0].name == "format"
    assert extract.options[0].origin == "declared"
    assert extract.scan().collect().height == 3


def test_every_option_says_where_it_comes_from(form: Format, source: str) -> None:
    extract = open_extract([source], form.schema, form.server)
    assert extract.options
    assert {o.origin for o in extract.options} <= {"declared", "sniffed", "default"}


def test_a_missing_column_is_found_at_opening(form: Format, source: str) -> None:
    if form.name == "fixedWidth":
        lacking = SchemaObject("t", "t", (*form.schema.properties, *schema_of("extra", required=["extra"]).properties))
        expected = "RDR-009"
    else:
        lacking, expected = schema_of("id", "who", "extra", required=["extra"]), "RDR-020"
    extract = open_extract([source], lacking, form.server)
    assert [(f.code, f.severity.value) for f in extract.findings] == [(expected, "error")]
    assert extract.columns == ("id", "who")
    assert extract.scan().collect().height == 3


@of_files
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_member_of_an_archive_reads_as_the_file_alone(form: Format, source: str, kind: str, tmp_path: Path) -> None:
    member = Path(source).name
    packed = tmp_path / f"packed.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(source, member)
    else:
        with tarfile.open(packed, "w:gz") as archive_of_tar:
            archive_of_tar.add(source, member)
    alone, within = (open_extract([name], form.schema, form.server) for name in (source, str(packed)))
    assert within.scan().collect().equals(alone.scan().collect())
    assert [s.name for s in within.sources] == [f"{packed}::{member}"]
    assert [s.sha256 for s in within.sources] == [s.sha256 for s in alone.sources]
    assert [a.record_bytes for a in within.account()] == [a.record_bytes for a in alone.account()]
