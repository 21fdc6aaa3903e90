"""The checks then in force: each record is asked what its own layout promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from weighbridge.checks.context import CheckContext, Lowered
from weighbridge.checks.lowering import lower
from weighbridge.contract.model import Epoch, Migration, SchemaObject, SlaProperty
from weighbridge.decode import EPOCH, UNTOLD
from weighbridge.decode.values import as_shown
from weighbridge.probe import Probe, RowProbe


def lower_in_force(contract_object: SchemaObject, context: CheckContext, *, sla: Iterable[SlaProperty] = ()) -> Lowered:
    """Return the probes of everything `contract_object` asserts, of records of any layout.

    A check of single records that an epoch waives or replaces does not look at its records; what
    it puts in its place looks at no others. A record whose layout cannot be told goes to review
    for that alone. Keys and checks of the whole extract look at all records.
    Arguments as of `weighbridge.checks.lowering.lower`.
    """
    today = lower(contract_object, context, sla=sla)
    if not contract_object.epochs:
        return today
    skipped: dict[str, list[int]] = {}
    lowered = [today]
    for place, epoch in enumerate(contract_object.epochs, 1):
        for migration in epoch.migrations:
            if migration.checks:
                replaced, instead = _replaced(contract_object, epoch, place, migration, context)
                lowered.append(instead)
                for name in replaced:
                    skipped.setdefault(name, []).append(place)
        for name in epoch.waives:
            skipped.setdefault(name, []).append(place)
    told = [_scoped(probe, skipped, contract_object, context) for probe in today.probes]
    return Lowered(
        (*told, *(probe for other in lowered[1:] for probe in other.probes)),
        tuple(dict.fromkeys(f for each in lowered for f in each.findings)),
        tuple(dict.fromkeys(n for each in lowered for n in each.not_executed)),
    )


def _scoped(probe: Probe, skipped: dict[str, list[int]], schema: SchemaObject, context: CheckContext) -> Probe:
    if not isinstance(probe, RowProbe):
        return probe
    places = [UNTOLD, *skipped.get(probe.name, ())]
    return _shown(replace(probe, failed=probe.failed & ~pl.col(EPOCH).is_in(places)), schema, context)


def _shown(probe: RowProbe, schema: SchemaObject, context: CheckContext) -> RowProbe:
    """Return the probe with the value as evidence where the source's text of today's place may be another layout's."""
    if probe.seen is not None or len(probe.properties) != 1:
        return probe
    name = probe.properties[0]
    if not any(m.reads for e in schema.epochs if (m := e.migration_of(name)) is not None):
        return probe
    return replace(probe, seen=as_shown(pl.col(name), context.dtypes[name]))


def _replaced(
    schema: SchemaObject, epoch: Epoch, place: int, migration: Migration, context: CheckContext
) -> tuple[list[str], Lowered]:
    """Return the names of today's checks of the property alone, and what was in force for the epoch instead."""
    today = schema.property_named(migration.declared.name)
    now = _of_alone(schema, replace(migration, declared=today), context)
    then = _of_alone(schema, migration, context)
    here = pl.col(EPOCH) == place
    probes = [
        replace(p, name=f"{p.name}@{epoch.name}", failed=p.failed & here, line=migration.line)
        for p in then.probes
        if isinstance(p, RowProbe)
    ]
    instead = tuple(_shown(probe, schema, context) for probe in probes)
    return [probe.name for probe in now.probes], replace(then, probes=instead)


def _of_alone(schema: SchemaObject, migration: Migration, context: CheckContext) -> Lowered:
    declared = replace(migration.declared, unique=False, primary_key_position=None, quality=())
    alone = replace(schema, properties=(declared,), quality=(), foreign_keys=(), epochs=(), sources=())
    return lower(alone, context)
