"""A contract drafted from a copybook: the Open Data Contract Standard document that its layout amounts to."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weighbridge.legacy.cobol.lookup import FieldIndex
from weighbridge.legacy.cobol.options import Options, option_key
from weighbridge.legacy.cobol.segments import Segments
from weighbridge.legacy.copybook.copybook import Copybook
from weighbridge.legacy.copybook.fields import Field
from weighbridge.legacy.copybook.item import Condition, Item, Storage

_MOST = 10_000
_MOST_VALUES = 1_000
_EXACT_DIGITS = 15
_DECIMAL_DIGITS = 38


def draft_contract(
    copybook: Copybook,
    paths: str | Sequence[str],
    given: Mapping[str, Any] | None = None,
    options: Options | None = None,
) -> dict[str, Any]:
    """Return a contract as plain values, ready for YAML.

    Every field becomes a property, tables one property an element up to 10,000 properties; the names of level 88
    become an enum's labels, with warnings for other values: a level 88 names values, it forbids none. Records of
    several kinds become an object each. What a copybook cannot say (keys, what is required) is left out.

    Args:
        copybook: the layout.
        paths: the copybooks' paths as the contract will name them.
        given: decoding options as they were written; `recordFormat.options` will have them.
        options: the same, read.
    """
    record = _lower(copybook.roots[0].name)
    segments = Segments(copybook, options or Options())
    index = FieldIndex(copybook, segments)
    named = [paths] if isinstance(paths, str) else list(paths)
    value: dict[str, Any] = {"kind": "mainframe", "copybook": named[0] if len(named) == 1 else named}
    written = {_camel(key): v for key, v in (given or {}).items() if _is_option(key)}
    if written:
        value["options"] = written
    server = {
        "server": "host",
        "type": "local",
        "path": "./*.bin",
        "format": "mainframe",
        "customProperties": [{"property": "recordFormat", "vendor": "weighbridge", "value": value}],
    }
    objects = [
        {
            "name": _lower(group) if group is not None else record,
            "physicalName": segments.items[group].name if group is not None else copybook.roots[0].name,
            "physicalType": "segment" if group is not None else "file",
            "properties": list(_properties(index, group)),
        }
        for group in segments.groups_in_order or (None,)
    ]
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": record.replace("_", "-"),
        "name": record,
        "version": "0.1.0",
        "status": "draft",
        "servers": [server],
        "schema": objects,
    }


def logical_type(item: Item) -> str:
    """Return the ODCS logical type of an elementary item."""
    if not item.is_number or _precision(item) > _DECIMAL_DIGITS:
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


def _properties(index: FieldIndex, group: str | None) -> Iterator[dict[str, Any]]:
    """Give a property for each field that the records of a group have, if it can be named."""
    taken: set[str] = set()
    for found in index.fields_of(group):
        if len(taken) >= _MOST:
            return
        field = found.field
        called = next((key for key in _spelled(field) if index.find([key], group) == found), None)
        if called is not None:
            yield _property(field, called, taken)


def _spelled(field: Field) -> Iterator[str]:
    """Give the names that a property may call its field by, the shortest first, as the copybook spells them."""
    ends = f"({','.join(map(str, field.subscripts))})" if field.subscripts else ""
    path = field.item.path
    for parts in range(1, len(path) + 1):
        yield ".".join(path[-parts:]) + ends


def _property(field: Field, called: str, taken: set[str]) -> dict[str, Any]:
    item = field.item
    suffix = "".join(f"_{n}" for n in field.subscripts)
    path = [_lower(part) for part in item.path]
    names = ["_".join(path[-parts:]) + suffix for parts in range(1, len(path) + 1)]
    name = next((one for one in names if one not in taken and not one.startswith("_")), "")
    number = 2
    while not name or name in taken:
        name, number = f"{names[0].strip('_') or 'field'}_{number}", number + 1
    taken.add(name)
    out: dict[str, Any] = {
        "name": name,
        "physicalName": called,
        "physicalType": _physical_type(item),
        "logicalType": logical_type(item),
    }
    if out["physicalType"] != described(item):
        out["description"] = described(item)
    if not item.is_number and item.size:
        out["logicalTypeOptions"] = {"maxLength": item.size}
    values = _enum(item)
    if values:
        out["enum"] = values
        out["customProperties"] = [{"property": "severity", "vendor": "weighbridge", "value": "warning"}]
    return out


def _physical_type(item: Item) -> str:
    """Return the picture and usage; for numbers that need it, the decimal type in which no digit is lost."""
    precision = _precision(item)
    exact = item.is_number and item.storage not in (Storage.FLOAT, Storage.DOUBLE, Storage.EXTERNAL_FLOAT)
    if exact and _EXACT_DIGITS < precision <= _DECIMAL_DIGITS:
        return f"DECIMAL({precision},{max(item.scale, 0)})"
    return described(item)


def _precision(item: Item) -> int:
    return max(item.digits, item.scale) + max(-item.scale, 0)


def _enum(item: Item) -> list[dict[str, Any]]:
    """Return the values of the item's conditions; none where one of them cannot be listed.

    A value that several conditions name has the label of the one that names the fewest.
    """
    labels: dict[Any, str] = {}
    for condition in sorted(item.conditions, key=lambda c: sum(1 for _ in _values(c, item))):
        listed = list(_values(condition, item))
        if None in listed:
            return []
        for value in listed:
            labels.setdefault(value, condition.name)
    order = [value for condition in item.conditions for value in _values(condition, item)]
    return [{"value": value, "label": labels[value]} for value in dict.fromkeys(order)]


def _values(condition: Condition, item: Item) -> Iterator[Any]:
    """Give the values of a condition, those of a range one by one; None for what is no plain value."""
    for low, high in condition.values:
        first = _literal(low, item)
        if high is None:
            yield first
            continue
        last = _literal(high, item)
        if not isinstance(first, int) or not isinstance(last, int) or not 0 <= last - first < _MOST_VALUES:
            yield None
            return
        yield from range(first, last + 1)


_FIGURATIVE = {"SPACE": "", "SPACES": "", "ZERO": "0", "ZEROS": "0", "ZEROES": "0"}
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?|[+-]?\.\d{1,15}")


def _literal(value: str, item: Item) -> Any:
    text = _FIGURATIVE.get(value, value)
    if item.is_number:
        if not _NUMBER.fullmatch(text):
            return None
        return int(text) if logical_type(item) == "integer" and "." not in text else float(text)
    if text in ("LOW-VALUE", "LOW-VALUES", "HIGH-VALUE", "HIGH-VALUES", "QUOTE", "QUOTES", "NULL", "NULLS", "ALL"):
        return None
    return text.rstrip() if len(text) <= item.size else None


def _lower(name: str) -> str:
    return re.sub(r"[^a-z0-9_]", "_", name.lower())


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found.group(1).upper(), name)


def _is_option(name: str) -> bool:
    known = {member.name for member in dataclasses.fields(Options)} | {"code_page_table"}
    return option_key(name) in known - {"conventions", "warnings"}
