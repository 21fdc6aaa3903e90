"""Linting looks inside of expectations: every word that does not exist, with its line."""

from __future__ import annotations

import pytest

from weighbridge.contract import lint as lint_words
from weighbridge.pipeline.lint_checks import lint

HEAD = """apiVersion: v3.1.0
kind: DataContract
id: t
name: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - {name: a, logicalType: integer}
      - {name: b, logicalType: string}
    quality:
"""


def contract(*entries: str) -> str:
    return HEAD + "".join(f"      - {{name: q{i}, type: custom, {entry}}}\n" for i, entry in enumerate(entries))


def expectation(kind: str, kwargs: str) -> str:
    return f"engine: greatExpectations, implementation: {{type: {kind}, kwargs: {kwargs}}}"


BETWEEN = "expect_column_values_to_be_between"


@pytest.mark.parametrize(
    ("entry", "code", "why"),
    [
        (expectation(BETWEEN + "x", "{column: a}"), "GXE-002", f"the nearest is {BETWEEN}"),
        (expectation(BETWEEN, "{column: c, max_value: 3}"), "GXE-002", '"c" in BatchData does not exist'),
        (expectation(BETWEEN, "{column: a, maximum: 3}"), "GXE-002", "takes no maximum"),
        (expectation(BETWEEN, "{column: a, max_value: 3, mostly: 2}"), "GXE-002", "no share from 0 to 1"),
        (expectation("expect_column_values_to_match_regex", "{column: b, regex: '('}"), "GXE-002", "not a regular"),
    ],
)
def test_what_is_wrong_inside_a_check_is_told_with_its_line(entry: str, code: str, why: str) -> None:
    text = contract(expectation(BETWEEN, "{column: a, max_value: 3}"), entry)
    assert lint_words(text).errors == (), "the words alone are right"
    report = lint(text)
    (finding,) = report.errors
    assert (finding.code, finding.place.line) == (code, 14)
    assert why in finding.message
    assert [(part.what, part.line) for part in report.not_executed if part.asserts] == [("q1", 14)]


def test_a_teams_own_module_is_not_imported() -> None:
    entry = 'engine: pandera, implementation: "no.such.module:Payments"'
    text = contract(entry, expectation(BETWEEN, "{column: a, max_value: 3}"))
    assert lint(text) == lint_words(text)


def test_a_contract_that_cannot_be_used_is_told_as_before() -> None:
    text = contract(expectation("nonsense", "{}")).replace("logicalType: integer", "logicalType: intger")
    assert lint(text) == lint_words(text)
