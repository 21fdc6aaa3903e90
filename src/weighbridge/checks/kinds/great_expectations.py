"""An expectation of Great Expectations that a team already has.

    quality:
      - name: few flights without a tail number
        type: custom
        engine: greatExpectations
        implementation:
          type: expect_column_values_to_not_be_null
          kwargs: {column: tailnum, mostly: 0.99}

Every core expectation whose verdict follows from one scan is asked in the plan that judges the
records, without Great Expectations being imported: no second pass, no second reading. `kwargs` are
Great Expectations' own, `mostly` and `row_condition` among them; on a property that property is the
`column`. ``expectation`` or ``expectation_type`` may stand for ``type``, and the implementation may
be text that says the same in YAML or JSON.

An expectation is about the whole extract: not met, it holds the extract at severity error and warns
below. With `onFailure` (reject, review, warn, note) one about single records is a row check as well:
each unexpected record fails, and `mostly` is what the extract bears. `filter` asks only the records
it selects, `scope: published` only those to be published. With a `tolerance` the extract bears that
many unexpected records where the expectation alone would not be met.

Null: as in Great Expectations: what is missing is not asked, but by the expectations about null
itself. What could not be read is missing here. NaN is missing too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.metric import probe_name
from weighbridge.checks.options import Options, UnusableError, options_of, unusable
from weighbridge.checks.sql import looks_at_one_record
from weighbridge.contract.model import NotExecuted, Quality
from weighbridge.contract.vocabulary import engine_of
from weighbridge.expectations.kinds import arguments_of
from weighbridge.probe import Answer, FrameProbe, RowProbe, ScalarProbe

if TYPE_CHECKING:
    from weighbridge.expectations.riding import Riding

ORIGIN = "greatExpectations"
_NOT_SHOWN = "observed a value of classified properties, which is not shown"


def is_expectation(quality: Quality) -> bool:
    """Whether a quality entry is an expectation of Great Expectations."""
    return quality.kind == "custom" and engine_of(quality.engine) == ORIGIN


def expectation_of(quality: Quality) -> tuple[str, dict[str, Any]]:
    """Return the type and the arguments of a quality entry's expectation.

    Raises:
        UnusableError: GXE-002, it has none.
    """
    said = quality.implementation
    if isinstance(said, str):
        try:
            said = yaml.safe_load(said)
        except yaml.YAMLError as error:
            raise unusable("GXE-002", f"its implementation is no YAML: {str(error).splitlines()[0]}", quality) from None
    if not isinstance(said, Mapping):
        raise unusable("GXE-002", f"its implementation is {said!r}", quality)
    kind = said.get("type") or said.get("expectation") or said.get("expectation_type")
    kwargs = said.get("kwargs") or {}
    if not isinstance(kind, str) or not isinstance(kwargs, Mapping):
        raise unusable("GXE-002", "its implementation has no type, or kwargs that are no mapping", quality)
    kind = _snake(kind)
    try:
        taken = arguments_of(kind)
    except KeyError:
        taken = ()
    given = {str(k) if k in taken else _snake(str(k)): v for k, v in kwargs.items()}
    if quality.property is not None and "column" in taken:
        given.setdefault("column", quality.property)
    return kind, given


def _snake(word: str) -> str:
    """Return a name in Great Expectations' spelling: ``minValue`` as `min_value`, class names as types."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower()


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    from weighbridge.expectations.riding import NotRidingError, ride  # only contracts with expectations need it

    try:
        options = options_of(quality, bench)
        kind, kwargs = expectation_of(quality)
        try:
            riding = ride(kind, kwargs, bench.dtypes, options.where)
        except NotRidingError as error:
            raise unusable("GXE-002", str(error), quality) from None
        if options.tolerance is not None and riding.rows is None:
            raise unusable("CHK-036", f"tolerance bears unexpected records; {kind} has none", quality)
        if "onFailure" not in quality.options:
            yield _of_extract(quality, bench, options, riding, probe_name(quality))
            return
        if riding.rows is None or not _of_single_records(riding.rows.unexpected):
            raise unusable("GXE-002", f"{kind} is not about single records: leave onFailure out", quality)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    yield from _of_records(quality, bench, options, riding)


