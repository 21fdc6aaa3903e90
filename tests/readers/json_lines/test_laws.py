"""Laws of reading JSON: a record is one exactly where a strict parser agrees, and blocks change nothing."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.readers.json_lines import JsonReader

SCHEMA = SchemaObject(
    "t",
    "t",
    (
        Property("a", LogicalType.INTEGER, ("a",)),
        Property("b", LogicalType.STRING, ("b",)),
        Property("c", LogicalType.ARRAY, ("c",), children=(Property("i", LogicalType.STRING, ("i",)),)),
    ),
)
RECORDS = (
    b'{"a":1,"b":"x \\u00e9 \\" y","c":["p",null]}',
    b'{"a":-2.5e3,"b":null,"d":{"e":[{}]}}',
    b'{"b":"}{,]["}',
    b"{}",
)
NOISE = (b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\n", b"}{", b"\xff", b"\0", b" ", b"tru", b"0", b"\t")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a document of some shape with some bytes cut out or put in."""
    records = draw(st.lists(st.sampled_from(RECORDS), min_size=1, max_size=8))
    shape = draw(st.sampled_from(["lines", "array", "rows", "wrapped", "run on"]))
    text = {
        "lines": b"\n".join(records),
        "array": b"[" + b",".join(records) + b"]",
        "rows": b"[\n" + b",\n".join(records) + b"\n]\n",
        "wrapped": b'{"n":[1],"data":[' + b", ".join(records) + b'],"z":0}',
        "run on": b"".join(records),
    }[shape]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(NOISE)) + text[at + draw(st.integers(0, 3)) :]
    return text


def strictly(raw: bytes) -> bool:
    """Whether Python's parser, its own leniencies apart, takes these bytes for an object."""

    def refuse(word: str) -> object:
        raise ValueError(word)

    try:
        return isinstance(json.loads(raw.decode(), parse_constant=refuse), dict)
    except ValueError:
        return False


@settings(max_examples=150, deadline=None)
@given(damaged(), st.integers(1, 90))
def test_bytes_conserve_validity_is_strict_and_blocks_change_nothing(content: bytes, block_bytes: int) -> None:
    assume(b"\0" not in content)  # it would be text in UTF-16
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        path.write_bytes(content)
        whole = JsonReader().open([str(path)], SCHEMA, None)
        frame = whole.scan().collect()
        (account,) = whole.account()
        small = JsonReader(block_bytes=block_bytes).open([str(path)], SCHEMA, None)
        assert small.scan().collect().equals(frame)
        assert small.account() == whole.account()
    spans = [*frame.select("__offset", "__length").iter_rows()]
    position = 0
    for offset, length in sorted([*spans, *((s.offset_bytes, s.length_bytes) for s in account.controls)]):
        assert offset == position
        position += length
    assert position == len(content)
    for raw, fault in frame.select("__raw", "__framing").iter_rows():
        assert strictly(re.sub(rb"^\s*,", b"", raw)) == (fault == 0)  # a comma may stand before its record


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({"a": st.integers(), "b": st.text(), "c": st.lists(st.text(), max_size=3)}), max_size=6
    ),
    st.booleans(),
)
def test_what_was_written_is_read(rows: list[dict[str, object]], ascii_only: bool) -> None:
    def encodable(row: dict[str, object]) -> bool:
        return "\\ud" not in json.dumps(row)

    rows = [r for r in rows if encodable(r)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        path.write_text(json.dumps(rows, ensure_ascii=ascii_only), "utf-8")
        frame = JsonReader().open([str(path)], SCHEMA, None).scan().collect()
    read = (
        [dict(zip("abc", values, strict=True)) for values in frame.select(pl.col("^raw:.*$")).iter_rows()]
        if rows
        else []
    )
    assert read == [{**r, "a": str(r["a"])} for r in rows]
