"""What kept a record out and cannot be asked of it again: then only a person can let it pass.

Records are read again from their texts, one by one. What their reader doubted of its own values (bytes that are no
number), and what other records told (an order, a group, another table), is asked of the whole
extract alone. Such a record passes by a decision that gives the property, or under a contract that
does not ask it any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import polars as pl

from weighbridge.findings import Effect, Finding, Place

_KEEPS_OUT = [Effect.REJECT.value, Effect.REVIEW.value]
_LAYOUT = r"@[^|]*"


@dataclass(frozen=True, slots=True)
class Unasked:
    """A check that kept a record out and is not asked of it again.

    Attributes:
        source, record: whose record.
        check, code, effect: as its finding names them.
        about: the property that the finding blames; None where it blames none.
    """

    source: str
    record: int
    check: str
    code: str
    effect: Effect
    about: str | None

    @property
    def finding(self) -> Finding:
        """What to tell of it."""
        words = self.check if self.about is None else f"{self.check}: say what {self.about} is"
        return Finding("REV-016", Place(source=self.source, record=self.record), words)


def unasked(
    kept: pl.DataFrame,
    asked: Set[str],
    *,
    still: Set[str] | None,
    doubts: Set[str] | None,
    said: Mapping[tuple[str, int], Set[str]],
) -> list[Unasked]:
    """Return what kept these records out, is not asked again, and was not answered by a decision.

    Args:
        kept: rows of quarantine and review.
        asked: names of the checks that are asked now.
        still: names of the checks that the contract has and only a whole extract is asked; None when it is the one
            that kept the records, by which all of them count.
        doubts: names of the reader's own doubts; None when they are not known, so that all may be.
        said: the properties that a decision gives, by source and record number.
    """
    if "findings" not in kept.columns:
        return []
    told = (
        kept.select("source", "record", "findings")
        .explode("findings", empty_as_null=False)
        .unnest("findings")
        .filter(pl.col("effect").is_in(_KEEPS_OUT), ~pl.col("check").str.starts_with("framing|"))
        .filter(~pl.col("check").is_in(list(asked)))
        .select("source", "record", "check", "code", "effect", "property")
    )
    if still is not None and doubts is not None:
        plain = pl.col("check").str.replace(_LAYOUT, "")
        told = told.filter(pl.col("check").is_in(list(still)) | plain.is_in(list(doubts)))
    found = []
    for source, record, check, code, effect, name in told.iter_rows():
        given = said.get((source, record))
        if given is None or not (name is None or name in given):
            found.append(Unasked(source, record, check, code, Effect(effect), name))
    return found
