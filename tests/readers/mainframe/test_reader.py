"""The mainframe reader behind the readers' door: typed columns, doubts as probes, an account of every byte."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from weighbridge.contract.model import LogicalType, Property, SchemaObject, Server
from weighbridge.decode import decode
from weighbridge.findings import Effect
from weighbridge.legacy.cobol import Conventions
from weighbridge.legacy.cobol.encode import encode_field
from weighbridge.legacy.copybook import parse_copybook
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract
from weighbridge.readers.lineage import FRAMING_FAULTS

BOOK = """\
       01  ACCOUNT.
           05  KIND     PIC X.
           05  ACCT-NO  PIC 9(6).
           05  NAME     PIC X(8).
           05  BALANCE  PIC S9(7)V99 COMP-3.
           05  RATE     PIC 9V99 OCCURS 2.
           05  UNITS    PIC 9(8) COMP.
"""
PROPERTIES = {
    "acct_no": (LogicalType.INTEGER, "ACCT-NO"),
    "name": (LogicalType.STRING, "NAME"),
    "balance": (LogicalType.NUMBER, "BALANCE"),
    "rate_2": (LogicalType.NUMBER, "RATE(2)"),
    "units": (LogicalType.INTEGER, "UNITS"),
}
SCHEMA = SchemaObject("a", "a", tuple(Property(name, kind, (source,)) for name, (kind, source) in PROPERTIES.items()))


def record(number: int, **changed: bytes) -> bytes:
    values = {
        "KIND": "A",
        "ACCT-NO": number,
        "NAME": f"N{number}",
        "BALANCE": -100 * number,
        "RATE": 125,
        "UNITS": number,
    }
    out = b""
    for item in parse_copybook(BOOK).roots[0].children:
        raw = changed.get(item.name.replace("-", "_"), encode_field(values[item.name], item, Conventions()))
        out += raw * (item.occurs.maximum if item.occurs else 1)
    return out


def opened(folder: Path, data: bytes, **options: object) -> RawExtract:
    (folder / "book.cpy").write_text(BOOK)
    source = folder / "accounts.ebc"
    source.write_bytes(data)
    given = {"kind": "mainframe", "copybook": "book.cpy", "options": options}
    return open_extract([str(source)], SCHEMA, Server("s", "local", record_format=given))


def test_values_doubts_and_the_account(tmp_path: Path) -> None:
    rows = [
        record(1),
        record(2, BALANCE=b"\x40" * 5),
        record(3, ACCT_NO=b"\xf0\xf0\xf0\xf0\xf0\xc3"),
        record(4, UNITS=b"\xff" * 4),
    ]
    data = b"".join(rows) + b"\x00" * 7
    extract = opened(tmp_path, data)
    decoded = decode(extract.scan(), extract.columns, SCHEMA, typed=extract.typed, raw_doubts=extract.raw_doubts)
    frame = decoded.frame.collect()
    assert frame["name"].to_list() == ["N1", "N2", "N3", "N4", None]
    assert frame["balance"].to_list() == [-1.0, None, -3.0, -4.0, None]
    assert frame["acct_no"].to_list() == [1, 2, None, 4, None]
    assert frame["rate_2"].to_list() == [1.25, 1.25, 1.25, 1.25, None]
    assert frame["units"].to_list() == [1, 2, 3, None, None]
    assert [FRAMING_FAULTS[code] for code in frame["__framing"]] == ["", "", "", "", "RDR-102"]
    assert frame["__raw"].to_list() == [*rows, b"\x00" * 7]
    found = {p.name: frame.filter(p.failed) for p in decoded.probes if frame.select(p.failed.any()).item()}
    assert {name: bad["__record"].to_list() for name, bad in found.items()} == {
        "balance|nibble": [2],
        "acct_no|sign-on-unsigned": [3],
        "units|high-bit": [4],
    }
    probe = next(p for p in decoded.probes if p.name == "acct_no|sign-on-unsigned")
    assert probe.effect is Effect.REVIEW
    assert probe.seen is not None
    assert probe.readings is not None
    bad = found["acct_no|sign-on-unsigned"].select(seen=probe.seen, readings=probe.readings)
    assert bad.rows() == [("X'F0F0F0F0F0C3'", ["3"])]
    (account,) = extract.account()
    assert (account.records, account.record_bytes, account.control_bytes) == (5, len(data), 0)


def test_segments_that_are_not_chosen_are_control_spans(tmp_path: Path) -> None:
    data = record(1) + record(2, KIND=b"\xc2") + record(3)
    extract = opened(tmp_path, data, segmentField="KIND", segmentFilter=["A"])
    frame = extract.scan().select("__record", "__offset", "raw:acct_no").collect()
    size = len(record(1))
    assert frame.rows() == [(1, 0, 1), (2, 2 * size, 3)]
    (account,) = extract.account()
    assert [(c.kind, c.offset_bytes, c.length_bytes) for c in account.controls] == [
        ("left out by segment_filter", size, size)
    ]
    assert account.record_bytes == 2 * size


def test_a_projection_changes_nothing_and_many_blocks_give_one_frame(tmp_path: Path) -> None:
    data = b"".join(record(number) for number in range(1, 3001)) * 20
    extract = opened(tmp_path, data)
    whole = extract.scan().collect(engine="streaming").sort("__record")
    part = extract.scan().select("raw:units", "__record").collect(engine="streaming").sort("__record")
    assert whole.height == 60_000
    assert part["raw:units"].equals(whole["raw:units"])
    assert whole["raw:units"].to_list() == list(range(1, 3001)) * 20
    assert whole["raw:balance"].dtype == pl.Decimal(38, 2)


def test_a_property_without_a_field_is_told(tmp_path: Path) -> None:
    (tmp_path / "book.cpy").write_text(BOOK)
    (tmp_path / "a.ebc").write_bytes(record(1))
    schema = SchemaObject("a", "a", (Property("nowhere", LogicalType.STRING, ("NOWHERE",)),))
    server = Server("s", "local", record_format={"kind": "mainframe", "copybook": str(tmp_path / "book.cpy")})
    extract = open_extract([str(tmp_path / "a.ebc")], schema, server)
    assert [f.code for f in extract.findings] == ["RDR-020"]
    assert extract.columns == ()
