"""Names that stand twice, and what is said about a property's kind."""

from __future__ import annotations

from collections import defaultdict

from weighbridge.contract.document import Path
from weighbridge.contract.lint.subject import Subject

_CLASSIFICATIONS = frozenset(
    (
        *("public", "internal", "private", "restricted", "confidential", "secret"),
        *("sensitive", "personal", "protected", "pii", "phi", "pci"),
    )
)


def duplicate_names(subject: Subject) -> None:
    """Two objects, or two properties of one object, have one name."""
    seen: dict[str, int] = {}
    for index, schema in enumerate(subject.objects):
        path: Path = ("schema", index)
        if schema.name in seen:
            subject.error("CON-031", path, f"the object `{schema.name}`", fix="give each object a name of its own")
        seen.setdefault(schema.name, index)
        if not schema.properties:
            subject.warn("CON-055", path, f"`{schema.name}`")
    if not subject.objects:
        subject.warn("CON-055", ("schema",), "there is no object at all")
    names: dict[Path, set[str]] = defaultdict(set)
    for item in subject.properties():
        if item.path[-2] != "properties":
            continue
        siblings = names[item.path[:-1]]
        if item.property.name in siblings:
            subject.error("CON-031", item.path, f"the property `{item.property.name}` of `{item.owner.name}`")
        siblings.add(item.property.name)


def colliding_source_names(subject: Subject) -> None:
    """Two properties of one object lay claim to one column of the source."""
    claimed: dict[tuple[int, str], str] = {}
    for item in subject.properties():
        if not item.top:
            continue
        for name in item.property.source_names:
            key = (id(item.owner), name.strip().lower())
            other = claimed.setdefault(key, item.property.name)
            if other != item.property.name:
                detail = f"`{name}` is a name of `{other}` and of `{item.property.name}`"
                subject.error("CON-032", item.path, detail)


def inferred_types(subject: Subject) -> None:
    """A property has no logicalType, so its physicalType or text decides."""
    for index, schema in enumerate(subject.objects):
        guessed = [
            f"{item.property.name} as {item.property.logical_type}"
            for item in subject.properties()
            if item.top and item.owner is schema and not item.raw.get("logicalType")
        ]
        if guessed:
            shown = ", ".join(guessed[:6]) + (f" and {len(guessed) - 6} more" if len(guessed) > 6 else "")
            subject.note("CON-056", ("schema", index), f"read {shown}")


def classifications(subject: Subject) -> None:
    """A classification nobody knows still masks; say so, in case it was a slip."""
    for item in subject.properties():
        word = item.property.classification
        if word is not None and word.strip().lower() not in _CLASSIFICATIONS:
            detail = f"`{word}` of `{item.property.name}`: its values are masked in every output"
            subject.note("CON-052", (*item.path, "classification"), detail)
