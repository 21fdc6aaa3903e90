"""A contract's checks as a suite of Great Expectations and back: laws of the round trip, and the same verdicts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.gx_suite import BOTH
from weighbridge.checks import CheckContext, lower
from weighbridge.checks.expectation_suite import from_suite, to_suite, with_suite
from weighbridge.contract import load
from weighbridge.expectations.leaning import ExpectationsError
from weighbridge.expectations.riding import ride
from weighbridge.probe import FrameProbe, KeyProbe, RowProbe, ScalarProbe

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: urn:test:t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - {name: a, logicalType: integer, required: true, logicalTypeOptions: {minimum: 0, exclusiveMaximum: 5}}
      - {name: s, logicalType: string, enum: [{value: x}, {value: yy}],
         logicalTypeOptions: {minLength: 1, maxLength: 2}}
      - {name: p, logicalType: string, logicalTypeOptions: {pattern: "^[a-c]"}}
      - {name: d, logicalType: date, unique: true, logicalTypeOptions: {minimum: "2024-01-02"}}
      - {name: k, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
      - {name: l, logicalType: integer, primaryKey: true, primaryKeyPosition: 2}
      - name: n
        logicalType: number
        quality:
          - {name: shares, type: library, metric: nullValues, mustBeLessThan: 50, unit: percent}
          - {name: none, type: library, metric: nullValues, mustBe: 0}
          - {name: once, type: library, metric: duplicateValues, mustBe: 0}
    quality:
      - {name: rows, type: library, metric: rowCount, mustBeBetween: [2, 4], severity: warning}
      - {name: three, type: library, metric: rowCount, mustBe: 3}
      - {name: many, type: library, metric: rowCount, mustBeGreaterThan: 2}
      - {name: pair, type: library, metric: duplicateValues, arguments: {properties: [a, s]}, mustBe: 0}
      - {name: order, type: custom, engine: weighbridge, implementation: "a <= k"}
      - name: then
        type: custom
        engine: weighbridge
        implementation: {check: conditional, when: "a > 1", then: "s IS NOT NULL"}
      - {name: theirs, type: custom, engine: greatExpectations, severity: info,
         implementation: {type: expect_column_mean_to_be_between, kwargs: {column: a, max_value: 3}, meta: {by: me}}}
      - {name: filtered, type: library, metric: rowCount, mustBe: 3,
         customProperties: [{property: weighbridge.filter, value: "a > 1"}]}
      - {name: query, type: sql, query: "SELECT MAX(a) FROM t", mustBeLessThan: 5}
"""
DTYPES = {
    "a": pl.Int64(), "s": pl.String(), "p": pl.String(), "d": pl.Date(), "k": pl.Int64(), "l": pl.Int64(),
    "n": pl.Float64(),
}  # fmt: skip


def table():
    return load(CONTRACT).objects[0]


def some(*values):
    return st.none() | st.sampled_from(values)


ROW = st.fixed_dictionaries(
    {
        "a": some(-1, 0, 1, 2, 4, 5),
        "s": some("", "x", "yy", "zzz"),
        "p": some("a", "xa", ""),
        "d": some(date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)),
        "k": some(1, 2),
        "l": some(1, 2),
        "n": some(0.5, 1.5),
    }
)


def holds(probe, rows: pl.DataFrame) -> bool:
    if isinstance(probe, RowProbe):
        return not rows.select(probe.failed.any()).item()
    if isinstance(probe, KeyProbe):
        usable = rows.drop_nulls(list(probe.properties))
        return usable.n_unique(list(probe.properties)) == usable.height
    if isinstance(probe, FrameProbe):
        return probe.read(probe.build(rows.lazy()).collect().item()).holds
    assert isinstance(probe, ScalarProbe)
    return probe.read(rows.select(probe.value.alias("x")).item()).holds


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=5))
def test_every_expectation_has_the_verdict_of_the_check_it_says(rows: list[dict]) -> None:
    frame = pl.DataFrame(rows, schema=DTYPES)
    schema = table()
    probes = {
        p.name: p for p in lower(schema, CheckContext(datetime(2024, 1, 1, tzinfo=UTC), lambda _: None, DTYPES)).probes
    }
    for expectation in to_suite(schema).expectations:
        check = expectation["meta"]["weighbridge"]["check"]
        riding = ride(expectation["type"], expectation["kwargs"], DTYPES)
        if riding.build is not None:
            seen = riding.build(frame.lazy()).collect().item()
        else:
            seen = frame.select(riding.value.alias("x")).item()
        assert riding.read(seen).success == holds(probes[check], frame), check


