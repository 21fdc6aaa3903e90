"""What a legacy rule gives: a value, and how sure it is of it.

A rule is pure: given an expression of source text, it returns expressions. Rules of a
property are applied in order, each reading what the one before it gave; the last step of
every property is the cast to its logical type.
"""

from __future__ import annotations

import enum

import polars as pl

from weighbridge.quick import dataclass


class Certainty(enum.StrEnum):
    """How sure a reading is (DESIGN, section 5)."""

    EXACT = "exact"
    NORMALISED = "normalised"
    REPAIRED = "repaired"
    AMBIGUOUS = "ambiguous"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One way in which a reading is less than exact.

    Attributes:
        certainty: repaired, ambiguous or unreadable; normalised only where the reading is
            worth a note (a value missing for a stated reason), else it raises no doubt.
        code: the finding's code.
        where: Boolean, one value a row: True where this doubt applies, null counts as False;
            None means wherever there is a text and no value came of it.
        expected: what the rule expects, in words.
        readings: List(String): the competing readings, for ambiguous ones.
        name: short word that tells a rule's doubts apart, e.g. ``"century"``.
        reason: why the value is missing, where the text says so, e.g. ``"refused"``.
    """

    certainty: Certainty
    code: str
    where: pl.Expr | None
    expected: str
    name: str
    readings: pl.Expr | None = None
    fix: str = ""
    reason: str = ""

    def applies(self, text: pl.Expr, value: pl.Expr) -> pl.Expr:
        """Return `where` as Boolean that is never null, given the rule's text and the value it gave."""
        where = (text != "") & value.is_null() if self.where is None else self.where
        return where.fill_null(False)


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of one rule: the value for the next step, and its doubts.

    Attributes:
        value: one value a row; null where the text means "no value" or could not be read, the
            first of the readings where it is ambiguous.
        dtype: the value's type where a rule gives no text, e.g. ``pl.Date()``; None for text.
    """

    value: pl.Expr
    doubts: tuple[Doubt, ...] = ()
    dtype: pl.DataType | None = None
