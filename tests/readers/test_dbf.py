"""dBase tables: every byte accounted for, deleted records, memos, code pages, tables that were cut short."""

from __future__ import annotations

import struct
from pathlib import Path

import polars as pl
import pytest

from tests.readers.extracts import assert_conserves, codes, faults, put, rows, schema_of, server_of
from tests.support.dbase import memo_foxpro, memo_iii, table
from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.findings import SourceError
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract

TWO = schema_of("id", "who")
FIELDS = [("ID", "N", 4), ("WHO", "C", 6)]
RECORDS = [(b"1", b"ann"), (b"2", b""), (b"3", "Zoë".encode("cp1252"))]


def opened(folder: Path, content: bytes, schema: SchemaObject = TWO, **server: str) -> RawExtract:
    return open_extract([put(folder, content, "t.dbf")], schema, server_of(**server) if server else None)


def typed(**kinds: LogicalType) -> SchemaObject:
    return SchemaObject("t", "t", tuple(Property(n, k, (n,)) for n, k in kinds.items()))


def test_every_byte_is_a_record_or_a_control_span(tmp_path: Path) -> None:
    content = table(FIELDS, [*RECORDS, (b"4", b"gone"), (b"5", b"eve")], marks=b"   * ")
    extract = opened(tmp_path, content)
    frame = assert_conserves(extract, [content])
    assert frame["__record"].to_list() == [1, 2, 3, 4]
    assert rows(extract) == [("1", "ann"), ("2", None), ("3", "Zoë"), ("5", "eve")]
    kinds = [span.kind for span in extract.account()[0].controls]
    assert kinds == ["header", "deleted records", "end mark"]
    assert codes(extract)[-1] == "RDR-332"
    assert "have the table packed" in extract.findings[-1].fix


@pytest.mark.parametrize("cut", [1, 5, 11, 15, 30])
def test_a_table_that_was_cut_short_is_found_and_its_rest_kept(tmp_path: Path, cut: int) -> None:
    content = table(FIELDS, RECORDS)[:-cut]
    extract = opened(tmp_path, content)
    assert_conserves(extract, [content])
    short = cut > 1
    assert ("RDR-331" in codes(extract)) is short
    assert [f.severity.value for f in extract.findings if f.code == "RDR-331"] == ["error"] * short
    if (cut - 1) % 11:
        assert [code for _, code, _ in faults(extract)] == ["RDR-014"]


def test_more_than_the_header_says_is_found(tmp_path: Path) -> None:
    content = table(FIELDS, RECORDS, told=2)
    extract = opened(tmp_path, content)
    assert_conserves(extract, [content])
    (finding,) = [f for f in extract.findings if f.code == "RDR-331"]
    assert "it was cut short" in finding.fix
    assert len(rows(extract)) == 2


def test_a_record_without_its_mark_is_rejected_with_its_bytes(tmp_path: Path) -> None:
    content = table(FIELDS, RECORDS, marks=b" X ")
    extract = opened(tmp_path, content)
    assert_conserves(extract, [content])
    assert faults(extract) == [(2, "RDR-334", "it begins with byte 58")]


def test_code_pages_are_declared_told_or_guessed(tmp_path: Path) -> None:
    word = [(b"1", "Привет".encode("cp866"))]
    assert rows(opened(tmp_path, table(FIELDS, word, language=0x65))) == [("1", "Привет")]
    assert rows(opened(tmp_path, table(FIELDS, word, language=0), encoding="cp866")) == [("1", "Привет")]
    guessed = opened(tmp_path, table(FIELDS, word, language=0))
    assert "RDR-031" in codes(guessed)
    (tmp_path / "t.cpg").write_text("866")
    assert opened(tmp_path, table(FIELDS, word, language=0)).options[1].name == "encoding"
    wrong = opened(tmp_path, table(FIELDS, [(b"1", b"\xff\xfe")]), encoding="utf-8")
    assert faults(wrong) == [(1, "RDR-012", "WHO is not utf-8")]


