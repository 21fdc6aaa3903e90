"""The way of one property from its raw column to its value, step by step.

Each step is a column of its own, read by the next: were steps nested into one expression, a
rule that looks at its text five times would read all steps before it five times, and a chain
of such rules would grow like a power. The step columns are hidden and dropped at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

import polars as pl

from weighbridge.contract.model import LogicalType, Property, RuleSpec
from weighbridge.decode.distinct import by_distinct
from weighbridge.decode.quick import FAILED, TEXT, VALUE, Quick, as_numbers
from weighbridge.decode.texts import read_text
from weighbridge.decode.types import polars_type
from weighbridge.decode.values import as_text, read_value
from weighbridge.findings import Effect
from weighbridge.legacy.evidence import Asking, Settlement
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Parameters, Rule
from weighbridge.legacy.rules import format_fault, rule_named
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import FRAMING, raw_name

NESTED = frozenset((LogicalType.OBJECT, LogicalType.ARRAY, LogicalType.MAP, LogicalType.VECTOR))
TEMPORAL = frozenset((LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME))
_LEAVES_OPEN = (Effect.REVIEW, Effect.REJECT)
_TYPE = "type"


@dataclass(frozen=True, slots=True)
class Step:
    """A doubt of one step.

    Attributes:
        name: the probe's name.
        doubt: the doubt, over the step's own columns.
        rule: the rule it came from; None for the last step, the type.
        readings: the competing readings, over the raw column; None when there are none.
        seen: what to show, over the raw column; None for the whole of it.
    """

    name: str
    doubt: Doubt
    rule: RuleSpec | None
    readings: pl.Expr | None
    seen: pl.Expr | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """What is computed for a property, stage by stage, each stage reading columns of those before.

    Attributes:
        stages: expressions with the names of the columns they make. The last column of the
            last stage is the property's value; Boolean columns named as the doubts are kept.
        hidden: names of the columns that are dropped at the end.
        steps: the doubts, in order; the doubt's column is ``doubt_column(step.name)``.
        neighbours: properties whose values must be there before this one is read.
    """

    stages: tuple[tuple[pl.Expr, ...], ...]
    hidden: tuple[str, ...]
    steps: tuple[Step, ...]
    neighbours: tuple[str, ...] = ()


def doubt_column(probe: str) -> str:
    """Return the name of the Boolean column that a probe's doubt stands in."""
    return "__doubt:" + probe


def chain(
    prop: Property,
    source: pl.DataType,
    null_values: Sequence[str],
    settled: Mapping[int, Settlement] | None = None,
    *,
    null_is_blank: bool = False,
) -> Chain:
    """Return the chain of a property whose raw column has type `source`.

    Args:
        prop: the property.
        source: type of its raw column.
        null_values: source texts that mean "no value".
        settled: what the whole column settled, by the place of the rule that asked for it.
        null_is_blank: a raw null of a framed record is an empty field, for rules that read blanks.
    """
    if isinstance(source, pl.String) and not prop.rules and polars_type(prop) in (pl.Int64, pl.Float64):
        return _number(prop, null_values)
    if isinstance(source, pl.String) and polars_type(prop) == pl.String and not prop.rules:
        text = _without_nulls(pl.col(raw_name(prop.name)), prop, null_values)
        return Chain(((text.alias(prop.name),),), (), ())
    careful = _careful(prop, _way(prop, source, null_values, settled or {}, null_is_blank))
    return careful if careful.neighbours or not isinstance(source, pl.String) else _at_once(prop, careful)


def questions(
    prop: Property, source: pl.DataType, null_values: Sequence[str]
) -> tuple[tuple[int, Asking, tuple[pl.Expr, ...]], ...]:
    """Return what the property's rules ask of the whole column.

    Each with the rule's place and the expressions that give the text it reads, one after the other.
    """
    if not prop.rules:
        return ()
    way = _way(prop, source, null_values, {}, False)
    found = []
    for i, (rule, parameters) in enumerate(way.rules):
        asks = getattr(rule, "asks", None)
        question = asks(pl.col(way.columns[i]), parameters) if asks else None
        if question is not None:
            found.append((i, question, tuple(way.values[: i + 1])))
    return tuple(found)


