"""Trying a type and its rules on a column's different texts, by the chain a run would decode them with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from weighbridge.contract.model import LogicalType, Property, RuleSpec
from weighbridge.decode.chain import chain, doubt_column
from weighbridge.legacy.reading import Certainty
from weighbridge.readers.lineage import raw_name

TEXT, COUNT = "text", "count"
_NAME = "column"

Rules = tuple[Mapping[str, Any] | str, ...]
"""Rules as a contract writes them: a name, or a mapping with `rule` and its parameters."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a column seems to be.

    Attributes:
        logical_type: of the property.
        rules: of the property, as a contract writes them; empty where it needs none.
        values: how many texts were looked at, without those that mean "no value".
        read: how many of them the rules read, repaired ones included.
        repaired: how many of those on an assumption.
        ambiguous: how many have several readings.
        unread: some of the texts that are not read, the most frequent first.
        notes: what the texts tell of the rules, and what they leave to a person, in words.
    """

    logical_type: LogicalType
    rules: Rules = ()
    values: int = 0
    read: int = 0
    repaired: int = 0
    ambiguous: int = 0
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of the different texts of a column under a type and its rules.

    Attributes:
        rules: as a contract writes them.
        frame: `text`, `count`, `value`, and Boolean `repaired`, `ambiguous`; one row a text.
    """

    logical_type: LogicalType
    rules: Rules
    frame: pl.DataFrame = field(repr=False)

    @property
    def is_read(self) -> pl.Series:
        """Boolean, one a text: the rules give it one value."""
        return self.frame["value"].is_not_null() & ~self.frame["ambiguous"]

    @property
    def read(self) -> int:
        """How many texts are read."""
        return self._sum(self.is_read)

    @property
    def ambiguous(self) -> int:
        """How many texts have several readings."""
        return self._sum(self.frame["ambiguous"])

    @property
    def score(self) -> tuple[int, int]:
        """What makes one trial better than another: texts read or left open, then texts read."""
        return self.read + self.ambiguous, self.read

    def told(self, notes: Sequence[str] = ()) -> Advice:
        """Return it as advice."""
        left = self.frame.filter(~self.is_read & ~self.frame["ambiguous"]).sort(COUNT, TEXT, descending=[True, False])
        return Advice(
            self.logical_type,
            self.rules,
            self._sum(pl.repeat(True, self.frame.height, eager=True)),
            self.read,
            self._sum(self.frame["repaired"] & self.is_read),
            self.ambiguous,
            tuple(left[TEXT].head(5)),
            tuple(notes),
        )

    def _sum(self, where: pl.Series) -> int:
        return int(self.frame[COUNT].filter(where).sum())


def tried(texts: pl.DataFrame, logical_type: LogicalType, *rules: Mapping[str, Any] | str) -> Trial:
    """Return what becomes of `texts` (columns `text` and `count`) under a type and rules.

    Texts that the rules take for "no value" are left out of the trial's frame.
    """
    prop = Property(_NAME, logical_type, (_NAME,), rules=tuple(map(_spec, rules)))
    way = chain(prop, pl.String(), ())
    frame = texts.with_columns(pl.col(TEXT).alias(raw_name(_NAME)))
    for stage in way.stages:
        frame = frame.with_columns(stage)

    def doubted(certainty: Certainty) -> pl.Expr:
        found = [pl.col(doubt_column(s.name)) for s in way.steps if s.doubt.certainty is certainty]
        return pl.any_horizontal(pl.lit(False), *found)

    known = frame.select(
        TEXT,
        COUNT,
        pl.col(_NAME).alias("value"),
        doubted(Certainty.REPAIRED).alias("repaired"),
        doubted(Certainty.AMBIGUOUS).alias("ambiguous"),
        doubted(Certainty.UNREADABLE).alias("unreadable"),
    )
    said = pl.col("value").is_not_null() | pl.col("ambiguous") | pl.col("unreadable")
    return Trial(logical_type, rules, known.filter(said).drop("unreadable"))


def best(trials: Sequence[Trial]) -> Trial:
    """Return the trial that reads most; of equals the first."""
    return max(trials, key=lambda trial: trial.score)


def _spec(rule: Mapping[str, Any] | str) -> RuleSpec:
    if isinstance(rule, str):
        return RuleSpec(rule)
    return RuleSpec(rule["rule"], {key: value for key, value in rule.items() if key != "rule"})
