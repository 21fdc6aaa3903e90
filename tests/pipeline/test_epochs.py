"""An extract of two layouts, from its bytes to the published table, the repair ledger and the report."""

from __future__ import annotations

import re
import tempfile
from datetime import date
from pathlib import Path
from textwrap import dedent, indent

import polars as pl
import pytest
from deltalake import DeltaTable
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.contract import load
from weighbridge.findings import Verdict
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.check import check
from weighbridge.pipeline.run import run
from weighbridge.readers.delimited import DelimitedReader
from weighbridge.report.sections.facts import facts

CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: accounts
version: 1.0.0
status: active
name: accounts
servers:
  - server: files
    type: local
    path: a.txt
    format: fixedwidth
    customProperties:
      - {vendor: weighbridge, property: recordFormat, value: {kind: fixedWidth, recordLength: 18}}
schema:
  - name: accounts
    customProperties:
      - vendor: weighbridge
        property: epochs
        value:
          - name: branch books
            when: {marker: {position: {start: 1, length: 1}, values: [A]}}
            properties:
              no: {position: {start: 2, length: 4}}
              day: {position: {start: 6, length: 6}, rules: [{rule: date, formats: [ddMMyy], century: {from: 1950}}]}
            assumes:
              branch: {value: "100", because: "there was one branch"}
            waives: ["day is recent"]
          - name: tape
            when: {marker: {position: {start: 1, length: 1}, values: [B, A]}, length: 17}
    quality:
      - {type: custom, engine: weighbridge, name: day is recent, implementation: "day > '2010-01-01'::date"}
    properties:
      - name: "no"
        logicalType: integer
        primaryKey: true
        customProperties: [{vendor: weighbridge, property: position, value: {start: 2, length: 6}}]
      - name: day
        logicalType: date
        required: true
        customProperties:
          - {vendor: weighbridge, property: position, value: {start: 8, length: 8}}
          - {vendor: weighbridge, property: rules, value: [{rule: date, formats: [yyyyMMdd]}]}
      - name: branch
        logicalType: integer
        classification: restricted
        customProperties: [{vendor: weighbridge, property: position, value: {start: 16, length: 3}}]
"""
RECORDS = ("X00001220130506123", "A0001311298xxxxxxx", "X00001420090506123", "A0002x11298xxxxxxx")


def test_failures_of_one_layout_are_told_of_by_the_layout(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    today = [f"X{n:06}{'2009' if n % 4 == 0 else '2013'}0506123" for n in range(100)]
    books = [f"A{n:04}311298xxxxxxx" for n in range(5_000, 5_300)]
    mixed = [today.pop() if n % 4 == 0 else books.pop() for n in range(400)]
    extract = tmp_path / "a.txt"
    extract.write_text("".join(mixed), encoding="ascii")
    result = check(load(path), [extract])
    slices = {c.name: {s.by: s for s in c.slices} for c in result.checks}
    (found,) = slices["day is recent"].values()
    assert (found.by, found.values) == ("epoch", ("today's",))
    assert (found.failed, found.failures, found.records, found.of_records) == (25, 25, 100, 400)
    assert slices["branch|epoch branch books"] == {}  # it is asked of that layout alone


def test_two_layouts_in_one_extract(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(CONTRACT)
    (tmp_path / "a.txt").write_text("\n".join(RECORDS) + "\n")
    into = tmp_path / "out"
    result = run(tmp_path / "c.yaml", tmp_path / "a.txt", into=into)
    assert result.epochs == {"branch books": 2, "tape": 0, "today's": 2}
    assert result.verdicts == {Verdict.ACCEPTED: 1, Verdict.REPAIRED: 1, Verdict.UNCERTAIN: 0, Verdict.REJECTED: 2}
    tables = {t.name: pl.read_delta(DeltaTable(str(into / t.path))) for t in result.outputs}
    rows = tables["published"].sort("no").select("no", "day", "branch").rows()
    assert rows == [(1, date(1998, 12, 31), 100), (12, date(2013, 5, 6), 123)]
    (repair,) = tables["repairs"].rows(named=True)
    assert (repair["rule"], repair["code"], repair["why"]) == (
        "branch|epoch branch books",
        "LEG-083",
        "assumed of epoch branch books: there was one branch",
    )
    assert "100" not in str(repair["after"]), "a classified value"
    failed = {c.name: [e.seen for e in c.examples] for c in result.checks if not c.holds}
    assert failed == {
        "branch|epoch branch books": ["•••(3)", "•••(3)"],
        "day@branch books|date": ["x11298"],
        "day is recent": ["2009-05-06"],
    }
    shown = {f["name"]: f["value"] for f in facts(result)["facts"]}
    assert shown["Records by layout"] == "branch books: 2, tape: 0, today's: 2"
    assert audit(into, result.run_id).findings == ()


def test_a_file_of_todays_layout_alone_misses_nothing(tmp_path: Path) -> None:
    text = CONTRACT.replace("fixedwidth", "csv").replace("kind: fixedWidth, recordLength: 18", "kind: delimited")
    text = text.replace("{position: {start: 1, length: 1}, values", "{column: kind, values")
    (tmp_path / "c.yaml").write_text(text)
    (tmp_path / "a.csv").write_text("no,day,branch\n1,20130506,123\n")
    result = run(tmp_path / "c.yaml", tmp_path / "a.csv", into=tmp_path / "out")
    assert [f.code for f in result.findings if f.code == "RDR-020"] == []
    assert result.verdicts[Verdict.ACCEPTED] == 1


LENGTHS = """apiVersion: v3.2.0
kind: DataContract
id: accounts
version: 1.0.0
status: active
name: accounts
servers:
  - {server: files, type: local, path: a.txt, format: FORMAT}
