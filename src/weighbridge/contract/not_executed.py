"""What a valid contract says that Weighbridge reads but does not act on. Nothing is skipped in silence.

What only describes (descriptions, tags, teams, prices, other vendors' custom properties) is one
entry a kind, with the line where it first stands; what asserts something is one entry each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from weighbridge.contract.document import Document, Path
from weighbridge.contract.lint.bounds import BOUNDS, TEMPORAL
from weighbridge.contract.lint.subject import Asserted, Subject
from weighbridge.contract.model import CONNECTION, DATABASES, LogicalType, NotExecuted
from weighbridge.contract.reading import our_name
from weighbridge.contract.vocabulary import CHECKED_FORMATS, FRESHNESS, SCALAR_TYPES, engine_of

_DESCRIBES = "it describes; there is nothing to execute"
_TOP: dict[str, str] = {
    "tenant": _DESCRIBES,
    "tags": _DESCRIBES,
    "status": "a contract of any status is executed",
    "dataProduct": _DESCRIBES,
    "description": _DESCRIBES,
    "domain": _DESCRIBES,
    "context": _DESCRIBES,
    "support": "Weighbridge notifies nobody by itself",
    "price": "nothing is billed",
    "team": "nobody is notified or asked by it",
    "roles": "access is not managed here",
    "authoritativeDefinitions": _DESCRIBES,
    "contractCreatedTs": _DESCRIBES,
}
_SERVER = frozenset(
    ("server", "id", "type", "path", "location", "format", "delimiter", "encoding", "customProperties", "description")
)
_ANYWHERE: dict[str, str] = {
    "description": _DESCRIBES,
    "businessName": _DESCRIBES,
    "tags": _DESCRIBES,
    "authoritativeDefinitions": _DESCRIBES,
    "examples": "examples are not compared with the data",
    "context": _DESCRIBES,
    "deprecated": "a deprecated column is read and checked like any other",
    "dataGranularityDescription": _DESCRIBES,
    "physicalType": "an object's physicalType describes where it lives",
    "semanticType": _DESCRIBES,
    "criticalDataElement": "every column is treated with the same care",
    "partitioned": "the published table is not partitioned by it",
    "partitionKeyPosition": "the published table is not partitioned by it",
    "encryptedName": "nothing is encrypted or decrypted",
    "transformSourceObjects": "transformations belong to whoever makes the extract",
    "transformLogic": "transformations belong to whoever makes the extract",
    "transformDescription": "transformations belong to whoever makes the extract",
    "businessImpact": _DESCRIBES,
    "dimension": "it groups checks in reports and decides nothing",
    "method": "how a check is made is Weighbridge's own",
    "schedule": "checks run when an extract is weighed",
    "scheduler": "checks run when an extract is weighed",
    "driver": _DESCRIBES,
    "valueExt": "only `value` is read",
}
_ON_OBJECTS = ("description", "businessName", "tags", "authoritativeDefinitions", "context", "deprecated")
_ON_OBJECT_ONLY = ("dataGranularityDescription", "physicalType")
_ON_PROPERTIES = (
    *("description", "businessName", "tags", "authoritativeDefinitions", "deprecated", "examples", "semanticType"),
    *("criticalDataElement", "partitioned", "partitionKeyPosition", "encryptedName"),
    *("transformSourceObjects", "transformLogic", "transformDescription"),
)
_ON_QUALITY = ("authoritativeDefinitions", "businessImpact", "method", "schedule", "scheduler", "tags")
_ON_SLA = ("authoritativeDefinitions", "description", "driver", "schedule", "scheduler", "valueExt")
_CHECKED: dict[LogicalType, tuple[str, ...]] = {
    LogicalType.STRING: ("minLength", "maxLength", "pattern"),
    LogicalType.INTEGER: ("multipleOf", *BOUNDS, "format"),
    LogicalType.NUMBER: ("multipleOf", *BOUNDS, "format"),
    **dict.fromkeys(TEMPORAL, ("format", *BOUNDS, "timezone", "defaultTimezone")),
}


def not_executed(subject: Subject) -> tuple[NotExecuted, ...]:
    """Return what of the contract is not acted on, in the order of its lines."""
    document = subject.reading.document
    entries = [
        *_top(document),
        *_servers(document),
        *_grouped(subject),
        *_properties(subject),
        *_quality(subject),
        *_sla(subject),
        *_relationships(subject),
        *_vendors(document),
    ]
    return tuple(sorted(dict.fromkeys(entries), key=lambda entry: (entry.line or 0, entry.what)))


def _top(document: Document) -> Iterator[NotExecuted]:
    for key, why in _TOP.items():
        if document.value.get(key) not in (None, [], {}):
            yield NotExecuted(key, why, document.line((key,)), asserts=False)


def _servers(document: Document) -> Iterator[NotExecuted]:
    for index, raw in enumerate(document.value.get("servers") or []):
        name = raw.get("server") or raw.get("id") or f"server {index}"
        read = (*_SERVER, *CONNECTION) if str(raw.get("type")).lower() in DATABASES else _SERVER
        left = [key for key in raw if key not in read]
        if left:
            why = "Weighbridge does not connect by it"
            yield NotExecuted(
                f"servers {name}: {', '.join(left)}", why, document.line(("servers", index)), asserts=False
            )


def _grouped(subject: Subject) -> Iterator[NotExecuted]:
    """Give one entry for each kind of descriptive key, however often it stands."""
    found: dict[tuple[str, str], list[Path]] = {}

    def note(owner: Mapping[str, Any], path: Path, keys: tuple[str, ...], where: str) -> None:
        for key in keys:
            if owner.get(key) not in (None, [], {}, False, -1):
                found.setdefault((where, key), []).append((*path, key))

    for index in range(len(subject.objects)):
        note(subject.raw_object(index), ("schema", index), (*_ON_OBJECTS, *_ON_OBJECT_ONLY), "objects")
    for item in subject.properties():
        note(item.raw, item.path, _ON_PROPERTIES, "properties")
        for number, synonym in enumerate(item.raw.get("synonyms") or []):
            note(synonym, (*item.path, "synonyms", number), ("description", "locale", "source", "status"), "synonyms")
        for number, entry in enumerate(item.raw.get("enum") or []):
            keys = ("description", "authoritativeDefinitions", "tags")
            note(entry, (*item.path, "enum", number), keys, "enum values")
    for check in subject.quality():
        note(check.raw, check.path, _ON_QUALITY, "quality")
    for index, raw in enumerate(subject.reading.document.value.get("slaProperties") or []):
        note(raw, ("slaProperties", index), _ON_SLA, "slaProperties")
    for (where, key), paths in found.items():
        times = f" ({len(paths)} times)" if len(paths) > 1 else ""
        line = subject.reading.document.line(paths[0])
        yield NotExecuted(f"{key} of {where}{times}", _ANYWHERE.get(key, _DESCRIBES), line, asserts=False)


def _properties(subject: Subject) -> Iterator[NotExecuted]:
    document = subject.reading.document
    for item in subject.properties():
        kind, name = item.property.logical_type, item.property.name
        described = kind in (LogicalType.OBJECT, LogicalType.ARRAY) and item.property.children
        if kind not in SCALAR_TYPES and item.top and not described:
            what = f"{name}: {kind.value}"
            yield NotExecuted(what, "its text is kept as it came; its parts are not decoded", item.property.line)
        for option, value in item.property.options.items():
            path = (*item.path, "logicalTypeOptions", option)
            if kind is LogicalType.STRING and option == "format":
                if value not in CHECKED_FORMATS:
                    treats = value in ("password", "binary")
                    why = "it says how to treat the text, not what it looks like" if treats else "unknown format"
                    yield NotExecuted(f"{name}: format {value}", why, item.property.line)
            elif isinstance(value, bool) and option.startswith("exclusive"):
                yield NotExecuted(f"{name}: {option}", "a Boolean bound is of ODCS 3.0", document.line(path))
            elif option not in _CHECKED.get(kind, ()) and kind not in (LogicalType.OBJECT, LogicalType.ARRAY):
                yield NotExecuted(f"{name}: {option}", f"no check of it for {kind.value}", document.line(path))


def _quality(subject: Subject) -> Iterator[NotExecuted]:
    for item in subject.quality():
        why = _why_not(item)
        if why:
            entry = item.quality
            what = f"{entry.property}: {entry.name}" if entry.property else entry.name
            yield NotExecuted(what, why, entry.line)


def _why_not(item: Asserted) -> str | None:
    entry = item.quality
    if entry.kind == "text":
        return "text is for people to read"
    if entry.kind == "custom" and engine_of(entry.engine) is None:
        return f"Weighbridge does not run the engine {entry.engine}"
    if entry.kind == "library" and entry.metric is None:
        return f"the rule {item.raw.get('rule')!r} of ODCS 3.0 is no metric of 3.2"
    if entry.kind == "library" and entry.comparison is None:
        return "it says no limit that it must keep"
    return None


def _sla(subject: Subject) -> Iterator[NotExecuted]:
    for entry in subject.sla:
        if entry.name.strip().lower() == "retention":
            why = "no run does; `weighbridge retain` applies it"
            yield NotExecuted(f"slaProperties: {entry.name}", why, entry.line, asserts=False)
        elif entry.name.strip().lower() not in FRESHNESS:
            yield NotExecuted(f"slaProperties: {entry.name}", "an extract alone cannot show it", entry.line)


def _relationships(subject: Subject) -> Iterator[NotExecuted]:
    """Give the relationships that `resolve_keys` left out, because a side of them does not exist."""
    for schema in subject.objects:
        known = {p.name for p in schema.properties}
        for key in schema.foreign_keys:
            missing = [name for name in key.properties if name not in known]
            target = next((o for o in subject.objects if o.name == key.to_object), None)
            if target is not None and key.to_contract is None and key.reference is None:
                theirs = {p.name for p in target.properties}
                missing += [f"{target.name}.{name}" for name in key.to_properties if name not in theirs]
            if missing:
                label = f"{', '.join(key.properties)} to {key.to_object}.{', '.join(key.to_properties)}"
                yield NotExecuted(f"relationship {label}", f"there is no {', '.join(missing)}", key.line)


def _vendors(document: Document) -> Iterator[NotExecuted]:
    """Give one entry for each other vendor whose custom properties stand anywhere."""
    found: dict[str, list[tuple[str, Path]]] = {}
    stack: list[tuple[Any, Path]] = [(document.value, ())]
    while stack:
        value, path = stack.pop()
        if isinstance(value, Mapping):
            for index, entry in enumerate(_entries(value)):
                if our_name(entry) is None:
                    vendor = str(entry.get("vendor") or "")
                    found.setdefault(vendor, []).append((str(entry["property"]), (*path, "customProperties", index)))
            stack += [(member, (*path, key)) for key, member in value.items() if key != "customProperties"]
        elif isinstance(value, list):
            stack += [(member, (*path, index)) for index, member in enumerate(value)]
    for vendor, uses in found.items():
        names = sorted({name for name, _ in uses})
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        whose = f"customProperties of {vendor}" if vendor else "customProperties without a vendor"
        lines = [line for _, path in uses if (line := document.line(path)) is not None]
        why = "kept as they are; Weighbridge acts on its own only"
        yield NotExecuted(f"{whose}: {shown}", why, min(lines, default=None), asserts=False)


def _entries(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = value.get("customProperties")
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, Mapping) and isinstance(entry.get("property"), str)]