def rules_of(prop: Property, source: pl.DataType) -> tuple[RuleSpec, ...]:
    """Return the property's rules, with its `logicalTypeOptions.format` as the rule it amounts to.

    A format says how text is written: a source that has dates and times of its own needs none.
    """
    if source.is_temporal():
        return prop.rules
    pattern = prop.options.get("format")
    if prop.logical_type not in TEMPORAL or not isinstance(pattern, str):
        return prop.rules
    if format_fault(prop.logical_type.value, pattern) is not None:
        return prop.rules
    if any(not rule_named(spec.name).gives_text for spec in prop.rules):
        return prop.rules
    return (*prop.rules, RuleSpec(prop.logical_type.value, {"formats": [pattern]}, prop.line))


def _number(prop: Property, null_values: Sequence[str]) -> Chain:
    """Return the chain of a number without rules: what the careful way gives, at a cast's speed."""
    careful = read_text(_without_nulls(TEXT, prop, null_values), prop)
    (doubt,) = careful.doubts
    dtype = polars_type(prop)
    failed = doubt.applies(_without_nulls(TEXT, prop, null_values), careful.value)
    quick = Quick(dtype, careful.value, failed, as_numbers(null_values, dtype))
    both, name = f"__quick:{prop.name}", f"{prop.name}|{_TYPE}"
    fields = pl.col(both).struct
    stages = (
        (quick.read(pl.col(raw_name(prop.name))).alias(both),),
        (fields.field(FAILED).alias(doubt_column(name)), fields.field(VALUE).alias(prop.name)),
    )
    return Chain(stages, (both,), (Step(name, doubt, None, None),))


@dataclass(frozen=True, slots=True)
class _Way:
    """The rules of a property, the columns their steps stand in, what gives the first, and what is read beside."""

    rules: tuple[tuple[Rule, Parameters], ...]
    columns: tuple[str, ...]
    values: tuple[pl.Expr, ...]
    readings: tuple[tuple[RuleSpec | None, Reading], ...]
    dtype: pl.DataType | None
    beside: tuple[str, ...]


def _way(
    prop: Property,
    source: pl.DataType,
    null_values: Sequence[str],
    settled: Mapping[int, Settlement],
    null_is_blank: bool,
) -> _Way:
    """Return the way from the raw column through all rules; `dtype` is what the last gives, None for text."""
    specs = rules_of(prop, source)
    rules = [_with_parameters(spec, settled.get(i)) for i, spec in enumerate(specs)]
    columns = tuple(f"__step:{prop.name}#{i}" for i in range(len(rules) + 2))
    blanks = any(parameters.reads_blank for _, parameters in rules)
    start, dtype = _start(prop, source, null_values, bool(rules), blanks)
    beside = tuple(dict.fromkeys(name for _, p in rules for name in p.neighbours))
    if blanks and null_is_blank and dtype is None:
        beside = (*beside, FRAMING)
        start = (
            pl.when(start.is_null() & pl.col(raw_name(prop.name)).is_null() & (pl.col(FRAMING) == 0))
            .then(pl.lit(""))
            .otherwise(start)
        )
    values = [start.alias(columns[0])]
    readings: list[tuple[RuleSpec | None, Reading]] = []
    for i, (rule, parameters) in enumerate(rules):
        reading = rule.read(pl.col(columns[i]), parameters)
        readings.append((specs[i], reading))
        values.append(reading.value.alias(columns[i + 1]))
        dtype = reading.dtype
    return _Way(tuple(rules), columns, tuple(values), tuple(readings), dtype, beside)


def _careful(prop: Property, way: _Way) -> Chain:
    columns, dtype, readings = way.columns, way.dtype, list(way.readings)
    last = pl.col(columns[-2])
    readings.append((None, read_text(last, prop) if dtype is None else read_value(last, dtype, prop)))

    stages: list[list[pl.Expr]] = [[value] for value in way.values]
    stages += [[readings[-1][1].value.alias(columns[-1])], []]
    steps: list[Step] = []
    for i, (origin, doubt, name) in _named(prop.name, readings):
        value = pl.col(columns[i + 1])
        where = doubt.applies(pl.col(columns[i]), value)
        if doubt.certainty is Certainty.REPAIRED:
            where &= value.is_not_null()
        stages[i + 2].append(where.alias(doubt_column(name)))
        steps.append(Step(name, doubt, origin, _readings(prop, doubt, stages[: i + 1], way.beside)))
    value = pl.col(columns[-1])
    undecided = [pl.col(doubt_column(s.name)) for s in steps if s.doubt.certainty is Certainty.AMBIGUOUS]
    if undecided and prop.policy.on_ambiguous in _LEAVES_OPEN:
        stages.append([pl.when(~reduce(or_, undecided)).then(value).alias(prop.name)])
    else:
        stages[-1].append(value.alias(prop.name))
    return Chain(tuple(map(tuple, stages)), columns, tuple(steps), way.beside)


