"""Every kind of check, in the order their probes take in a plan."""

from __future__ import annotations

from typing import Any

from weighbridge.checks.check import Check
from weighbridge.checks.kinds import (
    bounds,
    conditional,
    duplicate_values,
    enum,
    expression,
    foreign_key,
    freshness,
    great_expectations,
    invalid_values,
    items,
    length,
    members,
    missing_values,
    multiple_of,
    null_values,
    number_format,
    pandera_schema,
    pattern,
    primary_key,
    query,
    required,
    row_count,
    sequence,
    text_format,
    unique,
)

CHECKS: tuple[Check[Any], ...] = (
    required.CHECK,
    enum.CHECK,
    pattern.CHECK,
    length.CHECK,
    bounds.CHECK,
    multiple_of.CHECK,
    text_format.CHECK,
    number_format.CHECK,
    items.CHECK,
    members.CHECK,
    unique.CHECK,
    primary_key.CHECK,
    foreign_key.CHECK,
    expression.CHECK,
    conditional.CHECK,
    sequence.CHECK,
    pandera_schema.CHECK,
    great_expectations.CHECK,
    null_values.CHECK,
    missing_values.CHECK,
    invalid_values.CHECK,
    duplicate_values.CHECK,
    row_count.CHECK,
    query.CHECK,
    freshness.CHECK,
)
