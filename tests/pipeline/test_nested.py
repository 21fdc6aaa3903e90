"""Objects and arrays from a document to the tables: published whole, and blamed part by part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import weighbridge

CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: orders
name: Orders
version: 1.0.0
status: active
schema:
  - name: orders
    customProperties: [{property: breaker, vendor: weighbridge, value: {maxRejected: {rate: 1.0}}}]
    properties:
      - {name: id, logicalType: integer, primaryKey: true, required: true}
      - name: address
        logicalType: object
        properties:
          - {name: city, logicalType: string, required: true, logicalTypeOptions: {pattern: "^[A-Z]"}}
          - {name: since, logicalType: date, required: true}
      - name: lines
        logicalType: array
        items:
          name: line
          logicalType: object
          properties:
            - {name: sku, logicalType: string, enum: [{value: A}, {value: B}]}
            - {name: qty, logicalType: integer, logicalTypeOptions: {minimum: 1}}
      - {name: rest, logicalType: object}
"""
JSON = b"""{"id":1,"address":{"city":"Bonn","since":"2020-01-02"},"lines":[{"sku":"A","qty":1}],"rest":{"a":1}}
{"id":2,"address":{"since":"soon"},"lines":[{"sku":"C","qty":0},{"sku":"D","qty":2}]}
{"id":3,"address":"Bonn"}
{"id":4,"id":5}
{"id":6,"address":null,"lines":[]}
{"id":7
"""
XML = b"""<orders>
<o><id>1</id><address><city>Bonn</city><since>2020-01-02</since></address><lines><l sku="A" qty="1"/></lines></o>
<o><id>2</id><address><since>soon</since></address><lines><l sku="C" qty="0"/><l sku="D" qty="2"/></lines></o>
<o><id>3</id><address>Bonn</address></o>
<o><id>4</id><id>5</id></o>
<o><id>6</id><lines/></o>
<o><id>7</o>
</orders>
"""


def table(into: Path, name: str) -> list[dict[str, Any]]:
    return (
        pl.scan_delta(str(into / name / "orders" / "orders"))
        .collect()
        .sort("record" if name != "published" else "id")
        .rows(named=True)
    )


@pytest.mark.parametrize(("name", "content"), [("orders.jsonl", JSON), ("orders.xml", XML)])
def test_a_document_is_published_and_blamed_part_by_part(tmp_path: Path, name: str, content: bytes) -> None:
    contract, source, into = tmp_path / "c.odcs.yaml", tmp_path / name, tmp_path / "out"
    contract.write_text(CONTRACT)
    source.write_bytes(content)
    result = weighbridge.load_contract(contract).run(source, into=into)
    assert result.receipt is not None
    assert result.receipt.records_in == 6
    published = table(into, "published")
    assert [r["id"] for r in published] == [1, 6]
    assert str(published[0]["address"]["since"]) == "2020-01-02"
    assert published[0]["lines"] == [{"sku": "A", "qty": 1}]
    assert published[1]["lines"] == []
    kept = table(into, "quarantine")
    told = [{f["check"]: f["seen"] for f in r["findings"]} for r in kept]
    assert told[0] == {
        "address.city|required": "null",
        "address.since|type": "soon",
        "lines[].sku|enum": "C, D",
        "lines[].qty|minimum": "0",
    }
    assert list(told[1]) == ["address|shape"]
    assert [next(iter(t)).split("|")[0] for t in told[2:]] == ["framing"]
    assert kept[2]["raw"].strip() in content
    (review,) = table(into, "review")
    assert [(f["code"], f["readings"]) for f in review["findings"]] == [("RDR-203", ["4", "5"])]
    assert (into / "runs" / result.run_id / "report.html").is_file()
    again = weighbridge.load_contract(contract).run(source, into=into)
    assert [r["id"] for r in table(into, "published")] == [1, 6]
    assert again.decision == result.decision


def test_numbers_nobody_can_hold_are_rejected_and_not_rounded(tmp_path: Path) -> None:
    contract, source = tmp_path / "c.odcs.yaml", tmp_path / "x.jsonl"
    contract.write_text(CONTRACT)
    source.write_bytes(b'{"id":9223372036854775808}\n{"id":9007199254740993}\n{"id":1e400}\n{"id":1.0}\n{"id":1.5}\n')
    result = weighbridge.load_contract(contract).run(source, into=tmp_path / "out")
    assert [r["id"] for r in table(tmp_path / "out", "published")] == [1, 9007199254740993]
    assert len(table(tmp_path / "out", "quarantine")) == 3
    assert result.records == 5


def test_a_contract_with_parts_says_nothing_of_them_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(CONTRACT)
    left = {entry["what"] for entry in weighbridge.load_contract(path).not_executed()}
    assert "rest: object" in left
    assert not {"address: object", "lines: array"} & left


@pytest.mark.parametrize("kind", ["flat", "nested"])
def test_texts_that_mean_no_value_mean_it_in_documents_too(tmp_path: Path, kind: str) -> None:
    contract, source = tmp_path / "c.odcs.yaml", tmp_path / "x.jsonl"
    layout = (
        "servers: [{server: here, type: local, path: x, format: jsonl, customProperties: [{property: recordFormat, "
    )
    layout += "vendor: weighbridge, value: {nullValues: [n/a]}}]}]\n"
    flat = CONTRACT[: CONTRACT.index("      - name: address")]
    contract.write_text(
        (CONTRACT if kind == "nested" else flat + "      - {name: size, logicalType: number}\n") + layout
    )
    parts = b'"address":{"city":"Bonn","since":"2020-01-02"},"lines":[{"sku":"A","qty":"n/a"}]'
    source.write_bytes(b'{"id":1,' + (parts if kind == "nested" else b'"size":"n/a"') + b"}\n")
    weighbridge.load_contract(contract).run(source, into=tmp_path / "out")
    (row,) = table(tmp_path / "out", "published")
    assert row["lines"] == [{"sku": "A", "qty": None}] if kind == "nested" else row["size"] is None
