"""Relationships with ids read as names, and without the ones that cannot be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from weighbridge.contract.model import ForeignKey, SchemaObject


def named_keys(objects: Sequence[SchemaObject], schema: Sequence[Mapping[str, Any]]) -> tuple[SchemaObject, ...]:
    """Return the objects with every relationship's ids replaced by the names of what they identify.

    ODCS refers to objects and properties by `id` or by `name`; a name goes before an id.
    """
    object_names = _names(schema)
    members = {str(raw["name"]): _names(raw.get("properties") or []) for raw in schema}

    def named(owner: SchemaObject, key: ForeignKey) -> ForeignKey:
        own = members.get(owner.name, {})
        properties = tuple(own.get(name, name) for name in key.properties)
        if key.to_contract is not None:
            return replace(key, properties=properties)
        target = object_names.get(key.to_object, key.to_object)
        theirs = members.get(target, {})
        to_properties = tuple(theirs.get(name, name) for name in key.to_properties)
        return replace(key, properties=properties, to_object=target, to_properties=to_properties)

    return tuple(replace(o, foreign_keys=tuple(named(o, key) for key in o.foreign_keys)) for o in objects)


def askable_keys(objects: Sequence[SchemaObject]) -> tuple[SchemaObject, ...]:
    """Return the objects without the relationships one side of which does not exist; lint has told them."""
    columns = {o.name: {p.name for p in o.properties} for o in objects}

    def askable(owner: SchemaObject, key: ForeignKey) -> bool:
        if not set(key.properties) <= columns[owner.name]:
            return False
        elsewhere = key.to_contract is not None or key.reference is not None or key.to_object not in columns
        return elsewhere or set(key.to_properties) <= columns[key.to_object]

    return tuple(replace(o, foreign_keys=tuple(k for k in o.foreign_keys if askable(o, k))) for o in objects)


def _names(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    names = {str(e["id"]): str(e["name"]) for e in entries if e.get("id") and e.get("name")}
    return {**names, **{str(e["name"]): str(e["name"]) for e in entries if e.get("name")}}
