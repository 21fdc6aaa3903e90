"""Two-digit years: which century they are of, when a contract says so, and that it is not known when none does."""

from __future__ import annotations

import polars as pl
from pydantic import Field, model_validator

from weighbridge.legacy.patterns import Pattern
from weighbridge.legacy.rule import Parameters

_FIRST, _LAST = 1800, 2199


class CenturyWindow(Parameters):
    """The hundred years that two-digit years are of.

    `from: 1950` is a fixed window, 1950 to 2049. `yearsAhead: 20` with `asOf: 2013` is a sliding
    window as hosts keep it: the hundred years that end 20 years after 2013.
    """

    from_: int | None = Field(None, alias="from", ge=_FIRST, le=_LAST - 99, description="first year of a fixed window")
    years_ahead: int | None = Field(
        None, ge=0, le=99, description="of a sliding window: how many years after `asOf` it ends"
    )
    as_of: int | None = Field(
        None, ge=_FIRST, le=_LAST, description="of a sliding window: the year the data were written"
    )
    assumed: bool = Field(
        False, description="true enters each such value in the repair ledger: the sender never confirmed it"
    )

    @model_validator(mode="after")
    def _one_window(self) -> CenturyWindow:
        sliding = self.years_ahead is not None and self.as_of is not None
        if (self.from_ is not None) == sliding or (self.years_ahead is None) != (self.as_of is None):
            raise ValueError("give either `from`, or `yearsAhead` with `asOf`")
        return self

    @property
    def first_year(self) -> int:
        """The first of the hundred years."""
        if self.from_ is not None:
            return self.from_
        return (self.as_of or 0) + (self.years_ahead or 0) - 99


def complete(pattern: Pattern, text: pl.Expr, window: CenturyWindow | None) -> tuple[pl.Expr, ...]:
    """Return the texts that `text` may stand for once its year has four digits, likelier first.

    One text where the pattern or the window tells the century; two (20xx, 19xx) where nothing does.
    """
    if not pattern.lacks_century:
        if "century" not in pattern.kinds:
            return (text,)
        digit = pattern.part(text, "c")
        return (pl.when(digit == 0).then(pattern.in_century(text, "19")).otherwise(pattern.in_century(text, "20")),)
    if window is None:
        return pattern.in_century(text, "20"), pattern.in_century(text, "19")
    century, pivot = divmod(window.first_year, 100)
    if pivot == 0:
        return (pattern.in_century(text, str(century)),)
    early = pattern.part(text, "yy") >= pivot
    return (
        pl.when(early)
        .then(pattern.in_century(text, str(century)))
        .otherwise(pattern.in_century(text, str(century + 1))),
    )