def test_types_become_what_they_say(tmp_path: Path) -> None:
    fields = [("D", "D", 8), ("L", "L", 1), ("I", "I", 4), ("Y", "Y", 8), ("B", "B", 8), ("T", "T", 8), ("N", "N", 8)]
    julian = 2460315  # 5 January 2024
    full = (
        b"20240105", b"T", struct.pack("<i", -7), struct.pack("<q", 12345), struct.pack("<d", 0.1),
        struct.pack("<ii", julian, 36_000_000), b"1.50",
    )  # fmt: skip
    blank = (b"", b"?", struct.pack("<i", 0), struct.pack("<q", 0), struct.pack("<d", 2), bytes(8), b"")
    odd = (b"20241399", b"x", struct.pack("<i", 1), struct.pack("<q", 1), struct.pack("<d", 1), bytes(8), b"********")
    wanted = typed(
        D=LogicalType.DATE, L=LogicalType.BOOLEAN, I=LogicalType.INTEGER, Y=LogicalType.NUMBER,
        B=LogicalType.NUMBER, T=LogicalType.TIMESTAMP, N=LogicalType.NUMBER,
    )  # fmt: skip
    assert rows(opened(tmp_path, table(fields, [full, blank, odd], version=0x30), wanted)) == [
        ("2024-01-05", "true", "-7", "1.2345", "0.1", "2024-01-05 10:00:00", "1.50"),
        (None, None, "0", "0.0000", "2", None, None),
        ("2024-13-99", "x", "1", "0.0001", "1", None, "********"),
    ]


def test_memos_are_read_from_beside_the_table_and_missed_when_they_are_not_there(tmp_path: Path) -> None:
    fields = [("ID", "N", 4), ("WHO", "M", 10)]
    content = table(fields, [(b"1", b"         1"), (b"2", b""), (b"3", b"         9")], version=0x83)
    alone = opened(tmp_path, content)
    assert rows(alone) == [("1", None), ("2", None), ("3", None)]
    doubt = alone.raw_doubts["who"][0]
    assert (doubt.doubt.code, doubt.doubt.certainty.value) == ("RDR-333", "unreadable")
    (tmp_path / "t.DBT").write_bytes(memo_iii([b"a long story"]))
    assert rows(opened(tmp_path, content)) == [("1", "a long story"), ("2", None), ("3", None)]
    (tmp_path / "t.DBT").unlink()
    foxpro = table([("ID", "N", 4), ("WHO", "M", 4)], [(b"1", struct.pack("<i", 8))], version=0x30)
    first = opened(tmp_path, foxpro).sources[0].sha256
    (tmp_path / "t.fpt").write_bytes(memo_foxpro(["Zoë".encode("cp1252")]))
    assert rows(opened(tmp_path, foxpro)) == [("1", "Zoë")]
    assert opened(tmp_path, foxpro).sources[0].sha256 != first


@pytest.mark.parametrize("content", [b"id,who\n1,a\n" * 9, b"\x03" * 40, b"\x8c" + bytes(80), table(FIELDS, [])[:60]])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match="RDR-330") as refused:
        opened(tmp_path, content)
    assert refused.value.findings[0].fix
    with pytest.raises(SourceError, match="RDR-003"):
        opened(tmp_path, b"")


def test_a_thousand_broken_tables_are_findings_and_conserve(tmp_path: Path) -> None:
    import random

    source = random.Random(20261123)
    whole = table(FIELDS, RECORDS * 5, marks=b"  *  " * 3)
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(source.randint(1, 6)):
            broken[source.randrange(len(broken))] = source.randrange(256)
        content = bytes(broken[: source.randint(0, len(broken))])
        try:
            extract = opened(tmp_path, content)
        except SourceError:
            continue
        if extract.columns:
            assert_conserves(extract, [content])
        assert extract.scan().select(pl.len()).collect().item() == extract.account()[0].records
