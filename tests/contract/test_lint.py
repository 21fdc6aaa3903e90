"""Every lint, by a contract that has the fault and says at which line."""
# ruff: noqa: E501 (one case a line: a table reads better wide)

from __future__ import annotations

import textwrap

import pytest

from weighbridge.contract import lint
from weighbridge.findings import Severity

_HEAD = "apiVersion: v3.2.0\nkind: DataContract\nid: t\nversion: '1'\nname: t\n"


def _contract(body: str) -> str:
    return _HEAD + textwrap.dedent(body).strip("\n") + "\n"


def _property(body: str) -> str:
    lines = textwrap.indent(textwrap.dedent(body).strip("\n"), " " * 6)
    return _HEAD + "schema:\n  - name: t\n    properties:\n" + lines[:4] + "- " + lines[6:] + "\n"


def _ours(name: str, value: str, kind: str = "string") -> str:
    return _property(
        f"name: a\nlogicalType: {kind}\ncustomProperties:\n- {{vendor: weighbridge, property: {name}, value: {value}}}"
    )


def _quality(body: str, kind: str = "string") -> str:
    return _property(f"name: a\nlogicalType: {kind}\nquality:\n- {body}")


CASES = [
    ("CON-002", "error", 10, "may not be 'strin'", "did you mean `string`", _property("name: a\nlogicalType: strin")),
    ("CON-002", "error", 11, "must be true or false, this is text", "", _property("name: a\nlogicalType: string\nrequired: maybe")),
    ("CON-002", "error", 9, "must be text, this is true or false", '"no" in quotes', _property("name: no")),
    ("CON-009", "error", 11, "`requird`", "did you mean `required`", _property("name: a\nlogicalType: string\nrequird: true")),
    ("CON-009", "error", 11, "no option of this logicalType", "", _property("name: a\nlogicalType: string\nlogicalTypeOptions: {minimum: 1}")),
    ("CON-010", "error", 9, "`name`", "add `name:`, or correct `nme`", _property("nme: a")),
    ("CON-010", "error", 12, "what the metric must be", "add one of mustBe", _quality("{metric: nullValues}")),
    ("CON-002", "error", 12, "stand together", "two checks", _quality("{metric: nullValues, mustBe: 0, mustNotBe: 1}")),
    ("CON-009", "error", 12, "takes no comparison", "", _quality("{type: custom, engine: x, implementation: y, mustBe: 0}")),
    ("CON-007", "warning", 12, "read as 8", '"010" in quotes', _property("name: a\nlogicalType: string\nexamples:\n- 010")),
    ("CON-007", "warning", 11, "no is read as false", '"no" in quotes', _property("name: a\nlogicalType: string\nenum: [{value: no}]")),
    ("CON-008", "warning", 1, "uses enum", "v3.2.0", _property("name: a\nlogicalType: string\nenum: [{value: x}]").replace("v3.2.0", "v3.1.0")),
    ("CON-020", "error", 12, "`rulez` on a property", "did you mean `rules`", _ours("rulez", "[trim]")),
    ("CON-020", "error", 12, "`breaker` on a property", "belongs on an object", _ours("breaker", "{}")),
    ("CON-021", "error", 12, "`lenght` is not known here", "did you mean `length`", _ours("position", "{start: 1, length: 2, lenght: 3}")),
    ("CON-021", "error", 12, "`length` is missing", "add `length`", _ours("position", "{start: 1}")),
    ("CON-021", "error", 12, "`rules` has no value", "give it one", _ours("rules", "null")),
    ("CON-021", "error", 12, "must be 1 or more", "", _ours("position", "{start: 0, length: 2}")),
    ("CON-021", "error", 12, "`onUnreadable` may not be 'rejekt'", "did you mean reject", _ours("readingPolicy", "{onUnreadable: rejekt}")),
    ("CON-021", "error", 12, "a rule needs its name", "{rule: name", _ours("rules", "[{scale: 2}]")),
    ("CON-023", "error", 12, "`trimm`", "did you mean `trim`", _ours("rules", "[trimm]")),
    ("CON-024", "error", 12, "`sides` is not known here", "did you mean `side`", _ours("rules", "[{rule: trim, sides: left}]")),
    ("CON-024", "error", 12, "`date` reads `ab`, which is no property of this object; the nearest is `a`", "", _ours("rules", "[{rule: date, formats: [dd/MM/yy], notBefore: ab}]", "date")),
    ("CON-024", "error", 12, "`date` reads `a`, which itself waits for `a`", "", _ours("rules", "[{rule: date, formats: [dd/MM/yy], notBefore: a}]", "date")),
    ("CON-024", "error", 12, "zeroFill needs formats of nothing but digits", "", _ours("rules", "[{rule: date, formats: [yyyyMMdd], zeroFill: true}]", "date")),
    ("CON-024", "error", 12, "no identifier 'ibn'; there are isbn, iban", "", _ours("rules", "[{rule: identifier, of: ibn}]")),
    ("CON-025", "error", 12, "`impliedDecimal` reads", "logicalType", _ours("rules", "[{rule: impliedDecimal, scale: 2}]")),
    ("CON-026", "error", 12, "stands after `date`", "", _ours("rules", "[{rule: date, formats: [yyyyMMdd]}, trim]", "date")),
    ("CON-030", "warning", 12, "'grave' is read as error", "error, warning or info", _ours("severity", "grave")),
    ("CON-030", "warning", 12, "'sever' is read as error", "", _quality("{metric: nullValues, mustBe: 0, severity: sever}")),
    ("CON-031", "error", 11, "the property `a`", "name of its own", _property("name: a\nlogicalType: string") + "    - {name: a, logicalType: date}\n"),
    ("CON-032", "error", 11, "`A` is a name of `a` and of `b`", "physicalName or synonyms", _property("name: a\nlogicalType: string") + "    - {name: b, logicalType: date, synonyms: [{synonym: A}]}\n"),
    ("CON-033", "warning", 11, "`required: false`", "always required", _property("name: a\nlogicalType: string\nrequired: false\nprimaryKey: true")),
    ("CON-034", "warning", 11, "no part of the key", "", _property("name: a\nlogicalType: string\nprimaryKeyPosition: 1")),
    ("CON-035", "error", 11, "minimum 5 is more than maximum 4", "widen", _property("name: a\nlogicalType: integer\nlogicalTypeOptions: {minimum: 5, maximum: 4}")),
    ("CON-035", "error", 11, "minLength 5", "", _property("name: a\nlogicalType: string\nlogicalTypeOptions: {minLength: 5, maxLength: 4}")),
    ("CON-035", "error", 11, "leaves no value below", "", _property("name: a\nlogicalType: date\nlogicalTypeOptions: {exclusiveMinimum: 2024-01-31, maximum: 2024-01-31}")),
    ("CON-036", "error", 11, "minimum of a date", "2024-01-31", _property("name: a\nlogicalType: date\nlogicalTypeOptions: {minimum: 31.1.2024}")),
    ("CON-036", "error", 11, "finite", "", _property("name: a\nlogicalType: number\nlogicalTypeOptions: {minimum: .nan}")),
    ("CON-037", "error", 11, "look-around", "linear time", _property("name: a\nlogicalType: string\nlogicalTypeOptions: {pattern: '^(?!x).*$'}")),
    ("CON-037", "error", 11, "back-references", "linear time", _property(r"name: a" + "\nlogicalType: string\n" + r"logicalTypeOptions: {pattern: '(a)\1'}")),
    ("CON-037", "error", 11, "", "correct the regular expression", _property("name: a\nlogicalType: string\nlogicalTypeOptions: {pattern: '(a'}")),
    ("CON-038", "error", 11, "is not a value of an integer", "", _property("name: a\nlogicalType: integer\nenum: [{value: x}]")),
    ("CON-038", "error", 11, "1 is not a string", '"1" in quotes', _property("name: a\nlogicalType: string\nenum: [{value: 1}]")),
    ("CON-038", "error", 12, "maxLength is 1", "constraint it breaks", _property("name: a\nlogicalType: string\nlogicalTypeOptions: {maxLength: 1}\nenum: [{value: xy}]")),
    ("CON-038", "error", 12, "does not match", "", _property("name: a\nlogicalType: string\nlogicalTypeOptions: {pattern: ^b}\nenum: [{value: xy}]")),
    ("CON-038", "error", 12, "outside maximum 5", "", _property("name: a\nlogicalType: integer\nlogicalTypeOptions: {maximum: 5}\nenum: [{value: 6}]")),
    ("CON-039", "warning", 11, "not a pattern of a date alone", "like yyyy-MM-dd;", _property("name: a\nlogicalType: date\nlogicalTypeOptions: {format: 'yyyy-MM-dd HH:mm'}")),
    ("CON-039", "warning", 11, "not a pattern of a time of day alone", "like HH:mm:ss;", _property("name: a\nlogicalType: time\nlogicalTypeOptions: {format: yyyy-MM-dd}")),
    ("CON-039", "warning", 11, "", "strftime", _property("name: a\nlogicalType: date\nlogicalTypeOptions: {format: '%Y-%m-%d'}")),
    ("CON-040", "warning", 11, "`minimum` does not belong to string", "logicalType", _property("name: a\nphysicalType: varchar\nlogicalTypeOptions: {minimum: 5}")),
    ("CON-041", "warning", 12, "a count, 0 or more", "some extract could break", _quality("{metric: nullValues, mustBeGreaterOrEqualTo: 0}")),
    ("CON-041", "warning", 12, "from 0 to 100", "", _quality("{metric: nullValues, unit: percent, mustBeLessThan: 101}")),
    ("CON-041", "info", 12, "less than one in a hundred", "write 5", _quality("{metric: nullValues, unit: percent, mustBeLessThan: 0.05}")),
    ("CON-042", "error", 12, "a count, 0 or more", "a good extract keeps", _quality("{metric: nullValues, mustBeLessThan: 0}")),
    ("CON-042", "error", 12, "from 0 to 100", "", _quality("{metric: nullValues, unit: percent, mustBeGreaterThan: 100}")),
    ("CON-042", "error", 12, "lower bound stands second", "[1, 9]", _quality("{metric: rowCount, mustBeBetween: [9, 1]}")),
    ("CON-043", "warning", 12, "`valid` of invalidValues", "it takes validValues", _quality("{metric: invalidValues, arguments: {valid: [x]}, mustBe: 0}")),
    ("CON-043", "warning", 12, "`kilo` is read as a count", "rows or percent", _quality("{metric: nullValues, unit: kilo, mustBe: 0}")),
    ("CON-044", "warning", 12, "onFailure is for checks of each record", "remove it", _quality("{metric: nullValues, mustBe: 0, customProperties: [{vendor: weighbridge, property: onFailure, value: review}]}")),
    ("CON-043", "error", 12, "has no property `aa`", "did you mean `a`", _quality("{type: custom, engine: weighbridge, implementation: {check: dependency, determines: aa}}")),
    ("CON-043", "error", 12, "`of` of sequence is integer; `a` is string", "", _quality("{type: custom, engine: weighbridge, implementation: {check: sequence, of: a}}")),
    ("CON-043", "error", 12, "timeline asks nothing", "add `orderBy`", _quality("{type: custom, engine: weighbridge, implementation: {check: timeline}}", kind="date")),
    ("CON-043", "error", 12, "names nothing to compare with", "add `to`", _quality("{type: custom, engine: weighbridge, implementation: {check: everyKeyOccurs}}")),
    ("CON-043", "error", 12, "needs one mustBe", "mustBeGreaterThan", _quality("{type: custom, engine: weighbridge, implementation: {check: perGroup, by: a}}")),
    ("CON-043", "error", 12, "names no movements", "add `add`", _quality("{type: custom, engine: weighbridge, implementation: {check: rollForward, opening: a}}", kind="integer")),
    ("CON-043", "error", 12, "what there was before", "add `orderBy`", _quality("{type: custom, engine: weighbridge, implementation: {check: rollForward, add: a}}", kind="integer")),
    ("CON-044", "warning", 12, "it blames no record", "remove it", _quality("{type: custom, engine: weighbridge, implementation: {check: perGroup, by: a, mustBe: 1}, customProperties: [{vendor: weighbridge, property: onFailure, value: warn}]}")),
    ("CON-045", "error", 12, "no property `b`", "SQL", _quality("{type: custom, engine: weighbridge, implementation: b > 1}")),
    ("CON-045", "error", 12, "no SQL expression", "", _quality("{type: custom, engine: weighbridge, implementation: 'a >>> >'}")),
    ("CON-045", "error", 12, "not true or false", "", _quality("{type: custom, engine: weighbridge, implementation: {check: conditional, when: a, then: a = 'x'}}")),
    ("CON-045", "warning", 12, "outside the extract", "Polars' SQL", _quality("{type: sql, query: \"SELECT COUNT(*) FROM read_parquet('x')\", mustBe: 0}")),
    ("CON-021", "error", 12, "no check 'other'", "check: expression", _quality("{type: custom, engine: weighbridge, implementation: {check: other}}")),
    ("CON-046", "warning", 12, "no object `planes`", "name the other contract", _property("name: a\nlogicalType: string\nrelationships:\n- {to: planes.tailnum}")),
    ("CON-046", "warning", 12, "`t` has no property `aa`", "did you mean `a`", _property("name: a\nlogicalType: string\nrelationships:\n- {to: t.aa}")),
    ("CON-047", "error", 12, "1 on this side, 2 on the other", "as many", _property("name: a\nlogicalType: string\nrelationships:\n- {to: [t.a, t.b]}")),
    ("CON-052", "info", 11, "`purple` of `a`", "only one that is not masked", _property("name: a\nlogicalType: string\nclassification: purple")),
    ("CON-053", "warning", 11, "`t.b` does not exist", "did you mean `t.a`", _property("name: a\nlogicalType: date") + "slaProperties: [{property: freshness, value: 1, unit: d, element: t.b}]\n"),
    ("CON-053", "warning", 11, "neither a date nor a timestamp", "object.property", _property("name: a\nlogicalType: string") + "slaProperties: [{property: latency, value: 1, unit: d, element: t.a}]\n"),
    ("CON-059", "warning", 11, "`bald y` is no number", "write a whole number and a unit", _property("name: a\nlogicalType: string") + "slaProperties: [{property: retention, value: bald, unit: y}]\n"),
    ("CON-059", "warning", 11, "`-3 d` is no number", "", _property("name: a\nlogicalType: string") + "slaProperties: [{property: retention, value: -3, unit: d}]\n"),
    ("CON-059", "warning", 11, "`3 moons` is no number", "", _property("name: a\nlogicalType: string") + "slaProperties: [{property: Retention, value: 3, unit: moons}]\n"),
    ("CON-059", "warning", 11, "no object `x`", "name an object", _property("name: a\nlogicalType: string") + "slaProperties: [{property: retention, value: 3, unit: y, element: x}]\n"),
    ("CON-054", "error", 7, "both quote and delimiter", "recordFormat", _contract("servers:\n  - {server: s, type: custom, delimiter: '|', customProperties: [{vendor: weighbridge, property: recordFormat, value: {quote: '|'}}]}\nschema: []")),
    ("CON-054", "warning", 7, "no encoding is called `utf-9`", "", _contract("servers:\n  - {server: s, type: custom, encoding: utf-9}\nschema: []")),
    ("CON-055", "warning", 7, "`t`", "add `properties`", _contract("schema:\n  - name: t")),
    ("CON-056", "info", 7, "a as integer", "logicalType", _property("name: a\nphysicalType: BIGINT")),
    ("CON-057", "warning", 8, "never exceeded", "below 1", _contract("schema:\n  - name: t\n    customProperties: [{vendor: weighbridge, property: breaker, value: {maxRejected: {rate: 1.0}}}]\n    properties: [{name: a, logicalType: string}]")),
    ("CON-021", "error", 8, "must be 1 or less", "write 0.05 for 5 percent", _contract("schema:\n  - name: t\n    customProperties: [{vendor: weighbridge, property: breaker, value: {maxRejected: {rate: 5}}}]")),
    ("CON-012", "warning", 11, "exclusiveMaximum: true", "write the number itself", _property("name: a\nlogicalType: integer\nlogicalTypeOptions: {maximum: 5, exclusiveMaximum: true}").replace("v3.2.0", "v3.0.0")),
    ("CON-011", "warning", 1, "ODCS 2.2 is translated", "ODCS v3.2.0", "apiVersion: v2.2.2\nkind: DataContract\nuuid: u\nversion: 1\ndataset:\n- table: t\n  columns:\n  - {column: a, isNullable: false}\n"),
    ("CON-022", "error", 13, "`severity`", "keep one", _property("name: a\nlogicalType: string\ncustomProperties:\n- {vendor: weighbridge, property: severity, value: info}\n- {property: weighbridge.severity, value: info}")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "severity", "line", "detail", "fix", "text"), CASES)
