"""Fingerprints: the same content gives the same text, whatever its layout."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from weighbridge.contract.model import SchemaObject, Server, SlaProperty

_SILENT = frozenset(
    ("line", "description", "label", "classification", "dimension", "path", "connection", "folder", "extensions", "raw")
)
"""Fields of the model that neither decide a verdict nor change a value."""

_WHEN_USED = frozenset(("epochs", "exhaustive", "sources", "fields", "columns"))
"""Fields that came later: a contract that makes no use of them keeps its fingerprint."""


def fingerprint(value: Any) -> str:
    """Return ``sha256:`` of the canonical JSON of plain values: keys sorted, whole floats as integers."""
    text = json.dumps(_canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def rules_fingerprint(
    objects: tuple[SchemaObject, ...], servers: tuple[Server, ...], sla: tuple[SlaProperty, ...]
) -> str:
    """Return the fingerprint of only what decides verdicts and values."""
    return fingerprint({"objects": objects, "servers": servers, "sla": sla})


def _canonical(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            member.name: _canonical(getattr(value, member.name))
            for member in dataclasses.fields(value)
            if member.name not in _SILENT and not (member.name in _WHEN_USED and not getattr(value, member.name))
        }
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _canonical(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(member) for member in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not isinstance(value, bool):
        if not math.isfinite(value):
            return f"float:{value}"
        return int(value) if value.is_integer() else value
    return value
