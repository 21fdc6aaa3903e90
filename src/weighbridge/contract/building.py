"""From a document that satisfies the standard to the plain model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from weighbridge.contract.document import Path
from weighbridge.contract.epochs import build_epochs
from weighbridge.contract.model import (
    CONNECTION,
    Breaker,
    EnumValue,
    ForeignKey,
    Limit,
    LogicalType,
    Position,
    Property,
    ReadingPolicy,
    RuleSpec,
    SchemaObject,
    Server,
    SlaProperty,
)
from weighbridge.contract.quality import build_quality
from weighbridge.contract.reading import Reading
from weighbridge.contract.references import parse_reference
from weighbridge.contract.rule_specs import build_rules
from weighbridge.contract.severity import severity_of
from weighbridge.contract.vocabulary import logical_type_of
from weighbridge.findings import Effect, Severity

Members = dict[str, tuple[Any, Path]]


def build_objects(reading: Reading) -> tuple[SchemaObject, ...]:
    """Return the schema objects of the document."""
    schema = reading.document.value.get("schema") or []
    return tuple(_object(reading, raw, ("schema", index)) for index, raw in enumerate(schema))


def build_servers(reading: Reading) -> tuple[Server, ...]:
    """Return the servers of the document."""
    return tuple(
        _server(reading, raw, ("servers", index))
        for index, raw in enumerate(reading.document.value.get("servers") or [])
    )


def build_sla(reading: Reading) -> tuple[SlaProperty, ...]:
    """Return the SLA entries of the document; `slaDefaultElement` is filled in where an entry has none."""
    default = reading.document.value.get("slaDefaultElement")
    entries = []
    for index, raw in enumerate(reading.document.value.get("slaProperties") or []):
        path: Path = ("slaProperties", index)
        options = reading.extensions(raw, path, "sla")
        if "severity" in options:
            word, where = options["severity"]
            options["severity"] = (read_severity(reading, word, where).value, where)
        entries.append(
            SlaProperty(
                name=raw["property"],
                value=raw.get("value"),
                unit=raw.get("unit"),
                element=raw.get("element") or raw.get("column") or default,
                options=_values(options),
                line=reading.document.line(path),
            )
        )
    return tuple(entries)


def _values(members: Members) -> dict[str, Any]:
    return {name: value for name, (value, _) in members.items()}


def read_severity(reading: Reading, word: Any, path: Path) -> Severity:
    """Return the severity `word` means; an unknown word is reported and read as error."""
    severity = severity_of(word if isinstance(word, str) else None)
    if severity is not None:
        return severity
    reading.report("CON-030", path, f"{word!r} is read as error", Severity.WARNING, seen=str(word))
    return Severity.ERROR


def _server(reading: Reading, raw: Mapping[str, Any], path: Path) -> Server:
    members = reading.extensions(raw, path, "server")
    record_format = dict(members["recordFormat"][0]) if "recordFormat" in members else {}
    folder = _folder(reading.document.source)
    if "copybook" in record_format and folder is not None:
        record_format["copybookDigest"] = _digest(record_format["copybook"], FilePath(folder))
    return Server(
        name=raw.get("server") or raw.get("id") or f"server {path[-1]}",
        type=raw.get("type") or "custom",
        path=raw.get("path") or raw.get("location"),
        format=raw.get("format"),
        delimiter=raw.get("delimiter") or record_format.get("delimiter"),
        encoding=raw.get("encoding") or record_format.get("encoding"),
        record_format=record_format,
        line=reading.document.line(path),
        connection={key: raw[key] for key in CONNECTION if raw.get(key) is not None},
        folder=folder,
    )


def _folder(source: str | None) -> str | None:
    return None if source is None or "\n" in source else str(FilePath(source).parent)


def _digest(named: str | Sequence[str], folder: FilePath) -> str:
    """Return a digest of the copybooks in the contract's folder: another layout is another set of rules."""
    digest = hashlib.sha256()
    for name in [named] if isinstance(named, str) else named:
        try:
            digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
        except (OSError, ValueError):
            digest.update(b"?")
    return digest.hexdigest()


def _object(reading: Reading, raw: Mapping[str, Any], path: Path) -> SchemaObject:
    members = reading.extensions(raw, path, "object")
    properties = _properties(reading, raw.get("properties") or [], (*path, "properties"))
    keys: list[ForeignKey] = []
    for index, member in enumerate(raw.get("properties") or []):
        where: Path = (*path, "properties", index)
        for number, relation in enumerate(member.get("relationships") or []):
            keys.append(_foreign_key(reading, relation, (*where, "relationships", number), (member["name"],)))
    for number, relation in enumerate(raw.get("relationships") or []):
        keys.append(_foreign_key(reading, relation, (*path, "relationships", number), None))
    epochs, sources = build_epochs(reading, members, properties)
    return SchemaObject(
        name=raw["name"],
        physical_name=raw.get("physicalName") or raw["name"],
        properties=properties,
        quality=build_quality(reading, raw.get("quality") or [], (*path, "quality"), None),
        foreign_keys=tuple(keys),
        breaker=_breaker(members),
        description=raw.get("description"),
        extensions=_values(members),
        line=reading.document.line(path),
        epochs=epochs,
        exhaustive=bool(members.get("epochsExhaustive", (False,))[0]),
        sources=sources,
    )


