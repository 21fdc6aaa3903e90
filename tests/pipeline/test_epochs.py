"""An extract of two layouts, from its bytes to the published table, the repair ledger and the report."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from weighbridge.findings import Verdict
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.run import run
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