def _at_once(prop: Property, careful: Chain) -> Chain:
    """Return the chain with all its stages in one, which reads each different text once."""
    doubts = [doubt_column(step.name) for step in careful.steps]
    outputs, both = [prop.name, *doubts], f"__distinct:{prop.name}"
    dtypes = [polars_type(prop), *(pl.Boolean() for _ in doubts)]
    every = by_distinct(raw_name(prop.name), careful.stages, outputs, dtypes)
    apart = tuple(pl.col(both).struct.field(name) for name in outputs[1:] + outputs[:1])
    return Chain(((every.alias(both),), apart), (both,), careful.steps)


def _with_parameters(spec: RuleSpec, settlement: Settlement | None) -> tuple[Rule, Parameters]:
    rule = rule_named(spec.name)
    parameters = rule.parameters.model_validate(dict(spec.parameters))
    return rule, parameters if settlement is None else parameters.settled(settlement)


def _start(
    prop: Property, source: pl.DataType, null_values: Sequence[str], has_rules: bool, blanks: bool
) -> tuple[pl.Expr, pl.DataType | None]:
    """Return what the first step reads, and its type; None for text."""
    raw = pl.col(raw_name(prop.name))
    if isinstance(source, pl.String | pl.Categorical | pl.Enum):
        return _without_nulls(raw.cast(pl.String), prop, null_values, blanks), None
    if not (has_rules or null_values):
        return raw, source
    text = _without_nulls(as_text(raw, source), prop, null_values, blanks)
    return (text, None) if has_rules else (pl.when(text.is_not_null()).then(raw), source)


def _readings(
    prop: Property, doubt: Doubt, stages: Sequence[Sequence[pl.Expr]], neighbours: Sequence[str]
) -> pl.Expr | None:
    """Return the readings of a doubt over the raw column and its neighbours, by going through the stages again."""
    if doubt.readings is None:
        return None
    listed = doubt.readings
    before = [list(stage[:1]) for stage in stages]

    def read(raw: pl.Series) -> pl.Series:
        frame = raw.struct.unnest() if neighbours else raw.to_frame(raw_name(prop.name))
        for stage in before:
            frame = frame.with_columns(stage)
        return frame.select(listed.alias(raw.name)).to_series()

    own = pl.col(raw_name(prop.name))
    read_from = pl.struct(own, *neighbours) if neighbours else own
    return read_from.map_batches(read, return_dtype=pl.List(pl.String()), is_elementwise=True)


def _named(
    prop: str, readings: Sequence[tuple[RuleSpec | None, Reading]]
) -> list[tuple[int, tuple[RuleSpec | None, Doubt, str]]]:
    """Return each doubt with its step and its probe's name: ``property|rule``, and its own where a rule has several."""
    named: list[tuple[int, tuple[RuleSpec | None, Doubt, str]]] = []
    taken: set[str] = set()
    for i, (spec, reading) in enumerate(readings):
        for doubt in reading.doubts:
            plain = len(reading.doubts) == 1 if spec else doubt.name == "unreadable"
            stem = f"{prop}|{spec.name if spec else _TYPE}" + ("" if plain else f".{doubt.name}")
            name, number = stem, 1
            while name in taken:
                number += 1
                name = f"{stem}#{number}"
            taken.add(name)
            named.append((i, (spec, doubt, name)))
    return named


def _without_nulls(text: pl.Expr, prop: Property, null_values: Sequence[str], blanks: bool = False) -> pl.Expr:
    """Return the text without what means "no value": see `weighbridge.decode.decode`.

    Where a rule reads `blanks`, empty text stays for it.
    """
    if prop.logical_type is LogicalType.STRING or prop.logical_type in NESTED:
        if not null_values:
            return text
        missing = text.is_in(list(null_values)) | text.str.strip_chars(" ").is_in(list(null_values))
        return pl.when(~missing).then(text)
    trimmed = text.str.strip_chars(" ")
    if blanks:
        return pl.when(~trimmed.is_in([value for value in null_values if value])).then(trimmed)
    if null_values:
        return pl.when(~trimmed.is_in([*null_values, ""])).then(trimmed)
    return pl.when(trimmed != "").then(trimmed)
