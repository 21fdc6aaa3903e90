"""What can be wrong with epochs, each told at its line with what to do."""
# ruff: noqa: E501 (one case a line: a table reads better wide)

from __future__ import annotations

import textwrap

import pytest

from weighbridge.contract import lint, load
from weighbridge.findings import Severity, code

_HEAD = """apiVersion: v3.2.0
kind: DataContract
id: t
version: '1'
status: active
name: t
schema:
  - name: t
    properties:
      - {name: day, logicalType: date}
      - {name: amount, logicalType: number, required: true}
      - {name: note, logicalType: string}
    customProperties:
      - vendor: weighbridge
        property: epochs
        value:
"""


def contract(epochs: str) -> str:
    return _HEAD + textwrap.indent(textwrap.dedent(epochs).strip("\n"), " " * 10) + "\n"


_KNOWN = "when: {property: day, before: 2004-01-01}"
CASES = [
    ("CON-060", 17, "`when` reads `dy`", "did you mean `day`", "- {name: a, when: {property: dy, before: 2004-01-01}}"),
    ("CON-060", 18, "migrates `amout`", "did you mean `amount`", f"- name: a\n  properties: {{amout: {{from: x}}}}\n  {_KNOWN}"),
    ("CON-060", 18, "assumes `x`", "name of today", f"- name: a\n  assumes: {{x: 1}}\n  {_KNOWN}"),
    ("CON-061", 18, "`a` and `b`: 2003-01-01 to 2003-12-31", "`from` and `until` belong", f"- {{name: a, {_KNOWN}}}\n- {{name: b, when: {{property: day, from: 2003-01-01}}}}"),
    ("CON-062", 17, "`a`", "say under `when`", "- {name: a, when: {}}"),
    ("CON-062", 17, "`note` is string", "", "- {name: a, when: {property: note, before: 2004-01-01}}"),
    ("CON-062", 17, "and no day", "", "- {name: a, when: {property: day}}"),
    ("CON-062", 17, "no property that holds them", "", "- {name: a, when: {before: 2004-01-01}}"),
    ("CON-062", 17, "no day is both", "", "- {name: a, when: {property: day, from: 2005-01-01, until: 2004-01-01}}"),
    ("CON-062", 17, "it is no SQL expression", "", "- {name: a, when: {expression: 'note ='}}"),
    ("CON-062", 17, "neither true nor false", "", "- {name: a, when: {expression: 'UPPER(note)'}}"),
    ("CON-062", 17, "more than one record", "", "- {name: a, when: {expression: \"MAX(note) = 'x'\"}}"),
    ("CON-062", 17, "cannot be asked of texts", "", "- {name: a, when: {expression: 'note + 1 > 2'}}"),
    ("CON-062", 17, "reads no column", "", "- {name: a, when: {expression: '1 = 1'}}"),
    ("CON-063", 18, "`amount` in epoch `a`", "`assumes`", f"- name: a\n  properties: {{amount: {{absent: true}}}}\n  {_KNOWN}"),
    ("CON-064", 18, "`a`", "name of its own", f"- {{name: a, {_KNOWN}}}\n- {{name: a, when: {{property: day, from: 2005-01-01, until: 2006-01-01}}}}"),
    ("CON-064", 17, "`today`", "mean today's layout", f"- {{name: today, {_KNOWN}}}"),
    ("CON-065", 18, "from and assumes stand together", "say one of", f"- name: a\n  properties: {{note: {{from: x}}}}\n  assumes: {{note: y}}\n  {_KNOWN}"),
    ("CON-065", 18, "2 columns and no number of fields", "say fields under `when`", f"- name: a\n  columns: [day, note]\n  {_KNOWN}"),
    ("CON-065", 18, "2 columns and 3 fields", "null for one of no interest", "- name: a\n  columns: [day, note]\n  when: {fields: 3}"),
    ("CON-065", 18, "`note` stands twice", "once", "- name: a\n  columns: [note, note]\n  when: {fields: 2}"),
    ("CON-065", 19, "`a` has 2 fields too", "tell them by a marker", "- {name: a, when: {fields: 2}}\n- name: b\n  columns: [note, null]\n  when: {fields: 2, expression: \"note = 'x'\"}"),
    ("CON-065", 18, "by start and length, or by a pattern", "", f"- name: a\n  properties: {{note: {{part: {{start: 1, pattern: '(x)'}}}}}}\n  {_KNOWN}"),
    ("CON-065", 18, "has no group", "", f"- name: a\n  properties: {{note: {{part: {{pattern: 'x'}}}}}}\n  {_KNOWN}"),
    ("CON-065", 18, "the engine cannot use the pattern", "", f"- name: a\n  properties: {{note: {{part: {{pattern: '(?=x)(y)'}}}}}}\n  {_KNOWN}"),
    ("CON-065", 18, "the template", "", f"- name: a\n  properties: {{note: {{join: 'x{{'}}}}\n  {_KNOWN}"),
    ("CON-065", 18, "it names no column", "", f"- name: a\n  properties: {{note: {{join: 'x'}}}}\n  {_KNOWN}"),
    ("CON-023", 18, "`trimm`", "", f"- name: a\n  properties: {{note: {{rules: [trimm]}}}}\n  {_KNOWN}"),
    ("CON-024", 18, "`scal` is not known here", "", f"- name: a\n  properties: {{amount: {{rules: [{{rule: impliedDecimal, scal: 1}}]}}}}\n  {_KNOWN}"),
    ("CON-025", 18, "`impliedDecimal` does not read string", "", f"- name: a\n  properties: {{note: {{rules: [{{rule: impliedDecimal, scale: 1}}]}}}}\n  {_KNOWN}"),
    ("CON-021", 18, "`form` is not known here", "did you mean `from`", f"- name: a\n  properties: {{note: {{form: x}}}}\n  {_KNOWN}"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "line", "detail", "fix", "epochs"), CASES)
def test_a_fault_is_told_at_its_line(number: str, line: int, detail: str, fix: str, epochs: str) -> None:
    report = lint(contract(epochs))
    told = [f for f in report.findings if f.code == number and detail in f.detail]
    assert told, [str(f) for f in report.findings]
    assert fix in (told[0].fix or code(number).fix)
    assert told[0].severity is Severity.ERROR
    assert told[0].place.line == line
    assert not report.ok


def test_another_epoch_is_another_set_of_rules_and_none_changes_nothing() -> None:
    def rules(text: str) -> str:
        return load(text).rules_fingerprint

    one = contract(f"- {{name: a, {_KNOWN}}}")
    assert rules(one) != rules(one.replace("2004-01-01", "2005-01-01"))
    assert rules(contract("[]")) == rules(_HEAD[: _HEAD.index("    customProperties")])