def test_what_is_said_and_what_is_left_out() -> None:
    suite = to_suite(table())
    said = {e["meta"]["weighbridge"]["check"]: e for e in suite.expectations}
    assert set(said) == {
        "a|required", "a|minimum", "a|exclusiveMaximum", "s|enum", "s|minLength", "s|maxLength", "p|pattern",
        "d|unique", "d|minimum", "k|required", "l|required", "primaryKey", "n|shares", "n|none", "n|once", "rows",
        "three", "many", "pair", "order", "then", "theirs",
    }  # fmt: skip
    assert said["theirs"]["meta"]["by"] == "me"
    assert (said["rows"]["severity"], said["theirs"]["severity"], said["three"]["severity"]) == (
        "warning",
        "info",
        "critical",
    )
    assert {part.what: part.why for part in suite.left_out} == {
        "filtered": "a suite knows no filter",
        "query": "no expectation says it",
    }


def test_great_expectations_reads_the_suite() -> None:
    import great_expectations as gx

    told = json.loads(json.dumps(to_suite(table()).to_json()))
    suite = gx.ExpectationSuite(**told)
    assert [e.expectation_type for e in suite.expectations] == [e["type"] for e in told["expectations"]]
    again = {e["name"]: e["implementation"] for e in from_suite(json.loads(json.dumps(suite.to_json_dict())))}
    assert again == {e["name"]: e["implementation"] for e in from_suite(told)}


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from([(kind, said) for kind, pair in BOTH.items() for said in pair]),
        st.sampled_from(["critical", "warning", "info"]),
        st.dictionaries(st.sampled_from(["owner", "ticket"]), st.text(max_size=4), max_size=2),
    ),
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(entries=ENTRIES)
def test_a_suite_survives_the_contract(entries) -> None:
    suite = {
        "name": "s",
        "expectations": [
            {"type": kind, "kwargs": kwargs, "severity": severity, "meta": meta}
            for (kind, kwargs), severity, meta in entries
        ],
    }
    bare = load(
        CONTRACT.partition("    properties:")[0] + "    properties: [{name: a, logicalType: integer}]\n"
    ).objects[0]
    told = to_suite(with_suite(bare, json.dumps(suite))).to_json()
    for expectation in told["expectations"]:
        expectation["meta"].pop("weighbridge")
    assert told["expectations"] == suite["expectations"]
    assert from_suite(to_suite(with_suite(bare, suite)).to_json()) == from_suite(suite)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is no JSON"),
        ("[]", "no list of expectations"),
        ('{"expectations": {}}', "no list of expectations"),
        ('{"expectations": [{"kwargs": {}}]}', "expectation 0 has no type"),
        ('{"expectations": [{"type": "x", "kwargs": 3}]}', "kwargs that are no mapping"),
        ('{"expectations": ["x"]}', "expectation 0 has no type"),
        ('{"expectations": [{"type": "x", "meta": 3}]}', "meta that is no mapping"),
    ],
)
def test_what_is_no_suite_says_so(text: str, why: str) -> None:
    with pytest.raises(ExpectationsError, match=why) as caught:
        from_suite(text)
    assert "give the JSON of one suite" in str(caught.value)


def test_older_suites_are_understood() -> None:
    older = {
        "expectations": [{"expectation_type": "expect_column_to_exist", "kwargs": {"column": "a"}, "meta": {}}] * 2
    }
    assert [e["name"] for e in from_suite(older)] == ["a column to exist", "a column to exist 2"]
