"""Laws of the delimited reader, on bytes of any kind."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readers.extracts import assert_conserves, put, schema_of, server_of
from weighbridge.readers.delimited import DelimitedReader
from weighbridge.readers.delimited.fields import Parsed, take_apart
from weighbridge.readers.delimited.part import DelimitedPart

PIECES = [
    b"a", b"1", b",", b",", b'"', b'"', b"\n", b"\n", b"\r", b"\r\n", b"\\", b"\0", b"\xe9", b"\xc3\xa9", b"\x81",
    b"\xef\xbb\xbf", b"#", b'""', b'"x"', b'"x,\ny"', b"a,b\n", b"c,d\r\n", b"name,size\n", b"\x1a", b" ",
    b"long text here",
]  # fmt: skip
CONTENT = st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)).filter(
    lambda content: not content.startswith(b"\x1f\x8b")  # gzip has its own tests
)
SERVERS = st.fixed_dictionaries(
    {},
    optional={
        "lineEnd": st.sampled_from(["any", "lf", "crlf", "cr"]),
        "quote": st.sampled_from(["", "'", '"']),
        "escape": st.just("\\"),
        "header": st.booleans(),
        "skipHead": st.integers(0, 2),
        "skipTail": st.integers(0, 3),
        "comment": st.just("#"),
        "maxRecordBytes": st.integers(1, 30),
        "nullValues": st.just(["a", "x"]),
        "encoding": st.sampled_from(["utf-8", "cp1252", "latin-1", "utf-16", "utf-16-be", "ascii", "cp037"]),
        "delimiter": st.sampled_from([",", ";", "||", "é"]),
    },
)
PROPERTIES = st.sampled_from([("name",), ("name", "size"), ("name", "size", "colour")])


def opened(content: bytes, names: tuple[str, ...], options: dict[str, object], block_bytes: int, folder: str):
    return DelimitedReader(block_bytes=block_bytes).open(
        [put(Path(folder), content)], schema_of(*names), server_of(**options)
    )


@settings(max_examples=200, deadline=None)
@given(CONTENT, PROPERTIES, SERVERS)
def test_every_byte_is_in_exactly_one_span_whatever_the_block_size(content, names, options) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole = opened(content, names, options, 1 << 20, folder)
        frame = assert_conserves(whole, [content])
        assert frame.equals(whole.scan().collect())
        for block_bytes in (7, 16):
            other = opened(content, names, options, block_bytes, folder)
            assert other.scan().collect().equals(frame)
            assert other.account() == whole.account()


@settings(max_examples=60, deadline=None)
@given(CONTENT, PROPERTIES, SERVERS, st.data())
def test_a_projection_a_filter_or_a_limit_changes_no_record(content, names, options, data) -> None:
    with tempfile.TemporaryDirectory() as folder:
        extract = opened(content, names, options, 16, folder)
        frame = extract.scan().collect()
        wanted = data.draw(st.lists(st.sampled_from(frame.columns), min_size=1, unique=True))
        assert extract.scan().select(wanted).collect().equals(frame.select(wanted))
        assert extract.scan().head(2).collect().equals(frame.head(2))
        odd = pl.col("__framing") != 0
        assert extract.scan().filter(odd).select(wanted).collect().equals(frame.filter(odd).select(wanted))
        assert extract.scan().select(pl.len()).collect().item() == frame.height


@settings(max_examples=150, deadline=None)
@given(CONTENT, PROPERTIES, SERVERS)
def test_the_fast_way_reads_what_the_careful_way_reads(content, names, options) -> None:
    with tempfile.TemporaryDirectory() as folder:
        extract = opened(content, names, options, 1 << 20, folder)
        part = extract._parts[0]  # the layout, to read the source again record by record
        assert isinstance(part, DelimitedPart)
        layout = part.layout
        frame = extract.scan().filter(pl.col("__framing") == 0).collect()
        for row in frame.iter_rows(named=True):
            record = content[row["__offset"] : row["__offset"] + row["__length"]]
            text = layout.encoding.decode(record, 0, True).utf8
            parsed = take_apart(text, 0, layout.dialect, True)
            assert isinstance(parsed, Parsed)
            assert parsed.next == len(text)
            assert layout.dialect.holds(parsed.values)
            for name, field in layout.mapping.fields.items():
                value = parsed.values[field]
                assert row[f"raw:{name}"] == (None if value is None else value.decode())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=8)] * 2),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([7, 64, 1 << 20]),
)
def test_what_a_csv_writer_wrote_is_read_back(records, quoting, line_end, block_bytes) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=quoting, lineterminator=line_end).writerows([("name", "size"), *records])
    options = {"encoding": "utf-8", "delimiter": ","}
    with tempfile.TemporaryDirectory() as folder:
        extract = opened(buffer.getvalue().encode(), ("name", "size"), options, block_bytes, folder)
        frame = extract.scan().collect()
        read = [(a or "", b or "") for a, b in frame.select("raw:name", "raw:size").iter_rows()]
        assert read == records
        assert frame["__framing"].sum() == 0
