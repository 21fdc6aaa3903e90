"""Which layout each record is of, and what of an earlier one stands for a property of today.

A column `EPOCH` holds 0 for today's layout, the place of the epoch from 1 for an earlier one,
and `UNTOLD` where several fit, none does though one must, or the day that tells is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from weighbridge.contract.model import Belonging, Epoch, Migration, Property, SchemaObject
from weighbridge.decode.chain import Step, chain, doubt_column
from weighbridge.decode.types import polars_type
from weighbridge.decode.values import as_text
from weighbridge.findings import Effect
from weighbridge.legacy.reading import Certainty
from weighbridge.probe import RowProbe
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import FIELDS, FRAMING, RAW, raw_name

EPOCH = "__epoch"
UNTOLD = 255
TODAY = "today"
MOST_EPOCHS = 200


@dataclass(frozen=True, slots=True)
class Way:
    """How a property is read in some layouts.

    Attributes:
        declared: the property with the rules of the layout, under a name of its own.
        of: today's property.
        epoch: the layout's name; None for today's.
        here: Boolean: the records that are read so.
        raw: their raw values, null elsewhere; None where nothing is read.
        source: the raw column it is taken from as it is; None where it is cut, joined or assumed.
        probes: what the migration itself has to say: assumptions, and parts that are not there.
        gone: where there was something to take a part of, and no part; None without parts.
    """

    declared: Property
    of: Property
    epoch: str | None
    here: pl.Expr
    raw: pl.Expr | None
    source: str | None = None
    probes: tuple[RowProbe, ...] = ()
    gone: pl.Expr | None = None


def told_apart(
    frame: pl.LazyFrame,
    present: frozenset[str],
    types: Mapping[str, pl.DataType],
    schema: SchemaObject,
    null_values: Sequence[str],
) -> pl.LazyFrame:
    """Return the frame with `EPOCH` and, for each epoch, whether it fits (null: it cannot be told)."""
    own = frame.collect_schema().names()
    conditions: list[pl.Expr] = []
    for epoch in schema.epochs:
        frame, condition = _belongs(frame, present, types, schema, epoch, null_values)
        conditions.append(condition.alias(_fits(epoch)))
    names = [_fits(epoch) for epoch in schema.epochs]
    frame = frame.with_columns(conditions).select(*own, *names)
    fitting = pl.sum_horizontal(pl.col(name).fill_null(False).cast(pl.UInt8) for name in names)
    which = pl.coalesce(
        pl.when(pl.col(name).fill_null(False)).then(pl.lit(i, pl.UInt8)) for i, name in enumerate(names, 1)
    )
    open_ = pl.any_horizontal(pl.col(name).is_null() for name in names)
    otherwise = pl.lit(UNTOLD if schema.exhaustive else 0, pl.UInt8)
    told = (
        pl.when(pl.col(FRAMING) != 0)
        .then(pl.lit(0, pl.UInt8))
        .when((fitting > 1) | ((fitting == 0) & open_))
        .then(pl.lit(UNTOLD, pl.UInt8))
        .when(fitting == 1)
        .then(which)
        .otherwise(otherwise)
    )
    return frame.with_columns(told.alias(EPOCH))


def untold_probes(schema: SchemaObject) -> tuple[RowProbe, ...]:
    """Return a probe for each way in which a record's layout cannot be told; each sends the record to review."""
    names = [_fits(epoch) for epoch in schema.epochs]
    fits = [pl.col(name).fill_null(False) for name in names]
    maybe = [pl.col(name).is_null() for name in names]
    several = pl.sum_horizontal(fit.cast(pl.UInt8) for fit in fits) > 1
    unknown = ~several & pl.any_horizontal(maybe)
    untold = pl.col(EPOCH) == UNTOLD

    def listed(which: Sequence[pl.Expr]) -> pl.Expr:
        named = [pl.when(w).then(pl.lit(e.name)) for w, e in zip(which, schema.epochs, strict=True)]
        return pl.concat_list(named).list.drop_nulls()

    dated = tuple(dict.fromkeys(e.belongs.property for e in schema.epochs if e.belongs.property is not None))
    line = schema.epochs[0].line
    every = ", ".join(e.name for e in schema.epochs)
    cases = (
        ("several", "LEG-080", several, listed(fits), "a record of one layout alone", ()),
        ("none", "LEG-081", ~several & ~unknown, None, f"a record of one of the layouts {every}", ()),
        ("unknown", "LEG-082", unknown, listed(maybe), "the day that tells the record's layout", dated[:1]),
    )
    return tuple(
        RowProbe(
            name=f"epochs|{name}",
            failed=untold & where,
            code=code,
            effect=Effect.REVIEW,
            properties=properties,
            expected=expected,
            null_policy="not applicable",
            seen=None if readings is None or properties else readings.list.join(", "),
            readings=readings,
            line=line,
            origin="rule",
            reading=Certainty.AMBIGUOUS.value,
        )
        for name, code, where, readings, expected, properties in cases
    )


