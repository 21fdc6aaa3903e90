"""The delimited reader, case by case: framing, header, dialect, encodings, controls."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.readers.extracts import assert_conserves, codes, faults, put, rows, schema_of, server_of
from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.findings import Severity, SourceError, code
from weighbridge.readers import open_extract
from weighbridge.readers.delimited import DelimitedReader
from weighbridge.readers.door import RawExtract

TWO = schema_of("id", "who")


def opened(folder: Path, content: bytes, schema: SchemaObject = TWO, **options: Any) -> RawExtract:
    return DelimitedReader().open([put(folder, content)], schema, server_of(**options))


def controls(extract: RawExtract) -> list[tuple[str, int, int]]:
    return [(s.kind, s.offset_bytes, s.length_bytes) for a in extract.account() for s in a.controls]


def option(extract: RawExtract, name: str) -> tuple[str, str]:
    return next((o.value, o.origin) for o in extract.options if o.name == name)


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        (b"id,who\n1\n2,b\n", {}, (1, "RDR-010", "1 field, expected 2")),
        (b"id,who\n1,a,x\n2,b\n", {}, (1, "RDR-010", "3 fields, expected 2")),
        (b'id,who\n1,"a\n2,b\n', {}, (1, "RDR-011", "the quote at byte 2 of the record is not closed on its line")),
        (b'id,who\n1,"a"x\n2,b\n', {},
         (1, "RDR-011", "the field quoted at byte 2 of the record is followed by text at byte 5")),
        (b"id,who\n1,\xff\n2,b\n", {"encoding": "utf-8"}, (1, "RDR-012", "byte 0xFF at byte 2 of the record")),
        (b"id,who\n1,\x81\n2,b\n", {"encoding": "cp1252"}, (1, "RDR-012", "byte 0x81 at byte 2 of the record")),
        (b"id,who\n1,abcdefgh\n2,b\n", {"maxRecordBytes": 9},
         (1, "RDR-013", "10 bytes, the limit is 9; the first 9 are kept")),
        (b"id,who\n1,a\0\n2,b\n", {}, (1, "RDR-015", "NUL at byte 3 of the record")),
    ],
)  # fmt: skip
def test_an_unframeable_record_is_a_record_with_a_code_evidence_and_its_bytes(
    tmp_path: Path, content: bytes, options: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    extract = opened(tmp_path, content, **options)
    frame = assert_conserves(extract, [content])
    assert faults(extract) == [expected]
    assert rows(extract) == [(None, None), ("2", "b")]
    raw = content.split(b"\n")[1]
    assert frame["__raw"][0] == raw[: options.get("maxRecordBytes", len(raw))]
    assert code(expected[1]).fix


def test_the_fixes_of_framing_faults_say_what_to_look_for() -> None:
    assert "unquoted delimiter" in code("RDR-010").fix
    assert "quote the field properly" in code("RDR-011").fix
    assert "servers.encoding" in code("RDR-012").fix
    assert "maxRecordBytes" in code("RDR-013").fix
    assert "truncated file" in code("RDR-014").fix
    assert "broken transfer" in code("RDR-015").fix


def test_an_open_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    content = b'id,who\n1,"open\n2,b\n3,"c"\n4,d\n'
    extract = opened(tmp_path, content)
    assert [f[0] for f in faults(extract)] == [1]
    assert rows(extract)[1:] == [("2", "b"), ("3", "c"), ("4", "d")]


def test_a_quoted_record_may_span_lines(tmp_path: Path) -> None:
    content = b'id,who\r\n1,"a\r\nb, ""c"""\r\n2,d\r\n'
    extract = opened(tmp_path, content)
    frame = assert_conserves(extract, [content])
    assert rows(extract) == [("1", 'a\r\nb, "c"'), ("2", "d")]
    assert frame["__length"].to_list() == [17, 5]


def test_a_quote_inside_an_unquoted_field_is_data(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, b'id,who\n1,5" pipe\n2,a"b"c\n')) == [("1", '5" pipe'), ("2", 'a"b"c')]


