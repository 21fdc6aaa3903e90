"""Arrow files and streams, and what Parquet shares with them: every type, and nothing trusted that is damaged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

import weighbridge
from tests.readers.extracts import schema_of
from weighbridge.findings import SourceError
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract

TABLE = pa.table({"id": pa.array(range(1, 6)), "who": pa.array(["a", "b", None, "d", "e"])})


def as_file(path: Path, table: pa.Table, rows: int = 2) -> str:
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)
    return str(path)


def as_stream(path: Path, table: pa.Table, rows: int = 2) -> str:
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)
    return str(path)


WRITERS: list[Callable[[Path, pa.Table], str]] = [as_file, as_stream]


def read(path: str, *names: str) -> RawExtract:
    return open_extract([path], schema_of(*(names or ("id", "who"))), None)


@pytest.mark.parametrize("write", WRITERS)
def test_files_and_streams_give_the_same_records(tmp_path: Path, write: Callable[[Path, pa.Table], str]) -> None:
    extract = read(write(tmp_path / "x.arrow", TABLE))
    frame = extract.scan().collect()
    assert frame.select("raw:id", "raw:who").rows() == list(zip(range(1, 6), ["a", "b", None, "d", "e"], strict=True))
    assert frame["__record"].to_list() == [1, 2, 3, 4, 5]
    (account,) = extract.account()
    assert (account.records, account.record_bytes) == (5, None)
    assert extract.scan().head(3).select("raw:id").collect().height == 3


def test_a_file_without_a_telling_name_is_known_by_its_beginning(tmp_path: Path) -> None:
    extract = read(as_file(tmp_path / "data", TABLE))
    assert (extract.options[0].value, extract.options[0].origin) == ("arrow", "sniffed")


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array(["a", None], pa.string_view()), ["a", None]),
        (pa.array(["a", None], pa.large_string()), ["a", None]),
        (pa.array([2**64 - 1], pa.uint64()), [2**64 - 1]),
        (pa.array([1.5, None], pa.float16()), [1.5, None]),
        (pa.array([Decimal("1.10")], pa.decimal128(10, 2)), [Decimal("1.10")]),
        (pa.array([Decimal("1.10")], pa.decimal32(9, 2)), [Decimal("1.10")]),
        (pa.array([Decimal(10**50)], pa.decimal256(60, 0)), ["1" + "0" * 50]),
        (pa.array([86_399], pa.time32("s")), [dt.time(23, 59, 59)]),
        (pa.array([1], pa.duration("s")), [dt.timedelta(seconds=1)]),
        (pa.array([0], pa.timestamp("s")), [dt.datetime(1970, 1, 1)]),
        (pa.array([0], pa.date64()), [dt.date(1970, 1, 1)]),
        (pa.array([(1, 2, 3)], pa.month_day_nano_interval()), ["MonthDayNano(months=1, days=2, nanoseconds=3)"]),
        (pa.RunEndEncodedArray.from_arrays([2, 3], ["x", "y"]), ["x", "x", "y"]),
        (pa.array([[1], None, []], pa.list_(pa.int32())), [[1], None, []]),
        (pa.array([[1, 2]], pa.list_view(pa.int32())), [[1, 2]]),
        (pa.array([[1, 2]], pa.list_(pa.int32(), 2)), [[1, 2]]),
        (pa.array([{"a": 1, "b": None}], pa.struct({"a": pa.int8(), "b": pa.string()})), [{"a": 1, "b": None}]),
        (pa.array([None, None], pa.null()), [None, None]),
        (pa.array([b"\xff"], pa.binary(1)), [b"\xff"]),
        (
            pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0123456789abcdef"], pa.binary(16))),
            [b"0123456789abcdef"],
        ),
    ],
    ids=lambda v: str(v.type) if isinstance(v, pa.Array) else "",
)
def test_every_type_is_read_without_loss(tmp_path: Path, column: pa.Array, expected: list[Any]) -> None:
    table = pa.table({"id": column})
    extract = read(as_file(tmp_path / "x.arrow", table), "id")
    values = extract.scan().collect()["raw:id"].to_list()
    assert [
        v.date() if isinstance(v, dt.datetime) and expected == [dt.date(1970, 1, 1)] else v for v in values
    ] == expected


def test_types_that_drift_between_files_are_told_and_reconciled(tmp_path: Path) -> None:
    first = as_file(tmp_path / "1.arrow", pa.table({"id": pa.array([1], pa.int32()), "who": ["a"]}))
    second = as_file(tmp_path / "2.arrow", pa.table({"id": pa.array([2.5]), "who": ["b"]}))
    third = as_stream(tmp_path / "3.arrow", pa.table({"id": pa.array([3], pa.int8())}))
    extract = open_extract([first, second, third], schema_of("id", "who"), None)
    assert extract.scan().collect()["raw:id"].to_list() == [1.0, 2.5, 3.0]
    assert [f.code for f in extract.findings] == ["RDR-020", "RDR-026"]


@pytest.mark.parametrize("write", WRITERS)
def test_damage_within_is_told_with_how_far_it_was_read(tmp_path: Path, write: Callable[[Path, pa.Table], str]) -> None:
    path = Path(write(tmp_path / "x.arrow", TABLE))
    content = bytearray(path.read_bytes())
    marks = [i for i in range(len(content)) if content[i : i + 4] == b"\xff\xff\xff\xff"]
    content[marks[2] + 4 : marks[2] + 8] = b"\xff\xff\xff\x7f"
    path.write_bytes(content)
    extract = read(str(path))
    assert extract.scan().collect().height == 2
    with pytest.raises(SourceError, match=r"RDR-222.*after 2 records") as caught:
        extract.account()
    assert caught.value.findings[0].fix.startswith("have the file sent again: its footer is whole")


def test_offsets_that_point_outside_are_found(tmp_path: Path) -> None:
    path = Path(as_stream(tmp_path / "x.arrow", pa.table({"id": ["aaaaaaaa", "bbbbbbbb"]})))
    content = path.read_bytes()
    offsets = (0).to_bytes(4, "little") + (8).to_bytes(4, "little") + (16).to_bytes(4, "little")
    assert content.count(offsets) == 1
    path.write_bytes(content.replace(offsets, offsets[:8] + (2**30).to_bytes(4, "little")))
    extract = read(str(path), "id")
    assert extract.scan().collect().height == 0
    with pytest.raises(SourceError, match=r"RDR-222.*after 0 records"):
        extract.account()


@pytest.mark.parametrize("content", [b"ARROW1", b"ARROW1\0\0" + b"\0" * 50, b"no arrow at all", b"FEA1" + b"\0" * 20])
def test_what_is_no_arrow_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.arrow"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="RDR-220"):
        read(str(path))


def test_a_file_without_its_end_is_refused(tmp_path: Path) -> None:
    path = Path(as_file(tmp_path / "x.arrow", TABLE))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError, match="RDR-220") as caught:
        read(str(path))
    assert caught.value.findings[0].fix.startswith("have the file sent again; it is neither")


def test_a_stream_without_its_end_keeps_no_record_in_silence(tmp_path: Path) -> None:
    path = Path(as_stream(tmp_path / "x.arrow", TABLE))
    path.write_bytes(path.read_bytes()[:-150])
    extract = read(str(path))
    extract.scan().collect()
    with pytest.raises(SourceError, match="RDR-222"):
        extract.account()


def test_encrypted_parquet_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PARE" + b"\0" * 100 + b"PARE")
    with pytest.raises(SourceError, match="RDR-221") as caught:
        read(str(path))
    assert caught.value.findings[0].fix.startswith("have it sent unencrypted over a protected way")


def test_damaged_pages_of_parquet_blame_the_file(tmp_path: Path) -> None:
    path, contract = tmp_path / "x.parquet", tmp_path / "c.odcs.yaml"
    pl.DataFrame({"id": range(50_000), "who": [str(n * 7919) for n in range(50_000)]}).write_parquet(path)
    content = bytearray(path.read_bytes())
    content[2000:30000] = bytes((b * 31 + i) % 256 for i, b in enumerate(content[2000:30000]))
    path.write_bytes(content)
    contract.write_text(
        "{apiVersion: v3.2.0, kind: DataContract, id: c, name: C, version: 1.0.0, status: active, schema: [{name: t, "
        "properties: [{name: id, logicalType: integer}, {name: who, logicalType: string}]}]}"
    )
    with pytest.raises(SourceError, match="RDR-222"):
        weighbridge.load_contract(contract).check(str(path))