def _of_single_records(unexpected: pl.Expr) -> bool:
    try:
        return looks_at_one_record(unexpected)
    except pl.exceptions.PolarsError:
        return False


def _of_records(quality: Quality, bench: Bench, options: Options, riding: Riding) -> Iterator[Product]:
    assert riding.rows is not None
    name = probe_name(quality)
    failing = options.among(riding.rows.unexpected)
    settled = bench.settled(riding.columns)
    blamed = (quality.property,) if quality.property else ()
    yield RowProbe(
        name=name,
        failed=failing if settled is None else failing & settled,
        code="GXE-005",
        effect=options.effect,
        properties=tuple(dict.fromkeys((*blamed, *riding.columns, *options.where_properties))),
        expected=_expected(riding, options),
        null_policy="fails" if riding.kind == "expect_column_values_to_not_be_null" else "passes",
        line=quality.line,
        origin=ORIGIN,
    )
    if options.scope != "extract":
        yield NotExecuted(f"{name}: scope {options.scope}", "a check of each record asks every record", quality.line)
    if riding.kwargs.get("mostly") is not None or options.tolerance is not None:
        probe = _of_extract(quality, bench, replace(options, scope="extract"), riding, f"{name}|mostly")
        yield probe


def _of_extract(
    quality: Quality, bench: Bench, options: Options, riding: Riding, name: str
) -> ScalarProbe | FrameProbe:
    properties = tuple(dict.fromkeys((*riding.columns, *options.where_properties)))
    hidden = not riding.counts_only and bool(bench.classified & set(riding.columns))
    tolerance = options.tolerance

    def read(value: Any) -> Answer:
        verdict = riding.read(value)
        borne = tolerance is not None and tolerance.bears(verdict.unexpected or 0, verdict.of or 0)
        told = {
            "type": riding.kind,
            "kwargs": dict(riding.kwargs),
            "success": verdict.success,
            "result": {} if hidden else verdict.result,
        }
        return Answer(verdict.success or borne, told, _NOT_SHOWN if hidden else verdict.words)

    expected = _expected(riding, options) + (f", with {tolerance} borne" if tolerance is not None else "")
    parts: dict[str, Any] = {
        "name": name,
        "read": read,
        "code": "GXE-004",
        "severity": quality.severity,
        "properties": properties,
        "expected": expected,
        "scope": options.scope,
        "line": quality.line,
        "origin": ORIGIN,
    }
    if riding.build is not None:
        return FrameProbe(build=riding.build, **parts)
    assert riding.value is not None
    return ScalarProbe(value=riding.value, **parts)


_MOST_SAID = 60


def _expected(riding: Riding, options: Options) -> str:
    """Return an expectation in words: ``"column values to be between: a, max value 3"``."""
    about = [*riding.columns]
    own = {k: v for k, v in riding.kwargs.items() if k not in ("column", "column_A", "column_B", "column_list")}
    if not riding.columns:
        own |= {k: v for k, v in riding.kwargs.items() if k in ("column", "column_list")}
    said = [*about, *(f"{key.rstrip('_').replace('_', ' ')} {_said(value)}" for key, value in own.items())]
    return (
        riding.kind.removeprefix("expect_").replace("_", " ") + (f": {', '.join(said)}" if said else "") + options.when
    )


