"""What `explain` tells is what a run then does: the same checks, the same number of scans."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import weighbridge
from tests.docs.walk import ROOT
from tests.pipeline.people import contract, people
from weighbridge.contract import load
from weighbridge.pipeline.check import check
from weighbridge.pipeline.explain_checks import COMPARING, FIGURES, WEIGHING, explain, told

CONTRACTS = ROOT / "contracts"
SAMPLES = ROOT / "data" / "samples"


class Counter:
    """A watcher that adds up the bytes gone through."""

    def __init__(self) -> None:
        self.count_bytes = 0

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        pass

    def advance(self, count_bytes: int) -> None:
        self.count_bytes += count_bytes


@pytest.mark.parametrize("name", ["airports", "planes", "weather"])
def test_as_many_scans_as_are_told_are_made_of_the_source(name: str) -> None:
    source = SAMPLES / f"{name}.csv"
    explained = explain(CONTRACTS / f"{name}.odcs.yaml", [source])
    counter = Counter()
    check(CONTRACTS / f"{name}.odcs.yaml", [source], watcher=counter)
    passes = counter.count_bytes / source.stat().st_size
    assert [s.name for s in explained.scans] == [COMPARING, WEIGHING]
    assert len(explained.scans) == pytest.approx(passes, abs=0.2)


@pytest.mark.parametrize("name", ["airports", "planes", "weather"])
def test_the_checks_told_are_the_checks_made(name: str) -> None:
    source = SAMPLES / f"{name}.csv"
    with_source = explain(CONTRACTS / f"{name}.odcs.yaml", [source])
    without = explain(CONTRACTS / f"{name}.odcs.yaml")
    made = weighbridge.load_contract(CONTRACTS / f"{name}.odcs.yaml").check(source)
    assert {c.name for c in with_source.checks} == {c.name for c in made.checks}
    assert {c.name for c in without.checks} == {c.name for c in made.checks}
    assert set(with_source.not_executed) == set(made.not_executed)


def test_checks_of_the_extract_have_a_scan_of_columns_where_those_are_cheap(tmp_path: Path) -> None:
    people(1, 10).write_parquet(tmp_path / "p.parquet")
    explained = explain(contract(tmp_path), [tmp_path / "p.parquet"])
    assert [s.name for s in explained.scans] == [COMPARING, WEIGHING, FIGURES]
    assert [c.name for c in explained.scans[2].checks] == ["few centenarians"]
    text = told(explained)
    assert "scan 3  figures of single columns" in text
    assert "a branch of the plan: it groups, joins or is SQL" in text


def test_what_is_not_executed_says_why(tmp_path: Path) -> None:
    path = contract(tmp_path)
    path.write_text(path.read_text() + "  - {type: custom, engine: soda, implementation: x, name: theirs}\n")
    text = told(explain(path))
    assert "not executed\n  theirs: Weighbridge does not run the engine soda (line " in text


def test_the_command_tells_every_object_and_speaks_json() -> None:
    command = [sys.executable, "-m", "weighbridge", "explain", str(CONTRACTS / "flights_ebcdic.odcs.yaml")]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "hours: " in text
    assert "flights: " in text
    said = json.loads(subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout)
    assert [entry["object"] for entry in said] == ["hours", "flights"]
    assert {c["grain"] for entry in said for s in entry["scans"] for c in s["checks"]} >= {"record"}


TEAMS = """apiVersion: v3.1.0
kind: DataContract
id: t
name: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - {name: a, logicalType: integer}
      - {name: b, logicalType: integer}
    quality:
      - {name: w, type: custom, engine: pandera, implementation: "weighbridge.checks.example_schema:Wide"}
      - {name: s, type: custom, engine: pandera, implementation: "weighbridge.checks.example_schema:Beside"}
"""


def test_every_way_a_pandera_check_is_asked_has_words() -> None:
    ways = {check.name: (check.scan, check.way) for check in explain(load(TEAMS)).checks if check.origin == "pandera"}
    assert ways["b|w:greater_than"] == ("weighing", "an expression of the plan, asked of every record as it passes")
    assert ways["a|w:few"][1].startswith("an aggregate of the plan")
    assert ways["a+b|w:unique"][1].startswith("keys are compared")
    assert ways["a|s:_above_average"] == (
        "comparing records",
        "looks at other records: Pandera asks it, of a narrow copy of its columns, before the weighing",
    )
    for name in ("a|s:_collected", "a|s:_not_two"):
        assert ways[name][1].startswith("a user's function: Pandera asks it, of a narrow copy of the columns it may")


RULES = """
apiVersion: v3.0.2
kind: DataContract
id: planes
version: 1.0.0
status: active
schema:
- name: planes
  quality:
  - {type: library, rule: countCheck, description: enough of them}
  properties:
  - name: tail
    quality:
    - {type: library, rule: nullCheck}
    - {type: library, rule: duplicateCount, mustBeLessThan: 2}
    - {type: library, rule: validValues, validValues: [a, b]}
"""


def test_library_rules_of_the_first_version_of_the_standard_are_asked_as_metrics(tmp_path: Path) -> None:
    (tmp_path / "c.odcs.yaml").write_text(RULES)
    (tmp_path / "planes.csv").write_text("tail\na\nb\nc\n\na\nb\n")
    result = check(tmp_path / "c.odcs.yaml", [tmp_path / "planes.csv"])
    seen = {c.name.split("|")[1].split()[0]: (c.holds, c.observed) for c in result.checks if c.grain == "extract"}
    assert seen == {
        "nullValues": (False, "observed 1 of 6 records"),
        "duplicateValues": (False, "observed 2 of 6 records"),
        "invalidValues": (False, "observed 1 of 6 records"),
    }
    assert [(n.what, n.why) for n in result.not_executed if n.asserts] == [
        ("countCheck", "the rule 'countCheck' of ODCS 3.0 is no metric of 3.2")
    ]


def test_a_contract_that_asks_nothing_is_explained(tmp_path: Path) -> None:
    (tmp_path / "c.odcs.yaml").write_text(RULES[: RULES.index("    quality:\n    -")])
    assert "whether the record can be taken apart" in told(explain(tmp_path / "c.odcs.yaml"))
