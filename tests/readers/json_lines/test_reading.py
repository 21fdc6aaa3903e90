"""JSON as records: what each looks like, what is broken, and that no byte is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.readers.extracts import faults, put, server_of
from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.findings import SourceError, code
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract
from weighbridge.readers.json_lines import JsonReader


def prop(name: str, kind: str = "string", *children: Property, **more: Any) -> Property:
    return Property(name, LogicalType(kind), more.pop("source_names", (name,)), children=children, **more)


ORDERS = SchemaObject(
    "orders",
    "orders",
    (
        prop("id", "integer"),
        prop("name"),
        prop("amount", "number", physical_type="DECIMAL(12,2)"),
        prop("address", "object", prop("city"), prop("zip")),
        prop("lines", "array", prop("line", "object", prop("sku"), prop("qty", "integer"))),
        prop("tags", "array", prop("tag")),
        prop("rest", "object"),
    ),
)
IDS = SchemaObject("ids", "ids", (prop("id", "integer"),))


def read(folder: Path, content: bytes, schema: SchemaObject = IDS, name: str = "x.json", **format: Any) -> RawExtract:
    return open_extract([put(folder, content, name)], schema, server_of(**format))


def conserved(extract: RawExtract, content: bytes) -> list[Mapping[str, Any]]:
    """Return the records after proving that they and the control spans cover the content exactly once."""
    frame = extract.scan().collect()
    (account,) = extract.account()
    spans = [*frame.select("__offset", "__length").iter_rows()]
    spans = sorted([*spans, *((s.offset_bytes, s.length_bytes) for s in account.controls)])
    position = 0
    for offset, length in spans:
        assert offset == position
        position += length
    assert position == len(content)
    assert account.records == frame.height
    return frame.rows(named=True)


def ids(records: list[Mapping[str, Any]]) -> list[str | None]:
    return [r["raw:id"] for r in records]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'{"id":1}\n{"id":2}\n{"id":3}\n', "x.jsonl"),
        (b'\xef\xbb\xbf{"id":1}\r\n\r\n{"id":2}\r\n{"id":3}', "x.jsonl"),
        (b'{"id":1},\n{"id":2},\n{"id":3}', "x.jsonl"),
        (b'{"id":1} {"id":2}\n{"id":3}\n', "x.jsonl"),
        (b'[{"id":1},{"id":2}, {"id":3}]', "x.json"),
        (b'[\n  {"id":1},\n  {"id":2},\n  {"id":3}\n]\n', "x.json"),
        (b'[{"id":1}\n,{"id":2}\n,{"id":3}]', "x.json"),
        (b'{"id":1}{"id":2}{"id":3}', "x.json"),
        (b'{\n "id": 1\n}\n{\n "id": 2\n}\n{\n "id": 3\n}', "x.json"),
        (json.dumps([{"id": n, "deep": [{"id": 9}]} for n in (1, 2, 3)], indent=4).encode(), "x.json"),
        (b'{"count":3,"tags":["a"],"data":{"items":[{"id":1},{"id":2},{"id":3}],"next":null}}', "x.json"),
        (b'{"data":[\n{"id":1},\n{"id":2},\n{"id":3}],\n"total":3}', "x.json"),
        ('[{"id":1},{"id":2},{"id":3}]'.encode("utf-16"), "x.json"),
    ],
)
def test_records_are_found_however_they_stand(tmp_path: Path, content: bytes, name: str) -> None:
    assert ids(conserved(read(tmp_path, content, name=name), content)) == ["1", "2", "3"]


def test_the_shape_of_the_contract_is_the_shape_of_the_columns(tmp_path: Path) -> None:
    content = (
        b'{"id":1,"name":"K\\u00f6ln \\"q\\"","amount":1.50,"address":{"zip":"5","city":"x"},'
        b'"lines":[{"sku":"a","qty":1},{"sku":null}],"tags":["p","q"],"rest":{"a": [1, 2.0]}}\n'
        b'{"id":2,"name":"","address":null,"lines":[],"tags":[null],"rest":null}\n{}\n'
    )
    first, second, third = conserved(read(tmp_path, content, ORDERS, "x.jsonl"), content)
    assert first["raw:name"] == 'Köln "q"'
    assert first["raw:amount"] == "1.50"
    assert first["raw:address"] == {"city": "x", "zip": "5"}
    assert first["raw:lines"] == [{"sku": "a", "qty": "1"}, {"sku": None, "qty": None}]
    assert first["raw:tags"] == ["p", "q"]
    assert first["raw:rest"] == '{"a": [1, 2.0]}'
    assert second["raw:name"] == ""
    assert (second["raw:address"], second["raw:lines"], second["raw:tags"]) == (None, [], [None])
    assert [v for k, v in third.items() if k.startswith("raw:")] == [None] * 7


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("12345678901234567890123456789012345", "12345678901234567890123456789012345"),
        ("-0", "-0"),
        ("1.0", "1"),
        ("1e3", "1000"),
        ("1.5", "1.5"),
        ("1e400", "1e400"),
        ('"7"', "7"),
        ("true", "true"),
    ],
)
def test_a_number_keeps_its_digits(tmp_path: Path, written: str, kept: str) -> None:
    content = f'{{"id":{written}}}\n'.encode()
    assert ids(conserved(read(tmp_path, content, name="x.jsonl"), content)) == [kept]


def test_a_decimal_is_never_read_through_a_float(tmp_path: Path) -> None:
    content = b'{"amount":0.1000000000000000055511151231257827}\n{"amount":15E-1}\n'
    records = conserved(read(tmp_path, content, ORDERS, "x.jsonl"), content)
    assert [r["raw:amount"] for r in records] == ["0.1000000000000000055511151231257827", "1.5"]


@pytest.mark.parametrize(
    ("line", "expected", "seen"),
    [
        (b'{"id":2,}', "RDR-200", "expecting property name"),
        (b'{"id":NaN}', "RDR-200", "NaN is no value of JSON"),
        (b'{"id":-Infinity}', "RDR-200", "-Infinity is no value of JSON"),
        (b'{"id":02}', "RDR-200", "at byte 7 of the record"),
        (b"{'id':2}", "RDR-200", "at byte 1 of the record"),
        (b'{"id":"x}', "RDR-200", "unterminated string"),
        (b'{"id":[2}', "RDR-200", "at byte 8 of the record"),
        (b'{"id":2}}', "RDR-200", "extra data"),
        (b'{"id":2} x', "RDR-200", "extra data"),
        (b'{"id":"\\ud800"}', "RDR-200", "half a surrogate pair"),
        (b'{"id":"\\x41"}', "RDR-200", "invalid \\escape"),
        (b'{"id":"a\tb"}', "RDR-200", "invalid control character"),
        (b'{"id":"\xff"}', "RDR-012", "not valid in the encoding"),
        (b'{"id":' + b"[" * 5000 + b"]" * 5000 + b"}", "RDR-200", "nested deeper than 200 levels"),
        (b"[1, 2]", "RDR-201", "an array"),
        (b"null", "RDR-201", "a plain value"),
        (b"1,2,3", "RDR-200", "extra data"),
        (b'{"id":2', "RDR-200", "at byte 7 of the record"),
        (b"\x00\x00", "RDR-200", "at byte 0 of the record"),
    ],
)
def test_a_broken_line_costs_one_record(tmp_path: Path, line: bytes, expected: str, seen: str) -> None:
    content = b'{"id":1}\n' + line + b'\n{"id":3}\n'
    extract = read(tmp_path, content, name="x.jsonl")
    records = conserved(extract, content)
    assert ids(records) == ["1", None, "3"]
    assert records[1]["__raw"] == line
    ((number, found, words),) = faults(extract)
    assert (number, found) == (2, expected)
    assert seen in words
    assert code("RDR-200").fix.startswith("have the record written by a JSON library")
    assert code("RDR-201").fix.startswith("have each record sent as an object")


@pytest.mark.parametrize("broken", [b'{"id":2,"n":"x},', b'{"id":2,"n":[},', b'{"id":2]},', b'{"id"2},', b'{"id":2}},'])
@pytest.mark.parametrize("between", [b"", b"\n", b"\n  "])
def test_a_broken_item_of_an_array_costs_one_record(tmp_path: Path, broken: bytes, between: bytes) -> None:
    content = b"[" + between + between.join([b'{"id":1},', broken, b'{"id":3},', b'{"id":4}']) + between + b"]"
    records = conserved(read(tmp_path, content), content)
    whole = [r["raw:id"] for r in records if r["__framing"] == 0]
    assert whole in (["1", "3", "4"], ["1", "2", "3", "4"])
    assert b"".join(r["__raw"] for r in records).count(b'"id"') == 4


def test_an_array_that_is_cut_short_is_an_error(tmp_path: Path) -> None:
    content = b'[\n{"id":1},\n{"id":2},\n{"i'
    extract = read(tmp_path, content)
    assert ids(conserved(extract, content)) == ["1", "2", None]
    (finding,) = extract.late_findings()
    assert (finding.code, finding.severity.value) == ("RDR-205", "error")
    assert finding.fix.startswith("have the file sent again: it was cut short")


def test_several_records_on_a_line_are_told(tmp_path: Path) -> None:
    extract = read(tmp_path, b'{"id":1}{"id":2}\n', name="x.jsonl")
    extract.scan().collect()
    (finding,) = extract.late_findings()
    assert (finding.code, finding.severity.value) == ("RDR-204", "warning")
    assert finding.fix.startswith("have each record end with a line end")


def test_what_has_another_shape_is_doubted_where_it_stands(tmp_path: Path) -> None:
    content = b'{"address":"no","lines":[1,{"sku":{}}],"name":["a"],"tags":{}}\n'
    extract = read(tmp_path, content, ORDERS, "x.jsonl")
    (record,) = conserved(extract, content)
    found = {k: v for k, v in record.items() if k.startswith("__misfit") and v is not None}
    assert found == {
        "__misfit:address": "address is a text, not an object",
        "__misfit:lines": "lines[] is a plain value, not an object",
        "__misfit:name": "name is an array, not a plain value",
        "__misfit:tags": "tags is an object, not an array",
    }
    assert [d.doubt.code for d in extract.raw_doubts["address"]] == ["RDR-202", "RDR-203"]
    assert code("RDR-202").fix.startswith("correct the property's logicalType")


def test_a_key_that_stands_twice_says_both_values(tmp_path: Path) -> None:
    content = b'{"id":1,"id":2}\n{"id":1,"id":1}\n{"address":{"city":"a","city":"b"}}\n'
    first, same, nested = conserved(read(tmp_path, content, ORDERS, "x.jsonl"), content)
    assert (first["raw:id"], first["__twice:id"]) == ("2", ["1", "2"])
    assert same["__twice:id"] is None
    assert nested["__twice:address"] == ["address.city: a", "address.city: b"]
    assert code("RDR-203").fix.startswith("have the key sent once")


def test_keys_that_the_contract_does_not_name_are_listed(tmp_path: Path) -> None:
    content = b'{"id":1,"extra":0,"address":{"street":"s","city":"c"}}\n'
    extract = read(tmp_path, content, ORDERS, "x.jsonl")
    extract.scan().collect()
    assert [(f.code, f.detail) for f in extract.late_findings()] == [("RDR-021", "address.street, extra")]


def test_a_key_may_come_late_and_under_another_spelling_or_path(tmp_path: Path) -> None:
    schema = SchemaObject("t", "t", (prop("id"), prop("late"), prop("city", source_names=("$.address.city", "city"))))
    filler = b'{"ID":"1","address":{"city":"x"}}\n' * 40_000
    extract = read(tmp_path, filler + b'{"id":"2","late":"y"}\n', schema, "x.jsonl")
    frame = extract.scan().collect()
    assert frame["raw:id"].unique().sort().to_list() == ["1", "2"]
    assert frame["raw:late"].drop_nulls().to_list() == ["y"]
    assert frame["raw:city"].drop_nulls().unique().to_list() == ["x"]
    assert not extract.late_findings()


def test_a_record_path_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"RDR-206.*\$\.data\[\*\]") as caught:
        read(tmp_path, b'{"data":[{"id":1}]}', recordPath="$.items[*]")
    assert caught.value.findings[0].fix.startswith("correct recordFormat.recordPath")


def test_a_declared_record_path_goes_before_what_looks_better(tmp_path: Path) -> None:
    content = b'{"data":[{"id":1}],"old":[{"id":2}]}'
    assert ids(conserved(read(tmp_path, content, recordPath="$.old[*]"), content)) == ["2"]


@pytest.mark.parametrize("block_bytes", [5, 17, 1000])
@pytest.mark.parametrize("name", ["lines", "array", "pretty", "one line"])
def test_the_block_size_changes_nothing(tmp_path: Path, name: str, block_bytes: int) -> None:
    from weighbridge.readers.json_lines import JsonReader

    records = [b'{"id":1,"name":"a,b}"}', b'{"id":2,"tags":["]"]}', b'{"id":3,"x":}', b'{"id":4}']
    content = {
        "lines": b"\n".join(records),
        "array": b"[\n" + b",\n".join(records) + b"\n]\n",
        "pretty": b"[\n" + b",\n".join(r.replace(b",", b",\n    ") for r in records) + b"\n]\n",
        "one line": b'{"n":1,"items":[' + b" , ".join(records) + b'],"end":[]}',
    }[name]
    path = put(tmp_path, content, "x.json")
    whole = JsonReader().open([path], ORDERS, None)
    small = JsonReader(block_bytes=block_bytes).open([path], ORDERS, None)
    assert small.scan().collect().equals(whole.scan().collect())
    assert small.account() == whole.account()


def test_a_record_longer_than_the_limit_keeps_its_beginning(tmp_path: Path) -> None:
    from weighbridge.readers.json_lines import JsonReader

    content = b'{"id":1}\n{"id":"' + b"x" * 5000 + b'"}\n{"id":3}\n'
    path = put(tmp_path, content, "x.jsonl")
    for block_bytes in (64, 1 << 20):
        extract = JsonReader(lines_only=True, block_bytes=block_bytes).open([path], IDS, server_of(maxRecordBytes=1000))
        records = conserved(extract, content)
        assert ids(records) == ["1", None, "3"]
        assert len(records[1]["__raw"]) == 1000
        assert [f[1] for f in faults(extract)] == ["RDR-013"]


def test_geojson_is_read_by_its_features(tmp_path: Path) -> None:
    schema = SchemaObject(
        "places",
        "places",
        (
            prop("type"),
            prop("geometry", "object", prop("type"), prop("coordinates", "array", prop("c", "number"))),
            prop("properties", "object", prop("name")),
        ),
    )
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1.5, 2]}, "properties": {"name": "n"}}
    content = json.dumps({"type": "FeatureCollection", "features": [feature] * 3}).encode()
    records = conserved(read(tmp_path, content, schema, "x.geojson"), content)
    assert len(records) == 3
    assert records[2]["raw:geometry"] == {"type": "Point", "coordinates": ["1.5", "2"]}


@pytest.mark.parametrize("content", [b"", b"   \n ", b"[]", b"[\n]\n", b"\xef\xbb\xbf"])
def test_nothing_is_no_record(tmp_path: Path, content: bytes) -> None:
    assert conserved(read(tmp_path, content), content) == []


@pytest.mark.parametrize(
    "content", [b"]", b"}{", b'"', b"{", b"[", b"[[", b",", b"\\", b"\xff\xfe\x00", b"[1,2", b"nul"]
)
def test_what_is_no_json_gives_findings_and_keeps_its_bytes(tmp_path: Path, content: bytes) -> None:
    extract = read(tmp_path, content)
    records = conserved(extract, content)
    assert not [r for r in records if r["__framing"] == 0]
    extract.late_findings()
    assert isinstance(extract.scan().select(pl.len()).collect().item(), int)


@pytest.mark.parametrize("block_bytes", [1, 7, 1 << 16])
@pytest.mark.parametrize(
    ("text", "amiss"),
    [
        ('[{"id":1},{"id":2},{"id":3}]', 0),
        ('[{"id":1}\n,{"id":2}\n,{"id":3}\n]', 0),
        ('[\n{"id":1},\n{"id":2},\n{"id":3}\n]\n', 0),
        ('[{"id":1} {"id":2},{"id":3}]', 1),
        ('[\n{"id":1}\n{"id":2}\n{"id":3}\n]\n', 2),
        ('[{"id":1},{"id":2},{"id":3},]', 1),
        ('{"data":[{"id":1},{"id":2}{"id":3}]}', 1),
    ],
)
def test_records_of_a_list_are_parted_by_one_comma_each(
    text: str, amiss: int, block_bytes: int, tmp_path: Path
) -> None:
    path = put(tmp_path, text.encode(), "x.json")
    extract = JsonReader(block_bytes=block_bytes).open([path], IDS, None)
    assert ids(conserved(extract, text.encode())) == ["1", "2", "3"]
    found = [f for f in extract.late_findings() if f.code == "RDR-207"]
    assert [f.detail for f in found] == [f"{amiss} place{'s' if amiss > 1 else ''}"] * (amiss > 0)
    assert all(f.fix.startswith("have the file written by a JSON library") for f in found)
