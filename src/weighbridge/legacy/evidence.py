"""Evidence of the whole column: what one value leaves open, the others may tell.

A rule whose contract allows it asks for counts over the column before it reads single values:
how many values only one of two readings can read, and under which of them the column is in
order. Two readings are told apart only where enough values speak for one and none for the
other: a column that contradicts itself settles nothing.

What is settled is still an inference, so each value read by it is a repair that tells the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import polars as pl

from weighbridge.quick import dataclass

Kind = Literal["column", "order"]
_MOST_CHANCE_FALLS = 2


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a look at the column settled.

    Attributes:
        beats: pairs of readings, by position: the first is right wherever both are possible.
        why: the evidence in words, one for each pair.
    """

    beats: tuple[tuple[int, int], ...]
    why: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.why)


class Asking(Protocol):
    """A question to a whole column."""

    def figures(self) -> dict[str, pl.Expr]:
        """Return the counts that answer it, each one value of the whole column, by name."""
        ...

    def settle(self, figures: Mapping[str, int]) -> Settlement | None:
        """Return what the counts settle; None where they settle nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a rule asks of a column: its competing readings and what may tell them apart.

    Attributes:
        readings: expressions over the rule's text, null where a reading is not possible.
        names: of the readings, in words.
        pairs: positions of the readings that compete for texts of one shape.
        kinds: the evidence that counts.
        least: how many values must speak for a reading.
    """

    readings: tuple[pl.Expr, ...]
    names: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    kinds: frozenset[Kind]
    least: int

    def figures(self) -> dict[str, pl.Expr]:
        """Return the counts that answer it, each one value of the whole column, by name."""
        found: dict[str, pl.Expr] = {}
        for i, j in self.pairs:
            for first, second in ((i, j), (j, i)):
                a, b = self.readings[first], self.readings[second]
                found[f"{first}>{second}"] = (a.is_not_null() & b.is_null()).sum()
                if "order" in self.kinds:
                    step = pl.coalesce(a, b).drop_nulls().diff().cast(pl.Int64)
                    found[f"{first}+{second}"] = (step > 0).sum()
                    found[f"{first}-{second}"] = (step < 0).sum()
        return found

    def settle(self, figures: Mapping[str, int]) -> Settlement | None:
        """Return what the counts settle; None where they settle nothing."""
        beats: list[tuple[int, int]] = []
        why: list[str] = []
        for i, j in self.pairs:
            for first, second in ((i, j), (j, i)):
                words = self._wins(first, second, figures)
                if words:
                    beats.append((first, second))
                    why.append(words)
        return Settlement(tuple(beats), tuple(why)) if beats else None

    def _wins(self, i: int, j: int, figures: Mapping[str, int]) -> str:
        """Return why reading `i` is right where `j` is possible too; empty where that is not shown."""
        for_i, for_j = figures[f"{i}>{j}"], figures[f"{j}>{i}"]
        if for_j:
            return ""
        name, other = self.names[i], self.names[j]
        if "column" in self.kinds and for_i >= self.least:
            return f"{for_i:,} values of the column can only be read as {name}, none only as {other}"
        if "order" not in self.kinds:
            return ""
        rises, falls = figures[f"{i}+{j}"], figures[f"{i}-{j}"]
        backward, forward = figures[f"{j}-{i}"], figures[f"{j}+{i}"]
        if min(backward, forward) <= _MOST_CHANCE_FALLS or min(rises, falls) > 0 or rises + falls < self.least:
            return ""
        way = "rises" if rises else "falls"
        breaks = backward if rises else forward
        return f"read as {name} the column {way} throughout, read as {other} it breaks that {breaks:,} times"


def pairs_of(shapes: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return the positions of readings that share a shape, two by two."""
    return tuple((i, j) for i, a in enumerate(shapes) for j, b in enumerate(shapes) if i < j and a == b)
