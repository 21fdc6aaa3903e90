"""What a legacy rule is. Each stands in its own file under `legacy/rules/` and in the table `RULES`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Protocol, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, PrivateAttr
from pydantic.alias_generators import to_camel

from weighbridge.legacy.evidence import Asking, Settlement
from weighbridge.legacy.reading import Certainty, Reading
from weighbridge.quick import dataclass


class Parameters(BaseModel):
    """Base of every rule's parameters: closed, frozen, camelCase as the contract writes them."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True, defer_build=True
    )

    _settlement: Settlement | None = PrivateAttr(None)

    @property
    def settlement(self) -> Settlement | None:
        """What the whole column settled, once it was looked at."""
        return self._settlement

    def settled(self, settlement: Settlement) -> Self:
        """Return these parameters with what the column settled."""
        known = self.model_copy()
        known._settlement = settlement
        return known

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The properties of the record whose values the rule reads beside its own text: dates or timestamps."""
        return ()

    @property
    def reads_blank(self) -> bool:
        """Whether an empty field says something to this rule; otherwise it is no value of types other than string."""
        return False


@dataclass(frozen=True, slots=True)
class Case:
    """One worked example of a rule: documentation that a test runs.

    Attributes:
        text: the source text; None for a field that is not there.
        value: what the rule gives for it; None for "no value" and for what it cannot read.
        certainty: how sure the reading is.
        parameters: as a contract writes them, camelCase.
        readings: the competing readings of an ambiguous text, as texts.
        beside: values of the record's properties that the rule reads beside its own text.
    """

    text: str | None
    value: Any
    certainty: Certainty = Certainty.EXACT
    parameters: Mapping[str, Any] = field(default_factory=dict)
    readings: tuple[str, ...] = ()
    beside: Mapping[str, Any] = field(default_factory=dict)


class Rule(Protocol):
    """One convention of old systems. Its module's docstring is the user's page."""

    @property
    def name(self) -> str:
        """The name contracts write, e.g. ``"impliedDecimal"``."""
        ...

    @property
    def logical_types(self) -> frozenset[str]:
        """The ODCS logical types a property with this rule may have."""
        ...

    @property
    def parameters(self) -> type[Parameters]:
        """The model of its parameters."""
        ...

    @property
    def gives_text(self) -> bool:
        """True when `read` gives text for the next step; False for a typed value, which ends the chain."""
        ...

    @property
    def cases(self) -> tuple[Case, ...]:
        """Its worked examples."""
        ...

    def read(self, text: pl.Expr, parameters: Any) -> Reading:
        """Return the reading of `text` (String, one value a row).

        `parameters` is an instance of the rule's own model. Null text gives null, without doubt.
        Where the text is ambiguous the value is the first of the readings.
        """
        ...


class Inquiring(Protocol):
    """A rule that may ask the whole column before it reads single values."""

    def asks(self, text: pl.Expr, parameters: Any) -> Asking | None:
        """Return what to count over the column of `text`; None where the parameters ask for nothing."""
        ...


ANY_TYPE = frozenset(("string", "integer", "number", "boolean", "date", "timestamp", "time"))
NUMERIC = frozenset(("integer", "number"))
TEXT = frozenset(("string",))
