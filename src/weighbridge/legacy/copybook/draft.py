"""A contract drafted from a copybook: the Open Data Contract Standard document that its layout amounts to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weighbridge.legacy.copybook.copybook import Copybook
from weighbridge.legacy.copybook.fields import fields
from weighbridge.legacy.copybook.item import Item, Storage

_MOST = 10_000


def draft_contract(copybook: Copybook, path: str, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a contract as plain values, ready for YAML.

    Every field becomes a property, tables one property an element up to 10,000 properties; a level 88
    becomes an enum with its names as labels. What a copybook cannot say (keys, what is required) is left out.

    Args:
        copybook: the layout.
        path: the copybook's path as the contract will name it.
        options: decoding options, as `recordFormat` takes them.
    """
    record = copybook.roots[0].name.lower().replace("-", "_")
    properties: list[dict[str, Any]] = []
    taken: set[str] = set()
    for item, subscripts in fields(copybook):
        if len(properties) >= _MOST:
            break
        properties.append(_property(item, subscripts, taken))
    server = {
        "server": "host",
        "type": "local",
        "path": "./*.bin",
        "format": "mainframe",
        "customProperties": [
            {
                "property": "recordFormat",
                "vendor": "weighbridge",
                "value": {"kind": "mainframe", "copybook": path, **(options or {})},
            }
        ],
    }
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": record.replace("_", "-"),
        "name": record,
        "version": "0.1.0",
        "status": "draft",
        "servers": [server],
        "schema": [
            {"name": record, "physicalName": copybook.roots[0].name, "physicalType": "file", "properties": properties}
        ],
    }


def logical_type(item: Item) -> str:
    """Return the ODCS logical type of an elementary item."""
    if not item.is_number:
        return "string"
    if item.storage in (Storage.FLOAT, Storage.DOUBLE, Storage.EXTERNAL_FLOAT) or item.scale > 0:
        return "number"
    return "integer"


def described(item: Item) -> str:
    """Return an item's picture and usage as a copybook writes them, e.g. ``"S9(7)V99 COMP-3"``."""
    parts = [item.picture.text if item.picture is not None else "", item.usage.value if item.usage is not None else ""]
    if item.sign is not None:
        parts.append(
            f"SIGN {'LEADING' if item.sign.leading else 'TRAILING'}{' SEPARATE' if item.sign.separate else ''}"
        )
    return " ".join(part for part in parts if part)


def _property(item: Item, subscripts: tuple[int, ...], taken: set[str]) -> dict[str, Any]:
    suffix = "".join(f"_{n}" for n in subscripts)
    name = item.name.lower().replace("-", "_") + suffix
    above = item.parent
    while name in taken and above is not None:
        name = f"{above.name.lower().replace('-', '_')}_{name}"
        above = above.parent
    stem, number = name, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    taken.add(name)
    out: dict[str, Any] = {
        "name": name,
        "physicalName": item.name + (f"({','.join(map(str, subscripts))})" if subscripts else ""),
        "physicalType": described(item),
        "logicalType": logical_type(item),
    }
    if not item.is_number and item.size:
        out["logicalTypeOptions"] = {"maxLength": item.size}
    values = [(value, condition.name) for condition in item.conditions for value, _ in condition.values]
    ranged = any(high is not None for condition in item.conditions for _, high in condition.values)
    if values and not ranged:
        out["enum"] = [{"value": _literal(value, item), "label": name} for value, name in values]
    return out


def decoded_type(item: Item) -> str:
    """Return what an item is read as, e.g. ``"decimal(9,2)"``; a group is one."""
    if item.is_group:
        return "group"
    if not item.is_number:
        return f"text({item.size})"
    if item.storage in (Storage.FLOAT, Storage.DOUBLE):
        return "float32" if item.storage is Storage.FLOAT else "float64"
    if item.scale > 0:
        return f"decimal({max(item.digits, item.scale)},{item.scale})"
    return f"integer({item.digits + max(-item.scale, 0)})"


_FIGURATIVE = {"SPACE": "", "SPACES": "", "ZERO": "0", "ZEROS": "0", "ZEROES": "0"}


def _literal(value: str, item: Item) -> Any:
    text = _FIGURATIVE.get(value, value)
    if item.is_number and text.lstrip("+-").isdigit():
        return int(text)
    return text.rstrip()
