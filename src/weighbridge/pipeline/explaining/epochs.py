"""How many records came from which layout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.decode import EPOCH, UNTOLD
from weighbridge.findings import Severity
from weighbridge.probe import ScalarProbe

TODAY, NOBODY_KNOWS = "today's", "cannot be told"
_PREFIX = "epoch|"


def counting(schema: SchemaObject) -> tuple[ScalarProbe, ...]:
    """Return a probe for each layout that counts its records and asserts nothing; none without epochs."""
    return tuple(
        ScalarProbe(
            name=_PREFIX + name,
            value=(pl.col(EPOCH) == place).sum(),
            read=None,
            code="LEG-080",
            severity=Severity.INFO,
            properties=(),
            expected="",
        )
        for name, place in epoch_places(schema).items()
    )


def epoch_places(schema: SchemaObject) -> dict[str, int]:
    """Return what the column `EPOCH` holds of each layout; nothing without epochs."""
    if not schema.epochs:
        return {}
    return {**{e.name: i for i, e in enumerate(schema.epochs, 1)}, TODAY: 0, NOBODY_KNOWS: UNTOLD}


def counted(figures: Mapping[str, Any]) -> dict[str, int]:
    """Return the framed records by layout, of those that have any or are of the contract."""
    found = {name.removeprefix(_PREFIX): int(n) for name, n in figures.items() if name.startswith(_PREFIX)}
    return {name: n for name, n in found.items() if n or name != NOBODY_KNOWS}