def test_a_declared_escape_makes_the_next_character_text(tmp_path: Path) -> None:
    extract = opened(tmp_path, rb'''id,who
1,"a\"b\\"
2,c\,d
\N,e
''', escape="\\", nullValues=["\\N"])  # fmt: skip
    assert rows(extract) == [("1", 'a"b\\'), ("2", "c,d"), (None, "e")]


def test_nothing_is_null_and_quoted_nothing_is_empty_text(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, b'id,who\n1,\n2,""\n3,"\n')) == [("1", None), ("2", ""), (None, None)]


def test_null_values_are_null_quoted_or_not(tmp_path: Path) -> None:
    extract = opened(tmp_path, b'id,who\n1,NA\n2,"NA"\n3,N"A\n', nullValues=["NA"])
    assert rows(extract) == [("1", None), ("2", None), ("3", 'N"A')]


def test_controls_are_spans_and_no_records(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfreport of today\n\n# made by hand\nid,who\n1,a\n\n# note\n2,b\nid,who\n3,c\ntotal 3\nend\n"
    extract = opened(tmp_path, content, skipHead=1, skipTail=2, comment="#")
    assert_conserves(extract, [content])
    assert rows(extract) == [("1", "a"), ("2", "b"), ("3", "c")]
    kinds = [kind for kind, _, _ in controls(extract)]
    assert kinds == ["byte order mark", "preamble", "blank line", "comment", "header", "blank line", "comment",
                     "repeated header", "footer"]  # fmt: skip
    (again,) = extract.late_findings()
    assert (again.code, again.severity) == ("RDR-025", Severity.WARNING)
    assert "if files were joined on purpose" in again.fix


def test_a_blank_line_is_a_record_where_records_have_one_field(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, b"id\n1\n\n2\n", schema_of("id"))) == [("1",), (None,), ("2",)]


def test_a_last_line_needs_no_end_and_an_end_of_file_mark_is_no_record(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, b"id,who\n1,a\n2,b")) == [("1", "a"), ("2", "b")]
    marked = opened(tmp_path, b"id,who\n1,a\r\n\x1a")
    assert rows(marked) == [("1", "a")]
    assert controls(marked)[-1] == ("end-of-file mark", 12, 1)


@pytest.mark.parametrize(
    ("content", "mode", "expected"),
    [
        (b"id,who\n1,a\r\n2,b\n", None, [("1", "a"), ("2", "b")]),
        (b"id,who\r1,a\r2,b\r", None, [("1", "a"), ("2", "b")]),
        (b"id,who\n1,a\rx\n2,\r\r\n", None, [("1", "a\rx"), ("2", "\r")]),
        (b"id,who\n1,a\r\n", "lf", [("1", "a\r")]),
        (b"id,who\r\n1,a\nx\r\n", "crlf", [("1", "a\nx")]),
        (b"id,who\r1,a\nx\r", "cr", [("1", "a\nx")]),
    ],
)
def test_line_ends(tmp_path: Path, content: bytes, mode: str | None, expected: list[Any]) -> None:
    options = {"lineEnd": mode} if mode else {}
    assert rows(opened(tmp_path, content, **options)) == expected


def test_columns_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    who = Property("who", LogicalType.STRING, ("person", "who"), required=True)
    gone = Property("gone", LogicalType.STRING, ("gone",))
    schema = SchemaObject("t", "t", (*schema_of("id").properties, who, gone))
    extract = opened(tmp_path, b" ID ,more,person,more\n1,x,a,y\n", schema)
    assert extract.columns == ("id", "who")
    assert rows(extract) == [("1", "a")]
    found = {f.code: f for f in extract.findings}
    assert set(found) == {"RDR-020", "RDR-021", "RDR-022", "RDR-023"}
    assert found["RDR-020"].severity is Severity.WARNING
    assert found["RDR-021"].severity is Severity.INFO
    assert "synonyms" in found["RDR-020"].fix
    assert "not published" in found["RDR-021"].fix
    assert "the first one was read" in found["RDR-022"].fix
    assert "header's spelling" in found["RDR-023"].fix


