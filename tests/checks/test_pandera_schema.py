"""A team's own Pandera schema on the plan finds what Pandera finds."""

from __future__ import annotations

import sys
import warnings
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.checks import CheckContext, lower
from weighbridge.checks.case import prop, table
from weighbridge.contract.model import Quality
from weighbridge.findings import Effect, Severity
from weighbridge.probe import ROW, CrossProbe, RowProbe

DTYPES = {"a": pl.Int64(), "b": pl.String()}


def lowered(path: object, dtypes=None, **parts):
    quality = Quality("team", "custom", engine="pandera", implementation=path, **parts)
    schema = table(prop("a", "integer"), prop("b"), quality=(quality,))
    return lower(schema, CheckContext(datetime(2013, 1, 1, tzinfo=UTC), lambda _: None, dtypes or DTYPES))


rows = st.lists(st.tuples(st.none() | st.integers(-2, 9), st.none() | st.sampled_from("xyz")), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(rows)
def test_rows_fail_as_in_panderas_own_failure_cases(records) -> None:
    from pandera.errors import SchemaErrors

    from weighbridge.checks.example_schema import Example

    frame = pl.DataFrame(records, schema=DTYPES, orient="row")
    theirs: set[tuple[str, str, int]] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            Example.validate(frame, lazy=True)
        except SchemaErrors as caught:
            for column, check, index in caught.failure_cases.select("column", "check", "index").rows():
                theirs.add((column, check, index))
    ours = set()
    for probe in lowered("weighbridge.checks.example_schema:Example").probes:
        if isinstance(probe, RowProbe) and probe.effect is Effect.REJECT:
            label = "not_nullable" if probe.name.endswith("not_nullable") else probe.expected
            ours |= {(probe.properties[0], label, i) for i in frame.select(probe.failed).to_series().arg_true()}
    assert ours == {case for case in theirs if case[1] != "field_uniqueness"}


@settings(max_examples=40, deadline=None)
@given(rows)
def test_rows_found_beside_the_plan_are_panderas_own(records) -> None:
    from pandera.errors import SchemaErrors

    from weighbridge.checks.example_schema import Beside

    frame = pl.DataFrame(records, schema=DTYPES, orient="row")
    theirs: set[int] = set()
    try:
        Beside.validate(frame, lazy=True)
    except SchemaErrors as caught:
        theirs = set(caught.failure_cases.filter(pl.col("check") == "_above_average")["index"])
    probes = lowered("weighbridge.checks.example_schema:Beside").probes
    (probe,) = [p for p in probes if isinstance(p, CrossProbe) and p.name.endswith("_above_average")]
    given_rows = frame.lazy().with_row_index(ROW).select(pl.col(ROW).cast(pl.UInt64), *probe.reads)
    assert set(probe.find(given_rows.reverse()).collect()[ROW]) == theirs


def test_nothing_is_left_out_of_what_pandera_can_ask() -> None:
    result = lowered("weighbridge.checks.example_schema:Beside")
    assert (result.not_executed, result.findings) == ((), ())
    ways = {probe.name: probe.way for probe in result.probes if isinstance(probe, CrossProbe)}
    assert ways["a|team:_above_average"].startswith("looks at other records: Pandera asks it")
    assert ways["a|team:_collected"].startswith("a user's function: Pandera asks it")
    assert ways["a|team:_not_two"] == ways["a|team:_collected"]


def test_severity_and_filter_of_the_entry_count() -> None:
    result = lowered(
        {"schema": "weighbridge.checks.example_schema:Example"},
        severity=Severity.WARNING,
        options={"filter": "b = 'x'"},
    )
    assert {probe.effect for probe in result.probes} == {Effect.WARN}
    frame = pl.DataFrame({"a": [0, 0], "b": ["x", "y"]})
    (bound,) = [p for p in result.probes if p.name.endswith("greater_than_or_equal_to")]
    assert frame.select(bound.failed).to_series().to_list() == [True, False]


@pytest.mark.parametrize("path", ["nonsense", "no.such.module:X", "weighbridge.checks.example_schema:pl", {}])
def test_what_is_no_schema_is_a_finding(path) -> None:
    result = lowered(path)
    assert [finding.code for finding in result.findings] == ["CHK-038"]
    assert [entry.what for entry in result.not_executed] == ["team"]
    assert "pandera" in sys.modules
