"""What a lint looks at: the model and the document side by side, so that it can point at lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from weighbridge.contract.document import Path
from weighbridge.contract.model import Property, Quality, SchemaObject, Server, SlaProperty
from weighbridge.contract.reading import Reading, ours
from weighbridge.findings import Severity
from weighbridge.quick import dataclass


@dataclass(frozen=True, slots=True)
class Declared:
    """A property with the object it belongs to, its document part and path; `top` unless nested."""

    owner: SchemaObject
    property: Property
    raw: Mapping[str, Any]
    path: Path
    top: bool


@dataclass(frozen=True, slots=True)
class Asserted:
    """A quality entry with the object and, if it stands on one, the property it belongs to."""

    owner: SchemaObject
    property: Property | None
    quality: Quality
    raw: Mapping[str, Any]
    path: Path


@dataclass(slots=True)
class Subject:
    """The contract under lint."""

    reading: Reading
    objects: tuple[SchemaObject, ...]
    servers: tuple[Server, ...]
    sla: tuple[SlaProperty, ...]

    def raw_object(self, index: int) -> Mapping[str, Any]:
        """Return the document's part of the object at `index`."""
        part: Mapping[str, Any] = self.reading.document.value["schema"][index]
        return part

    def properties(self) -> Iterator[Declared]:
        """Give every property of every object, nested ones after the one that holds them."""
        for index, owner in enumerate(self.objects):
            entries = self.raw_object(index).get("properties") or []
            for number, (raw, declared) in enumerate(zip(entries, owner.properties, strict=True)):
                yield from _nested(owner, declared, raw, ("schema", index, "properties", number), True)

    def quality(self) -> Iterator[Asserted]:
        """Give every quality entry."""
        for index, owner in enumerate(self.objects):
            path: Path = ("schema", index, "quality")
            for number, (raw, entry) in enumerate(
                zip(self.raw_object(index).get("quality") or [], owner.quality, strict=True)
            ):
                yield Asserted(owner, None, entry, raw, (*path, number))
        for item in self.properties():
            for number, (raw, entry) in enumerate(
                zip(item.raw.get("quality") or [], item.property.quality, strict=True)
            ):
                yield Asserted(item.owner, item.property, entry, raw, (*item.path, "quality", number))

    def error(self, code: str, path: Path, detail: str, *, fix: str = "", seen: str | None = None) -> None:
        """Report a fault that forbids the contract's use."""
        self.reading.report(code, path, detail, Severity.ERROR, fix=fix, seen=seen)

    def warn(self, code: str, path: Path, detail: str, *, fix: str = "", seen: str | None = None) -> None:
        """Report what is surely not meant, or will not be acted on."""
        self.reading.report(code, path, detail, Severity.WARNING, fix=fix, seen=seen)

    def note(self, code: str, path: Path, detail: str, *, fix: str = "") -> None:
        """Report what the reader should know."""
        self.reading.report(code, path, detail, Severity.INFO, fix=fix)


def _nested(
    owner: SchemaObject, declared: Property, raw: Mapping[str, Any], path: Path, top: bool
) -> Iterator[Declared]:
    yield Declared(owner, declared, raw, path, top)
    parts: list[tuple[Mapping[str, Any], Path]] = [
        (member, (*path, "properties", number)) for number, member in enumerate(raw.get("properties") or [])
    ]
    if isinstance(raw.get("items"), Mapping):
        parts.append((raw["items"], (*path, "items")))
    entries = raw["map"] if isinstance(raw.get("map"), Mapping) else {}
    parts += [(entries[key], (*path, "map", key)) for key in ("key", "value") if isinstance(entries.get(key), Mapping)]
    for child, (part, where) in zip(declared.children, parts, strict=True):
        yield from _nested(owner, child, part, where, False)


def extension_path(raw: Mapping[str, Any], path: Path, name: str) -> Path:
    """Return the path of our custom property `name` on `raw`, or `path` when it has none."""
    return next((where for found, _, where in ours(raw, path) if found == name), path)
