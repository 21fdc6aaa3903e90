"""What tests of readers share: schemas, servers, files, and the law every reader keeps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.contract.model import LogicalType, Position, Property, SchemaObject, Server
from weighbridge.readers.door import RawExtract
from weighbridge.readers.lineage import FRAMING_FAULTS, LINEAGE_SCHEMA, raw_name


def schema_of(*names: str, required: Sequence[str] = (), positions: Sequence[tuple[int, int]] = ()) -> SchemaObject:
    """An object of text properties; `positions` are (start, length)."""
    placed = [Position(*p) for p in positions] or [None] * len(names)
    properties = tuple(
        Property(n, LogicalType.STRING, (n,), required=n in required, position=p)
        for n, p in zip(names, placed, strict=True)
    )
    return SchemaObject("things", "things", properties)


def server_of(
    format: str | None = None, *, delimiter: str | None = None, encoding: str | None = None, **record_format: Any
) -> Server:
    """A local server with a record format."""
    return Server("here", "local", format=format, delimiter=delimiter, encoding=encoding, record_format=record_format)


def put(folder: Path, content: bytes, name: str = "things.csv") -> str:
    """Write a source; return its path."""
    path = folder / name
    path.write_bytes(content)
    return str(path)


def rows(extract: RawExtract) -> list[tuple[Any, ...]]:
    """The raw columns of all records."""
    return extract.scan().select(raw_name(c) for c in extract.columns).collect().rows()


def faults(extract: RawExtract) -> list[tuple[int, str, str]]:
    """Record number, code and evidence of each record that could not be framed."""
    found = extract.scan().filter(pl.col("__framing") != 0).select("__record", "__framing", "__framing_seen").collect()
    return [(r, FRAMING_FAULTS[f], seen) for r, f, seen in found.iter_rows()]


def codes(extract: RawExtract) -> list[str]:
    """Codes of the findings known at opening."""
    return [f.code for f in extract.findings]


def assert_conserves(extract: RawExtract, contents: Sequence[bytes]) -> pl.DataFrame:
    """Every byte of every source is in exactly one span; identities are dense; nothing is made up."""
    frame = extract.scan().collect()
    assert frame.schema == {**LINEAGE_SCHEMA, **{raw_name(c): pl.String() for c in extract.columns}}
    accounts = extract.account()
    assert len(accounts) == len(contents)
    for content, account in zip(contents, accounts, strict=True):
        mine = frame.filter(pl.col("__source") == account.source.index)
        assert mine["__record"].to_list() == list(range(1, mine.height + 1))
        assert account.records == mine.height
        assert account.record_bytes == mine["__length"].sum()
        spans = [(o, n) for o, n in mine.select("__offset", "__length").iter_rows()]
        assert spans == sorted(spans)
        spans += [(s.offset_bytes, s.length_bytes) for s in account.controls]
        position = 0
        for offset, length in sorted(spans):
            assert offset == position
            assert length > 0
            position += length
        assert position == len(content) == account.source.content_bytes
        for offset, length, raw in mine.select("__offset", "__length", "__raw").iter_rows():
            assert content[offset : offset + length].startswith(raw)
    unframed = frame.filter(pl.col("__framing") != 0)
    for column in extract.columns:
        assert unframed[raw_name(column)].null_count() == unframed.height
    assert frame["__framing_seen"].is_null().equals((frame["__framing"] == 0).alias("__framing_seen"))
    return frame
