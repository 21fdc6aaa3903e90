"""Columns that could be a key: no null, no value twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def single_keys(columns: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield ``{"columns": [name], "is": "proved" | "likely", "why": words}`` of columns that could be a key.

    Args:
        columns: figures by column, as the summary has them.
    """
    for name, figures in columns.items():
        if figures["nulls"] or figures.get("unique") not in ("yes", "likely"):
            continue
        yield {"columns": [name], "is": "proved" if figures["unique"] == "yes" else "likely", "why": _why(figures)}


def _why(figures: Mapping[str, Any]) -> str:
    if figures["unique"] == "yes":
        return str(figures["order"]) if figures["distinct_is"] != "exact" else "every value counted once"
    looked_at = figures["unique_looked_at"]
    return f"of {looked_at} values looked at none occurs twice: at 95 % confidence fewer than {3 / looked_at:.1%} do"
