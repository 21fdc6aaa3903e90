"""Semantic lint: what the schema cannot say. One file a subject; each lint is a function in `LINTS`.

An error forbids the contract's use: with it, every record would fail, or nothing could be
said to be right. A warning names what is surely not meant, or what will not be acted on.
"""

from __future__ import annotations

from collections.abc import Callable

from weighbridge.contract.lint import (
    bounds,
    checks,
    enums,
    epochs,
    keys,
    mainframe,
    names,
    positions,
    quality,
    relationships,
    rules,
    servers,
    sla,
)
from weighbridge.contract.lint.subject import Subject

LINTS: tuple[Callable[[Subject], None], ...] = (
    names.duplicate_names,
    names.colliding_source_names,
    names.inferred_types,
    names.classifications,
    keys.nullable_primary_key,
    keys.key_oddities,
    bounds.contradicting_bounds,
    bounds.bounds_of_another_type,
    bounds.options_without_type,
    bounds.patterns,
    bounds.date_formats,
    enums.enum_values,
    rules.rules,
    positions.positions,
    epochs.epochs,
    servers.servers,
    mainframe.mainframe,
    quality.thresholds,
    quality.metric_arguments,
    quality.options,
    quality.expressions,
    checks.checks,
    relationships.relationships,
    sla.freshness_elements,
    sla.retention,
    sla.breaker,
)

__all__ = ["LINTS", "Subject"]
