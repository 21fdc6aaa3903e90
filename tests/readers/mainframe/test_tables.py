"""Code pages and floats through the reader: a user's own table, shifted double-byte text, both float formats."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from weighbridge.contract.model import LogicalType, Property, SchemaObject, Server
from weighbridge.legacy.codepages import page_named
from weighbridge.readers import open_extract

BOOK = "       01  R.\n           05  T  PIC X(12).\n           05  F  COMP-1.\n           05  D  COMP-2.\n"


def values(folder: Path, data: bytes, **options: Any) -> list[tuple[Any, ...]]:
    (folder / "book.cpy").write_text(BOOK)
    file = folder / "data.bin"
    file.write_bytes(data)
    properties = tuple(Property(n, LogicalType.STRING, (n,)) for n in ("t", "f", "d"))
    form = {"kind": "mainframe", "copybook": "book.cpy", "options": options}
    server = Server("s", "local", record_format=form, folder=str(folder))
    extract = open_extract([str(file)], SchemaObject("r", "R", properties), server)
    return extract.scan().select("raw:t", "raw:f", "raw:d").collect().rows()


TWELVE = bytes.fromhex("C1C2C3404040404040404040")
IBM = bytes.fromhex("C276A000") + bytes.fromhex("4276A00000000000")


def test_a_users_own_table_is_found_beside_the_contract(tmp_path: Path) -> None:
    table = list(page_named("cp037").table)
    table[0xC1] = "☃"
    (tmp_path / "house.json").write_text(json.dumps(table))
    assert values(tmp_path, TWELVE + IBM, codePage="house.json") == [("☃BC", -118.625, 118.625)]
    (tmp_path / "house.json").write_text(json.dumps("".join(table)))
    assert values(tmp_path, TWELVE + IBM, codePage="house") == [("☃BC", -118.625, 118.625)]


@pytest.mark.parametrize("page", ["cp930", "cp939", "cp1390", "cp1399"])
def test_shifted_double_byte_text(tmp_path: Path, page: str) -> None:
    raw = page_named(page).encode("A東京B").ljust(12, b"\x40")
    assert raw[1:2] == b"\x0e"
    assert values(tmp_path, raw + IBM, codePage=page) == [("A東京B", -118.625, 118.625)]


@pytest.mark.parametrize(
    ("form", "floats"),
    [
        ("ibm", IBM),
        ("ibm_little_endian", IBM[3::-1] + IBM[:3:-1]),
        ("ieee754", struct.pack(">fd", -118.625, 118.625)),
        ("ieee754_little_endian", struct.pack("<fd", -118.625, 118.625)),
    ],
)
def test_floats_of_both_formats_in_both_byte_orders(tmp_path: Path, form: str, floats: bytes) -> None:
    assert values(tmp_path, TWELVE + floats, floatFormat=form) == [("ABC", -118.625, 118.625)]


def test_blocks_of_fixed_records(tmp_path: Path) -> None:
    one = TWELVE + IBM
    blocks = b"".join((len(body) + 4).to_bytes(2, "big") + b"\0\0" + body for body in (one * 3, one, one * 2))
    found = values(tmp_path, blocks, recordFormat="bdw_fixed", bdwBigEndian=True, bdwIncludesHeader=True)
    assert found == [("ABC", -118.625, 118.625)] * 6