def test_a_header_of_other_names_is_an_error(tmp_path: Path) -> None:
    extract = opened(tmp_path, b"alpha,beta\n1,2\n")
    assert codes(extract) == ["RDR-024"]
    assert extract.findings[0].severity is Severity.ERROR
    assert "this is the right file" in extract.findings[0].fix
    assert extract.columns == ()


def test_a_record_taken_for_the_header_shows_no_classified_value(tmp_path: Path) -> None:
    plain = schema_of("id", "who", "iban", "city")
    classified = tuple(replace(p, classification="restricted") for p in plain.properties if p.name != "id")
    schema = replace(plain, properties=(plain.properties[0], *classified))
    path = put(tmp_path, b"id,GB29NWBK,GB29NWBK,Ulm\n7,ann,DE1,Bonn\n")
    extract = open_extract([path], schema, server_of(header=True, delimiter=","))
    told = [f for f in extract.findings if f.code in ("RDR-021", "RDR-022")]
    assert [f.code for f in told] == ["RDR-022", "RDR-021"]
    assert not any(secret in f"{f}{f.detail}" for f in extract.findings for secret in ("GB29NWBK", "Ulm"))
    shown = open_extract([path], plain, server_of(header=True, delimiter=","))
    assert any("GB29NWBK" in f.detail for f in shown.findings if f.code == "RDR-022")


def test_without_a_header_fields_are_taken_by_position_and_that_is_said(tmp_path: Path) -> None:
    extract = opened(tmp_path, b"1,a\n2,b\n")
    assert rows(extract) == [("1", "a"), ("2", "b")]
    assert [(f.code, f.severity) for f in extract.findings] == [("RDR-024", Severity.WARNING)]
    assert option(extract, "header") == ("false", "sniffed")
    assert codes(opened(tmp_path, b"1,a\n2,b\n", header=False)) == []


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        (b"id;who\n1;a,b\n", ";"),
        (b"id\twho\n1\ta\n", "tab"),
        (b"id|who\n1|a\n", "|"),
        (b"id,who\n1,a;b;c\n", ","),
        (b"id~who\n1~a\n", "~"),
    ],
)
def test_the_delimiter_is_told_by_the_contracts_names(tmp_path: Path, content: bytes, delimiter: str) -> None:
    extract = opened(tmp_path, content)
    assert option(extract, "delimiter") == (delimiter, "sniffed")
    assert len(rows(extract)) == 1
    assert not faults(extract)


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (b"id;who\n1;a\n", {"delimiter": ","}),
        (b"id,who\n1,a\n", {"lineEnd": "crlf"}),
        (b"id,who\n1,a\n", {"header": False}),
        (b"1,a,x\n2,b,x\n", {"header": False}),
        ("\ufeffid,who\n1,a\n".encode("utf-16-le"), {"encoding": "utf-8"}),
    ],
)
def test_a_declared_option_that_contradicts_the_source_is_found(
    tmp_path: Path, content: bytes, options: dict[str, Any]
) -> None:
    extract = opened(tmp_path, content, **options)
    assert "RDR-030" in codes(extract)
    assert "correct the option in the contract" in next(f.fix for f in extract.findings if f.code == "RDR-030")


def test_a_delimiter_of_several_characters(tmp_path: Path) -> None:
    content = 'id||who\n1||"a||b"\n2||é|\n'.encode()
    extract = opened(tmp_path, content, delimiter="||")
    assert_conserves(extract, [content])
    assert rows(extract) == [("1", "a||b"), ("2", "é|")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "cp1252", "latin-1", "iso8859-15", "cp850", "utf-16-le", "utf-16-be", "cp037"]
)
def test_declared_encodings(tmp_path: Path, encoding: str) -> None:
    content = 'id,who\n1,Zoë\n2,"Ångström, ä"\n'.encode(encoding)
    extract = opened(tmp_path, content, encoding=encoding, header=True, delimiter=",")
    frame = assert_conserves(extract, [content])
    assert rows(extract) == [("1", "Zoë"), ("2", "Ångström, ä")]
    assert frame["__raw"][0] == "1,Zoë".encode(encoding)


