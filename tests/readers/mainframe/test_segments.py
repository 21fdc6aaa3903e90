"""Files whose records are of several kinds: one object of the contract a kind, values of the records above."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.contract.model import LogicalType, Property, SchemaObject, Server
from weighbridge.findings import code
from weighbridge.pipeline.run import run
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract
from weighbridge.sinks import Tables, scan_published, scan_table

BOOK = """\
       01  R.
           05  KIND        PIC X.
           05  COMPANY.
               10  CO-ID   PIC 9(4).
               10  NAME    PIC X(6).
           05  OFFICE REDEFINES COMPANY.
               10  OFF-ID  PIC 9(3).
               10  NAME    PIC X(5).
           05  PERSON REDEFINES COMPANY.
               10  NAME    PIC X(4).
               10  PAY     PIC S9(5) COMP-3.
"""
OPTIONS: dict[str, Any] = {
    "recordFormat": "rdw",
    "rdwBigEndian": True,
    "rdwIncludesHeader": True,
    "segmentField": "KIND",
    "segmentMap": {"COMPANY": ["C"], "OFFICE": ["O"], "PERSON": ["P"]},
    "segmentChildren": {"COMPANY": ["OFFICE"], "OFFICE": ["PERSON"]},
}


def rdw(payload: bytes) -> bytes:
    return (len(payload) + 4).to_bytes(2, "big") + b"\0\0" + payload


def company(number: int) -> bytes:
    return rdw(f"C{number:04}{'CO' + str(number):6}".encode("cp037"))


def office(number: int) -> bytes:
    return rdw(f"O{number:03}{'OF' + str(number):5}".encode("cp037"))


def person(name: str, pay: int = 1) -> bytes:
    return rdw(f"P{name:4}".encode("cp037") + bytes.fromhex(f"{pay:05}C"))


def opened(folder: Path, data: bytes, name: str, columns: Mapping[str, str], **more: Any) -> RawExtract:
    (folder / "book.cpy").write_text(BOOK)
    file = folder / "data.bin"
    file.write_bytes(data)
    properties = tuple(Property(n, LogicalType.STRING, (field,)) for n, field in columns.items())
    form = {"kind": "mainframe", "copybook": "book.cpy", "options": OPTIONS | more}
    server = Server("s", "local", record_format=form, folder=str(folder))
    return open_extract([str(file)], SchemaObject(name.lower(), name, properties), server)


def rows(extract: RawExtract, *names: str) -> list[tuple[Any, ...]]:
    return extract.scan().select(f"raw:{n}" for n in names).collect().rows()


DATA = company(1) + office(11) + person("ANN", 5) + person("BOB", 6) + company(2) + office(21) + person("CY", 7)


def test_an_object_called_as_a_group_has_the_records_of_that_group(tmp_path: Path) -> None:
    companies = opened(tmp_path, DATA, "COMPANY", {"id": "CO-ID", "name": "NAME"})
    assert rows(companies, "id", "name") == [(1, "CO1"), (2, "CO2")]
    offices = opened(tmp_path, DATA, "OFFICE", {"id": "OFF-ID", "name": "NAME"})
    assert rows(offices, "id", "name") == [(11, "OF11"), (21, "OF21")]


def test_properties_may_be_fields_of_the_records_above(tmp_path: Path) -> None:
    people = opened(
        tmp_path, DATA, "PERSON", {"company": "CO-ID", "office": "OFF-ID", "name": "NAME", "at": "OFFICE.NAME"}
    )
    assert rows(people, "company", "office", "name", "at") == [
        (1, 11, "ANN", "OF11"),
        (1, 11, "BOB", "OF11"),
        (2, 21, "CY", "OF21"),
    ]


def test_every_record_is_a_record_of_one_object_and_a_span_of_the_others(tmp_path: Path) -> None:
    counted = 0
    for name, field in (("COMPANY", "CO-ID"), ("OFFICE", "OFF-ID"), ("PERSON", "PAY")):
        extract = opened(tmp_path, DATA, name, {"x": field})
        extract.scan().collect()
        (account,) = extract.account()
        assert account.record_bytes is not None
        assert account.record_bytes + account.control_bytes == len(DATA)
        assert {span.kind for span in account.controls} == {"another segment"}
        counted += account.records
    assert counted == 7


def test_a_child_without_a_record_above_it_has_none_of_its_values(tmp_path: Path) -> None:
    data = person("ODD") + company(1) + person("TOO") + office(11) + person("ANN") + company(2) + person("SOLO")
    people = opened(tmp_path, data, "PERSON", {"company": "CO-ID", "office": "OFF-ID", "name": "NAME"})
    assert rows(people, "company", "office", "name") == [
        (None, None, "ODD"),
        (1, None, "TOO"),
        (1, 11, "ANN"),
        (2, None, "SOLO"),
    ]
    (finding,) = people.late_findings()
    assert (finding.code, finding.detail) == ("RDR-107", "3 records")


def test_an_unknown_kind_is_rejected_where_the_first_group_is_read(tmp_path: Path) -> None:
    data = company(1) + rdw(b"\xe7\xf1") + office(11)
    companies = opened(tmp_path, data, "COMPANY", {"id": "CO-ID"})
    frame = companies.scan().select("__framing", "__framing_seen", "raw:id").collect()
    assert frame.rows()[0] == (0, None, 1)
    assert frame["__framing"][1] != 0
    assert "in no group of segment_map" in frame["__framing_seen"][1]
    offices = opened(tmp_path, data, "OFFICE", {"id": "OFF-ID"})
    assert rows(offices, "id") == [(11,)]
    (finding,) = offices.late_findings()
    assert finding.code == "RDR-106"
    assert "COMPANY is read" in finding.detail
    assert "leave such records out with segment_filter" in finding.fix
    quiet = opened(tmp_path, data, "COMPANY", {"id": "CO-ID"}, segmentFilter=["C", "O", "P"])
    assert rows(quiet, "id") == [(1,)]


def test_an_object_that_is_no_group_has_all_records_each_with_its_own_fields(tmp_path: Path) -> None:
    names = {"kind": "KIND", "company": "CO-ID", "office": "OFF-ID", "pay": "PAY"}
    everything = opened(tmp_path, DATA, "RECORDS", names)
    assert rows(everything, *names)[:3] == [("C", 1, None, None), ("O", None, 11, None), ("P", None, None, 5)]
    doubts = everything.scan().select(pl.col("^__legacy:.*$").sum()).collect()
    assert doubts.rows() == [(0, 0, 0, 0)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from("COP"), min_size=1, max_size=40), block=st.integers(20, 200))
def test_the_records_above_do_not_depend_on_where_blocks_end(kinds: list[str], block: int) -> None:
    from weighbridge.contract.model import SchemaObject as Object
    from weighbridge.legacy.cobol.options import read_options
    from weighbridge.legacy.copybook import parse_copybook
    from weighbridge.readers.mainframe.family import Family
    from weighbridge.readers.mainframe.framing import Framer
    from weighbridge.readers.mainframe.layout import Layout, Seen

    data, expected = b"", []
    over: dict[str, int | None] = {"C": None, "O": None}
    for number, kind in enumerate(kinds):
        data += {"C": company, "O": office, "P": lambda n: person("X", n)}[kind](number)
        if kind == "C":
            over = {"C": number, "O": None}
        elif kind == "O":
            over["O"] = number if over["C"] is not None else None
        else:
            expected.append((over["C"], over["O"], number))
    people = Object("p", "PERSON", tuple(Property(n, LogicalType.STRING, (n,)) for n in ("CO-ID", "OFF-ID", "PAY")))
    layout = Layout.of(parse_copybook(BOOK), read_options(OPTIONS), people)
    blocks = [data[at : at + block] for at in range(0, len(data), block)]
    family, found = Family(layout), []
    for batch in Framer("f", layout.copybook, layout.options, iter(blocks)).batches():
        kin = family.chosen(batch)
        columns = layout.columns(Seen(kin.batch.cells(0, 0)), kin.others, ["raw:CO-ID", "raw:OFF-ID", "raw:PAY"])
        for row in range(len(kin.batch.starts)):
            values = (columns[name] for name in ("CO-ID", "OFF-ID", "PAY"))
            found.append(tuple(None if c.null is not None and c.null[row] else int(c.values[row]) for c in values))
    assert found == expected


CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: companies
version: 1.0.0
status: active
servers:
  - server: host
    type: local
    path: "*.bin"
    format: mainframe
    customProperties:
      - property: recordFormat
        vendor: weighbridge
        value:
          kind: mainframe
          copybook: book.cpy
          options:
            recordFormat: rdw
            rdwBigEndian: true
            rdwIncludesHeader: true
            segmentField: KIND
            segmentMap: {COMPANY: [C], OFFICE: [O], PERSON: [P]}
            segmentChildren: {COMPANY: [OFFICE], OFFICE: [PERSON]}
schema:
  - name: company
    properties: [{name: co_id, logicalType: integer, primaryKey: true, required: true}]
  - name: person
    properties:
      - {name: co_id, logicalType: integer, required: true}
      - {name: name, logicalType: string, required: true}
      - {name: pay, logicalType: integer}
"""


