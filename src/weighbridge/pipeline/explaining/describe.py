"""The declared schema as plain values, for the report and for ``--json``; and the contract's words for a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from weighbridge.contract.model import Property, SchemaObject
from weighbridge.outcome.result import CheckResult


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


def in_its_words(checks: Sequence[CheckResult], schema: SchemaObject) -> tuple[CheckResult, ...]:
    """Return the results with what the contract says in its own words of those that do not hold.

    That is the description of the check that stands at the result's line, or else of the one property it asks.
    """
    qualities = (*schema.quality, *(q for p in schema.properties for q in p.quality))
    of_line = {q.line: q.description for q in qualities if q.line is not None and q.description}
    of_property = {p.name: p.description for p in schema.properties if p.description}

    def says(check: CheckResult) -> str | None:
        own = None if check.line is None else of_line.get(check.line)
        return own if own or len(check.properties) != 1 else of_property.get(check.properties[0])

    return tuple(c if c.holds else replace(c, says=says(c)) for c in checks)
