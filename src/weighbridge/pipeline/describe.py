"""The declared schema as plain values, for the report and for ``--json``."""

from __future__ import annotations

from typing import Any

from weighbridge.contract.model import Property, SchemaObject


def described(schema: SchemaObject) -> tuple[dict[str, Any], ...]:
    """Return one mapping a property: what the contract declares of it, absent things left out."""
    return tuple(_property(p) for p in schema.properties)


def _property(p: Property) -> dict[str, Any]:
    declared = {
        "name": p.name,
        "logical_type": p.logical_type.value,
        "physical_type": p.physical_type,
        "description": p.description,
        "required": p.required or None,
        "unique": p.unique or None,
        "primary_key": p.primary_key_position,
        "classification": p.classification,
        "masked": p.is_masked or None,
        "options": dict(p.options) or None,
        "enum": [e.value for e in p.enum] or None,
        "rules": [r.name for r in p.rules] or None,
        "line": p.line,
    }
    return {name: value for name, value in declared.items() if value is not None}
