"""Relationships that lead nowhere, or whose two sides do not pair."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from weighbridge.contract.document import Path
from weighbridge.contract.lint.subject import Subject
from weighbridge.contract.model import ForeignKey, SchemaObject


def relationships(subject: Subject) -> None:
    """A side of another size, an unknown property, an object that stands in no contract named here."""
    for index, schema in enumerate(subject.objects):
        for key, path in zip(schema.foreign_keys, _paths(subject, index), strict=True):
            _judge(subject, schema, key, path)


def _judge(subject: Subject, schema: SchemaObject, key: ForeignKey, path: Path) -> None:
    if len(key.properties) != len(key.to_properties):
        detail = f"{len(key.properties)} on this side, {len(key.to_properties)} on the other"
        subject.error("CON-047", (*path, "to"), detail)
        return
    own = [p.name for p in schema.properties]
    for name in key.properties:
        if name not in own:
            near = difflib.get_close_matches(name, own, n=1)
            fix = f"did you mean `{near[0]}`?" if near else ""
            subject.warn("CON-046", path, f"`{schema.name}` has no property `{name}`", fix=fix)
    if key.to_contract is not None or key.reference is not None:
        return
    target = next((o for o in subject.objects if o.name == key.to_object), None)
    if target is None:
        if key.to_object not in {o.name for o in subject.objects}:
            detail = f"no object `{key.to_object or '(none)'}` in this contract"
            fix = "name the other contract (`file.odcs.yaml#/schema/object/properties/property`), or add a `reference`"
            subject.warn("CON-046", (*path, "to"), detail, fix=fix)
        return
    theirs = [p.name for p in target.properties]
    for name in key.to_properties:
        if name not in theirs:
            near = difflib.get_close_matches(name, theirs, n=1)
            fix = f"did you mean `{near[0]}`?" if near else ""
            subject.warn("CON-046", (*path, "to"), f"`{target.name}` has no property `{name}`", fix=fix)


def _paths(subject: Subject, index: int) -> Iterator[Path]:
    raw = subject.raw_object(index)
    for number, member in enumerate(raw.get("properties") or []):
        for count in range(len(member.get("relationships") or [])):
            yield ("schema", index, "properties", number, "relationships", count)
    for count in range(len(raw.get("relationships") or [])):
        yield ("schema", index, "relationships", count)
