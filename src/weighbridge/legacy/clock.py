"""Times of day as text: in several formats, with their leading zeros or without, and the end of the day."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from weighbridge.legacy.patterns import Pattern, compile_pattern


def clock_of(formats: Sequence[str]) -> tuple[Pattern, ...]:
    """Return every pattern that `formats` stand for, in their order.

    Raises:
        PatternError: one of them cannot be read.
    """
    return tuple(pattern for text in formats for pattern in compile_pattern(text))


def written_times(text: pl.Expr, formats: Sequence[str], zero_fill: bool) -> tuple[list[pl.Expr], pl.Expr | None]:
    """Return the Time that each pattern reads, and Boolean where the text says 24:00; None where no pattern can."""
    pairs = [(p, _filled(text, p) if zero_fill else text) for p in clock_of(formats)]
    times: list[pl.Expr] = [pl.when(p.fits(t)).then(p.time(t)) for p, t in pairs]
    ends = [t.str.contains(p.midnight) for p, t in pairs if p.midnight]
    return times, pl.any_horizontal(ends) if ends else None


def _filled(text: pl.Expr, pattern: Pattern) -> pl.Expr:
    return pl.when(text.str.contains("^[0-9]+$")).then(text.str.zfill(pattern.width)).otherwise(text)
