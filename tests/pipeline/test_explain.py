"""Findings that explain themselves: where failures concentrate, which of them have one cause, since when."""

from __future__ import annotations

import csv
import json
import random
from fractions import Fraction
from importlib.resources import files
from math import comb
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import validate

import weighbridge
from weighbridge.outcome.codec import from_json, to_json
from weighbridge.outcome.result import CheckResult, RunResult
from weighbridge.pipeline.explaining.chance import corrected, tail
from weighbridge.report import model, render_html, render_markdown, summary

SCHEMA = "model.schema.json"
CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
name: orders
version: 1.0.0
status: active
schema:
  - name: orders
    customProperties:
      - property: weighbridge.breaker
        value: {maxRejected: {rate: 0.9}}
    properties:
      - name: order
        logicalType: integer
        required: true
      - name: shop
        logicalType: string
        logicalTypeOptions: {maxLength: 8}
      - name: secret
        logicalType: string
        classification: confidential
      - name: day
        logicalType: date
      - name: amount
        logicalType: number
        logicalTypeOptions: {minimum: 0}
      - name: paid
        logicalType: boolean
"""
HEAD = ["order", "shop", "secret", "day", "amount", "paid"]
SHOPS = ("north", "south", "east", "west")


def row(number: int) -> list[str]:
    shop = SHOPS[number % 4]
    day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
    return [str(number), shop, f"s3cret-{number % 3}", day, f"{number % 97}.50", "true" if number % 2 else "false"]


def extract(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEAD, *rows])
    return path


def contract(folder: Path) -> weighbridge.Contract:
    path = folder / "orders.odcs.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    return weighbridge.load_contract(path)


def named(result: RunResult, name: str) -> CheckResult:
    return next(c for c in result.checks if c.name == name)


def test_failures_of_one_shop_are_told_of_by_the_shop(tmp_path: Path) -> None:
    rows = [row(n) for n in range(1_000)]
    for n in range(2, 400, 4):  # east alone, early in the file
        rows[n][4] = "-1"
    found = named(contract(tmp_path).check(extract(tmp_path / "a.csv", rows)), "amount|minimum").slices
    by = {(s.by, Path(s.name).name): s for s in found}
    assert by["column", "shop"].values == ("east",)
    assert (by["column", "shop"].failed, by["column", "shop"].failures) == (100, 100)
    assert (by["column", "shop"].records, by["column", "shop"].of_records) == (250, 1_000)
    assert by["place", "a.csv"].values == ("1 to 400",)
    assert set(by) <= {("column", "shop"), ("place", "a.csv"), ("column", "paid")}
    assert all(s.lift >= 2 and s.p_value < 0.001 for s in found)


def test_failures_of_one_file_and_of_missing_values_are_told_of(tmp_path: Path) -> None:
    good, bad = [row(n) for n in range(600)], [row(n) for n in range(600, 800)]
    for n, values in enumerate(bad):
        if n % 3 == 0:
            values[4], values[1] = "x", ""
    files = [extract(tmp_path / "good.csv", good), extract(tmp_path / "bad.csv", bad)]
    found = {(s.by, s.name): s for s in named(contract(tmp_path).check(files), "amount|type").slices}
    assert any(s.by == "source" and s.values[0].endswith("bad.csv") for s in found.values() if s.values[0])
    assert found["column", "shop"].values == (None,)


def test_failures_strewn_by_chance_concentrate_nowhere(tmp_path: Path) -> None:
    dice = random.Random(7)
    rows = [row(n) for n in range(2_000)]
    for n in dice.sample(range(2_000), 150):
        rows[n][4] = "-1"
    assert named(contract(tmp_path).check(extract(tmp_path / "a.csv", rows)), "amount|minimum").slices == ()


def test_classified_values_never_make_a_slice(tmp_path: Path) -> None:
    rows = [row(n) for n in range(900)]
    for n in range(0, 900, 3):  # exactly those with s3cret-0
        rows[n][4] = "-1"
    result = contract(tmp_path).check(extract(tmp_path / "a.csv", rows))
    assert all(s.name != "secret" for s in named(result, "amount|minimum").slices)
    given_model = model(result)
    for text in (json.dumps(given_model), render_html(given_model), render_markdown(given_model), summary(result)):
        assert "s3cret" not in text
    assert b"s3cret" not in to_json(result)


def test_shifted_columns_are_one_cause(tmp_path: Path) -> None:
    rows = [row(n) for n in range(500)]
    for n in range(100, 140):
        rows[n] = [rows[n][0], rows[n][1], "extra", *rows[n][2:5]]  # the last value is lost, the rest one to the right
    result = contract(tmp_path).check(extract(tmp_path / "a.csv", rows))
    (cause,) = result.causes
    assert cause.kind == "shifted"
    assert cause.words == "values from day on stand one place to the right of where the contract has them"
    assert {cause.leader, *cause.followers} == {"day|type", "amount|type", "paid|type"}
    assert cause.records == 40
    steps = model(result)["next_steps"]["steps"]
    assert steps[0]["fix"] == "look for a missing or an extra delimiter in these records"
    told = render_html(model(result))
    assert "2 more checks fail in the same records" in told
    assert "Values from day on stand one place to the right" in told


def test_one_value_that_breaks_several_checks_is_one_cause(tmp_path: Path) -> None:
    text = CONTRACT.replace("{maxLength: 8}", '{maxLength: 8, pattern: "^[a-z]+$"}')
    path = tmp_path / "c.odcs.yaml"
    path.write_text(text, encoding="utf-8")
    rows = [row(n) for n in range(300)]
    for n in range(5):
        rows[n * 7][1] = "NORTH-WEST 1"
    (cause,) = weighbridge.load_contract(path).check(extract(tmp_path / "a.csv", rows)).causes
    assert (cause.kind, cause.records) == ("one_value", 5)
    assert cause.words == "the value of shop breaks 2 checks at once"


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        (["7,no", "rth,s,2001-01-01,2,true"], {"torn": 2}),
        (["7,no", "rt", "h,s,2001-01-01,2,true"], {"torn": 3}),
        (["7,north,s,2001-01-01,2,true8,south,s,2001-01-02,2,true"], {"run_together": 1}),
        (["7,north,s,2001-01-01,2,true,8,south,s,2001-01-02,2,true"], {"run_together": 1}),
        (["code,words", "a,one", "b,two", "c,three"], {"other_table": 4}),
        (["7,north,s,2001-01-01"], {}),
        (["7,no", "rth,s,2001-01-01,2,true", "code,words", "a,one", "b,two"], {"torn": 2, "other_table": 3}),
    ],
)
def test_what_is_likely_behind_records_with_another_number_of_fields(
    tmp_path: Path, lines: list[str], kinds: dict[str, int]
) -> None:
    path = extract(tmp_path / "a.csv", [row(n) for n in range(40)])
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    result = contract(tmp_path).check(path)
    assert {c.kind: c.records for c in result.causes if c.leader == "framing|RDR-010"} == kinds
    shown = model(result)
    told, words = render_html(shown), render_markdown(shown)
    validate(json.loads(json.dumps(shown)), json.loads(files("weighbridge.report").joinpath(SCHEMA).read_text()))
    for cause in result.causes:
        assert cause.words[1:] in told
        assert cause.words[:30] in words
        assert cause.words in str(shown["next_steps"])


def test_checks_that_fail_apart_have_no_common_cause(tmp_path: Path) -> None:
    rows = [row(n) for n in range(300)]
    for n in range(10):
        rows[n * 3][4], rows[n * 3 + 1][3] = "x", "y"
    assert contract(tmp_path).check(extract(tmp_path / "a.csv", rows)).causes == ()


def test_since_when_a_check_fails(tmp_path: Path) -> None:
    made, into = contract(tmp_path), tmp_path / "out"
    results = []
    for number, bad in enumerate((0, 3, 2, 0, 1)):
        rows = [row(n + 1_000 * number) for n in range(200)]
        for n in range(bad):
            rows[n][4] = "x"
        results.append(made.run(extract(tmp_path / f"{number}.csv", rows), into=into))
    assert named(results[0], "amount|type").recurrence is None
    new, still, _, again = (named(r, "amount|type").recurrence for r in results[1:])
    assert new is not None and still is not None and again is not None
    assert (new.runs, new.failed_runs, new.since) == (1, 0, None)
    assert (still.runs, still.failed_runs, still.since_run, still.before_failed) == (2, 1, results[1].run_id, 3)
    assert (again.runs, again.failed_runs, again.since_run) == (4, 2, None)
    words = [model(r)["findings"]["findings"][0]["recurrence"]["words"] for r in (results[1], results[2], results[4])]
    assert words[0] == "new: it held in the last run before"
    assert words[1].endswith("it failed in 1 of 2 earlier runs; in the last run 3 records (1.5 %)")
    assert words[2] == "again: it held in the last run, and failed in 2 of 4 earlier runs"
    assert from_json(to_json(results[2])) == results[2]


def test_a_result_of_before_is_still_read(tmp_path: Path) -> None:
    result = contract(tmp_path).check(extract(tmp_path / "a.csv", [row(n) for n in range(20)]))
    old = json.loads(to_json(result))
    del old["causes"]
    for check in old["checks"]:
        del check["slices"], check["recurrence"]
    assert from_json(json.dumps(old).encode()) == result


_SIZES = st.integers(1, 60).flatmap(
    lambda of: st.tuples(st.integers(0, of), st.integers(0, of), st.just(of)).flatmap(
        lambda t: st.tuples(st.integers(0, min(t[0], t[1])), st.just(t[0]), st.just(t[1]), st.just(t[2]))
    )
)


@settings(max_examples=200)
@given(_SIZES)
def test_the_tail_is_that_of_counting(sizes: tuple[int, int, int, int]) -> None:
    found, drawn, marked, of = sizes
    ways = sum(comb(marked, k) * comb(of - marked, drawn - k) for k in range(found, min(drawn, marked) + 1))
    exact = float(Fraction(ways, comb(of, drawn)))
    if found * of <= drawn * marked:
        assert tail(found, drawn, marked, of) == 1.0
    else:
        assert tail(found, drawn, marked, of) == pytest.approx(exact, rel=1e-9, abs=1e-300)


@given(st.lists(st.floats(0, 1), max_size=20), st.integers(0, 50))
def test_correcting_never_makes_anything_likelier_to_be_told(p_values: list[float], more: int) -> None:
    told = corrected(p_values, len(p_values) + more)
    assert all(p <= q <= 1 for p, q in zip(p_values, told, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert [told[i] for i in order] == sorted(told)
