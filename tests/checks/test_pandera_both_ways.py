"""Any contract: a frame is valid for the live schema, and for its text, exactly if the checks of records hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.test_pandera_source import compiled, valid
from weighbridge.checks import CheckContext, lower
from weighbridge.checks.case import prop, table
from weighbridge.checks.pandera_source import pandera_source
from weighbridge.checks.pandera_view import to_pandera_schema, view
from weighbridge.contract.model import Quality, SchemaObject
from weighbridge.findings import Effect, Severity
from weighbridge.probe import KeyProbe, RowProbe

SEVERITIES = st.sampled_from([Severity.ERROR, Severity.ERROR, Severity.WARNING, Severity.INFO])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["", "A", "B", "AB", "ab", "x@y.org", "2013-01-01", "a\n", "é"]),
    "integer": st.integers(-3, 6),
    "number": st.sampled_from([-1.5, 0.0, -0.0, 0.5, 1.0, 2.25, float("nan"), float("inf")]),
    "decimal": st.decimals(-2, 3, places=2),
    "boolean": st.booleans(),
    "date": st.dates(date(2012, 12, 30), date(2013, 1, 4)),
    "timestamp": st.datetimes(datetime(2012, 12, 31), datetime(2013, 1, 2)),
    "time": st.sampled_from([time(0), time(12, 30), time(23, 59, 59)]),
}
BOUNDS: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.sampled_from([0, 1, 0.5, 3]),
    "number": st.sampled_from([0, 0.5, 1]),
    "decimal": st.sampled_from([0, 0.5, 1.005]),
    "date": st.sampled_from(["2013-01-01", "2013-01-02"]),
    "timestamp": st.sampled_from(["2013-01-01T00:00:00", "2013-01-01T12:00:00"]),
    "time": st.sampled_from(["12:30:00", "00:00:00"]),
}
OPTIONS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    kind: st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), bounds)
    )
    for kind, bounds in BOUNDS.items()
} | {
    "string": st.fixed_dictionaries(
        {},
        optional={
            "minLength": st.integers(0, 2),
            "maxLength": st.integers(1, 5),
            "pattern": st.sampled_from(["^A", "b$", "[0-9]", "."]),
            "format": st.sampled_from(["email", "date", "uuid"]),
        },
    ),
    "boolean": st.just({}),
}


@st.composite
def properties(draw: st.DrawFn, name: str) -> Any:
    kind = draw(st.sampled_from(sorted(VALUES)))
    options = draw(OPTIONS[kind])
    if kind in ("integer", "decimal") and draw(st.booleans()):
        options["multipleOf"] = draw(st.sampled_from([2, 1]))
    parts: dict[str, Any] = {"physical_type": "DECIMAL(9,2)"} if kind == "decimal" else {}
    if kind == "string" and draw(st.booleans()):
        parts["enum"] = draw(st.lists(VALUES["string"], min_size=1, unique=True))
    return prop(
        name,
        "number" if kind == "decimal" else kind,
        options=options,
        required=draw(st.booleans()),
        unique=draw(st.booleans()),
        severity=draw(SEVERITIES),
        **parts,
    )


@st.composite
def contracts(draw: st.DrawFn) -> SchemaObject:
    held = [draw(properties(name)) for name in ("a", "b c")]
    entries = draw(
        st.lists(
            st.builds(
                Quality,
                st.sampled_from(["q", "r"]),
                st.just("custom"),
                engine=st.just("weighbridge"),
                implementation=st.sampled_from(
                    ["a IS NOT NULL", {"check": "conditional", "when": "a IS NULL", "then": '"b c" IS NULL'}]
                ),
                severity=SEVERITIES,
                options=st.sampled_from([{}, {"filter": '"b c" IS NOT NULL'}]),
            ),
            max_size=2,
            unique_by=lambda entry: entry.name,
        )
    )
    return table(*held, quality=tuple(entries))


def holds(schema: SchemaObject, frame: pl.DataFrame) -> bool:
    """Whether no record fails what would keep it from being published."""
    context = CheckContext(datetime(2013, 6, 15, tzinfo=UTC), lambda _: None, dict(frame.schema))
    for probe in lower(schema, context).probes:
        if isinstance(probe, RowProbe):
            failed = frame.select(probe.failed.alias("x"))["x"]
        elif isinstance(probe, KeyProbe):
            there = pl.all_horizontal(pl.col(name).is_not_null() for name in probe.properties)
            failed = frame.select((there & pl.struct(probe.properties).is_duplicated()).alias("x"))["x"]
        else:
            continue
        if probe.effect in (Effect.REJECT, Effect.REVIEW) and failed.any():
            return False
    return True


@settings(max_examples=30, deadline=None)
@given(contracts(), st.data())
def test_a_frame_is_valid_for_both_exactly_if_it_holds_the_contract(schema: SchemaObject, data: st.DataObject) -> None:
    dtypes = view(schema, None).dtypes
    kinds = {p.name: "decimal" if p.physical_type else str(p.logical_type) for p in schema.properties}
    rows = st.fixed_dictionaries({name: st.none() | VALUES[kind] for name, kind in kinds.items()})
    live, source = to_pandera_schema(schema), pandera_source(schema)
    exported = compiled(schema)
    for _ in range(3):
        frame = pl.DataFrame(data.draw(st.lists(rows, max_size=2)), schema=dtypes)
        expected = holds(schema, frame)
        assert valid(live, frame) is expected
        if not source.left_out:
            assert valid(exported, frame) is expected
        elif expected:
            assert valid(exported, frame), "the text asks less, never more"


def test_what_is_nested_is_asked_where_its_type_is_given() -> None:
    tags = prop("tags", "array", options={"minItems": 1, "uniqueItems": True})
    home = prop("home", "object", children=(prop("city", required=True), prop("no", "integer", options={"minimum": 1})))
    schema = table(tags, home)
    dtypes = {"tags": pl.List(pl.String()), "home": pl.Struct({"city": pl.String(), "no": pl.Int64()})}
    live = to_pandera_schema(schema, dtypes=dtypes)

    def judged(tags: Any, home: Any) -> bool:
        frame = pl.DataFrame([{"tags": tags, "home": home}], schema=dtypes)
        assert valid(live, frame) is holds(schema, frame)
        return valid(live, frame)

    assert judged(["x"], {"city": "Ulm", "no": 1})
    assert judged(None, None)
    assert not judged([], {"city": "Ulm", "no": 1})
    assert not judged(["x", "x"], {"city": "Ulm", "no": 1})
    assert not judged(["x"], {"city": None, "no": 1})
    assert not judged(["x"], {"city": "Ulm", "no": 0})


def test_decimal_bounds_between_two_steps_are_exact() -> None:
    schema = table(prop("p", "number", physical_type="DECIMAL(9,2)", options={"exclusiveMinimum": 1.005}))
    for value, expected in ((Decimal("1.00"), False), (Decimal("1.01"), True)):
        frame = pl.DataFrame({"p": [value]}, schema={"p": pl.Decimal(9, 2)})
        assert valid(to_pandera_schema(schema), frame) is valid(compiled(schema), frame) is expected
