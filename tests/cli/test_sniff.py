"""`weighbridge sniff`: what it shows, what it hides, and that what it prints can be pasted."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from tests.pipeline.people import contract
from weighbridge.cli.app import run
from weighbridge.contract import lint

CONTENT = 'Report\nof today\nname;age;day\n"a;b";1;2020-01-01\nc;2;2020-01-02\n'


def said(capsys: pytest.CaptureFixture[str], *words: object, ends_with: int = 0) -> str:
    assert run(["sniff", *map(str, words)]) == ends_with
    return capsys.readouterr().out


def test_a_file_without_a_contract_shows_dialect_columns_records_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(CONTENT)
    told = json.loads(said(capsys, path, "--json"))
    options = {o["name"]: (o["value"], o["origin"]) for o in told["options"]}
    assert options["delimiter"] == (";", "sniffed")
    assert options["skipHead"] == ("2", "sniffed")
    assert options["quote"] == ('"', "default")
    assert [(c["name"], c["type"]) for c in told["columns"]] == [
        ("name", "string"),
        ("age", "integer"),
        ("day", "date"),
    ]
    assert told["records"][0] == {"record": 1, "offset": 29, "values": {"name": "a;b", "age": "1", "day": "2020-01-01"}}
    words = said(capsys, path)
    assert "it makes lines of the same number of fields" in words
    assert "1 at byte 29: name='a;b'" in words


def test_the_block_it_prints_can_be_pasted_under_a_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.csv"
    path.write_text(CONTENT.replace(";", "\t"))
    block = yaml.safe_load(said(capsys, path, "--block"))
    assert block["customProperties"][0]["value"]["delimiter"] == "\t"
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "x",
        "version": "1.0.0",
        "status": "active",
        "name": "x",
        "servers": [{"server": "here", "type": "local", "path": "x.csv", **block}],
        "schema": [{"name": "x", "properties": [{"name": n, "logicalType": "string"} for n in ("name", "age", "day")]}],
    }
    pasted = tmp_path / "x.odcs.yaml"
    pasted.write_text(yaml.safe_dump(document))
    assert lint(pasted).ok
    told = json.loads(said(capsys, path, "--contract", pasted, "--json"))
    assert {o["name"]: o["origin"] for o in told["options"]}["delimiter"] == "declared"
    assert len(told["records"]) == 2


def test_a_contract_is_evidence_and_its_classified_values_are_hidden(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = contract(tmp_path)
    document = yaml.safe_load(written.read_text())
    document["schema"][0]["properties"][1]["classification"] = "pii"
    written.write_text(yaml.safe_dump(document))
    path = tmp_path / "people.csv"
    path.write_text("age|~|name|~|id\n36|~|Ada Lovelace|~|1\n41|~|\n")
    words = said(capsys, path, "--contract", written)
    assert "|~|" in words
    assert "Ada" not in words
    assert "••• (12)" in words
    assert "RDR-010 2 fields, expected 3" in words


@pytest.mark.parametrize("content", [b"", b"\n", b"a\n", b"\0\0\0", b"\xff\xfe", b'"', b",,,\n", b"\xef\xbb\xbf"])
def test_odd_files_are_shown_too(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    assert json.loads(said(capsys, path, "--json"))["format"] == "delimited"


def test_what_cannot_be_read_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "RDR-001" in said(capsys, tmp_path / "nowhere.csv", "--json", ends_with=2)
    assert "RDR-001" in said(capsys, tmp_path, "--json", ends_with=2)


def test_a_drafted_contract_reads_what_the_advice_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{i:03d};{1 + i % 28:02d}.{1 + i % 12:02d}.2013;{i},50 €;{'ja' if i % 3 else 'nein'}" for i in range(200)]
    path = tmp_path / "Bookings 2013.csv"
    path.write_text("\n".join(["Booking No;Booked on;amount;paid", *rows, "200;31.02.2013;n/a;?", ""]))
    told = {c["name"]: c for c in json.loads(said(capsys, path, "--json"))["columns"]}
    assert told["Booked on"]["rules"] == [{"rule": "date", "formats": ["dd.MM.yyyy"]}]
    assert told["Booked on"]["unread"] == ["31.02.2013"]
    assert told["Booking No"]["type"] == "string"
    words = said(capsys, path)
    assert "200 of 201 are read by rules" in words
    assert "dd.MM.yyyy, not MM.dd.yyyy" in words
    written = tmp_path / "bookings.odcs.yaml"
    written.write_text(said(capsys, path, "--draft"))
    assert lint(written).ok
    assert run(["check", str(written), str(path), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["verdicts"]["accepted"], result["verdicts"]["rejected"]) == (200, 1)


def test_a_file_that_has_types_is_drafted_with_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pl.DataFrame({"id": [1], "day": [date(2024, 1, 5)], "share": [0.5], "name": ["x"]})
    frame.write_parquet(tmp_path / "people.parquet")
    assert run(["sniff", str(tmp_path / "people.parquet"), "--draft"]) == 0
    (table,) = yaml.safe_load(capsys.readouterr().out)["schema"]
    assert [(p["name"], p["logicalType"]) for p in table["properties"]] == [
        ("id", "integer"), ("day", "date"), ("share", "number"), ("name", "string"),
    ]  # fmt: skip
