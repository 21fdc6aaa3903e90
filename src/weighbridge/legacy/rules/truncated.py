"""Texts that fill their field to the last character, and may have been cut there.

A field of 20 characters holds `SOCIETE GENERALE DE ` and nobody knows how it went on. A text
that reaches the width is ambiguous: whole, or the beginning of a longer one (shown with `…`).
It is never completed. Put the rule before `trim`, so that it sees the field as it was, and only
on free text: codes of fixed length always fill their field.

With `evidence: [column]` the whole column is looked at first: texts that happen to be that long are
about as many as those a little shorter, while cut ones pile up at the width. Where at least
`leastEvidence` fill the field and they are more than three times those of any of the three
lengths below it, they are cut; where at least as many are a little shorter and there is no pile, they
are taken as whole.

Parameters:
    width: characters of the field.
    evidence: column, where the whole column may decide; none by default.
    leastEvidence: how many texts of a length must speak, default 10.

Example:
    rules: [{rule: truncated, width: 20, evidence: [column]}, trim]

Source: IBM Enterprise COBOL 6.4 Language Reference, "MOVE statement" (alphanumeric items are
cut on the right where they do not fit).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.evidence import Asking, Settlement
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import TEXT, Case, Parameters

_CUT, _WHOLE = (0, 1), (1, 0)
_SHORTER, _PILE = (1, 2, 3), 3


class TruncatedParameters(Parameters):
    """Parameters of `truncated`."""

    width: int = Field(ge=1, description="characters of the field")
    evidence: tuple[Literal["column"], ...] = Field((), description="what of the whole column may decide: column")
    least_evidence: int = Field(10, ge=1, description="how many texts of a length must speak")


_FIVE = {"width": 5}


class Truncated:
    """The rule `truncated`."""

    name = "truncated"
    logical_types = TEXT
    parameters = TruncatedParameters
    gives_text = True
    cases = (
        Case("ABCD", "ABCD", parameters=_FIVE),
        Case("ABCDE", "ABCDE", Certainty.AMBIGUOUS, _FIVE, ("ABCDE", "ABCDE…")),
        Case("ABCD ", "ABCD ", parameters=_FIVE),
        Case("ÀÉÎÕÜ", "ÀÉÎÕÜ", Certainty.AMBIGUOUS, _FIVE, ("ÀÉÎÕÜ", "ÀÉÎÕÜ…")),
        Case("", "", parameters=_FIVE),
        Case(None, None, parameters=_FIVE),
    )

    def read(self, text: pl.Expr, parameters: TruncatedParameters) -> Reading:
        """Return the text as it came."""
        full = _full(text, parameters.width)
        words = f"a text shorter than its field of {parameters.width} characters"
        if parameters.settlement is not None:
            if parameters.settlement.beats == (_WHOLE,):
                return Reading(text)
            words += f": {parameters.settlement}"
        doubt = Doubt(Certainty.AMBIGUOUS, "LEG-025", full, words, "width", pl.concat_list(text, text + "…"))
        return Reading(text, (doubt,))

    def asks(self, text: pl.Expr, parameters: TruncatedParameters) -> Asking | None:
        """Return what the column's lengths may tell."""
        return _Lengths(text, parameters.width, parameters.least_evidence) if parameters.evidence else None


def _full(text: pl.Expr, width: int) -> pl.Expr:
    return (text.str.len_chars() >= width) & ~text.str.ends_with(" ")


@dataclass(frozen=True, slots=True)
class _Lengths:
    """How many texts fill the field, and how many are one, two, three characters shorter."""

    text: pl.Expr
    width: int
    least: int

    def figures(self) -> dict[str, pl.Expr]:
        """Return the counts by length."""
        length = self.text.str.strip_chars_end(" ").str.len_chars()
        shorter = {f"-{n}": (length == self.width - n).sum() for n in _SHORTER if n < self.width}
        return {"full": _full(self.text, self.width).sum(), **shorter}

    def settle(self, figures: Mapping[str, int]) -> Settlement | None:
        """Return whether they pile up at the width."""
        full = figures["full"]
        below = [count for name, count in figures.items() if name != "full"]
        most = max(below, default=0)
        if full >= self.least and full > _PILE * most:
            why = f"{full:,} texts of the column have this length, at most {most:,} have one a little shorter"
            return Settlement((_CUT,), (why,))
        if sum(below) >= max(self.least, full) and full <= most:
            return Settlement((_WHOLE,), (f"only {full:,} texts of the column have this length",))
        return None
