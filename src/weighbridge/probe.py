"""The one internal representation of anything that asserts (DESIGN, section 8).

An ODCS row check, a legacy rule's status, a Pandera check, a Great Expectations metric
and a profile figure are all lowered to probes: a name, a Polars expression, and how to
read the answer. The executor knows nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from weighbridge.findings import Effect, Severity
from weighbridge.quick import dataclass

ROW = "__row"
"""UInt64, in the frame of a `CrossProbe`: which record it is; increasing in file order."""
SEEN = "__seen"
"""String, in what a `CrossProbe` finds: what to show as evidence; null shows the source text."""


@dataclass(frozen=True, slots=True)
class RowProbe:
    """An assertion on one record.

    Attributes:
        name: stable and unique within a plan, ``"property|check"`` or ``"check"`` for a
            check of several properties, e.g. ``"dep_time|maximum"``.
        failed: Boolean, one value a row, never null: True where the record fails. What a
            null operand means is settled inside the expression and said in `null_policy`.
        code: code of the finding each failure becomes.
        effect: what a failure does to the record.
        properties: the properties it reads, the blamed one first.
        expected: what the contract expects, in words.
        null_policy: ``"passes"``, ``"fails"`` or ``"not applicable"``.
        seen: String, one value a row: what to show as evidence; None means the source text
            of the first of `properties`.
        readings: List(String), one value a row: the competing readings of an ambiguous
            value; None when there are none.
        repaired_to: String, one value a row: the value after a repair; None when it repairs nothing.
        fix: what to do, when better than the catalogue's text.
        line: line in the contract.
        origin: who made it: ``"odcs"``, ``"rule"``, ``"framing"``, ``"pandera"``, …
        reading: how sure the doubted reading is (``"unreadable"``, ``"ambiguous"``, …); empty for checks.
        reason: why the value is missing, where it says so, e.g. ``"refused"``.
    """

    name: str
    failed: pl.Expr
    code: str
    effect: Effect
    properties: tuple[str, ...]
    expected: str
    null_policy: str = "passes"
    seen: pl.Expr | None = None
    readings: pl.Expr | None = None
    repaired_to: pl.Expr | None = None
    fix: str = ""
    line: int | None = None
    origin: str = "odcs"
    reading: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a scalar probe came out: whether it holds, and what was measured, in words and as a value."""

    holds: bool
    observed: Any
    words: str


@dataclass(frozen=True, slots=True)
class ScalarProbe:
    """An assertion on, or a figure of, the whole extract, answered once.

    Attributes:
        value: aggregates to exactly one value; several figures are one struct.
        read: turns the value into an `Answer`; None for a plain figure that asserts nothing.
        severity: error holds the extract when it fails, warning warns.
        scope: ``"extract"``: every record that could be framed; ``"published"``: only records
            that will be published.
    """

    name: str
    value: pl.Expr
    read: Callable[[Any], Answer] | None
    code: str
    severity: Severity
    properties: tuple[str, ...]
    expected: str
    scope: str = "extract"
    fix: str = ""
    line: int | None = None
    origin: str = "odcs"


@dataclass(frozen=True, slots=True)
class FrameProbe:
    """A scalar probe that needs a frame of its own (SQL, a group-by): a branch of the same plan.

    Attributes:
        build: given the checked frame (typed columns by property name), returns a one-row,
            one-column LazyFrame.
    """

    name: str
    build: Callable[[pl.LazyFrame], pl.LazyFrame]
    read: Callable[[Any], Answer]
    code: str
    severity: Severity
    properties: tuple[str, ...]
    expected: str
    scope: str = "extract"
    fix: str = ""
    line: int | None = None
    origin: str = "odcs"


