"""Earlier versions of the standard: 2.2 is translated, 3.0 is read with what it left open, both say so.

A document is read by its content. What it declares only decides how strictly unknown keys
are taken; where content and declaration differ, a warning says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from weighbridge.contract.document import Document, Path
from weighbridge.contract.faults import standard_faults
from weighbridge.contract.standard import CURRENT
from weighbridge.findings import Finding, Place, Severity

_RENAMED = {
    "uuid": "id",
    "datasetDomain": "domain",
    "quantumName": "dataProduct",
    "slaDefaultColumn": "slaDefaultElement",
}
_KEPT = ("version", "status", "kind", "tenant", "description", "tags", "contractCreatedTs")
_COLUMN = {"column": "name", "isPrimary": "primaryKey", "isPrimaryKey": "primaryKey", "isUnique": "unique"}
_COLUMN_KEPT = (
    "primaryKeyPosition",
    "businessName",
    "logicalType",
    "physicalType",
    "description",
    "classification",
    "tags",
)
_SINCE_3_1 = frozenset(("relationships", "metric", "mustBeLessOrEqualTo", "mustBeGreaterOrEqualTo"))
_SINCE_3_2 = frozenset(("enum", "map", "vendor", "synonyms", "semanticType", "context"))


def is_version_2(value: Any) -> bool:
    """Whether the document is written in ODCS 2.2: it says so, or has its `dataset` and `uuid`."""
    declared = str(value.get("apiVersion") or "")
    return declared.startswith("v2") or (not declared and ("dataset" in value or "datasetName" in value))


def version_findings(document: Document) -> list[Finding]:
    """Return warnings where the document uses what the version it declares did not have."""
    declared = str(document.value.get("apiVersion") or "")
    later = _SINCE_3_2 | _SINCE_3_1 if declared.startswith("v3.0") else _SINCE_3_2
    if declared == CURRENT or not declared.startswith("v3"):
        return []
    used = sorted({step for path in document.positions for step in path[-1:] if step in later and _is_key(path)})
    if not used:
        return []
    detail = f"it declares {declared} and uses {', '.join(used)}, which came later"
    fix = f"write `apiVersion: {CURRENT if set(used) & _SINCE_3_2 else 'v3.1.0'}`"
    return [Finding("CON-008", document.place(("apiVersion",)), detail, Severity.WARNING, fix=fix)]


def _is_key(path: Path) -> bool:
    inside_values = ("customProperties", "value", "implementation", "arguments", "logicalTypeOptions")
    return path[0] in ("schema", "servers", "context") and not (
        set(inside_values) & set(path[:-1]) and path[-1] != "vendor"
    )


def left_open(document: Document) -> list[Finding]:
    """Return a warning for each fault against the current schema that version 3.0 left open."""
    warnings = []
    for fault in standard_faults(document):
        fix = f"write it the way ODCS {CURRENT} does: {fault.fix}"
        warnings.append(Finding("CON-012", fault.place, fault.detail, Severity.WARNING, seen=fault.seen, fix=fix))
    return warnings


def from_version_2(document: Document) -> Document:
    """Return an ODCS 2.2 document as a current one, its positions kept; what was left behind is in its findings.

    Tables, columns, their types, keys and nullability, SLA and description are read. Quality
    of 2.2 names rules of other tools and is not executed; everything else describes.
    """
    old = document.value
    new = Document({}, source=document.source, findings=list(document.findings))
    new.positions[()] = document.positions.get((), (1, 1))
    carry = _carrier(document, new)
    value: dict[str, Any] = {"apiVersion": str(old.get("apiVersion") or "v2.2.2"), "kind": "DataContract"}
    for key in _KEPT:
        if old.get(key) is not None and key != "kind":
            value[key] = old[key]
            carry((key,), (key,))
    for key, name in _RENAMED.items():
        if isinstance(old.get(key), str):
            value[name] = old[key]
            carry((key,), (name,))
    value.setdefault("id", str(old.get("id") or old.get("datasetName") or "unnamed"))
    value.setdefault("version", "0")
    value["version"] = str(value["version"])
    value["name"] = str(old.get("datasetName") or value["id"])
    value["schema"] = [
        _table(table, ("dataset", index), ("schema", index), carry)
        for index, table in enumerate(_mappings(old.get("dataset")))
    ]
    carry(("dataset",), ("schema",))
    value["slaProperties"] = [
        {"element" if key == "column" else key: member for key, member in entry.items()}
        for entry in _mappings(old.get("slaProperties"))
    ]
    carry(("slaProperties",), ("slaProperties",))
    new.value = value
    left = sorted(
        set(map(str, old)) - {*_KEPT, *_RENAMED, "apiVersion", "id", "datasetName", "dataset", "slaProperties"}
    )
    detail = "ODCS 2.2 is translated" + (f"; left aside: {', '.join(left)}" if left else "")
    place = document.place(("apiVersion",)) if "apiVersion" in old else Place(document.source, 1)
    new.findings.append(Finding("CON-011", place, detail, Severity.WARNING))
    return new


def _carrier(old: Document, new: Document) -> Callable[[Path, Path], None]:
    def carry(source: Path, target: Path) -> None:
        for path, position in old.positions.items():
            if path[: len(source)] == source:
                new.positions.setdefault((*target, *path[len(source) :]), position)

    return carry


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _table(old: Mapping[str, Any], path: Path, target: Path, carry: Callable[[Path, Path], None]) -> dict[str, Any]:
    carry(path, target)
    new: dict[str, Any] = {"name": str(old.get("table") or f"table {path[-1]}")}
    for key in ("physicalName", "description", "tags"):
        if old.get(key) is not None:
            new[key] = old[key]
    new["properties"] = []
    for index, column in enumerate(_mappings(old.get("columns"))):
        carry((*path, "columns", index), (*target, "properties", index))
        new["properties"].append(_column(column))
    if quality := _quality(old):
        new["quality"] = quality
    return new


def _column(old: Mapping[str, Any]) -> dict[str, Any]:
    new = {key: old[key] for key in _COLUMN_KEPT if old.get(key) is not None}
    new.update({name: old[key] for key, name in _COLUMN.items() if old.get(key) is not None})
    new.setdefault("name", "unnamed")
    if isinstance(nullable := old.get("isNullable"), bool):
        new["required"] = not nullable
    if quality := _quality(old):
        new["quality"] = quality
    return new


def _quality(old: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "type": "custom",
            "name": str(entry.get("code") or entry.get("templateName") or "quality"),
            "engine": str(entry.get("toolName") or "of ODCS 2.2"),
            "implementation": str(entry.get("toolRuleName") or entry.get("code") or ""),
        }
        for entry in _mappings(old.get("quality"))
    ]
