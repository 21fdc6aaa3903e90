"""XML as records: elements, attributes, text; what is broken costs one record, and no byte is lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.readers.extracts import faults, put, server_of
from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.findings import SourceError, code
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract
from weighbridge.readers.xml import XmlReader


def prop(name: str, kind: str = "string", *children: Property, source_names: tuple[str, ...] = ()) -> Property:
    return Property(name, LogicalType(kind), source_names or (name,), children=children)


ITEMS = SchemaObject(
    "items",
    "items",
    (
        prop("id", "integer"),
        prop("title"),
        prop("author", "object", prop("name"), prop("mail")),
        prop("tag", "array", prop("t")),
        prop("lines", "array", prop("line", "object", prop("sku"), prop("qty", "integer"))),
        prop("currency", source_names=("price/@currency",)),
    ),
)
FEED = b"""<?xml version="1.0"?>
<!-- <item id="0"/> -->
<rss xmlns:dc="http://purl.org/dc"><channel><title>Feed</title>
  <item id="1"><title>A &amp; B</title><dc:author><name>n</name></dc:author><tag>x</tag><tag>y</tag></item>
  <item id="2"><title><![CDATA[<item> & ]]></title>
    <lines><line sku="a" qty="1"/><line><sku>b</sku></line></lines></item>
  <item><id>3</id><price currency="EUR">5</price><tag/></item>