@dataclass(frozen=True, slots=True)
class KeyProbe:
    """Uniqueness of a key over the whole extract. Every record of a repeated key fails.

    A key with a null part is not compared: null is never equal to null. The executor settles
    keys by a 64-bit hash first and then exactly; the hash alone decides nothing.

    Attributes:
        where: Boolean: which records are compared; None means all.
        keys: what is compared, when it is not the values of `properties` themselves; expressions over them.
        also: as of `CrossProbe`.
    """

    name: str
    properties: tuple[str, ...]
    code: str
    effect: Effect
    expected: str
    fix: str = ""
    line: int | None = None
    origin: str = "odcs"
    where: pl.Expr | None = None
    keys: tuple[pl.Expr, ...] = ()
    also: Callable[[pl.Expr], tuple[ScalarProbe, ...]] | None = None


@dataclass(frozen=True, slots=True)
class CrossProbe:
    """An assertion on one record that needs other records to answer: neighbours, a group, another table.

    Which records fail is found before the weighing in a frame of its own: `ROW` and the columns
    of `reads`, of the records that could be framed and that `where` selects.

    Attributes:
        find: given that frame, returns `ROW` and `SEEN` of the records that fail, in any order. What it
            finds must not depend on the order of rows in the frame, other than through `ROW`.
        reads: columns of the checked frame it needs; empty means `properties`.
        where: Boolean over the checked frame; None means every record.
        group: columns of `reads`: records that differ in them never matter to each other, so that a
            large frame may be judged in parts.
        ordered: a column of `reads`, where there is no group: what is found of a record depends on the records
            of its own value there and on one record of the next lower value, so that a large frame may be
            cut into ranges. Nulls there are never found.
        also: given the Boolean "this record failed", probes of the whole extract over it, such as a tolerance.
            Asked for after `find` has been.
        way: how it is answered, in words, where that is better than what is said of all such probes.
    """

    name: str
    find: Callable[[pl.LazyFrame], pl.LazyFrame]
    properties: tuple[str, ...]
    code: str
    effect: Effect
    expected: str
    reads: tuple[str, ...] = ()
    where: pl.Expr | None = None
    group: tuple[str, ...] = ()
    ordered: str = ""
    null_policy: str = "passes"
    fix: str = ""
    line: int | None = None
    origin: str = "odcs"
    also: Callable[[pl.Expr], tuple[ScalarProbe, ...]] | None = None
    way: str = ""


@dataclass(frozen=True, slots=True)
class ProfileProbe:
    """An assertion that a column is distributed as it was before. Answered from the scan's own profile.

    Attributes:
        column: whose values are compared.
        measure: of the distance, by its name in contracts.
        at_most: the greatest distance that holds.
        against: what is compared with: ``"previous"``, ``"baseline"``, or how many published runs before.
        reference: a file with the profile that is compared with, relative to the contract; None: `against` says it.
        least: how many values both sides need for anything to be said.
        severity: error holds the extract when it fails, warning warns.
    """

    name: str
    column: str
    measure: str
    at_most: float
    against: str | int
    code: str
    severity: Severity
    properties: tuple[str, ...]
    expected: str
    fix: str = ""
    line: int | None = None
    origin: str = "odcs"
    reference: str | None = None
    least: int = 1


@dataclass(frozen=True, slots=True)
class HistoryProbe:
    """An assertion that a figure is what it was in extracts published before. Answered when the scan is over.

    Attributes:
        metric: which figure, by its name in contracts.
        column: whose figure it is; None where it is one of the whole extract.
        alike: whether a run of that moment is one to compare with.
        last: how many of them are looked at, the latest first.
        read: turns this extract's figure and those of runs before, each with its moment, into an `Answer`; where
            there are too few to say anything, into the reason in words.
        severity: error holds the extract when it fails, warning warns.
    """

    name: str
    metric: str
    column: str | None
    alike: Callable[[datetime], bool]
    last: int
    read: Callable[[float, Sequence[tuple[datetime, float]]], Answer | str]
    code: str
    severity: Severity
    properties: tuple[str, ...]
    expected: str
    fix: str = ""
    line: int | None = None
    origin: str = "odcs"


BesideProbe = ProfileProbe | HistoryProbe
"""Answered beside the plan, from what its scan found and what runs before left."""

Probe = RowProbe | ScalarProbe | FrameProbe | KeyProbe | CrossProbe | BesideProbe