def test_a_run_publishes_each_kind_and_quarantines_orphans(tmp_path: Path) -> None:
    home = tmp_path / "contracts"
    home.mkdir()
    (home / "c.odcs.yaml").write_text(CONTRACT)
    (home / "book.cpy").write_text(BOOK)
    data = tmp_path / "data.bin"
    data.write_bytes(person("ODD") + DATA)
    into = tmp_path / "out"
    first = run(home / "c.odcs.yaml", data, into=into, object_name="company")
    second = run(home / "c.odcs.yaml", data, into=into, object_name="person")
    assert first.receipt.balances
    assert second.receipt.balances
    published = scan_published(into, "companies", "person").select("co_id", "name", "pay").collect().sort("pay")
    assert published.rows() == [(1, "ANN", 5), (1, "BOB", 6), (2, "CY", 7)]
    kept = scan_table(Tables(into, "companies", "person").path("quarantine")).collect()
    assert kept.height == 1
    assert {f["property"] for f in kept["findings"][0]} == {"co_id"}
    assert "RDR-107" in {f.code for f in second.findings}
    assert "split between a root and its children" in code("RDR-107").fix


@pytest.mark.parametrize("name", ["company", "person"])
def test_the_contract_lints_clean(tmp_path: Path, name: str) -> None:
    from weighbridge.contract import lint

    (tmp_path / "c.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "book.cpy").write_text(BOOK)
    report = lint(tmp_path / "c.odcs.yaml")
    assert report.contract is not None
    assert [f for f in report.findings if f.code.startswith(("LEG", "RDR", "CON-05"))] == []
    assert name in {o.name for o in report.contract.objects}


def test_another_copybook_is_another_set_of_rules(tmp_path: Path) -> None:
    (tmp_path / "c.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "book.cpy").write_text(BOOK)
    data = tmp_path / "data.bin"
    data.write_bytes(DATA)
    into = tmp_path / "out"

    def publish() -> tuple[str, list[tuple[Any, ...]]]:
        state = run(tmp_path / "c.odcs.yaml", data, into=into, object_name="company").state
        return state, scan_published(into, "companies", "company").select("co_id").collect().sort("co_id").rows()

    assert publish() == ("published", [(1,), (2,)])
    assert publish() == ("already_published", [(1,), (2,)])
    (tmp_path / "book.cpy").write_text(BOOK.replace("PIC 9(4)", "PIC 9(3)V9"))
    assert publish()[0] != "already_published"
