"""Primary keys and uniqueness."""

from __future__ import annotations

from weighbridge.contract.lint.subject import Subject
from weighbridge.contract.model import LogicalType

_UNKEYABLE = (LogicalType.OBJECT, LogicalType.ARRAY, LogicalType.MAP, LogicalType.VECTOR)


def nullable_primary_key(subject: Subject) -> None:
    """`required: false` is written on a property of the primary key."""
    for item in subject.properties():
        if item.property.primary_key_position is not None and item.raw.get("required") is False:
            detail = f"`{item.property.name}` is part of the primary key and `required: false`; the key wins"
            subject.warn("CON-033", (*item.path, "required"), detail)


def key_oddities(subject: Subject) -> None:
    """Key positions that repeat or hang in the air; keys of values that cannot be compared."""
    taken: dict[tuple[int, int], str] = {}
    for item in subject.properties():
        position = item.raw.get("primaryKeyPosition", -1)
        name = item.property.name
        if position > 0 and not item.raw.get("primaryKey"):
            detail = f"`{name}` has primaryKeyPosition {position} but not `primaryKey: true`: it is no part of the key"
            subject.warn("CON-034", (*item.path, "primaryKeyPosition"), detail)
        keyed = item.property.primary_key_position
        if keyed is None:
            continue
        if not item.top:
            subject.warn("CON-034", (*item.path, "primaryKey"), f"`{name}` is nested: only columns can be keys")
            continue
        if item.property.logical_type in _UNKEYABLE:
            kind = item.property.logical_type
            subject.warn("CON-034", (*item.path, "primaryKey"), f"`{name}` is of type {kind}: its text is compared")
        other = taken.setdefault((id(item.owner), keyed), name)
        if other != name:
            detail = f"`{other}` and `{name}` both stand at position {keyed}"
            subject.error("CON-034", (*item.path, "primaryKeyPosition"), detail, fix="count the positions 1, 2, 3 …")
    for schema in subject.objects:
        if len(schema.primary_key) < 2:
            continue
        for item in subject.properties():
            if item.top and item.owner is schema and item.property.name in schema.primary_key and item.property.unique:
                detail = (
                    f"`{item.property.name}` is unique by itself and one of {len(schema.primary_key)} parts of the key"
                )
                fix = "keep `unique` only if it repeats in no two records; the key then needs no other part"
                subject.warn("CON-034", (*item.path, "unique"), detail, fix=fix)