def _said(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MOST_SAID else text[: _MOST_SAID - 1] + "…"


def _entry(implementation: object, **parts: Any) -> Quality:
    return Quality("gx", "custom", engine="greatExpectations", implementation=implementation, **parts)


def _case(says: str, implementation: object, rows: dict[str, list[Any]], **parts: Any) -> Case:
    outcome = {key: parts.pop(key) for key in ("fails", "answers", "amiss", "expected") if key in parts}
    quality = _entry(implementation, **parts)
    kinds = {"a": "integer", "b": "string"}
    columns = tuple(prop(name, kinds[name]) for name in rows)
    return Case(says, table(*columns, quality=(quality,)), pl.DataFrame(rows), **outcome)


_BETWEEN = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "a", "max_value": 3, "mostly": 0.5}}

CHECK = Check(
    name="greatExpectations",
    part=Quality,
    claims=is_expectation,
    make=_make,
    cases=lambda: (
        _case(
            "an expectation about rows is one about the extract, mostly included",
            _BETWEEN,
            {"a": [1, 4, None, 5, 2]},
            answers={"gx": (True, "observed 2 unexpected of 4")},
            expected={"gx": "column values to be between: a, max value 3, mostly 0.5"},
        ),
        _case(
            "with onFailure each unexpected record fails, and mostly is what the extract bears",
            _BETWEEN,
            {"a": [1, 4, None, 5, 6]},
            options={"onFailure": "reject"},
            fails={"gx": (1, 3, 4)},
            answers={"gx|mostly": (False, "observed 3 unexpected of 4")},
        ),
        _case(
            "on a property, as text, in the spelling of the standard's own example",
            "expectation: expect_table_row_count_to_be_between\nkwargs: {minValue: 2, maxValue: 3}",
            {"a": [1]},
            answers={"gx": (False, "observed 1")},
        ),
        Case(
            "the property is the column",
            table(prop("b", quality=(_entry({"type": "expect_column_values_to_be_unique"}, property="b"),))),
            pl.DataFrame({"b": ["x", "x", None]}),
            answers={"b|gx": (False, "observed 2 unexpected of 2")},
        ),
        _case(
            "a filter and a row condition",
            {
                "type": "expect_column_values_to_be_in_set",
                "kwargs": {
                    "column": "b",
                    "value_set": ["x"],
                    "row_condition": "a > 1",
                    "condition_parser": "pandas",
                },
            },
            {"a": [1, 2, 3, 4], "b": ["y", "x", "y", "y"]},
            options={"filter": "a < 4"},
            answers={"gx": (False, "observed 1 unexpected of 2")},
        ),
        _case(
            "unexpected records are borne as far as the tolerance goes",
            {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "a"}},
            {"a": [1, None, None, 4]},
            options={"tolerance": {"count": 2}},
            answers={"gx": (True, "observed 2 unexpected of 4")},
        ),
        _case(
            "a query",
            {
                "type": "unexpected_rows_expectation",
                "kwargs": {"unexpected_rows_query": "SELECT * FROM {batch} WHERE a > 3"},
            },
            {"a": [1, 4]},
            answers={"gx": (False, "observed 1 unexpected rows")},
        ),
        Case(
            "what is observed of a classified property is not shown",
            table(
                prop("a", "integer", classification="pii"),
                quality=(
                    _entry({"type": "expect_column_max_to_be_between", "kwargs": {"column": "a", "max_value": 3}}),
                ),
            ),
            pl.DataFrame({"a": [4]}),
            answers={"gx": (False, _NOT_SHOWN)},
        ),
        _case(
            "what cannot ride on the plan, or cannot be understood, is said",
            {"type": "expect_column_kl_divergence_to_be_less_than", "kwargs": {"column": "a"}},
            {"a": [1]},
            amiss=("GXE-002",),
        ),
        _case(
            "an expectation of another object",
            {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "z"}},
            {"a": [1]},
            amiss=("GXE-002",),
        ),
        _case("no expectation at all", "so: [", {"a": [1]}, amiss=("GXE-002",)),
        _case(
            "onFailure on what is no property of single records",
            {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "a"}},
            {"a": [1]},
            options={"onFailure": "warn"},
            amiss=("GXE-002",),
        ),
    ),
)
