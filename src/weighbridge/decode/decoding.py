"""From raw columns to typed ones: each property's rules in order, then its type, each doubt a probe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_

import polars as pl

from weighbridge.contract.model import LogicalType, NotExecuted, Property, RuleSpec, SchemaObject
from weighbridge.decode.quick import FAILED, TEXT, VALUE, Quick, as_numbers
from weighbridge.decode.texts import read_text
from weighbridge.decode.types import polars_type
from weighbridge.decode.values import as_text, decoded_type, read_value
from weighbridge.findings import Effect
from weighbridge.legacy.patterns import PatternError, compile_pattern
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rules import rule_named
from weighbridge.probe import RowProbe
from weighbridge.readers.lineage import raw_name

_DOUBT_PREFIX = "__doubt:"
_QUICK_PREFIX = "__quick:"
_LEAVES_OPEN = (Effect.REVIEW, Effect.REJECT)
_TEMPORAL = frozenset((LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME))
_NESTED = frozenset((LogicalType.OBJECT, LogicalType.ARRAY, LogicalType.MAP, LogicalType.VECTOR))


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded extract, still a plan.

    Attributes:
        frame: the lineage and raw columns, then one typed column per property by its name,
            then one Boolean column per doubt, named ``__doubt:<probe>``, which the probes read.
        probes: one per doubt of a reading, by the property's policy.
        dtypes: the decoded type by property name.
        not_executed: what of the schema decoding leaves undone, and why.
        unsettled: by property, Boolean: the source has a value but the column is null because it
            could not be read, or not be decided between two readings. Such a value is not
            missing: `required` must not blame it a second time. Properties that are always
            settled are not in it.
    """

    frame: pl.LazyFrame
    probes: tuple[RowProbe, ...]
    dtypes: dict[str, pl.DataType]
    not_executed: tuple[NotExecuted, ...] = ()
    unsettled: dict[str, pl.Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Step:
    """A doubt with the rule it came from; `rule` is None for the last step, the type."""

    label: str
    doubt: Doubt
    rule: RuleSpec | None


def decode(
    frame: pl.LazyFrame,
    columns: Sequence[str],
    schema: SchemaObject,
    *,
    null_values: Sequence[str] = (),
    typed: bool = False,
) -> Decoded:
    """Decode the raw columns of `frame` by the properties of `schema`; one row gives one row.

    A property of a type other than string is read from its text without surrounding spaces,
    and empty text is "no value" (null). A string property keeps its text as it came: empty
    stays empty, spaces stay, unless a rule says otherwise. Its rules then apply in order, and
    the last step reads the type. A value that cannot be read is null with an unreadable probe,
    never silently. An ambiguous value is null while the policy sends it to review or rejects
    it; where the policy lets it pass, it is the first of its readings.

    Args:
        frame: lineage and raw columns as a reader gives them.
        columns: the property names that have a raw column; the others become null columns.
        schema: the properties, with their rules and policies.
        null_values: source texts that mean "no value" in every property; surrounding spaces
            in the source do not matter.
        typed: the raw columns have types of their own (Parquet); else all are String.
    """
    present = frozenset(columns)
    source_types = dict(frame.collect_schema()) if typed else {}
    quick: list[pl.Expr] = []
    values: list[pl.Expr] = []
    doubts: list[pl.Expr] = []
    probes: list[RowProbe] = []
    dtypes: dict[str, pl.DataType] = {}
    unsettled: dict[str, pl.Expr] = {}
    left: list[NotExecuted] = []
    for prop in schema.properties:
        if prop.name not in present:
            dtypes[prop.name] = polars_type(prop)
            values.append(pl.lit(None, dtypes[prop.name]).alias(prop.name))
            continue
        source = source_types.get(raw_name(prop.name), pl.String())
        dtypes[prop.name] = decoded_type(prop, source)
        left += _not_executed(prop, source)
        if _is_plain_number(prop, source):
            both, doubt = _quick(prop, null_values)
            read = pl.col(_QUICK_PREFIX + prop.name).struct
            quick.append(both.alias(_QUICK_PREFIX + prop.name))
            value, steps = (
                read.field(VALUE),
                [_Step("type", replace(doubt, where=read.field(FAILED)), None)],
            )
        else:
            value, steps = _read(prop, source, null_values)
        values.append(value.alias(prop.name))
        open_doubts = []
        for name, step in _named(prop.name, steps):
            column = _DOUBT_PREFIX + name
            doubts.append(step.doubt.where.fill_null(False).alias(column))
            probes.append(_probe(name, pl.col(column), step, prop))
            if step.doubt.certainty in (Certainty.AMBIGUOUS, Certainty.UNREADABLE):
                open_doubts.append(pl.col(column))
        if open_doubts:
            unsettled[prop.name] = reduce(or_, open_doubts) & pl.col(prop.name).is_null()
    decoded = frame.with_columns(quick).with_columns(*values, *doubts).drop(e.meta.output_name() for e in quick)
    return Decoded(decoded, tuple(probes), dtypes, tuple(left), unsettled)


def _is_plain_number(prop: Property, source: pl.DataType) -> bool:
    return isinstance(source, pl.String) and not prop.rules and polars_type(prop) in (pl.Int64, pl.Float64)


def _not_executed(prop: Property, source: pl.DataType) -> list[NotExecuted]:
    left = []
    if prop.logical_type in _NESTED and not source.is_nested():
        what = f"{prop.name}: {prop.logical_type.value}"
        left.append(NotExecuted(what, "its text is kept as it came; its parts are not decoded", prop.line))
    pattern = prop.options.get("format")
    if prop.logical_type in _TEMPORAL and pattern is not None and not _is_pattern(str(pattern)):
        left.append(NotExecuted(f"{prop.name}: format {pattern!r}", "it is no date pattern; ISO is read", prop.line))
    return left


def _read(prop: Property, source: pl.DataType, null_values: Sequence[str]) -> tuple[pl.Expr, list[_Step]]:
    """Return the property's value and every doubt on the way to it."""
    raw = pl.col(raw_name(prop.name))
    rules = _rules_of(prop)
    is_text = isinstance(source, pl.String)
    if not (is_text or rules or null_values):
        return _as_steps(read_value(raw, source, prop))
    text = _without_nulls(raw if is_text else as_text(raw, source), prop, null_values)
    if not is_text and not rules:
        return _as_steps(read_value(pl.when(text.is_not_null()).then(raw), source, prop))
    steps: list[_Step] = []
    reading = Reading(text)
    for spec in rules:
        rule = rule_named(spec.name)
        reading = rule.read(reading.value, rule.parameters.model_validate(dict(spec.parameters)))
        steps += [_Step(spec.name, doubt, spec) for doubt in reading.doubts]
    if reading.dtype is None:
        reading = read_text(reading.value, prop)
    else:
        reading = read_value(reading.value, reading.dtype, prop)
    steps += [_Step("type", doubt, None) for doubt in reading.doubts]
    undecided = [s.doubt.where.fill_null(False) for s in steps if s.doubt.certainty is Certainty.AMBIGUOUS]
    if undecided and prop.policy.on_ambiguous in _LEAVES_OPEN:
        return pl.when(~reduce(or_, undecided)).then(reading.value), steps
    return reading.value, steps


def _as_steps(reading: Reading) -> tuple[pl.Expr, list[_Step]]:
    return reading.value, [_Step("type", doubt, None) for doubt in reading.doubts]


def _quick(prop: Property, null_values: Sequence[str]) -> tuple[pl.Expr, Doubt]:
    """Return a number without rules, and its doubt, as one struct: what the careful way gives, at a cast's speed."""
    careful = read_text(_without_nulls(TEXT, prop, null_values), prop)
    (doubt,) = careful.doubts
    dtype = polars_type(prop)
    quick = Quick(dtype, careful.value, doubt.where, as_numbers(null_values, dtype))
    return quick.read(pl.col(raw_name(prop.name))), doubt


def _without_nulls(text: pl.Expr, prop: Property, null_values: Sequence[str]) -> pl.Expr:
    """Return the text without what means "no value": see `decode`."""
    if prop.logical_type is LogicalType.STRING or prop.logical_type in _NESTED:
        if not null_values:
            return text
        missing = text.is_in(list(null_values)) | text.str.strip_chars(" ").is_in(list(null_values))
        return pl.when(~missing).then(text)
    trimmed = text.str.strip_chars(" ")
    if null_values:
        return pl.when(~trimmed.is_in([*null_values, ""])).then(trimmed)
    return pl.when(trimmed != "").then(trimmed) if _rules_of(prop) else trimmed


def _rules_of(prop: Property) -> tuple[RuleSpec, ...]:
    """Return the property's rules, with its `logicalTypeOptions.format` as the rule it amounts to."""
    pattern = prop.options.get("format")
    if prop.logical_type not in _TEMPORAL or not isinstance(pattern, str) or not _is_pattern(pattern):
        return prop.rules
    if any(not rule_named(spec.name).gives_text for spec in prop.rules):
        return prop.rules
    return (*prop.rules, RuleSpec(prop.logical_type.value, {"formats": [pattern]}, prop.line))


def _is_pattern(pattern: str) -> bool:
    try:
        compile_pattern(pattern)
    except PatternError:
        return False
    return True


def _named(prop: str, steps: list[_Step]) -> list[tuple[str, _Step]]:
    """Return each step with its probe's name: ``property|rule``, and its doubt where a rule has several."""
    labels = [s.label for s in steps]
    names: list[tuple[str, _Step]] = []
    taken: set[str] = set()
    for step in steps:
        plain = labels.count(step.label) == 1 if step.rule else step.doubt.name == "unreadable"
        name = f"{prop}|{step.label}" if plain else f"{prop}|{step.label}.{step.doubt.name}"
        stem, number = name, 1
        while name in taken:
            number += 1
            name = f"{stem}#{number}"
        taken.add(name)
        names.append((name, step))
    return names


def _probe(name: str, failed: pl.Expr, step: _Step, prop: Property) -> RowProbe:
    doubt, policy = step.doubt, prop.policy
    effect = {
        Certainty.NORMALISED: Effect.NOTE,
        Certainty.REPAIRED: policy.on_repaired,
        Certainty.AMBIGUOUS: policy.on_ambiguous,
        Certainty.UNREADABLE: policy.on_unreadable,
    }[doubt.certainty]
    repaired = pl.col(prop.name).cast(pl.String) if doubt.certainty is Certainty.REPAIRED else None
    return RowProbe(
        name=name,
        failed=failed,
        code=doubt.code,
        effect=effect,
        properties=(prop.name,),
        expected=doubt.expected,
        readings=doubt.readings,
        repaired_to=repaired,
        fix=doubt.fix,
        line=step.rule.line if step.rule else prop.line,
        origin="rule" if step.rule else "odcs",
    )
