"""From raw columns to typed ones: each property's rules in order, then its type, each doubt a probe."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import reduce
from operator import or_

import polars as pl

from weighbridge.contract.model import NotExecuted, Property, SchemaObject
from weighbridge.decode.asking import Settled
from weighbridge.decode.chain import NESTED, TEMPORAL, Chain, Step, chain, doubt_column
from weighbridge.decode.epochs import EPOCH, UNTOLD, Way, told_apart, untold_probes, ways
from weighbridge.decode.parts import chain_of_parts, has_parts, members_left, parts_type
from weighbridge.decode.types import polars_type
from weighbridge.decode.values import as_shown
from weighbridge.findings import Effect
from weighbridge.legacy.reading import Certainty
from weighbridge.legacy.rules import format_fault
from weighbridge.probe import RowProbe
from weighbridge.quick import dataclass
from weighbridge.readers.door import RawDoubt
from weighbridge.readers.lineage import raw_name


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


def decode(
    frame: pl.LazyFrame,
    columns: Sequence[str],
    schema: SchemaObject,
    *,
    null_values: Sequence[str] = (),
    typed: bool = False,
    raw_doubts: Mapping[str, Sequence[RawDoubt]] | None = None,
    settled: Settled | None = None,
    null_is_blank: bool = False,
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
        typed: the raw columns have types of their own (Parquet); else all are String, but for those with parts.
        raw_doubts: what the reader doubts of the raw values, by property name; they count as the
            property's first doubts.
        null_is_blank: the reader gives null for an empty field, as one of delimited text does. A rule
            that reads blanks then finds one where the raw value is null and the record is framed.
        settled: what the whole column settled where rules asked for it, see `weighbridge.decode.asking`.
    """
    present = frozenset(columns)
    has_parts = any(p.logical_type in NESTED for p in schema.as_read.properties)
    types = dict(frame.collect_schema()) if typed or has_parts else {}
    source_types = types if typed else {name: dtype for name, dtype in types.items() if dtype.is_nested()}
    probes: list[RowProbe] = []
    if schema.epochs:
        frame = told_apart(frame, present, source_types, schema, null_values)
        probes += untold_probes(schema)
    made = _Making(null_values, null_is_blank, raw_doubts or {}, settled or {})
    dtypes: dict[str, pl.DataType] = {}
    unsettled: dict[str, pl.Expr] = {}
    left: list[NotExecuted] = []
    chains: dict[str, Chain] = {}
    for prop in schema.properties:
        found = ways(prop, present, source_types, schema)
        if prop.name not in present and not found:
            dtypes[prop.name] = polars_type(prop)
            chains[prop.name] = _nothing(prop.name, dtypes[prop.name])
            continue
        source = source_types.get(raw_name(prop.name), pl.String())
        dtypes[prop.name] = parts_type(prop, source)
        left += (*_not_executed(prop, source), *members_left(prop, source))
        if found:
            frame, by_way, told = _by_ways(frame, found, made, dtypes[prop.name])
            chains |= by_way
            probes += told
            unsettled[prop.name] = _open(told, prop.name) | (pl.col(EPOCH) == UNTOLD) & pl.col(prop.name).is_null()
            continue
        way, told = made.chain(prop, source, prop.name, dtypes[prop.name])
        chains[prop.name] = way
        probes += told
        still_open = [s for s in way.steps if s.doubt.certainty in (Certainty.AMBIGUOUS, Certainty.UNREADABLE)]
        if still_open:
            doubts = [pl.col(doubt_column(s.name)) for s in still_open]
            unsettled[prop.name] = reduce(or_, doubts) & pl.col(prop.name).is_null()
        for step in still_open:
            path = step.name.rpartition("|")[0]
            if path != prop.name:
                doubt = pl.col(doubt_column(step.name))
                unsettled[path] = unsettled[path] | doubt if path in unsettled else doubt
    return Decoded(_apply(frame, chains, schema), tuple(probes), dtypes, tuple(left), unsettled)


@dataclass(frozen=True, slots=True)
class _Making:
    """What the chains of all properties are made with; see `decode`."""

    null_values: Sequence[str]
    null_is_blank: bool
    raw_doubts: Mapping[str, Sequence[RawDoubt]]
    settled: Settled

    def chain(
        self, prop: Property, source: pl.DataType, raw: str | None, dtype: pl.DataType
    ) -> tuple[Chain, list[RowProbe]]:
        """Return the chain of a property and its probes; `raw` is the source column that readers may doubt."""
        if has_parts(prop, source):
            way = chain_of_parts(prop, source, self.null_values)
        else:
            told = self.settled.get(prop.name)
            way = chain(prop, source, self.null_values, told, null_is_blank=self.null_is_blank)
        probes = list[RowProbe]()
        if raw is not None and self.raw_doubts.get(raw):
            way, probes = _with_raw(way, prop, self.raw_doubts[raw])
        given = {p.name for p in probes}
        return way, probes + [_probe(step, prop, dtype) for step in way.steps if step.name not in given]


def _nothing(name: str, dtype: pl.DataType) -> Chain:
    return Chain(((pl.lit(None, dtype).alias(name),),), (), ())