schema:
  - name: accounts
    customProperties:
      - vendor: weighbridge
        property: epochs
        value:
EPOCHS
    properties:
      - {name: "no", logicalType: integer, primaryKey: true, customProperties: [POSITION(1, 7)]}
      - name: day
        logicalType: date
        required: true
        customProperties: [POSITION(8, 8), {vendor: weighbridge, property: rules, value: [{rule: date, formats: [yyyyMMdd]}]}]
      - {name: branch, logicalType: integer, customProperties: [POSITION(16, 3)]}
"""  # noqa: E501
OLD_DAY = "rules: [{rule: date, formats: [ddMMyy], century: {from: 1950}}]"


def contract_of(kind: str, epochs: str) -> str:
    text = LENGTHS.replace("FORMAT", kind).replace("EPOCHS", indent(dedent(epochs).strip("\n"), " " * 10))
    place = r"{vendor: weighbridge, property: position, value: {start: \1, length: \2}}"
    return re.sub(r"POSITION\((\d+), (\d+)\)", place, text)


def published(folder: Path, contract: str, data: bytes) -> tuple[RunResult, list[tuple[object, ...]], list[str]]:
    (folder / "c.yaml").write_text(contract)
    (folder / "a.txt").write_bytes(data)
    result = run(folder / "c.yaml", folder / "a.txt", into=folder / "out")
    tables = {t.name: pl.read_delta(DeltaTable(str(folder / "out" / t.path))) for t in result.outputs}
    seen = [e.seen or "" for c in result.checks for e in c.examples if c.code.startswith("RDR-")]
    assert audit(folder / "out", result.run_id).findings == ()
    return result, tables["published"].sort("no").select("no", "day", "branch").rows(), seen


def test_layouts_told_by_the_length_of_fixed_width_records(tmp_path: Path) -> None:
    text = contract_of(
        "fixedwidth",
        f"""
        - name: long ago
          when: {{length: 20}}
          properties:
            no: {{position: {{start: 11, length: 4}}}}
            day: {{position: {{start: 15, length: 6}}, {OLD_DAY}}}
            branch: {{absent: true}}
        - name: tape
          when: {{length: 15}}
        """,
    )
    lines = [
        "000001220130506123", "\u00e4xxxxxxxx0001311298", "000001320130506", "000001420130507456", "short",
        "xxxxxxxxxx0002010199", "000001\0" + "20130507456", "\xff" * 9 + "0001311298",
    ]  # fmt: skip
    data = "\n".join(lines[:7]).encode() + b"\n" + lines[7].encode("latin-1") + b"\n"
    result, rows, seen = published(tmp_path, text, data)
    assert result.epochs == {"long ago": 2, "tape": 1, "today's": 2}
    assert rows == [
        (1, date(1998, 12, 31), None), (2, date(1999, 1, 1), None), (12, date(2013, 5, 6), 123),
        (13, date(2013, 5, 6), None), (14, date(2013, 5, 7), 456),
    ]  # fmt: skip
    assert "5 bytes, expected 18 or 15 or 20" in seen
    assert result.verdicts[Verdict.REJECTED] == 3


FIELDS = f"""
- name: books
  when: {{fields: 4}}
  columns: ["no", null, office, entered]
  properties:
    day: {{from: entered, {OLD_DAY}}}
    branch: {{from: office}}