</channel></rss>
"""


def read(folder: Path, content: bytes, schema: SchemaObject = ITEMS, **format: Any) -> RawExtract:
    return open_extract([put(folder, content, "x.xml")], schema, server_of(**format))


def conserved(extract: RawExtract, content: bytes) -> list[Mapping[str, Any]]:
    """Return the records after proving that they and the control spans cover the content exactly once."""
    frame = extract.scan().collect()
    (account,) = extract.account()
    spans = [*frame.select("__offset", "__length").iter_rows()]
    position = 0
    for offset, length in sorted([*spans, *((s.offset_bytes, s.length_bytes) for s in account.controls)]):
        assert offset == position
        position += length
    assert position == len(content)
    return frame.rows(named=True)


def ids(records: list[Mapping[str, Any]]) -> list[str | None]:
    return [r["raw:id"] for r in records]


def test_elements_attributes_and_text_become_the_contract_s_shape(tmp_path: Path) -> None:
    extract = read(tmp_path, FEED)
    first, second, third = conserved(extract, FEED)
    assert (first["raw:id"], first["raw:title"], first["raw:tag"]) == ("1", "A & B", ["x", "y"])
    assert first["raw:author"] == {"name": "n", "mail": None}
    assert first["__raw"].startswith(b'<item id="1">')
    assert second["raw:title"] == "<item> &"
    assert second["raw:lines"] == [{"sku": "a", "qty": "1"}, {"sku": "b", "qty": None}]
    assert (third["raw:id"], third["raw:currency"], third["raw:tag"]) == ("3", "EUR", [None])
    assert ("recordPath", "/rss/channel/item") in {(o.name, o.value) for o in extract.options}
    assert not extract.findings


@pytest.mark.parametrize(
    ("broken", "seen"),
    [
        (b"<item><id>2</id><title>a & b</title></item>", "not well-formed"),
        (b"<item><id>2</title></item>", "mismatched tag"),
        (b"<item><id>2</id>", "its element is not closed"),
        (b"<id>2</id></item>", "it closes an element that is not open"),
        (b"<item><id>2</id>&nbsp;</item>", "undefined entity"),
        (b"<item><id a=1>2</id></item>", "not well-formed"),
        (b"<item>" + b"<a>" * 300 + b"</a>" * 300 + b"</item>", "nested deeper than 200 levels"),
        (b"<item><id>\x01</id></item>", "not well-formed"),
    ],
)
@pytest.mark.parametrize("between", [b"", b"\n  "])
def test_a_broken_record_costs_one_record(tmp_path: Path, broken: bytes, seen: str, between: bytes) -> None:
    items = [b"<item><id>1</id></item>", broken, *(b"<item><id>%d</id></item>" % n for n in range(3, 9))]
    content = b"<items>" + between + between.join(items) + b"\n</items>"
    extract = read(tmp_path, content)
    records = conserved(extract, content)
    assert [i for i in ids(records) if i is not None] == ["1", "3", "4", "5", "6", "7", "8"]
    ((_, fault, words),) = faults(extract)
    assert fault == "RDR-210"
    assert seen in words
    assert code("RDR-210").fix.startswith("have the record written by an XML library")


def test_bytes_that_are_no_text_are_kept(tmp_path: Path) -> None:
    content = b"<items><item><id>1</id></item><item><id>\xff</id></item></items>"
    extract = read(tmp_path, content)
    assert ids(conserved(extract, content)) == ["1", None]
    assert [f[1] for f in faults(extract)] == ["RDR-012"]


def test_the_declared_encoding_of_the_document_is_used(tmp_path: Path) -> None:
    content = '<?xml version="1.0" encoding="ISO-8859-1"?><r><item><id>1</id><title>Köln</title></item></r>'.encode(
        "latin1"
    )
    (record,) = conserved(read(tmp_path, content), content)
    assert record["raw:title"] == "Köln"
    wide = '<?xml version="1.0" encoding="UTF-16"?><r><item><id>1</id><title>Köln</title></item></r>'.encode("utf-16")
    (record,) = conserved(read(tmp_path, wide), wide)
    assert record["raw:title"] == "Köln"


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_refused(tmp_path: Path, declaration: bytes) -> None:
    content = b'<?xml version="1.0"?>' + declaration + b"<r><item><id>1</id><title>&b;</title></item></r>"
    with pytest.raises(SourceError, match="RDR-211") as caught:
        read(tmp_path, content)
    assert caught.value.findings[0].fix.startswith("have it sent without a DOCTYPE that declares any")


def test_an_outside_document_type_is_never_fetched(tmp_path: Path) -> None:
    content = b'<!DOCTYPE r SYSTEM "http://example.invalid/x.dtd"><r><item><id>1</id></item></r>'
    assert ids(conserved(read(tmp_path, content), content)) == ["1"]


def test_a_document_that_is_cut_short_is_an_error(tmp_path: Path) -> None:
    content = b"<items>\n<item><id>1</id></item>\n<item><id>2</id></it"
    extract = read(tmp_path, content)
    assert ids(conserved(extract, content)) == ["1", None]
    assert [(f.code, f.detail) for f in extract.late_findings()] == [("RDR-205", "</items> is not there")]


def test_records_of_several_groups_are_all_read(tmp_path: Path) -> None:
    content = b"<o><g><item><id>1</id></item></g><g><x/><item><id>2</id></item></g></o>"
    extract = read(tmp_path, content)
    assert ids(conserved(extract, content)) == ["1", "2"]
    assert not extract.late_findings()


def test_what_has_another_shape_or_stands_twice_is_doubted(tmp_path: Path) -> None:
    content = b"<r><item><id>1</id><id>2</id><title><b>x</b></title><author>me</author></item></r>"
    (record,) = conserved(read(tmp_path, content), content)
    assert record["__twice:id"] == ["1", "2"]
    assert record["__misfit:title"] == "title is an element with parts, not a plain value"
    assert record["__misfit:author"] == "author is a text, not an element with parts"


def test_a_record_path_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"RDR-206.*/rss/channel/item"):
        read(tmp_path, FEED, recordPath="/feed/entry")


@pytest.mark.parametrize("block_bytes", [11, 64, 1000])
def test_the_block_size_changes_nothing(tmp_path: Path, block_bytes: int) -> None:
    path = put(tmp_path, FEED.replace(b"A &amp; B", b"A & B"), "x.xml")
    whole, small = XmlReader().open([path], ITEMS, None), XmlReader(block_bytes=block_bytes).open([path], ITEMS, None)
    assert small.scan().collect().equals(whole.scan().collect())
    assert small.account() == whole.account()


def test_a_record_longer_than_the_limit_keeps_its_beginning(tmp_path: Path) -> None:
    long = b"<item><id>2</id><title>" + b"x" * 5000 + b"</title></item>"
    content = b"<r><item><id>1</id></item>" + long + b"<item><id>3</id></item></r>"
    path = put(tmp_path, content, "x.xml")
    for block_bytes in (64, 1 << 20):
        extract = XmlReader(block_bytes=block_bytes).open([path], ITEMS, server_of(maxRecordBytes=1000))
        records = conserved(extract, content)
        assert ids(records) == ["1", None, "3"]
        assert len(records[1]["__raw"]) == 1000
        assert [f[1] for f in faults(extract)] == ["RDR-013"]


NO_ELEMENT = [b"text", b"<", b"<a", b"</>", b"<!--", b"<![CDATA[", b"<?x", b"\xff\0\1", b"a,b\n1,2"]


@pytest.mark.parametrize("content", NO_ELEMENT)
def test_what_has_no_element_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match=r"RDR-206.*it has no elements at all"):
        read(tmp_path, content)


@pytest.mark.parametrize("content", [b"", b"  ", b"<a/>", b"<a>", b"<r>" + b"<item>" * 5000])
def test_what_is_hardly_xml_gives_findings(tmp_path: Path, content: bytes) -> None:
    extract = read(tmp_path, content)
    conserved(extract, content)
    extract.late_findings()
    assert all(s.content_bytes == len(content) for s in extract.sources)
