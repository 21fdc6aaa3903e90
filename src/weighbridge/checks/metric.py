"""What the library metrics that count records have in common: threshold, unit, tolerance, words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import polars as pl

from weighbridge.checks.check import Product
from weighbridge.checks.comparison import check_operand, holds, quantity, wants_none
from weighbridge.checks.literal import UnfitError
from weighbridge.checks.options import Options, unusable
from weighbridge.checks.words import records, share
from weighbridge.contract.model import Comparison, Quality
from weighbridge.probe import Answer, ScalarProbe

_PERCENT = frozenset({"percent", "percentage", "%", "pct"})


def comparison_of(quality: Quality) -> Comparison:
    """Return the threshold of an entry.

    Raises:
        UnusableError: there is none, or it cannot be compared with.
    """
    if quality.comparison is None:
        raise unusable("CHK-036", "it has no mustBe… to hold against", quality)
    try:
        check_operand(quality.comparison)
    except UnfitError as unfit:
        raise unusable("CHK-036", str(unfit), quality) from None
    return quality.comparison


def in_percent(quality: Quality) -> bool:
    """Whether the threshold is a percentage."""
    return (quality.unit or "").strip().lower() in _PERCENT


def counted(
    quality: Quality,
    options: Options,
    count: pl.Expr,
    *,
    code: str,
    properties: tuple[str, ...],
    have: str,
    none: str,
) -> Iterator[Product]:
    """Yield the probe of a metric that counts records.

    Args:
        count: aggregates to how many.
        have: what those records do, e.g. ``"have no tailnum"``.
        none: how it is said that no record does, e.g. ``"every record has a tailnum"``.
    """
    comparison = comparison_of(quality)
    percent, tolerance = in_percent(quality), options.tolerance

    def read(value: Mapping[str, int]) -> Answer:
        seen, of = int(value["count"] or 0), int(value["records"] or 0)
        measured = Fraction(100 * seen, of) if percent and of else Fraction(seen)
        borne = tolerance is not None and tolerance.bears(seen, of)
        words = f"observed {share(seen, of)}" if percent else f"observed {seen:,} of {records(of)}"
        return Answer(holds(measured, comparison) or borne, float(measured) if percent else seen, words)

    if wants_none(comparison, whole=not percent):
        expected = none
    else:
        expected = (
            f"{quantity(comparison, ' %')} of records {have}"
            if percent
            else f"{quantity(comparison, of_records=True)} records {have}"
        )
    if tolerance is not None:
        expected += f", with {tolerance} borne"
    yield ScalarProbe(
        name=probe_name(quality),
        value=pl.struct(count.alias("count"), options.population.alias("records")),
        read=read,
        code=code,
        severity=quality.severity,
        properties=tuple(dict.fromkeys((*properties, *options.where_properties))),
        expected=expected + options.when,
        scope=options.scope,
        line=quality.line,
    )


def probe_name(quality: Quality) -> str:
    """Return the name of an entry's probe."""
    return f"{quality.property}|{quality.name}" if quality.property else quality.name


def one_property(quality: Quality, dtypes: Mapping[str, pl.DataType]) -> str:
    """Return the property a metric stands on.

    Raises:
        UnusableError: it stands on the object, or on a property the extract has no column for.
    """
    if quality.property is None:
        raise unusable("CHK-036", f"{quality.metric} stands on a property, not on the object", quality)
    if quality.property not in dtypes:
        raise unusable("CHK-037", f"the extract has no column {quality.property}", quality)
    return quality.property


def is_library(quality: Quality, metric: str) -> bool:
    """Whether an entry is this library metric."""
    return quality.kind == "library" and quality.metric == metric