def _by_ways(
    frame: pl.LazyFrame, found: Sequence[Way], made: _Making, dtype: pl.DataType
) -> tuple[pl.LazyFrame, dict[str, Chain], list[RowProbe]]:
    """Return a chain for each way a property is read, and one that takes each record's value from its own."""
    chains: dict[str, Chain] = {}
    probes: list[RowProbe] = []
    prop = found[0].of
    value = pl.lit(None, dtype)
    for way in found:
        probes += way.probes
        name = way.declared.name
        if way.raw is None:
            continue
        frame = frame.with_columns(way.raw.alias(raw_name(name)))
        source = frame.select(raw_name(name)).collect_schema()[raw_name(name)]
        chains[name], told = made.chain(way.declared, source, way.source, dtype)
        for probe in told:
            shown = as_shown(pl.col(raw_name(name)), source) if probe.seen is None else probe.seen
            probes.append(
                replace(
                    probe,
                    name=probe.name if way.epoch else probe.name.replace(name, prop.name, 1),
                    failed=probe.failed & way.here,
                    properties=(prop.name,),
                    repaired_to=_repaired(prop, dtype) if probe.repaired_to is not None else None,
                    seen=shown,
                )
            )
        value = pl.when(way.here).then(pl.col(name).cast(dtype)).otherwise(value)
    chains[prop.name] = Chain(((value.alias(prop.name),),), (), (), tuple(chains))
    return frame, chains, probes


def _open(probes: Sequence[RowProbe], name: str) -> pl.Expr:
    """Return where one of these says that the property could not be read, or not be decided."""
    doubts = [p.failed for p in probes if p.reading in (Certainty.AMBIGUOUS, Certainty.UNREADABLE)]
    return reduce(or_, doubts) & pl.col(name).is_null() if doubts else pl.lit(False)


def _with_raw(way: Chain, prop: Property, doubts: Sequence[RawDoubt]) -> tuple[Chain, list[RowProbe]]:
    """Return the chain with the reader's own doubts before it, and their probes."""
    steps = [Step(f"{prop.name}|{d.doubt.name}", d.doubt, None, d.doubt.readings) for d in doubts]
    made = [
        d.doubt.where.fill_null(False).alias(doubt_column(s.name))
        for d, s in zip(doubts, steps, strict=True)
        if d.doubt.where is not None
    ]
    undecided = [pl.col(doubt_column(s.name)) for s in steps if s.doubt.certainty is Certainty.AMBIGUOUS]
    stages = [(*way.stages[0], *made), *way.stages[1:]]
    if undecided and prop.policy.on_ambiguous in (Effect.REVIEW, Effect.REJECT):
        stages += [()] if len(stages) == 1 else []
        stages.append((pl.when(~reduce(or_, undecided)).then(pl.col(prop.name)).alias(prop.name),))
    text = pl.String()
    probes = [replace(_probe(s, prop, text), seen=d.seen, origin="reader") for d, s in zip(doubts, steps, strict=True)]
    return Chain(tuple(stages), way.hidden, (*steps, *way.steps)), probes


def _apply(frame: pl.LazyFrame, chains: Mapping[str, Chain], schema: SchemaObject) -> pl.LazyFrame:
    """Return the frame after all stages: its own columns, the properties in order, the doubts."""
    own = frame.collect_schema().names()
    ordered = _after_neighbours(chains)
    doubts = [doubt_column(step.name) for way in ordered for step in way.steps]
    for stage in itertools.zip_longest(*(way.stages for way in ordered), fillvalue=()):
        frame = frame.with_columns(expression for expressions in stage for expression in expressions)
    return frame.select(*own, *(p.name for p in schema.properties), *doubts)


def _after_neighbours(chains: Mapping[str, Chain]) -> list[Chain]:
    """Return the chains, each put off until the properties that it reads beside its own text have their values."""
    by_name, ends = dict(chains), dict[str, int]()

    def end(name: str, waiting: frozenset[str]) -> int:
        if name not in ends:
            # Who waits for each other is a lint error; here they merely do not wait.
            others = [n for n in by_name[name].neighbours if n in by_name and n not in waiting]
            start = max((end(n, waiting | {name}) for n in others), default=0)
            by_name[name] = replace(by_name[name], stages=((),) * start + by_name[name].stages)
            ends[name] = len(by_name[name].stages)
        return ends[name]

    for name in chains:
        end(name, frozenset((name,)))
    return list(by_name.values())


def _not_executed(prop: Property, source: pl.DataType) -> list[NotExecuted]:
    left = []
    if prop.logical_type in NESTED and not source.is_nested():
        what = f"{prop.name}: {prop.logical_type.value}"
        left.append(NotExecuted(what, "its text is kept as it came; its parts are not decoded", prop.line))
    pattern = prop.options.get("format")
    if prop.logical_type in TEMPORAL and pattern is not None:
        fault = format_fault(prop.logical_type.value, str(pattern))
        if fault is not None:
            left.append(NotExecuted(f"{prop.name}: format {pattern!r}", f"{fault}; ISO 8601 is read", prop.line))
    return left


def _probe(step: Step, prop: Property, dtype: pl.DataType) -> RowProbe:
    doubt, policy = step.doubt, prop.policy
    effect = {
        Certainty.NORMALISED: Effect.NOTE,
        Certainty.REPAIRED: policy.on_repaired,
        Certainty.AMBIGUOUS: policy.on_ambiguous,
        Certainty.UNREADABLE: policy.on_unreadable,
    }[doubt.certainty]
    return RowProbe(
        name=step.name,
        failed=pl.col(doubt_column(step.name)),
        code=doubt.code,
        effect=effect,
        properties=(prop.name,),
        expected=doubt.expected,
        readings=step.readings,
        repaired_to=_repaired(prop, dtype) if doubt.certainty is Certainty.REPAIRED else None,
        seen=step.seen,
        fix=doubt.fix,
        line=step.rule.line if step.rule else prop.line,
        origin="rule" if step.rule else "odcs",
        reading=doubt.certainty.value,
        reason=doubt.reason,
    )


def _repaired(prop: Property, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(prop.name)
    return as_shown(value, dtype) if dtype.is_nested() else value.cast(pl.String)