def ways(
    prop: Property, present: frozenset[str], types: Mapping[str, pl.DataType], schema: SchemaObject
) -> tuple[Way, ...]:
    """Return how a property is read in each layout that reads it otherwise, and today's way after them.

    None where all layouts read it as today.
    """
    special = [(i, epoch, m) for i, epoch in enumerate(schema.epochs, 1) if (m := epoch.migration_of(prop.name))]
    special = [(i, epoch, m) for i, epoch, m in special if m.reads]
    if not special:
        return ()
    here = ~pl.col(EPOCH).is_in([*(i for i, _, _ in special), UNTOLD])
    today = pl.when(here).then(pl.col(raw_name(prop.name))) if prop.name in present else None
    found = [_way(i, epoch, m, prop, present, types) for i, epoch, m in special]
    return (*found, Way(replace(prop, name=f"{prop.name}@{TODAY}"), prop, None, here, today, prop.name))


def _fits(epoch: Epoch) -> str:
    return f"__fits:{epoch.name}"


def _text(name: str, present: frozenset[str], types: Mapping[str, pl.DataType]) -> pl.Expr:
    if name not in present:
        return pl.lit(None, pl.String())
    return as_text(pl.col(raw_name(name)), types.get(raw_name(name), pl.String()))


def _belongs(
    frame: pl.LazyFrame,
    present: frozenset[str],
    types: Mapping[str, pl.DataType],
    schema: SchemaObject,
    epoch: Epoch,
    null_values: Sequence[str],
) -> tuple[pl.LazyFrame, pl.Expr]:
    belongs = epoch.belongs
    held: list[pl.Expr] = []
    if belongs.column is not None:
        text = _text(belongs.column, present, types).str.strip_chars()
        held.append(text.is_in([value.strip() for value in belongs.values]).fill_null(False))
    if belongs.length_bytes is not None:
        held.append((pl.col(RAW).bin.size() == belongs.length_bytes).fill_null(False))
    if belongs.fields is not None:
        # Where the source has no fields to count, the layout cannot be told.
        counted = pl.col(FIELDS) if FIELDS in frame.collect_schema() else pl.lit(None, pl.UInt32())
        held.append(counted == belongs.fields)
    if belongs.expression is not None:
        held.append(_expression(belongs, present, types))
    if belongs.property is not None:
        frame, dated = _dated(frame, present, types, schema, epoch, null_values)
        held.append(dated)
    return frame, pl.all_horizontal(held)


def _expression(belongs: Belonging, present: frozenset[str], types: Mapping[str, pl.DataType]) -> pl.Expr:
    """Return where the epoch's SQL is true of the source's texts, by the names it knows them by."""
    asked = pl.sql_expr(belongs.expression or "true")
    texts = [_text(raw, present, types).alias(name) for name, raw in belongs.names.items()]

    def hold(batch: pl.Series) -> pl.Series:
        told = batch.struct.unnest().select(asked.alias("told")).to_series()
        return (told if told.dtype == pl.Boolean else told.cast(pl.Boolean, strict=False)).fill_null(False)

    if not texts:
        return asked.fill_null(False)
    return pl.struct(texts).map_batches(hold, return_dtype=pl.Boolean(), is_elementwise=True)


