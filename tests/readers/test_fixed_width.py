"""The fixed-width reader, case by case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.readers.extracts import assert_conserves, codes, faults, put, rows, schema_of, server_of
from weighbridge.findings import SourceError
from weighbridge.readers.door import RawExtract
from weighbridge.readers.fixed_width import FixedWidthReader

SCHEMA = schema_of("code", "size", positions=[(1, 2), (4, 3)])


def opened(folder: Path, content: bytes, **options: Any) -> RawExtract:
    return FixedWidthReader().open([put(folder, content, "things.dat")], SCHEMA, server_of(**options))


def test_fields_are_cut_by_bytes_and_keep_their_blanks(tmp_path: Path) -> None:
    content = b"ab-123\r\nc - 4 \n"
    extract = opened(tmp_path, content)
    frame = assert_conserves(extract, [content])
    assert rows(extract) == [("ab", "123"), ("c ", " 4 ")]
    assert frame["__raw"].to_list() == [b"ab-123", b"c - 4 "]


def test_a_record_of_another_length_is_a_record_with_evidence(tmp_path: Path) -> None:
    extract = opened(tmp_path, b"ab-123\nab-12\nab-1234\nab-123\n")
    assert faults(extract) == [(2, "RDR-014", "5 bytes, expected 6"), (3, "RDR-014", "7 bytes, expected 6")]
    assert rows(extract) == [("ab", "123"), (None, None), (None, None), ("ab", "123")]


def test_records_by_length_alone(tmp_path: Path) -> None:
    content = b"ab-123cd\n456ef-7"
    extract = opened(tmp_path, content, recordLength=6)
    assert_conserves(extract, [content])
    assert rows(extract) == [("ab", "123"), ("cd", "456"), (None, None)]
    assert faults(extract) == [(3, "RDR-014", "4 bytes, expected 6")]


def test_a_record_length_with_line_ends_after_all_is_seen(tmp_path: Path) -> None:
    extract = opened(tmp_path, b"ab-123\ncd-456\n", recordLength=6)
    assert rows(extract) == [("ab", "123"), ("cd", "456")]
    assert [(o.value, o.origin) for o in extract.options if o.name == "lineEnd"] == [("any", "sniffed")]


def test_bytes_are_cut_before_they_are_decoded(tmp_path: Path) -> None:
    content = "äb-1ß3\n".encode("cp1252") + b"ab-123\n"
    assert rows(opened(tmp_path, content, encoding="cp1252")) == [("äb", "1ß3"), ("ab", "123")]
    utf8 = "ä-x12 \nb-xä2 \n".encode()
    schema = schema_of("code", "size", positions=[(1, 2), (4, 2)])
    path = put(tmp_path, utf8)
    extract = FixedWidthReader().open([path], schema, server_of(encoding="utf-8"))
    assert rows(extract) == [("ä", "x1"), ("b-", "ä")]


def test_a_character_cut_in_two_makes_the_record_invalid(tmp_path: Path) -> None:
    extract = opened(tmp_path, "aä-123\n".encode()[:-1] + b"\nab-1234\n", encoding="utf-8")
    assert faults(extract) == [(1, "RDR-012", "not valid in utf-8")]


def test_low_values_mean_no_value_and_a_part_of_them_is_a_fault(tmp_path: Path) -> None:
    extract = opened(tmp_path, b"ab-\0\0\0\nab-1\0\0\n", encoding="utf-8")
    assert rows(extract) == [("ab", None), (None, None)]
    assert faults(extract) == [(2, "RDR-015", "a property is partly NUL")]


def test_a_contract_without_positions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="RDR-009") as caught:
        FixedWidthReader().open([put(tmp_path, b"abc\n")], schema_of("id"), None)
    assert "give each property a position" in caught.value.findings[0].fix


def test_utf_16_is_refused_and_a_length_below_the_layout_is_found(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="RDR-007"):
        opened(tmp_path, b"ab-123\n", encoding="utf-16")
    assert codes(opened(tmp_path, b"ab-123", recordLength=5)) == ["RDR-030"]


def test_header_preamble_footer_and_mark_are_no_records(tmp_path: Path) -> None:
    content = b"made today\nCO SIZ\nab-123\n\nTOTAL 1\n"
    extract = opened(tmp_path, content, skipHead=1, skipTail=1, header=True, encoding="utf-8")
    assert_conserves(extract, [content])
    assert rows(extract) == [("ab", "123")]
    (account,) = extract.account()
    assert [c.kind for c in account.controls] == ["preamble", "header", "blank line", "footer"]