def _properties(reading: Reading, entries: Sequence[Mapping[str, Any]], path: Path) -> tuple[Property, ...]:
    positions = key_positions(entries)
    return tuple(_property(reading, raw, (*path, index), positions[index]) for index, raw in enumerate(entries))


def key_positions(entries: Sequence[Mapping[str, Any]]) -> list[int | None]:
    """Return each property's place in the primary key: as declared, the undeclared ones after in their order."""
    declared = [e.get("primaryKeyPosition", -1) if e.get("primaryKey") else None for e in entries]
    highest = max((p for p in declared if p is not None and p > 0), default=0)
    positions: list[int | None] = []
    for position in declared:
        if position is not None and position <= 0:
            highest += 1
            position = highest  # noqa: PLW2901
        positions.append(position)
    return positions


def _property(reading: Reading, raw: Mapping[str, Any], path: Path, key_position: int | None) -> Property:
    members = reading.extensions(raw, path, "property")
    name = raw.get("name") or raw.get("id") or "item"
    children = _properties(reading, raw.get("properties") or [], (*path, "properties"))
    if isinstance(raw.get("items"), Mapping):
        children = (*children, _property(reading, raw["items"], (*path, "items"), None))
    for part in ("key", "value"):
        if isinstance(raw.get("map"), Mapping) and isinstance(raw["map"].get(part), Mapping):
            children = (*children, _property(reading, raw["map"][part], (*path, "map", part), None))
    synonyms = [entry["synonym"] for entry in raw.get("synonyms") or []]
    names = [raw.get("physicalName"), name, *synonyms]
    word = raw.get("logicalType")
    return Property(
        name=name,
        logical_type=LogicalType(word) if word else logical_type_of(raw.get("physicalType")),
        source_names=tuple(dict.fromkeys(candidate for candidate in names if candidate)),
        physical_type=raw.get("physicalType"),
        options=dict(raw.get("logicalTypeOptions") or {}),
        required=bool(raw.get("required", False)),
        unique=bool(raw.get("unique", False)),
        primary_key_position=key_position,
        enum=tuple(EnumValue(entry["value"], entry.get("label")) for entry in raw.get("enum") or []),
        classification=raw.get("classification") or None,
        description=raw.get("description"),
        rules=_rules(reading, members),
        policy=_policy(members),
        position=_position(members),
        severity=read_severity(reading, *members["severity"]) if "severity" in members else Severity.ERROR,
        quality=build_quality(reading, raw.get("quality") or [], (*path, "quality"), name),
        children=children,
        line=reading.document.line(path),
    )


def _rules(reading: Reading, members: Members) -> tuple[RuleSpec, ...]:
    return build_rules(reading, *members.get("rules", (None, ())))


def _policy(members: Members) -> ReadingPolicy:
    written = members["readingPolicy"][0] if "readingPolicy" in members else None
    written = written or {}
    default = ReadingPolicy()
    return ReadingPolicy(
        on_repaired=Effect(written.get("onRepaired") or default.on_repaired),
        on_ambiguous=Effect(written.get("onAmbiguous") or default.on_ambiguous),
        on_unreadable=Effect(written.get("onUnreadable") or default.on_unreadable),
    )


def _position(members: Members) -> Position | None:
    written = members["position"][0] if "position" in members else None
    return Position(written["start"], written["length"]) if written else None


def _limit(written: Mapping[str, Any] | None, default: Limit) -> Limit:
    if written is None:
        return default
    return Limit(count=written.get("count"), rate=written.get("rate"))


def _breaker(members: Members) -> Breaker:
    written = members["breaker"][0] if "breaker" in members else None
    if not written:
        return Breaker()
    default = Breaker()
    return Breaker(
        max_rejected=_limit(written.get("maxRejected"), default.max_rejected),
        max_uncertain=_limit(written.get("maxUncertain"), default.max_uncertain),
        max_repaired=_limit(written.get("maxRepaired"), default.max_repaired),
        per_check={key: _limit(value, Limit()) for key, value in (written.get("perCheck") or {}).items()},
        min_records=default.min_records if written.get("minRecords") is None else written["minRecords"],
        allow_empty=bool(written.get("allowEmpty")),
        declared=True,
    )


def _foreign_key(
    reading: Reading, raw: Mapping[str, Any], path: Path, properties: tuple[str, ...] | None
) -> ForeignKey:
    """Return the relationship as written; ids are not yet names, and nothing is known to exist."""
    members = reading.extensions(raw, path, "relationship")
    targets = [parse_reference(text) for text in _listed(raw.get("to"))]
    if properties is None:
        sources = [parse_reference(text) for text in _listed(raw.get("from"))]
        properties = tuple(source.property for source in sources)
    severity = read_severity(reading, *members["severity"]) if "severity" in members else Severity.ERROR
    return ForeignKey(
        properties=properties,
        to_object=targets[0].object or "",
        to_properties=tuple(target.property for target in targets),
        to_contract=targets[0].contract,
        reference=members["reference"][0] if "reference" in members else None,
        severity=severity,
        line=reading.document.line(path),
    )


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])
