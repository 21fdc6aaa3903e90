"""Values that a person gave in place of what the source says.

A given value is text as the property's type writes it (an ISO date, plain digits), so none of
the rules for the source's conventions reads it; every check does. Null means "no value".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from weighbridge.contract.model import Property, SchemaObject
from weighbridge.decode.chain import TEMPORAL
from weighbridge.decode.decoding import Decoded, decode
from weighbridge.probe import RowProbe
from weighbridge.readers.lineage import RECORD, SOURCE, raw_name

_GIVEN, _IS_GIVEN = "__given:", "__is_given:"

Changes = Mapping[tuple[int, int], Mapping[str, str | None]]
"""Given values by property, of the record with a source's index and a number."""


def given_columns(changes: Changes) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the given values as columns beside `SOURCE` and `RECORD`, one row a record, and which properties they are.

    To be joined to the raw frame before it is decoded.
    """
    names = tuple(dict.fromkeys(name for values in changes.values() for name in values))
    rows: dict[str, list[Any]] = {SOURCE: [s for s, _ in changes], RECORD: [r for _, r in changes]}
    schema: dict[str, pl.DataType] = {SOURCE: pl.UInt32(), RECORD: pl.UInt64()}
    for name in names:
        rows[raw_name(_GIVEN + name)] = [values.get(name) for values in changes.values()]
        rows[_IS_GIVEN + name] = [name in values for values in changes.values()]
        schema |= {raw_name(_GIVEN + name): pl.String(), _IS_GIVEN + name: pl.Boolean()}
    return pl.DataFrame(rows, schema=schema), names


def joined(frame: pl.LazyFrame, changes: Changes) -> tuple[pl.LazyFrame, tuple[str, ...]]:
    """Return the raw frame with what was given beside each record, and which properties that is."""
    columns, names = given_columns(changes)
    if not names:
        return frame, ()
    beside = frame.join(columns.lazy(), on=[SOURCE, RECORD], how="left", maintain_order="left")
    return beside.with_columns(pl.col(_IS_GIVEN + name).fill_null(False) for name in names), names


def with_given(decoded: Decoded, schema: SchemaObject, columns: Sequence[str], names: Sequence[str]) -> Decoded:
    """Return the decoded extract with given values in their places; doubts about what they replace are gone.

    Args:
        decoded: of a frame that `joined` gave.
        schema: what it was decoded by.
        columns: the properties that have a raw column.
        names: the properties that `joined` named.
    """
    if not names:
        return decoded
    given = [_plain(p) for p in schema.properties if p.name in names]
    bare = replace(schema, properties=tuple(given), quality=(), foreign_keys=(), epochs=(), sources=())
    read = decode(decoded.frame, [p.name for p in given], bare)
    changed: list[pl.Expr] = []
    unsettled = dict(decoded.unsettled)
    for name in names:
        here = pl.col(_IS_GIVEN + name)
        value = pl.col(_GIVEN + name).cast(decoded.dtypes[name])
        changed.append(pl.when(here).then(value).otherwise(pl.col(name)).alias(name))
        raw = raw_name(name)
        if name in columns and read.frame.collect_schema()[raw] == pl.String():
            changed.append(pl.when(here).then(pl.col(raw_name(_GIVEN + name))).otherwise(pl.col(raw)).alias(raw))
        open_now = read.unsettled.get(_GIVEN + name, pl.lit(False)) & here
        unsettled[name] = unsettled[name] & ~here | open_now if name in unsettled else open_now
    probes = [_passed_by(p, names) for p in decoded.probes]
    told = [_of_given(p) for p in read.probes]
    return replace(decoded, frame=read.frame.with_columns(changed), probes=(*probes, *told), unsettled=unsettled)


def _plain(prop: Property) -> Property:
    options = {k: v for k, v in prop.options.items() if not (k == "format" and prop.logical_type in TEMPORAL)}
    return replace(prop, name=_GIVEN + prop.name, rules=(), options=options)


def _passed_by(probe: RowProbe, names: Sequence[str]) -> RowProbe:
    """Return a doubt of what the source says, which is none where a person gave the value."""
    over = [pl.col(_IS_GIVEN + name) for name in probe.properties[:1] if name in names]
    return replace(probe, failed=probe.failed & ~over[0]) if over else probe


def _of_given(probe: RowProbe) -> RowProbe:
    name = probe.properties[0].removeprefix(_GIVEN)
    failed = probe.failed & pl.col(_IS_GIVEN + name)
    told = f"{name}|given.{probe.name.rpartition('|')[2]}"
    return replace(probe, name=told, failed=failed, properties=(name,), origin="review")
