"""The checks of an object as a suite of Great Expectations, and a suite as entries of `quality`.

A suite is the JSON that Great Expectations stores, as plain dictionaries: nothing here imports it.
Every expectation carries the name of the check it says, in ``meta.weighbridge.check``. What a
suite cannot say the way the contract means it is left out, with the reason.

NaN is missing to Great Expectations, and a value to `required`; patterns are read by the
engine that runs the suite. All else means the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from weighbridge.checks.comparison import wants_none
from weighbridge.checks.kinds.bounds import demanded
from weighbridge.checks.kinds.great_expectations import ORIGIN, expectation_of, is_expectation
from weighbridge.checks.options import UnusableError
from weighbridge.checks.sql import UnusableSqlError, filled_in
from weighbridge.contract.model import Comparison, NotExecuted, Property, Quality, SchemaObject
from weighbridge.expectations.kinds import EVERYWHERE
from weighbridge.expectations.leaning import ExpectationsError
from weighbridge.findings import Finding, Place, Severity

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "warning", Severity.INFO: "info"}
_WORDS = {"critical": "error", "warning": "warning", "info": "info"}
_NOT_ACTED_ON = ("filter", "tolerance", "scope")

Expectation = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite and what it does not say.

    Attributes:
        name: of the suite.
        expectations: each with `type`, `kwargs`, `severity` and `meta`.
        left_out: checks that no expectation says, with the reason.
    """

    name: str
    expectations: tuple[Expectation, ...]
    left_out: tuple[NotExecuted, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return the suite as Great Expectations stores it."""
        left = [{"check": part.what, "why": part.why} for part in self.left_out]
        return {
            "name": self.name,
            "expectations": [dict(e) for e in self.expectations],
            "meta": {"weighbridge": {"left_out": left}},
        }


def to_suite(schema: SchemaObject, name: str | None = None) -> Suite:
    """Return the suite of an object of a contract.

    Args:
        schema: the object.
        name: of the suite; the object's by default.
    """
    said: list[Expectation | NotExecuted] = [
        *(part for declared in schema.properties for part in _of_property(declared, schema)),
        *_of_key(schema),
        *(part for declared in schema.properties for q in declared.quality for part in _of_quality(q, schema)),
        *(part for q in schema.quality for part in _of_quality(q, schema)),
        *(
            NotExecuted(f"relationship to {r.to_object}", "a suite knows one table", r.line)
            for r in schema.foreign_keys
        ),
    ]
    return Suite(
        name or schema.name,
        tuple(part for part in said if isinstance(part, dict)),
        tuple(part for part in said if isinstance(part, NotExecuted)),
    )


def _say(
    check: str, severity: Severity, kind: str, meta: Mapping[str, Any] | None = None, **kwargs: Any
) -> Expectation:
    return {
        "type": kind,
        "kwargs": {key: value for key, value in kwargs.items() if value is not None},
        "severity": _SEVERITIES[severity],
        "meta": {**(meta or {}), "weighbridge": {"check": check}},
    }


def _of_property(declared: Property, schema: SchemaObject) -> Iterator[Expectation | NotExecuted]:
    name, severity, options = declared.name, declared.severity, declared.options
    if declared.required or declared.primary_key_position is not None:
        yield _say(f"{name}|required", severity, "expect_column_values_to_not_be_null", column=name)
    if declared.enum:
        values = [entry.value for entry in declared.enum if entry.value is not None]
        yield _say(f"{name}|enum", severity, "expect_column_values_to_be_in_set", column=name, value_set=values)
    if "pattern" in options:
        regex = str(options["pattern"])
        yield _say(f"{name}|pattern", severity, "expect_column_values_to_match_regex", column=name, regex=regex)
    for option, key in (("minLength", "min_value"), ("maxLength", "max_value")):
        if option in options:
            limit = {key: options[option]}
            yield _say(f"{name}|{option}", severity, "expect_column_value_lengths_to_be_between", column=name, **limit)
    for option, bound in demanded(options).items():
        side = "min" if option.lower().endswith("minimum") else "max"
        strict = {f"strict_{side}": True} if option.startswith("exclusive") else {}
        limit = {f"{side}_value": bound, **strict}
        yield _say(f"{name}|{option}", severity, "expect_column_values_to_be_between", column=name, **limit)
    if declared.unique and schema.primary_key != (name,):
        yield _say(f"{name}|unique", severity, "expect_column_values_to_be_unique", column=name)
    for option in ("multipleOf", "format", "uniqueItems", "minItems", "maxItems"):
        if option in options:
            yield NotExecuted(f"{name}|{option}", "no expectation says it", declared.line)


def _of_key(schema: SchemaObject) -> Iterator[Expectation]:
    key = schema.primary_key
    if not key:
        return
    gravity = (Severity.ERROR, Severity.WARNING, Severity.INFO)
    severity = min((schema.property_named(name).severity for name in key), key=gravity.index)
    if len(key) == 1:
        yield _say(f"{key[0]}|primaryKey", severity, "expect_column_values_to_be_unique", column=key[0])
        return
    yield _say(
        "primaryKey",
        severity,
        "expect_compound_columns_to_be_unique",
        column_list=list(key),
        ignore_row_if="any_value_is_missing",
    )


def _of_quality(quality: Quality, schema: SchemaObject) -> Iterator[Expectation | NotExecuted]:
    name = f"{quality.property}|{quality.name}" if quality.property else quality.name
    if quality.kind == "text":
        return
    if used := [option for option in _NOT_ACTED_ON if option in quality.options]:
        yield NotExecuted(name, f"a suite knows no {', '.join(used)}", quality.line)
        return
    made = _metric(name, quality, schema)
    yield made if isinstance(made, dict) else NotExecuted(name, made, quality.line)


def _metric(name: str, quality: Quality, schema: SchemaObject) -> Expectation | str:
    """Return the expectation of a quality entry, or why there is none."""
    if is_expectation(quality):
        return _as_it_stands(name, quality)
    if quality.kind == "custom" and (quality.engine or "").lower() == "weighbridge":
        return _expression(name, quality, schema)
    comparison = quality.comparison
    if quality.kind != "library" or comparison is None:
        return "no expectation says it"
    if quality.metric == "rowCount":
        return _row_count(name, quality, comparison)
    if quality.metric == "nullValues" and quality.property is not None and _percent(quality):
        return _share_of_nulls(name, quality, comparison)
    if not wants_none(comparison, whole=not _percent(quality)):
        return "no expectation counts as this metric does"
    column = quality.property
    if quality.metric == "nullValues" and column is not None:
        return _say(name, quality.severity, "expect_column_values_to_not_be_null", column=column)
    if quality.metric == "duplicateValues":
        key = quality.arguments.get("properties") or ([column] if column else None)
        if key and len(key) > 1:
            return _say(
                name,
                quality.severity,
                "expect_compound_columns_to_be_unique",
                column_list=list(key),
                ignore_row_if="any_value_is_missing",
            )
        return _say(name, quality.severity, "expect_column_values_to_be_unique", column=key[0]) if key else "no columns"
    if quality.metric == "invalidValues" and set(quality.arguments) == {"validValues"}:
        values = list(quality.arguments["validValues"])
        return _say(name, quality.severity, "expect_column_values_to_be_in_set", column=column, value_set=values)
    return "no expectation says it"


def _percent(quality: Quality) -> bool:
    return (quality.unit or "").strip().lower() in ("percent", "percentage", "%", "pct")


def _as_it_stands(name: str, quality: Quality) -> Expectation | str:
    try:
        kind, kwargs = expectation_of(quality)
    except UnusableError as error:
        return str(error)
    said = quality.implementation if isinstance(quality.implementation, Mapping) else {}
    meta = said.get("meta")
    made = _say(name, quality.severity, kind, meta if isinstance(meta, Mapping) else None)
    return {**made, "kwargs": dict(kwargs)}


def _expression(name: str, quality: Quality, schema: SchemaObject) -> Expectation | str:
    said = quality.implementation
    text = said if isinstance(said, str) else said.get("expression") if isinstance(said, Mapping) else None
    if isinstance(said, Mapping) and said.get("check") == "conditional":
        text = f"NOT ({said.get('when')}) OR ({said.get('then')})"
    if not isinstance(text, str):
        return "no expectation says it"
    try:
        filled = filled_in(text, schema.name, quality.property)
    except UnusableSqlError as error:
        return str(error)
    where = filled.replace("{", "{{").replace("}", "}}")
    query = f"SELECT * FROM {{batch}} WHERE NOT ({where})"
    return _say(name, quality.severity, "unexpected_rows_expectation", unexpected_rows_query=query)


_SIDES: Mapping[str, tuple[str, bool]] = {
    "mustBeGreaterThan": ("min", True),
    "mustBeGreaterOrEqualTo": ("min", False),
    "mustBeLessThan": ("max", True),
    "mustBeLessOrEqualTo": ("max", False),
}


def _bounds(comparison: Comparison) -> dict[str, Any] | None:
    if comparison.operator in _SIDES:
        side, strict = _SIDES[comparison.operator]
        return {f"{side}_value": comparison.operand, **({f"strict_{side}": True} if strict else {})}
    if comparison.operator == "mustBeBetween":
        low, high = comparison.operand
        return {"min_value": low, "max_value": high}
    if comparison.operator == "mustBe" and not isinstance(comparison.operand, list | tuple):
        return {"min_value": comparison.operand, "max_value": comparison.operand}
    return None


def _row_count(name: str, quality: Quality, comparison: Comparison) -> Expectation | str:
    limits = _bounds(comparison)
    if limits is None:
        return "no expectation says it"
    if comparison.operator == "mustBe":
        return _say(name, quality.severity, "expect_table_row_count_to_equal", value=comparison.operand)
    return _say(name, quality.severity, "expect_table_row_count_to_be_between", **limits)


def _share_of_nulls(name: str, quality: Quality, comparison: Comparison) -> Expectation | str:
    """A share of nulls is one of values, seen from the other side."""
    limits = _bounds(comparison)
    if limits is None:
        return "no expectation says it"
    turned: dict[str, Any] = {}
    for key, value in limits.items():
        other = key.replace("min", "MAX").replace("max", "min").replace("MAX", "max")
        turned[other] = value if isinstance(value, bool) else float(1 - Fraction(str(value)) / 100)
    kind = "expect_column_proportion_of_non_null_values_to_be_between"
    return _say(name, quality.severity, kind, column=quality.property, **turned)


def from_suite(suite: Mapping[str, Any] | str) -> tuple[dict[str, Any], ...]:
    """Return the expectations of a suite as entries of an object's `quality`.

    Args:
        suite: its JSON, as text or read; `expectation_type` of older suites is understood.

    Raises:
        ExpectationsError: GXE-003, it is no suite.
    """
    if isinstance(suite, str):
        try:
            suite = json.loads(suite)
        except ValueError as error:
            raise _no_suite(f"it is no JSON: {error}") from None
    expectations = suite.get("expectations") if isinstance(suite, Mapping) else None
    if not isinstance(expectations, list):
        raise _no_suite("it has no list of expectations")
    return tuple(_named_apart(_entry(position, said) for position, said in enumerate(expectations)))


def _entry(position: int, said: Any) -> dict[str, Any]:
    kind = (said.get("type") or said.get("expectation_type")) if isinstance(said, Mapping) else None
    kwargs = said.get("kwargs", {}) if isinstance(said, Mapping) else None
    if not isinstance(kind, str) or not isinstance(kwargs, Mapping):
        raise _no_suite(f"expectation {position} has no type, or kwargs that are no mapping")
    told = said.get("meta") or {}
    if not isinstance(told, Mapping):
        raise _no_suite(f"expectation {position} has meta that is no mapping")
    meta = {k: v for k, v in told.items() if k != "weighbridge"}
    ours = told.get("weighbridge")
    name = str(
        (ours.get("check") if isinstance(ours, Mapping) else None) or said.get("description") or _name_of(kind, kwargs)
    )
    kept = {
        key: value for key, value in kwargs.items() if key not in EVERYWHERE - {"row_condition", "condition_parser"}
    }
    implementation: dict[str, Any] = {"type": kind, "kwargs": {k: v for k, v in kept.items() if k != "batch_id"}}
    return {
        "name": name,
        "type": "custom",
        "engine": ORIGIN,
        "severity": _WORDS.get(str(said.get("severity", "critical")).lower(), "error"),
        "implementation": implementation | ({"meta": meta} if meta else {}),
    }


def _name_of(kind: str, kwargs: Mapping[str, Any]) -> str:
    about = [str(kwargs[key]) for key in ("column", "column_A", "column_B") if kwargs.get(key)]
    about += [str(name) for name in kwargs.get("column_list") or ()]
    return " ".join([*about, kind.removeprefix("expect_").replace("_", " ")])


def _named_apart(entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    given: set[str] = set()
    for entry in entries:
        name, n = entry["name"], 2
        while name in given:
            name, n = f"{entry['name']} {n}", n + 1
        given.add(name)
        yield {**entry, "name": name}


def _no_suite(why: str) -> ExpectationsError:
    return ExpectationsError(Finding("GXE-003", Place(), why))


def with_suite(schema: SchemaObject, suite: Mapping[str, Any] | str) -> SchemaObject:
    """Return the object with the expectations of a suite among its `quality`.

    Raises:
        ExpectationsError: GXE-003, it is no suite.
    """
    entries = tuple(
        Quality(
            entry["name"],
            "custom",
            engine=ORIGIN,
            implementation=entry["implementation"],
            severity=Severity(entry["severity"]),
        )
        for entry in from_suite(suite)
    )
    return replace(schema, quality=(*schema.quality, *entries))
