"""Several date formats in one column: every reading a text has, and whether they agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from weighbridge.legacy import months
from weighbridge.legacy.century import CenturyWindow, complete
from weighbridge.legacy.patterns import Pattern, compile_pattern
from weighbridge.legacy.reading import Certainty, Doubt, Reading


def compiled(formats: Sequence[str]) -> tuple[Pattern, ...]:
    """Return every pattern that `formats` stand for, in their order.

    Raises:
        PatternError: one of them cannot be read.
    """
    return tuple(pattern for text in formats for pattern in compile_pattern(text))


def read_formats(
    text: pl.Expr,
    formats: Sequence[str],
    century: CenturyWindow | None,
    locales: Sequence[str],
    moment: Callable[[Pattern, pl.Expr], pl.Expr],
    iso: str,
    within: tuple[date, date] | None = None,
) -> Reading:
    """Return the reading of `text` by whichever of `formats` fits.

    A text that several formats read to different moments is ambiguous (LEG-013); so is a
    two-digit year that no window places, where both centuries have that day (LEG-014). A text
    that no format reads is unreadable (LEG-010).

    Args:
        text: String.
        formats: patterns, see `weighbridge.legacy.patterns`.
        century: the window of two-digit years; None when none is declared.
        locales: languages of month names.
        moment: gives the moment of a text that has the pattern's shape and a complete year.
        iso: strftime format of the readings.
        within: first and last day that choose between readings: where one lies within, those
            outside are none.
    """
    plain = months.in_english(text, locales)
    patterns = compiled(formats)
    by_pattern = [[_read(p, plain, variant, moment) for variant in complete(p, plain, century)] for p in patterns]
    if within is not None:
        by_pattern = _plausible(by_pattern, within)
    firsts = [pl.coalesce(readings) if len(readings) > 1 else readings[0] for readings in by_pattern]
    value = pl.coalesce(firsts) if len(firsts) > 1 else firsts[0]
    everything = [reading for readings in by_pattern for reading in readings]
    words = f"a moment that exists, written {' or '.join(formats)}"
    doubts = [Doubt(Certainty.UNREADABLE, "LEG-010", None, words, "format")]
    if len(everything) > 1:
        listed = pl.concat_list([r.dt.strftime(iso) for r in everything])
        listed = listed.list.drop_nulls().list.unique(maintain_order=True)
    if len(firsts) > 1:
        differ = pl.max_horizontal(firsts) != pl.min_horizontal(firsts)
        doubts.append(
            Doubt(Certainty.AMBIGUOUS, "LEG-013", differ, "a date that only one of the formats reads", "order", listed)
        )
    open_years = [readings for readings in by_pattern if len(readings) > 1]
    if open_years:
        both = pl.any_horizontal([pl.all_horizontal([r.is_not_null() for r in readings]) for readings in open_years])
        doubts.append(Doubt(Certainty.AMBIGUOUS, "LEG-014", both, "a year whose century is known", "century", listed))
    if century is not None and century.assumed and any(p.lacks_century for p in patterns):
        short = pl.any_horizontal([p.fits(plain) for p in patterns if p.lacks_century]) & value.is_not_null()
        doubts.append(Doubt(Certainty.REPAIRED, "LEG-015", short, "a year with its century", "assumedCentury"))
    return Reading(value, tuple(doubts))


def _read(
    pattern: Pattern, text: pl.Expr, completed: pl.Expr, moment: Callable[[Pattern, pl.Expr], pl.Expr]
) -> pl.Expr:
    read = pl.when(pattern.fits(text)).then(moment(pattern, completed))
    if not (pattern.has_date and pattern.midnight):
        return read
    start = pattern.day_before(text)
    return read.when(start.is_not_null()).then(moment(pattern, start) + pl.duration(days=1))


def _plausible(by_pattern: list[list[pl.Expr]], within: tuple[date, date]) -> list[list[pl.Expr]]:
    """Return the readings without those outside of `within`, where another one lies inside."""
    inside = [
        [reading.is_between(pl.lit(within[0]), pl.lit(within[1])) for reading in readings] for readings in by_pattern
    ]
    anywhere = pl.any_horizontal([place for places in inside for place in places]).fill_null(False)
    return [
        [pl.when(place | ~anywhere).then(reading) for reading, place in zip(readings, places, strict=True)]
        for readings, places in zip(by_pattern, inside, strict=True)
    ]