def test_a_fault_is_told_at_its_line(code: str, severity: str, line: int, detail: str, fix: str, text: str) -> None:
    report = lint(text)
    told = [f for f in report.findings if f.code == code and detail in f.detail and fix in f.fix]
    assert told, [str(f) for f in report.findings]
    assert told[0].severity == Severity(severity)
    assert told[0].place.line == line
    assert report.ok == (not report.errors)


_FIXED = """
servers:
  - {server: s, type: custom, format: fixed-width, customProperties:
      [{vendor: weighbridge, property: recordFormat, value: {kind: fixedWidth, recordLength: 9}}]}
schema:
  - name: t
    properties:
      - {name: a, logicalType: string, customProperties: [{vendor: weighbridge, property: position, value: {start: 1, length: 3}}]}
      - {name: b, logicalType: string, customProperties: [{vendor: weighbridge, property: position, value: {start: 3, length: 2}}]}
      - {name: c, logicalType: string, customProperties: [{vendor: weighbridge, property: position, value: {start: 7, length: 4}}]}
      - {name: d, logicalType: string}
"""


def test_positions_overlap_leave_gaps_leave_the_record_and_are_missing() -> None:
    told = [(f.code, f.place.line, f.detail) for f in lint(_contract(_FIXED)).findings]
    assert told == [
        ("CON-049", 13, "`b` starts at byte 3, `a` ends at byte 3"),
        ("CON-049", 14, "`c` ends at byte 10, the record has 9"),
        ("CON-051", 14, "bytes 5 to 6 belong to no property"),
        ("CON-050", 15, "`d` of `t`"),
    ]


def test_positions_say_what_to_do() -> None:
    fixes = {f.code: f.fix for f in lint(_contract(_FIXED)).findings}
    assert "count from 1" in fixes["CON-049"]
    assert "every property" in fixes["CON-050"]
    assert "filler" in fixes["CON-051"]


def test_all_faults_come_at_once() -> None:
    text = _property("name: a\nlogicalType: strin\nrequird: true") + "slaPropertes: []\n"
    assert [(f.code, f.place.line) for f in lint(text).findings] == [("CON-002", 10), ("CON-009", 11), ("CON-009", 12)]