def _dated(
    frame: pl.LazyFrame,
    present: frozenset[str],
    types: Mapping[str, pl.DataType],
    schema: SchemaObject,
    epoch: Epoch,
    null_values: Sequence[str],
) -> tuple[pl.LazyFrame, pl.Expr]:
    """Return whether the record's day is of the epoch, by the epoch's own rules and by today's.

    One of them that finds no day has no say; null where neither finds one, or they contradict each other. A day
    of several readings tells it where all of them do.
    """
    today = schema.property_named(epoch.belongs.property or "")
    migration = epoch.migration_of(today.name)
    own = pl.col(raw_name(today.name)) if today.name in present else pl.lit(None, pl.String())
    frame, told = _day(frame, today, own, f"__when:{epoch.name}", null_values, epoch.belongs)
    if migration is None or not migration.reads:
        return frame, told
    raw, _, _ = _migrated(migration, present, types)
    if raw is None:
        return frame, told
    frame, then = _day(frame, migration.declared, raw, f"__when:{epoch.name}:own", null_values, epoch.belongs)
    return frame, pl.when(then.is_null()).then(told).when(told.is_null() | (then == told)).then(then)


def _within(belongs: Belonging, day: pl.Expr) -> pl.Expr:
    held = [day.is_not_null() | pl.lit(None, pl.Boolean())]
    held += [day >= belongs.since] if belongs.since is not None else []
    held += [day < belongs.before] if belongs.before is not None else []
    held += [day <= belongs.until] if belongs.until is not None else []
    return pl.all_horizontal(held)


def _day(
    frame: pl.LazyFrame,
    declared: Property,
    raw: pl.Expr,
    name: str,
    null_values: Sequence[str],
    belongs: Belonging,
) -> tuple[pl.LazyFrame, pl.Expr]:
    """Return whether the day that `raw` says is of the layout; null where it says none, or several that differ."""
    frame = frame.with_columns(raw.alias(raw_name(name)))
    source = frame.select(raw_name(name)).collect_schema()[raw_name(name)]
    # What the property's policy lets pass is still not decided: no first reading may choose the layout.
    undecided = replace(declared, name=name, policy=replace(declared.policy, on_ambiguous=Effect.REVIEW))
    found = chain(undecided, source, null_values)
    for stage in found.stages:
        frame = frame.with_columns(stage)
    told = _within(belongs, pl.col(name).cast(pl.Date))
    open_ = [s for s in found.steps if s.doubt.certainty is Certainty.AMBIGUOUS and s.readings is not None]
    if not open_:
        return frame, told
    return frame, pl.coalesce(told, _by_readings(belongs, name, open_, found.neighbours))


def _by_readings(belongs: Belonging, name: str, steps: Sequence[Step], neighbours: Sequence[str]) -> pl.Expr:
    """Return whether all readings of a day are of the layout (true), or none is (false); else null."""
    doubts = [doubt_column(step.name) for step in steps]

    def hold(batch: pl.Series) -> pl.Series:
        frame = batch.struct.unnest()
        told = pl.repeat(None, frame.height, dtype=pl.Boolean, eager=True)
        for step, doubt in zip(steps, doubts, strict=True):
            rows = frame[doubt].arg_true()
            if not len(rows) or step.readings is None:
                continue
            days = frame[rows].select(step.readings.alias("days"))
            day = pl.element().str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            held = pl.col("days").list.eval(_within(belongs, day))
            every, some = (
                held.list.eval(pl.element().all()).list.first(),
                held.list.eval(pl.element().any()).list.first(),
            )
            known = held.list.eval(pl.element().is_not_null().all()).list.first()
            judged = days.select(pl.when(known & every).then(True).when(known & ~some).then(False)).to_series()
            told = told.scatter(rows, judged)
        return told

    return pl.struct(raw_name(name), *doubts, *neighbours).map_batches(
        hold, return_dtype=pl.Boolean(), is_elementwise=True
    )


