"""What a legacy rule is. Each stands in its own file under `legacy/rules/` and in the tuple `RULES`."""

from __future__ import annotations

from typing import Any, Protocol

import polars as pl
from pydantic import BaseModel, ConfigDict

from weighbridge.legacy.reading import Reading


class Parameters(BaseModel):
    """Base of every rule's parameters: closed, frozen, camelCase as the contract writes them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(Protocol):
    """One convention of old systems.

    Attributes:
        name: as contracts write it, e.g. ``"impliedDecimal"``.
        logical_types: the ODCS logical types a property with this rule may have.
        parameters: the model of its parameters.
        gives_text: True when `read` gives text for the next step; False when it gives a value
            of the property's type, after which no further rule may follow.
    """

    name: str
    logical_types: frozenset[str]
    parameters: type[Parameters]
    gives_text: bool

    def read(self, text: pl.Expr, parameters: Any) -> Reading:
        """Return the reading of `text` (String, one value a row)."""
        ...
