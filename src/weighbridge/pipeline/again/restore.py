"""What a value would be had a rule not been allowed to change it: its source, decoded without that rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

import polars as pl

from weighbridge.contract.model import Epoch, Migration, Property, SchemaObject, Server
from weighbridge.decode import decode, inquire
from weighbridge.decode.asking import Settled
from weighbridge.legacy.evidence import Settlement
from weighbridge.legacy.reading import Certainty
from weighbridge.pipeline.judge import PUBLISHED_IDENTITY
from weighbridge.pipeline.weighing.cross import record_id
from weighbridge.pipeline.weighing.records import source_name
from weighbridge.readers.door import RawExtract
from weighbridge.readers.lineage import RECORD, SOURCE
from weighbridge.sinks import published_columns

RESTORED = "__restored"
IDENTITY = [PUBLISHED_IDENTITY.source, PUBLISHED_IDENTITY.record]
_OPEN = frozenset((Certainty.AMBIGUOUS.value, Certainty.UNREADABLE.value))


def identity(names: Sequence[str]) -> list[pl.Expr]:
    """Return the columns that name a record as the published table does."""
    return [source_name(names).alias(IDENTITY[0]), pl.col(RECORD).cast(pl.Int64).alias(IDENTITY[1])]


def restored(
    raw: RawExtract,
    schema: SchemaObject,
    server: Server | None,
    names: Sequence[str],
    undone: pl.DataFrame,
    standing: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """Return the values that stand in the source, by property: `IDENTITY` and `RESTORED`, one row a record.

    The property's other rules still apply. What cannot be read without the rule, has several
    readings, or would need a repair that the run did not make, is null.

    Args:
        raw: the extract, opened again.
        schema: what it was decoded by.
        server: whose layout it was read by.
        names: of the sources, as the run knew them.
        undone: source, record, property, rule (a check's name) of the repairs that do not apply.
        standing: the same of the property's repairs that still do.
    """
    null_values = server.record_format.get("nullValues", ()) if raw.typed and server is not None else ()
    inquiry = inquire(raw.scan(), raw.columns, schema, null_values=null_values, typed=raw.typed)
    settled = inquiry.settle(inquiry.counts.collect(engine="streaming")) if inquiry is not None else {}
    blank = not raw.typed and not (server is not None and server.record_format.get("nullValues"))
    found: dict[str, list[pl.DataFrame]] = {}
    for (name, without, allowed), records in _groups(undone, standing).items():
        other, told = _without(schema, schema.property_named(name), without, settled)
        decoded = decode(
            raw.scan().join(_located(records, names), on=[SOURCE, RECORD], how="semi"),
            raw.columns,
            other,
            null_values=null_values,
            typed=raw.typed,
            raw_doubts=raw.raw_doubts,
            null_is_blank=blank,
            settled=told,
        )
        doubts = [
            p.failed
            for p in decoded.probes
            if p.properties == (name,)
            and (p.reading in _OPEN or (p.reading == Certainty.REPAIRED.value and p.name not in allowed))
        ]
        value = published_columns(other, decoded.dtypes, names, "")[[p.name for p in other.properties].index(name)]
        sure = pl.when(~reduce(or_, doubts)).then(value) if doubts else value
        found.setdefault(name, []).append(
            decoded.frame.select(*identity(names), sure.alias(RESTORED)).collect(engine="streaming")
        )
    return {name: pl.concat(parts) for name, parts in found.items()}


def repaired_by(schema: SchemaObject, prop: Property, check: str) -> bool:
    """Return whether a check is the doubt of a rule, or of an epoch, that the property can be decoded without.

    A property whose day tells a record's epoch is decoded with all its rules: without one, the record might be of
    another.
    """
    name, _, rule = check.partition("|")
    if any(epoch.belongs.property == prop.name for epoch in schema.epochs):
        return False
    own, _, layout = name.partition("@")
    if own != prop.name:
        return False
    if not layout and rule in {_of_epoch(epoch) for epoch in schema.epochs}:
        return True
    migration = next((e.migration_of(own) for e in schema.epochs if e.name == layout), None)
    if layout and migration is None:
        return False
    return _rule(rule) in _rules(prop if migration is None else migration.declared)


def _rules(prop: Property) -> set[str]:
    return {r.name for r in prop.rules} | {prop.logical_type.value if prop.logical_type is not None else ""}


def _of_epoch(epoch: Epoch) -> str:
    """Return how a check calls what the migration of an epoch assumed."""
    return f"epoch {epoch.name}"


def _rule(doubt: str) -> str:
    return doubt.partition(".")[0].partition("#")[0]


def located(raw: RawExtract, names: Sequence[str], records: pl.DataFrame) -> pl.DataFrame:
    """Return the raw records named by `source` and `record`."""
    wanted = _located(records.select("source", "record").unique(), names)
    return raw.scan().join(wanted, on=[SOURCE, RECORD], how="semi").sort(record_id()).collect(engine="streaming")


def _located(records: pl.DataFrame, names: Sequence[str]) -> pl.LazyFrame:
    index = pl.DataFrame({"source": list(names), SOURCE: pl.Series(range(len(names)), dtype=pl.UInt32)})
    return records.join(index, on="source").select(SOURCE, pl.col("record").cast(pl.UInt64).alias(RECORD)).lazy()


def _groups(
    undone: pl.DataFrame, standing: pl.DataFrame
) -> Mapping[tuple[str, frozenset[str], frozenset[str]], pl.DataFrame]:
    key = ["source", "record", "property"]
    both = (
        undone.group_by(key)
        .agg(pl.col("rule").unique().sort().alias("without"))
        .join(standing.group_by(key).agg(pl.col("rule").unique().sort().alias("allowed")), on=key, how="left")
        .with_columns(pl.col("allowed").fill_null([]))
    )
    parts: dict[tuple[str, frozenset[str], frozenset[str]], pl.DataFrame] = {}
    for records in both.partition_by("property", "without", "allowed"):
        name, without, allowed = records.select("property", "without", "allowed").row(0)
        parts[name, frozenset(without), frozenset(allowed)] = records.select("source", "record")
    return parts


def _without(
    schema: SchemaObject, prop: Property, checks: frozenset[str], settled: Settled
) -> tuple[SchemaObject, Settled]:
    """Return the schema without what these checks doubt of a property, and what is settled for the rules it keeps."""
    told = dict(settled)
    today = _shorn(prop, prop.name, f"{prop.name}@today", checks, told)
    epochs = tuple(replace(e, migrations=tuple(_unmigrated(e, m, today, checks, told) for m in e.migrations))
                   for e in schema.epochs)  # fmt: skip
    properties = tuple(today if p is prop else p for p in schema.properties)
    return replace(schema, properties=properties, epochs=epochs), told


def _unmigrated(
    epoch: Epoch,
    migration: Migration,
    today: Property,
    checks: frozenset[str],
    told: dict[str, Mapping[int, Settlement]],
) -> Migration:
    """Return the migration without what these checks doubt: what it assumed, what it recoded, and rules."""
    if migration.declared.name != today.name:
        return migration
    name = f"{today.name}@{epoch.name}"
    declared = _shorn(migration.declared, name, name, checks, told)
    if f"{today.name}|{_of_epoch(epoch)}" not in checks:
        return replace(migration, declared=declared)
    return replace(migration, declared=declared if migration.assumed is None else today, assumed=None, recode={})


def _shorn(
    prop: Property, check: str, key: str, checks: frozenset[str], told: dict[str, Mapping[int, Settlement]]
) -> Property:
    """Return the property without the rules that the checks named `check|rule` doubt."""
    names = {_rule(c.partition("|")[2]) for c in checks if c.partition("|")[0] == check}
    kept = [i for i, rule in enumerate(prop.rules) if rule.name not in names]
    options = dict(prop.options)
    if prop.logical_type is not None and prop.logical_type.value in names:
        options.pop("format", None)
    for place in {key, check}:
        own = told.get(place, {})
        told[place] = {new: own[old] for new, old in enumerate(kept) if old in own}
    return replace(prop, rules=tuple(prop.rules[i] for i in kept), options=options)