def _way(
    place: int,
    epoch: Epoch,
    migration: Migration,
    today: Property,
    present: frozenset[str],
    types: Mapping[str, pl.DataType],
) -> Way:
    here = pl.col(EPOCH) == place
    declared = replace(migration.declared, name=f"{today.name}@{epoch.name}")
    raw, source, gone = _migrated(migration, present, types)
    probes: list[RowProbe] = []
    own = pl.col(raw_name(declared.name))
    if migration.assumed is not None:
        probes.append(_assumption(epoch, migration, today, here, own))
    if migration.recode:
        before, _, _ = _migrated(replace(migration, recode={}), present, types)
        texts = pl.lit(None, pl.String()) if before is None else before.cast(pl.String)
        before = _trimmed(texts, today)
        probes.append(_assumption(epoch, migration, today, here & before.is_in(list(migration.recode)), texts))
    if gone is not None:
        probes.append(
            RowProbe(
                name=f"{declared.name}|part",
                failed=here & (pl.col(FRAMING) == 0) & gone,
                code="LEG-084",
                effect=today.policy.on_unreadable,
                properties=(today.name,),
                expected=f"a text that its value of today can be made of, as epoch {epoch.name} says",
                seen=_seen(migration, present, types),
                line=migration.line,
                origin="rule",
                reading=Certainty.UNREADABLE.value,
            )
        )
    masked = pl.when(here).then(raw) if raw is not None else None
    return Way(declared, today, epoch.name, here, masked, source, tuple(probes), gone)


def _assumption(epoch: Epoch, migration: Migration, today: Property, where: pl.Expr, seen: pl.Expr) -> RowProbe:
    words = migration.because or ("the layout did not have it" if migration.assumed is not None else "it was recoded")
    return RowProbe(
        name=f"{today.name}|epoch {epoch.name}",
        failed=(where & (pl.col(FRAMING) == 0)).fill_null(False),
        code="LEG-083",
        effect=today.policy.on_repaired,
        properties=(today.name,),
        expected=f"assumed of epoch {epoch.name}: {words}",
        seen=pl.lit(None, pl.String()) if migration.assumed is not None else seen,
        repaired_to=pl.col(today.name).cast(pl.String),
        line=migration.line,
        origin="rule",
        reading=Certainty.REPAIRED.value,
    )


def _trimmed(text: pl.Expr, prop: Property) -> pl.Expr:
    return text if polars_type(prop) == pl.String else text.str.strip_chars(" ")


def _seen(migration: Migration, present: frozenset[str], types: Mapping[str, pl.DataType]) -> pl.Expr:
    if not migration.template:
        return _text(migration.source or "", present, types)
    named = [name for _, name in migration.template if name is not None]
    shown = [pl.concat_str(pl.lit(f"{n}="), _text(n, present, types).fill_null("null")) for n in named]
    return pl.concat_str(shown, separator=", ")


def _migrated(
    migration: Migration, present: frozenset[str], types: Mapping[str, pl.DataType]
) -> tuple[pl.Expr | None, str | None, pl.Expr | None]:
    """Return the raw value, the raw column it is as it stands, and where it could not be made.

    The raw value is None where the layout does not have it.
    """
    if migration.assumed is not None:
        return pl.lit(migration.assumed), None, None
    if migration.absent:
        return None, None, None
    if migration.template:
        texts = {n: _text(n, present, types) for _, n in migration.template if n is not None}
        parts = [part for text, n in migration.template for part in (pl.lit(text), texts[n] if n else pl.lit(""))]
        there = [(text.is_not_null() & (text.str.strip_chars() != "")).fill_null(False) for text in texts.values()]
        every = pl.all_horizontal(there)
        return pl.when(every).then(pl.concat_str(parts)), None, pl.any_horizontal(there) & ~every
    source = migration.source or migration.declared.name
    if source not in present:
        return None, None, None
    own = types.get(raw_name(source), pl.String())
    if not (migration.recode or migration.pattern or migration.start):
        return pl.col(raw_name(source)), source, None
    text = as_text(pl.col(raw_name(source)), own)
    gone = None
    if migration.pattern is not None or migration.start is not None:
        whole = text
        if migration.pattern is not None:
            text = whole.str.extract(migration.pattern, 1)
        else:
            cut = whole.str.slice((migration.start or 1) - 1, migration.length)
            text = pl.when(cut != "").then(cut)
        gone = (text.is_null() & (whole.str.strip_chars() != "")).fill_null(False)
    if migration.recode:
        text = _trimmed(text, migration.declared).replace(dict(migration.recode))
    return text, None, gone
