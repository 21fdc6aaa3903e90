"""Our options on a quality entry: `filter`, `tolerance`, `onFailure`, `scope`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import polars as pl

from weighbridge.checks.check import EFFECT_OF, Bench
from weighbridge.checks.literal import UnfitError, exact
from weighbridge.checks.sql import UnusableSqlError, columns_of, row_expression
from weighbridge.checks.words import number, percent, records
from weighbridge.contract.model import Quality
from weighbridge.findings import Effect, Finding, Place
from weighbridge.quick import dataclass

_ON_FAILURE = {effect.value: effect for effect in Effect if effect is not Effect.REPAIR}
SCOPES = ("extract", "published")


class UnusableError(Exception):
    """A quality entry cannot be made into a check; it carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.message)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many failing records are borne; each limit trips by itself."""

    count: int | None = None
    rate: Fraction | None = None

    def bears(self, failed: int, of: int) -> bool:
        """Whether `failed` records of so many are within every limit."""
        return (self.count is None or failed <= self.count) and (self.rate is None or failed <= self.rate * of)

    def __str__(self) -> str:
        parts = [] if self.count is None else [records(self.count)]
        parts += [] if self.rate is None else [f"{percent(self.rate)} of records"]
        return "at most " + " and at most ".join(parts)


@dataclass(frozen=True, slots=True)
class Options:
    """What a quality entry says beside its assertion.

    Attributes:
        effect: of a failing record.
        where: records it is asked of; None means all.
        where_text: the same as the contract writes it.
        tolerance: failing records that are borne; None when nothing is said.
        scope: ``"extract"`` or ``"published"``.
    """

    effect: Effect
    where: pl.Expr | None
    where_text: str
    tolerance: Tolerance | None
    scope: str

    @property
    def where_properties(self) -> tuple[str, ...]:
        """Properties the filter names."""
        return () if self.where is None else columns_of(self.where)

    def among(self, failed: pl.Expr) -> pl.Expr:
        """Return `failed` where the filter selects the record, never null."""
        failed = failed.fill_null(False)
        return failed if self.where is None else failed & self.where.fill_null(False)

    @property
    def population(self) -> pl.Expr:
        """Aggregate: how many records are asked."""
        return pl.len() if self.where is None else self.where.fill_null(False).sum()

    @property
    def when(self) -> str:
        """The filter, to be put behind a sentence; empty without one."""
        return f" where {self.where_text}" if self.where_text else ""


def unusable(code: str, detail: str, quality: Quality) -> UnusableError:
    """Return the error that a quality entry cannot be used, with its place and severity."""
    steps = (quality.property, quality.name) if quality.property else (quality.name,)
    return UnusableError(Finding(code, Place(line=quality.line, path=steps), detail, quality.severity))


def options_of(quality: Quality, bench: Bench) -> Options:
    """Return the options of a quality entry.

    Raises:
        UnusableError: one of them is not understood.
    """
    given = quality.options
    effect = EFFECT_OF[quality.severity]
    if (said := given.get("onFailure")) is not None:
        if said not in _ON_FAILURE:
            raise unusable("CHK-036", f"onFailure: {said!r} is none of {', '.join(_ON_FAILURE)}", quality)
        effect = _ON_FAILURE[said]
    scope = str(given.get("scope", "extract"))
    if scope not in SCOPES:
        raise unusable("CHK-036", f"scope: {scope!r} is neither extract nor published", quality)
    where, text = None, ""
    if given.get("filter") is not None:
        text = str(given["filter"]).strip()
        where = expression_of(text, quality, bench)
    return Options(effect, where, text, _tolerance(given.get("tolerance"), quality), scope)


def expression_of(text: Any, quality: Quality, bench: Bench) -> pl.Expr:
    """Return a Boolean expression written in a quality entry.

    Raises:
        UnusableError: CHK-030.
    """
    try:
        return row_expression(str(text), bench.dtypes, bench.schema.name, quality.property)
    except UnusableSqlError as error:
        raise unusable("CHK-030", str(error), quality) from None


def _tolerance(said: Any, quality: Quality) -> Tolerance | None:
    if said is None:
        return None
    if not isinstance(said, Mapping) or not set(said) <= {"count", "rate"} or not said:
        raise unusable("CHK-036", f"tolerance: {said!r} is no count, rate or both", quality)
    try:
        count = None if said.get("count") is None else int(exact(said["count"]))
        rate = None if said.get("rate") is None else Fraction(exact(said["rate"]))
    except UnfitError as unfit:
        raise unusable("CHK-036", f"tolerance: {unfit}", quality) from None
    if (count is not None and count < 0) or (rate is not None and not 0 <= rate <= 1):
        limits = ", ".join(f"{k} {number(v)}" for k, v in said.items())
        raise unusable("CHK-036", f"tolerance: {limits}: a count is 0 or more, a rate from 0 to 1", quality)
    return Tolerance(count, rate)
