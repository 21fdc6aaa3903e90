"""Framing: every format finds its records, and records and spans partition the source, whatever its bytes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.legacy.cobol.options import read_options
from weighbridge.legacy.copybook import parse_copybook
from weighbridge.readers.mainframe.framing import Framer

PLAIN = parse_copybook("       01 R.\n           05 LEN PIC 9(2).\n           05 A PIC X(8).\n")
TABLES = parse_copybook(
    "       01 R.\n           05 N PIC 9.\n           05 T OCCURS 0 TO 5 DEPENDING ON N.\n"
    "              10 M PIC 9.\n              10 U PIC X OCCURS 0 TO 3 DEPENDING ON M.\n"
)
FORMATS: dict[str, dict[str, Any]] = {
    "fixed": {"record_format": "fixed"},
    "fixed with skips": {
        "record_format": "fixed",
        "record_skip_head": 2,
        "record_skip_tail": 1,
        "file_skip_head": 3,
        "file_skip_tail": 4,
    },
    "rdw": {"record_format": "rdw"},
    "rdw of z/OS": {"record_format": "rdw", "rdw_big_endian": True, "rdw_includes_header": True},
    "blocks": {"record_format": "bdw_rdw", "bdw_big_endian": True, "rdw_big_endian": True},
    "blocks of z/OS": {
        "record_format": "bdw_rdw",
        "bdw_big_endian": True,
        "rdw_big_endian": True,
        "bdw_adjust": -4,
        "rdw_includes_header": True,
    },
    "fixed blocks": {"record_format": "bdw_fixed", "bdw_big_endian": True},
    "lines": {"record_format": "lines", "encoding": "ascii"},
    "long lines": {"record_format": "lines", "encoding": "ascii", "allow_partial_records": True},
    "ebcdic lines": {"record_format": "lines"},
    "length field": {"record_format": "length_field", "length_field": "LEN"},
    "length expression": {"record_format": "length_field", "length_field": "LEN * 2 + 1"},
    "custom header": {
        "record_format": "custom_header",
        "header": {"size": 3, "valid_pos": 0, "valid_value": 1, "len_lo": 1, "len_hi": 2},
    },
    "shrinking": {"record_format": "fixed", "odo_variable_size": True},
    "bounds": {"record_format": "rdw", "min_record_length": 2, "max_record_length": 6},
}


def framed(
    data: bytes, given_options: dict[str, Any], pieces: int = 1 << 16
) -> tuple[Framer, list[bytes], list[tuple[int, int]]]:
    """Frame `data` handed over in pieces; return the framer, the payloads, and all spans."""
    options = read_options(given_options)
    copybook = TABLES if options.odo_variable_size else PLAIN

    def blocks() -> Iterator[bytes]:
        for at in range(0, len(data), pieces):
            yield data[at : at + pieces]

    framer = Framer("memory", copybook, options, blocks())
    payloads: list[bytes] = []
    spans: list[tuple[int, int]] = []
    for batch in framer.batches():
        for row in range(len(batch.starts)):
            payloads.append(batch.raw(row))
            spans.append((int(batch.offsets[row]), int(batch.spans[row])))
    spans += [(control.offset, control.length) for control in framer.controls]
    return framer, payloads, sorted(spans)


def assert_partition(data: bytes, spans: list[tuple[int, int]]) -> None:
    at = 0
    for offset, length in spans:
        assert offset == at, (spans, at)
        assert length > 0
        at += length
    assert at == len(data)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=120), st.integers(1, 60))
def test_spans_partition_the_bytes(name: str, data: bytes, pieces: int) -> None:
    _, payloads, spans = framed(data, FORMATS[name], pieces)
    assert_partition(data, spans)
    assert framed(data, FORMATS[name])[1] == payloads


@pytest.mark.parametrize("name", FORMATS)
def test_plausible_bytes_are_partitioned_too(name: str) -> None:
    chance = random.Random(name)
    for _ in range(60):
        words = [
            b"\0\0\2\0ab",
            b"\0\6\0\0ab",
            b"\0\x0e\0\0",
            b"\xf0\xf5abc",
            b"\xf2\xf3\xc1\xf1",
            b"\1\2\0xy",
            b"\0\2\0xy",
            b"text\r\n",
            b"\n",
            b"0123456789",
            b"\x15",
            b"\0\0\0\0",
        ]
        data = b"".join(chance.choice(words) for _ in range(chance.randrange(40)))
        assert_partition(data, framed(data, FORMATS[name], chance.randint(1, 50))[2])


@pytest.mark.parametrize(
    ("options", "data", "records"),
    [
        ({"record_format": "rdw"}, b"\0\0\2\0ab\0\0\1\0c", [b"ab", b"c"]),
        (
            {"record_format": "rdw", "rdw_big_endian": True, "rdw_includes_header": True},
            b"\0\6\0\0ab\0\5\0\0c",
            [b"ab", b"c"],
        ),
        ({"record_format": "rdw", "rdw_adjust": -1}, b"\0\0\3\0ab", [b"ab"]),
        (
            {"record_format": "bdw_rdw", "bdw_big_endian": True, "rdw_big_endian": True},
            b"\0\x0b\0\0\0\2\0\0ab\0\1\0\0c",
            [b"ab", b"c"],
        ),
        (
            {"record_format": "bdw_rdw", "bdw_big_endian": True, "rdw_big_endian": True},
            b"\x80\0\0\6\0\2\0\0ab",
            [b"ab"],
        ),
        (
            {"record_format": "bdw_fixed", "bdw_big_endian": True, "record_length": 2},
            b"\0\4\0\0abcd\0\2\0\0ef",
            [b"ab", b"cd", b"ef"],
        ),
        ({"record_format": "lines", "encoding": "ascii"}, b"ab\r\n\ncd", [b"ab", b"cd"]),
        ({"record_format": "lines"}, b"\xc1\x15\xc2\x25\xc3", [b"\xc1", b"\xc2", b"\xc3"]),
        (
            {"record_format": "length_field", "length_field": "LEN"},
            b"\xf0\xf4ab\xf0\xf3c",
            [b"\xf0\xf4ab", b"\xf0\xf3c"],
        ),
        (
            {"record_format": "length_field", "length_field": "LEN", "length_map": {"7": 3}},
            b"\xf0\xf7a\xf0\xf7b",
            [b"\xf0\xf7a", b"\xf0\xf7b"],
        ),
        (
            {"record_format": "custom_header", "header": {"size": 2, "valid_pos": 0, "valid_value": 1, "len_lo": 1}},
            b"\1\2ab\0\1x\1\1c",
            [b"ab", b"c"],
        ),
        (
            {"record_format": "fixed", "odo_variable_size": True},
            b"\xf0\xf1\xf2ab\xf2\xf0\xf1c",
            [b"\xf0", b"\xf1\xf2ab", b"\xf2\xf0\xf1c"],
        ),
        (
            {"record_format": "fixed", "record_length": 2, "file_skip_head": 1, "file_skip_tail": 2},
            b"Habcdef\1\1",
            [b"ab", b"cd", b"ef"],
        ),
        ({"record_format": "rdw", "max_record_length": 1}, b"\0\0\2\0ab\0\0\1\0c", [b"c"]),
    ],
)
def test_records_are_found(options: dict[str, Any], data: bytes, records: list[bytes]) -> None:
    _, payloads, spans = framed(data, options)
    assert payloads == records
    assert_partition(data, spans)


@pytest.mark.parametrize(
    ("options", "data", "code", "fix"),
    [
        ({"record_format": "rdw"}, b"\0\0\0\0ab", "RDR-100", "check rdw_big_endian"),
        ({"record_format": "bdw_rdw", "bdw_adjust": -9}, b"\0\0\1\0ab", "RDR-101", "check bdw_big_endian"),
        ({"record_format": "fixed"}, b"0123456789012", "RDR-102", "sent again if it was cut"),
        ({"record_format": "length_field", "length_field": "LEN"}, b"\xc1\xc2ab", "RDR-103", "check length_field"),
        (
            {"record_format": "rdw", "min_record_length": 2},
            b"\0\0\1\0a\0\0\2\0bc",
            "RDR-104",
            "change min_record_length",
        ),
        ({"record_format": "fixed", "file_skip_head": 9}, b"123", "RDR-105", "check file_skip_head"),
    ],
)
def test_what_cannot_be_framed_is_told(options: dict[str, Any], data: bytes, code: str, fix: str) -> None:
    framer, _, spans = framed(data, options)
    assert code in [f.code for f in framer.findings]
    assert all(fix in f.fix for f in framer.findings if f.code == code)
    assert_partition(data, spans)


@pytest.mark.parametrize(("big_endian", "word"), [(True, b"\0\0\0\x0a"), (False, b"\x0a\0\0\0")])
def test_a_length_in_the_other_half_of_its_descriptor_is_found(big_endian: bool, word: bytes) -> None:
    data = (word + b"05ABCDEFGH") * 2
    framer, payloads, _ = framed(data, {"record_format": "rdw", "rdw_big_endian": big_endian})
    assert payloads == [b"05ABCDEFGH"] * 2
    assert framer.findings == []
