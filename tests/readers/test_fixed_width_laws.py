"""Laws of the fixed-width reader, on bytes of any kind."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readers.extracts import assert_conserves, put, schema_of, server_of
from weighbridge.readers.fixed_width import FixedWidthReader

PIECES = [
    b"abcde\n",
    b"12345\r\n",
    b"a",
    b"\n",
    b"\r",
    b"\0",
    b"\0\0",
    b"\xe9",
    b"\xc3\xa9",
    b"     ",
    b"#",
    b"\x1a",
    b"abcdefgh\n",
]
PACKED = (b"PK", b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd")
CONTENT = st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join)).filter(
    lambda content: not content.startswith((*PACKED, b"\xff\xfe", b"\xfe\xff"))  # UTF-16 is refused
)
SERVERS = st.fixed_dictionaries(
    {"encoding": st.sampled_from(["utf-8", "cp1252", "cp037", "ascii"])},
    optional={
        "lineEnd": st.sampled_from(["any", "lf", "crlf", "cr"]),
        "recordLength": st.integers(5, 9),
        "header": st.booleans(),
        "skipHead": st.integers(0, 2),
        "skipTail": st.integers(0, 3),
        "comment": st.just("#"),
        "maxRecordBytes": st.integers(5, 30),
        "nullValues": st.just(["a", "12"]),
    },
)
SCHEMA = schema_of("code", "size", positions=[(1, 2), (4, 2)])


@settings(max_examples=150, deadline=None)
@given(CONTENT, SERVERS)
def test_every_byte_is_in_exactly_one_span_whatever_the_block_size(content, options) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), content)
        whole = FixedWidthReader().open([path], SCHEMA, server_of(**options))
        frame = assert_conserves(whole, [content])
        for block_bytes in (7, 16):
            other = FixedWidthReader(block_bytes=block_bytes).open([path], SCHEMA, server_of(**options))
            assert other.scan().collect().equals(frame)
            assert other.account() == whole.account()


@settings(max_examples=100, deadline=None)
@given(CONTENT, SERVERS)
def test_a_framed_field_is_its_bytes_decoded(content, options) -> None:
    with tempfile.TemporaryDirectory() as folder:
        extract = FixedWidthReader().open([put(Path(folder), content)], SCHEMA, server_of(**options))
        frame = extract.scan().collect()
        for row in frame.filter(frame["__framing"] == 0).iter_rows(named=True):
            for p in SCHEMA.properties:
                assert p.position is not None
                start = row["__offset"] + p.position.start - 1
                cell = content[start : start + p.position.length_bytes]
                text = cell.decode(options["encoding"])
                nothing = not cell.strip(b"\0") or text.strip(" \t\n\r\x0b\x0c") in options.get("nullValues", ())
                assert row[f"raw:{p.name}"] == (None if nothing else text)
