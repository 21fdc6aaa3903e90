"""The model: of its schema, bounded, and with the result's own totals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

import weighbridge.report.sections as rooms
from tests.report import made
from weighbridge.findings import Effect, Finding, Severity, Verdict
from weighbridge.report import model
from weighbridge.report.sections import SECTIONS

SCHEMA = json.loads(files("weighbridge.report").joinpath("model.schema.json").read_text())
NO_SECTIONS = {"__init__", "gravity"}
GOLDEN = Path(__file__).parent / "published.json"


def test_the_model_of_a_run_as_it_stands() -> None:
    """Rewritten only when asked for: WEIGHBRIDGE_REWRITE_STORIES=1 pytest tests/report."""
    given = model(made.published())
    if os.environ.get("WEIGHBRIDGE_REWRITE_STORIES") == "1":
        GOLDEN.write_text(json.dumps(given, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert given == json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", made.ALL)
def test_the_model_is_of_its_schema_and_nothing_but_json(name: str) -> None:
    given = model(made.ALL[name]())
    jsonschema.validate(given, SCHEMA, jsonschema.Draft202012Validator)
    assert json.loads(json.dumps(given, allow_nan=False)) == given


@pytest.mark.parametrize("name", made.ALL)
def test_totals_are_the_results_own(name: str) -> None:
    result = made.ALL[name]()
    given = model(result)
    assert given["verdicts"]["records"] == result.records
    counted = {v["verdict"]: v["count"] for v in given["verdicts"]["verdicts"]}
    assert counted == dict.fromkeys(counted, 0) | {v.value: n for v, n in result.verdicts.items()}
    assert given["checks"]["total"] == len(result.checks)
    assert given["checks"]["hold"] == sum(c.holds for c in result.checks)
    assert given["not_executed"]["total"] == len(result.not_executed)
    assert given["receipt"]["records_in"] == result.receipt.records_in
    assert given["receipt"]["balances"] == result.receipt.balances
    failed = [c for c in result.checks if c.grain == "record" and not c.holds]
    part = given.get("findings", {"findings": [], "findings_not_shown": 0})
    assert len(part["findings"]) + part["findings_not_shown"] == len(failed)


_COUNTS = st.integers(min_value=0, max_value=10**12)
_FAILED = st.lists(st.tuples(st.sampled_from(Effect), _COUNTS), max_size=8)


@settings(max_examples=50)
@for_all(st.fixed_dictionaries(dict.fromkeys(Verdict, _COUNTS)), _FAILED)
def test_totals_of_any_result_are_its_own(verdicts: dict[Verdict, int], failed: list[tuple[Effect, int]]) -> None:
    total = sum(verdicts.values())
    checks = tuple(
        made.check(f"c{i}", effect=effect, failed_records=number, holds=not number)
        for i, (effect, number) in enumerate(failed)
    )
    given = model(made.published(verdicts=verdicts, records=total, checks=checks))
    jsonschema.validate(given, SCHEMA, jsonschema.Draft202012Validator)
    shown = given["verdicts"]["verdicts"]
    assert {v["verdict"]: v["count"] for v in shown} == {v.value: n for v, n in verdicts.items()}
    assert sum(v["count"] for v in shown) == given["verdicts"]["records"] == given["certainty"]["records"] == total
    assert not total or abs(sum(v["share"] for v in shown) - 1) < 1e-9
    found = given.get("findings", {"findings": []})["findings"]
    assert sum(f["failed_records"] for f in found) == sum(number for _, number in failed)
    assert given["checks"]["total"] - given["checks"]["hold"] == len(found)


def test_folder_and_tuple_of_sections_are_equal() -> None:
    there = {p.stem for p in Path(rooms.__path__[0]).glob("*.py")} - NO_SECTIONS
    assert there == {s.name for s in SECTIONS}
    assert set(SCHEMA["properties"]) == there | {"version", "run_id", "title"}
    templates = files("weighbridge.report") / "templates" / "sections"
    assert {t.name for t in templates.iterdir()} == {f"{n}.{kind}.j2" for n in there for kind in ("html", "md")}
    assert all(s.part.__doc__ for s in SECTIONS)


def test_lists_are_cut_and_say_so() -> None:
    given = model(made.many_checks())
    assert (len(given["findings"]["findings"]), given["findings"]["findings_not_shown"]) == (100, 100)
    assert (len(given["decision"]["reasons"]), given["decision"]["reasons_not_shown"]) == (12, 38)
    assert (len(given["profile"]["columns"]), given["profile"]["columns_not_shown"]) == (200, 800)
    assert given["sources"]["sources_not_shown"] == given["receipt"]["sources_not_shown"] == 400
    assert given["sources"]["options_not_shown"] == 200
    assert given["not_executed"]["parts_not_shown"] == 200
    assert given["extract"]["findings_not_shown"] == 50
    assert {len(f["examples"]) for f in given["findings"]["findings"]} == {5}


def test_long_texts_are_cut_and_say_so() -> None:
    long = made.check(examples=(made.example(seen="x" * 1_000_000, raw=b"y" * 4096, length_bytes=1_000_000),))
    given = model(made.published(checks=(long,)))
    example = given["findings"]["findings"][0]["examples"][0]
    assert example["seen"].endswith("xx… (999,400 more characters)")
    assert (example["raw"]["shown_bytes"], example["raw"]["of_bytes"]) == (128, 1_000_000)
    assert len(json.dumps(given)) < 30_000


def test_findings_stand_by_gravity_then_count() -> None:
    effects = (Effect.NOTE, Effect.WARN, Effect.REPAIR, Effect.REJECT, Effect.REVIEW, Effect.REJECT)
    checks = tuple(made.check(f"c{i}", effect=e, failed_records=i + 1) for i, e in enumerate(effects))
    shown = model(made.published(checks=checks))["findings"]["findings"]
    assert [f["name"] for f in shown] == ["c5", "c3", "c4", "c2", "c1", "c0"]


def test_one_fix_is_one_step_and_an_imbalance_comes_first() -> None:
    steps = model(made.held())["next_steps"]["steps"]
    assert steps[0]["fix"] == "do not use this output: the receipt does not balance"
    assert len({s["fix"] for s in steps}) == len(steps)
    error = Finding("RDR-025", severity=Severity.ERROR, fix="send it again")
    urgent = model(made.published(findings=(error,), checks=(made.check(),)))["next_steps"]["steps"]
    assert urgent[0]["fix"] == "send it again"


def test_nothing_to_do_is_no_section() -> None:
    given = model(made.clean())
    assert "next_steps" not in given
    assert "findings" not in given
    assert "extract" not in given


def test_the_receipts_two_sides_are_both_shown() -> None:
    given = model(made.held())["receipt"]
    assert given["records_in"] == 10_000
    assert given["records_out"] == 9_999
    assert not given["balances"]
    source = model(made.published())["receipt"]["sources"][0]
    assert source["content_bytes"] == source["record_bytes"] + sum(c["bytes"] for c in source["control"])
    assert source["balances"] is True
    assert model(made.without_bytes())["receipt"]["sources"][0]["balances"] is None


def test_a_masked_column_shows_no_value() -> None:
    column: dict[str, Any] = next(c for c in model(made.masked())["profile"]["columns"] if c["name"] == "ssn")
    assert column["masked"]
    assert column["top"] is column["histogram"] is column["observed"]["min"] is None
    careless = made.profile()
    careless["columns"]["ssn"] |= {"min": "078-05-1120", "top": [{"value": "078-05-1120", "count": 1}]}
    assert "078-05-1120" not in json.dumps(model(made.published(profile=careless)))


def test_values_outside_the_declared_bounds_are_pointed_at() -> None:
    columns = {c["name"]: c["outside"] for c in model(made.published())["profile"]["columns"]}
    assert columns["limit"] == ["min -1.5 is outside the declared 0", "max 99,999.0 is outside the declared 500"]
    assert columns["id"] == ["longest 5 is outside the declared 4"]
    assert columns["born"] == []


@pytest.mark.parametrize(
    ("changes", "words", "tone"),
    [
        ({}, "Published with warnings", "warning"),
        ({"state": "already_published", "earlier_run": "R1"}, "Already published", "warning"),
        ({"state": "checked"}, "Would be published, with warnings", "warning"),
    ],
)
def test_the_decision_in_words(changes: dict[str, Any], words: str, tone: str) -> None:
    decided = model(replace(made.published(), **changes))["decision"]
    assert (decided["words"], decided["tone"]) == (words, tone)


def test_held_and_clean_in_words() -> None:
    assert [model(f())["decision"]["words"] for f in (made.held, made.clean, made.empty)] == [
        "Held",
        "Published",
        "Would be held",
    ]


def test_importing_the_report_imports_no_heavy_library() -> None:
    script = (
        "import sys, weighbridge.report; "
        "print([m for m in ('jinja2', 'polars', 'deltalake', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
