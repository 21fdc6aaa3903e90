"""Records of earlier layouts, told by how many fields they have: which field is which property's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from weighbridge.contract.model import SchemaObject


def earlier_layouts(schema: SchemaObject, today: Mapping[str, int]) -> dict[int, dict[str, int]]:
    """Return, for each number of fields that an epoch names, the field of each property or old column, from 0.

    Args:
        schema: as a reader is given it.
        today: the field of each property in today's records: an epoch that lists no columns has the first of them.
    """
    found: dict[int, dict[str, int]] = {}
    for epoch in schema.epochs:
        fields = epoch.belongs.fields
        if fields is None:
            continue
        if epoch.columns:
            found[fields] = {name: i for i, name in enumerate(epoch.columns[:fields]) if name is not None}
        else:
            found.setdefault(fields, {name: i for name, i in today.items() if i < fields})
    return found


def in_order(schema: SchemaObject) -> SchemaObject:
    """Return the schema without the columns that only stand in records with a number of fields of their own.

    It is what a source without a header has by position.
    """
    listed = {name for epoch in schema.epochs for name in epoch.columns}
    old = {s.name for s in schema.sources if s.name in listed}
    return replace(schema, properties=tuple(p for p in schema.properties if p.name not in old)) if old else schema
