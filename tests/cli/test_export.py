"""`weighbridge export` and Great Expectations' words for a run, as a user says them."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from tests.pipeline.people import contract
from weighbridge.cli.app import run

GX = """\
apiVersion: v3.1.0
kind: DataContract
id: urn:test:flights
name: flights
version: 1.0.0
status: active
schema:
  - name: flights
    properties:
      - {name: carrier, logicalType: string, required: true, enum: [{value: AA}, {value: UA}]}
      - {name: delay, logicalType: integer, logicalTypeOptions: {minimum: -60}}
      - {name: age, logicalType: integer, classification: pii}
    quality:
      - {name: rows, type: library, metric: rowCount, mustBeBetween: [2, 10]}
      - name: late
        type: custom
        engine: greatExpectations
        implementation:
          type: expect_column_values_to_be_between
          kwargs: {column: delay, max_value: 600, mostly: 0.9}
      - name: last
        type: custom
        engine: greatExpectations
        severity: warning
        implementation: {type: expect_column_max_to_be_between, kwargs: {column: age, max_value: 80}}
"""
EXTRACT = "carrier,delay,age\nAA,5,36\nZZ,700,8585\nUA,,41\n<x-evil>,3,20\n"


@pytest.fixture
def flights(tmp_path: Path) -> Path:
    (tmp_path / "flights.odcs.yaml").write_text(GX)
    (tmp_path / "flights.csv").write_text(EXTRACT)
    assert (
        run(
            ["run", str(tmp_path / "flights.odcs.yaml"), str(tmp_path / "flights.csv"), "--into", str(tmp_path / "out")]
        )
        == 1
    )
    return tmp_path


def test_a_contract_goes_out_as_a_suite_and_comes_back_as_quality(tmp_path: Path, capsys) -> None:
    path, suite = contract(tmp_path), tmp_path / "suite.json"
    assert run(["export", str(path), "--to", "gx", "-o", str(suite)]) == 0
    said = json.loads(suite.read_text())
    assert said["expectations"]
    capsys.readouterr()
    assert run(["export", str(suite), "--from", "gx"]) == 0
    entries = yaml.safe_load(capsys.readouterr().out)["quality"]
    assert [e["implementation"]["type"] for e in entries] == [e["type"] for e in said["expectations"]]
    assert {e["engine"] for e in entries} == {"greatExpectations"}


def test_what_is_left_out_is_said(tmp_path: Path, capsys) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(GX + '      - {name: q, type: sql, query: "SELECT 1 FROM flights", mustBe: 1}\n')
    assert run(["export", str(path), "--to", "gx"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["meta"]["weighbridge"]["left_out"] == [{"check": "q", "why": "no expectation says it"}]
    assert told.err == "left out: q (no expectation says it)\n"
    assert run(["export", str(path), "--to", "gx", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert whole["document"]["name"] == "flights"
    assert whole["left_out"] == [{"what": "q", "why": "no expectation says it"}]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ([], "ARG-001", "either --to or --from"),
        (["--to", "gx", "--from", "gx"], "ARG-001", "either --to or --from"),
        (["--to", "gx", "--object", "nope"], "ARG-001", "say with --object which of flights"),
        (["--from", "gx"], "GXE-003", "it is no JSON"),
    ],
)
def test_wrong_words_are_told(tmp_path: Path, capsys, words: list[str], code: str, why: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(GX)
    assert run(["export", str(path), *words]) == 2
    told = capsys.readouterr().err
    assert code in told
    assert why in told


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys) -> None:
    assert run(["export", str(tmp_path / "nope.json"), "--from", "gx"]) == 2
    assert "ARG-001" in capsys.readouterr().err


def test_a_run_is_told_as_a_validation_result(flights: Path, capsys) -> None:
    capsys.readouterr()
    assert run(["report", "--into", str(flights / "out"), "--format", "gx"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = {r["expectation_config"]["meta"]["weighbridge"]["check"]: r for r in told["results"]}
    assert {name: r["success"] for name, r in found.items()} == {
        "carrier|required": True,
        "carrier|enum": False,
        "delay|minimum": True,
        "rows": True,
        "late": False,
        "last": False,
    }
    assert found["carrier|enum"]["result"]["partial_unexpected_list"] == ["ZZ", "<x-evil>"]
    assert found["late"]["result"]["unexpected_count"] == 1
    assert found["last"]["result"] == {}, "what is observed of a classified property is not shown"
    assert told["statistics"]["successful_expectations"] == 3
    assert told["meta"]["weighbridge"]["decision"] == "hold"


def test_without_the_contract_only_expectations_are_told(flights: Path, capsys) -> None:
    (flights / "flights.odcs.yaml").write_text(GX.replace("max_value: 600", "max_value: 601"))
    capsys.readouterr()
    assert run(["report", "--into", str(flights / "out"), "--format", "gx"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [r["expectation_config"]["kwargs"].get("max_value") for r in told["results"]] == [600, 80]


class Text(HTMLParser):
    """Words of a page, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.tags = "", set()

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, attrs) -> None:
        self.tags.add(tag)


def test_data_docs_are_made_of_the_same_answers(flights: Path, capsys) -> None:
    assert run(["report", "--into", str(flights / "out"), "--data-docs", str(flights / "docs")]) == 0
    index = Path(capsys.readouterr().out.strip().splitlines()[-1])
    assert index == flights / "docs" / "index.html"
    assert "flights.flights" in index.read_text()
    (page,) = (flights / "docs" / "validations").rglob("*.html")
    text = Text()
    text.feed(page.read_text())
    assert "must belong to this set" in text.words
    assert "ZZ" in text.words
    assert "Data asset: flights" in " ".join(text.words.split())
    assert "≈33.333%" in text.words.replace(" ", "")
    assert "x-evil" not in text.tags, "values are shown as text"
    assert "8585" not in text.words