- name: early
  when: {{fields: 2}}
"""


@pytest.mark.parametrize("header", ["no,day,branch\n", ""])
def test_layouts_told_by_the_number_of_fields(tmp_path: Path, header: str) -> None:
    lines = (
        '1,20130506,"1"', "2,x,5,311298", '"3",19990102', "4,20130507,\"\n2\"", "5,1,2,3,4", '6,"a,b","7","301298"',
        "7,,8,", "8,20130508,", "9,\"a\nb\",9,010199",
    )  # fmt: skip
    result, rows, seen = published(tmp_path, contract_of("csv", FIELDS), (header + "\n".join(lines) + "\n").encode())
    assert result.epochs == {"books": 4, "early": 1, "today's": 3}
    assert rows == [
        (1, date(2013, 5, 6), 1), (2, date(1998, 12, 31), 5), (3, date(1999, 1, 2), None), (6, date(1998, 12, 30), 7),
        (8, date(2013, 5, 8), None), (9, date(1999, 1, 1), 9),
    ]  # fmt: skip
    assert seen == ["5 fields, expected 3 or 4 or 2"]
    assert result.verdicts[Verdict.REJECTED] == 3  # five fields, no day, and a line end in a number


def test_layouts_that_have_as_many_fields_as_todays_are_not_taken_apart_by_number(tmp_path: Path) -> None:
    text = contract_of("csv", FIELDS.replace("fields: 4", "fields: 3").replace('"no", null, ', '"no", '))
    (tmp_path / "c.yaml").write_text(text)
    (tmp_path / "a.txt").write_text("no,day,branch\n1,20130506,1\n")
    result = run(tmp_path / "c.yaml", tmp_path / "a.txt", into=tmp_path / "out")
    (told,) = [f.detail for f in result.findings if f.code == "RDR-030"]
    assert told == "records of books have 3 fields, as today's do, in another order"


def test_records_of_a_source_without_fields_cannot_be_told_by_their_number(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(contract_of("json", FIELDS))
    (tmp_path / "a.txt").write_text('{"no": 1, "day": "20130506", "branch": 1}\n')
    result = run(tmp_path / "c.yaml", tmp_path / "a.txt", into=tmp_path / "out")
    assert result.verdicts[Verdict.UNCERTAIN] == 1


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from((2, 3, 4)), min_size=1, max_size=40), st.integers(64, 200))
def test_records_of_several_widths_are_read_as_each_alone(widths: list[int], block: int) -> None:
    """Neither what stands between records nor where a window ends changes a record's values."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        quoted = ("{}", '"{}"', '"a,{}"', '"{}\n"')
        rows = [[quoted[(i + k) % 4].format(f"{i}.{k}") for k in range(w)] for i, w in enumerate(widths)]
        path.write_text("no,day,branch\n" + "".join(",".join(r) + "\n" for r in rows))
        (schema,) = load(contract_of("csv", FIELDS)).objects
        frame = DelimitedReader(block_bytes=block).open([str(path)], schema.as_read, None).scan().collect()
        plain = [[cell.strip('"') for cell in r] for r in rows]
        assert frame["raw:no"].to_list() == [r[0] for r in plain]
        assert frame["raw:entered"].to_list() == [r[3] if len(r) == 4 else None for r in plain]
        assert frame["raw:branch"].to_list() == [r[2] if len(r) == 3 else None for r in plain]
        assert frame["__fields"].to_list() == widths
