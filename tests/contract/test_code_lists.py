"""Tables of codes beside a contract."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from weighbridge.contract import lint, load
from weighbridge.contract.code_lists import read_codes
from weighbridge.findings import ContractError, code
from weighbridge.pipeline.run import run

CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: t
version: '1'
status: active
name: t
schema:
  - name: t
    properties:
      - {name: day, logicalType: date}
      - name: land
        logicalType: string
        customProperties:
          - {vendor: weighbridge, property: rules, value: [{rule: codeList, table: lands.csv, asOf: day}]}
"""
TABLE = "code,label,valid_from,valid_to,successor,reason\nDD,GDR,,1990-10-02,DE,joined\nDE,Germany,,,,\n"
TABLE += "CS,,,1992-12-31,CZ|SK,\nCZ,,1993-01-01,,,\nSK,,1993-01-01,,,\n"


def test_the_table_is_part_of_the_rules(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(CONTRACT)
    (tmp_path / "lands.csv").write_text(TABLE)
    before = load(tmp_path / "c.yaml")
    (tmp_path / "lands.csv").write_text(TABLE.replace("1990-10-02", "1990-10-03"))
    after = load(tmp_path / "c.yaml")
    assert before.fingerprint == after.fingerprint
    assert before.rules_fingerprint != after.rules_fingerprint


def test_parquet_and_csv_hold_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE)
    frame = pl.read_csv(tmp_path / "a.csv", try_parse_dates=True)
    assert frame.schema["valid_to"] == pl.Date
    frame.write_parquet(tmp_path / "a.parquet")
    listed = read_codes("a.csv", tmp_path)
    assert listed == read_codes("a.parquet", tmp_path)
    assert listed[:3] == [
        {"code": "DD", "until": "1990-10-02", "successors": ["DE"]},
        "DE",
        {"code": "CS", "until": "1992-12-31", "successors": ["CZ", "SK"]},
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no column `code`"),
        (b"kode\nx\n", "it has kode"),
        (b"code,valid_to\nA,yesterday\n", "row 1: valid_to is no ISO date"),
        (b"code\n\"\"\n", "row 1 has no code"),
        (b"code\n\xff\n", "can't decode"),
        (b"code\n\"A\nB", "unexpected end"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_told(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "c.yaml").write_text(CONTRACT)
    (tmp_path / "lands.csv").write_bytes(content)
    (told,) = [f for f in lint(tmp_path / "c.yaml").findings if f.code == "CON-066"]
    assert says in told.detail
    assert told.place.line == 14


def test_no_run_without_its_table(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(CONTRACT)
    (tmp_path / "a.csv").write_text("day,land\n1985-01-01,DD\n")
    (told,) = lint(tmp_path / "c.yaml").findings
    assert told.code == "CON-066"
    assert "No such file" in told.detail
    assert "starts at the contract's folder" in code("CON-066").fix
    with pytest.raises(ContractError, match="CON-066"):
        run(tmp_path / "c.yaml", tmp_path / "a.csv", into=tmp_path / "out")
    (tmp_path / "lands.parquet").write_bytes(b"PAR1 is not all of it")
    (tmp_path / "c.yaml").write_text(CONTRACT.replace("lands.csv", "lands.parquet"))
    (told,) = lint(tmp_path / "c.yaml").findings
    assert told.code == "CON-066"


def test_fifty_thousand_codes_are_read(tmp_path: Path) -> None:
    rows = "".join(f"K{i},,{date(1990 + i % 30, 1, 1)},,\n" for i in range(50_000))
    (tmp_path / "lands.csv").write_text("code,label,valid_from,valid_to,successor\n" + rows)
    (tmp_path / "c.yaml").write_text(CONTRACT)
    (tmp_path / "a.csv").write_text("day,land\n2024-01-01,K49999\n1985-01-01,K1\n")
    result = run(tmp_path / "c.yaml", tmp_path / "a.csv", into=tmp_path / "out")
    assert {c.name: c.failed_records for c in result.checks if not c.holds} == {"land|codeList.in force": 1}