def test_a_character_beyond_the_basic_plane_keeps_its_bytes_in_utf_16(tmp_path: Path) -> None:
    content = "\ufeffid,who\n1,a😀b\n2,c\n".encode("utf-16-le") + b"\x00\xd8\n\x00"
    extract = opened(tmp_path, content)
    assert_conserves(extract, [content])
    assert rows(extract) == [("1", "a😀b"), ("2", "c"), (None, None)]
    assert faults(extract)[0][1] == "RDR-010"


@pytest.mark.parametrize(
    ("content", "value", "found"),
    [
        (b"id,who\n1,a\n", "utf-8", []),
        ("id,who\n1,Zoë\n".encode(), "utf-8", []),
        ("id,who\n1,Zoë\n".encode("cp1252"), "cp1252", ["RDR-031"]),
        ("id,who\n1,Zoë\n".encode("utf-16-le"), "utf-16-le", []),
        ("id,who\n1,ë\n2,ä\n".encode() + b"3,\xe9\n", "utf-8", []),
    ],
)
def test_an_undeclared_encoding_is_told_by_the_bytes(
    tmp_path: Path, content: bytes, value: str, found: list[str]
) -> None:
    extract = opened(tmp_path, content)
    assert option(extract, "encoding") == (value, "sniffed")
    assert codes(extract) == found
    for finding in extract.findings:
        assert "another code page reads other characters" in finding.fix


def test_an_encoding_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="RDR-007") as caught:
        opened(tmp_path, b"id,who\n", encoding="klingon")
    assert "servers.encoding" in caught.value.findings[0].fix


def test_a_line_longer_than_memory_should_hold_is_gone_through(tmp_path: Path) -> None:
    content = b"id,who\n1," + b"x" * 5_000_000 + b"\r\n2,b\n"
    reader = DelimitedReader(block_bytes=1 << 16)
    extract = reader.open([put(tmp_path, content)], TWO, server_of(maxRecordBytes=1000))
    frame = assert_conserves(extract, [content])
    assert faults(extract) == [(1, "RDR-013", "5,000,002 bytes, the limit is 1,000; the first 1,000 are kept")]
    assert frame["__length"].to_list() == [5_000_004, 4]
    assert frame["__raw"][0] == content[7:1007]


def test_each_source_has_its_own_order_of_columns_and_its_own_encoding(tmp_path: Path) -> None:
    first = put(tmp_path, "id,who\n1,Zoë\n".encode(), "a.csv")
    second = put(tmp_path, "who;id\nÄnne;2\n".encode("cp1252"), "b.csv")
    extract = DelimitedReader().open([first, second], TWO, None)
    assert rows(extract) == [("1", "Zoë"), ("2", "Änne")]
    delimiters = [(o.value, o.why[:4]) for o in extract.options if o.name == "delimiter"]
    assert delimiters == [(",", "in /"), (";", "in /")] or all(why.startswith("in") for _, why in delimiters)


def test_a_file_without_bytes_or_with_a_header_only_has_no_records(tmp_path: Path) -> None:
    empty = opened(tmp_path, b"")
    assert codes(empty) == ["RDR-003"]
    assert "interrupted transfer" in empty.findings[0].fix
    assert empty.columns == ("id", "who")
    assert_conserves(empty, [b""])
    header_only = opened(tmp_path, b"id,who\n")
    assert rows(header_only) == []
    assert_conserves(header_only, [b"id,who\n"])


def test_progress_adds_up_to_the_content(tmp_path: Path) -> None:
    told: list[int] = []
    content = b"id,who\n" + b"1,a\n" * 1000
    reader = DelimitedReader(block_bytes=512)
    extract = reader.open([put(tmp_path, content)], TWO, None, told.append)
    extract.scan().select(pl.len()).collect()
    assert sum(told) == len(content) == extract.content_bytes
