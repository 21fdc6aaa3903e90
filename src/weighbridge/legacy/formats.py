"""Several date formats in one column: every reading a text has, whether they agree, and what decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import polars as pl

from weighbridge.legacy import months
from weighbridge.legacy.century import complete
from weighbridge.legacy.dated import Dated, compiled
from weighbridge.legacy.evidence import Question, Settlement, pairs_of
from weighbridge.legacy.patterns import Pattern
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.serials import Serial

_LONG_NAME = re.compile(r"([MLEc])\1{3}(?!\1)")
_SHORT_NAME = re.compile(r"(?<!M)MMM(?!M)|(?<!L)LLL(?!L)")
Moment = Callable[[Pattern | Serial, pl.Expr], pl.Expr]
_Readings = list[list[pl.Expr]]


def read_formats(text: pl.Expr, parameters: Dated, moment: Moment, iso: str) -> Reading:
    """Return the reading of `text` by whichever of the formats fits.

    A text that several formats read to different moments is ambiguous (LEG-013); so is a
    two-digit year that no window places, where both centuries have that day (LEG-014). A text
    that no format reads is unreadable (LEG-010). Readings give way to others, first by `within`,
    then by the record's neighbours, then by what the column settled; a text that one of the
    last two decides is repaired (LEG-039).

    Args:
        text: String.
        parameters: the formats, and what may decide.
        moment: gives the moment of a text that has the pattern's shape and a complete year.
        iso: strftime format of the readings.
    """
    patterns, plain = patterns_of(parameters), _in_english(text, parameters)
    possible = _possible(patterns, plain, parameters, moment)
    if parameters.within is not None:
        days = pl.lit(parameters.within.from_), pl.lit(parameters.within.to)
        possible = _pruned(possible, lambda reading: reading.dt.date().is_between(*days))
    left, why = possible, []
    if parameters.neighbours:
        left = _pruned(left, lambda reading: _beside(reading, parameters))
        why.append(_bounds(parameters))
    if parameters.settlement is not None:
        left = _settled(left, parameters.settlement)
        why.append(str(parameters.settlement))

    firsts = _firsts(left)
    value = pl.coalesce(firsts) if len(firsts) > 1 else firsts[0]
    words = f"a moment that exists, written {' or '.join(parameters.formats)}"
    doubts = [Doubt(Certainty.UNREADABLE, "LEG-010", None, words, "format")]
    everything = [reading for readings in left for reading in readings]
    differ, both = _differ(left), _both_centuries(left)
    if len(everything) > 1:
        listed = pl.concat_list([r.dt.strftime(iso) for r in everything])
        listed = listed.list.drop_nulls().list.unique(maintain_order=True)
    if differ is not None:
        doubts.append(
            Doubt(Certainty.AMBIGUOUS, "LEG-013", differ, "a date that only one of the formats reads", "order", listed)
        )
    if both is not None:
        doubts.append(Doubt(Certainty.AMBIGUOUS, "LEG-014", both, "a year whose century is known", "century", listed))
    if why:
        was, still = _any(_differ(possible), _both_centuries(possible)), _any(differ, both)
        expected = f"a date with one reading; this one was decided: {'; '.join(why)}"
        doubts.append(Doubt(Certainty.REPAIRED, "LEG-039", was & ~still, expected, "settled"))
    century = parameters.century
    if century is not None and century.assumed and any(p.lacks_century for p in patterns):
        short = pl.any_horizontal([p.fits(plain) for p in patterns if p.lacks_century]) & value.is_not_null()
        doubts.append(Doubt(Certainty.REPAIRED, "LEG-015", short, "a year with its century", "assumedCentury"))
    return Reading(value, tuple(doubts))


def ask_formats(text: pl.Expr, parameters: Dated, moment: Moment) -> Question | None:
    """Return what the whole column may tell of formats that share a shape; None where nothing may."""
    patterns = patterns_of(parameters)
    pairs = pairs_of([p.skeleton for p in patterns])
    if not parameters.evidence or not pairs:
        return None
    plain = _in_english(text, parameters)
    readings = _firsts(_possible(patterns, plain, parameters, moment))
    names = tuple(p.source for p in patterns)
    return Question(tuple(readings), names, pairs, frozenset(parameters.evidence), parameters.least_evidence)


def patterns_of(parameters: Dated) -> tuple[Pattern | Serial, ...]:
    """Return the patterns of the formats, with short names where `_in_english` makes them short."""
    formats = parameters.formats
    if _has_names(parameters):
        formats = tuple(_LONG_NAME.sub(r"\1\1\1", f) for f in formats)
    return compiled(formats)


def _has_names(parameters: Dated) -> bool:
    """Whether names are to be put into English: other languages, or English ones that may be abbreviated."""
    return parameters.locales != ("en",) or any(_SHORT_NAME.search(f) for f in parameters.formats)


def _in_english(text: pl.Expr, parameters: Dated) -> pl.Expr:
    return months.in_english(text, parameters.locales) if _has_names(parameters) else text


def _possible(patterns: Sequence[Pattern | Serial], text: pl.Expr, parameters: Dated, moment: Moment) -> _Readings:
    possible = []
    for pattern in patterns:
        filled = _filled(text, pattern) if parameters.zero_fill else text
        completed = (filled,) if isinstance(pattern, Serial) else complete(pattern, filled, parameters.century)
        possible.append([_read(pattern, filled, variant, moment) for variant in completed])
    return possible


def _filled(text: pl.Expr, pattern: Pattern | Serial) -> pl.Expr:
    digits = text.str.strip_chars_start("0").str.zfill(pattern.width)
    return pl.when(text.str.contains("^[0-9]+$")).then(digits).otherwise(text)


def _read(pattern: Pattern | Serial, text: pl.Expr, completed: pl.Expr, moment: Moment) -> pl.Expr:
    read = pl.when(pattern.fits(text)).then(moment(pattern, completed))
    if not (pattern.has_date and pattern.midnight):
        return read
    start = pattern.day_before(text)
    return read.when(start.is_not_null()).then(moment(pattern, start) + pl.duration(days=1))


def _firsts(readings: _Readings) -> list[pl.Expr]:
    return [pl.coalesce(variants) if len(variants) > 1 else variants[0] for variants in readings]


def _differ(readings: _Readings) -> pl.Expr | None:
    firsts = _firsts(readings)
    return pl.max_horizontal(firsts) != pl.min_horizontal(firsts) if len(firsts) > 1 else None


def _both_centuries(readings: _Readings) -> pl.Expr | None:
    open_years = [variants for variants in readings if len(variants) > 1]
    both = [pl.all_horizontal([r.is_not_null() for r in variants]) for variants in open_years]
    return pl.any_horizontal(both) if both else None


def _any(*conditions: pl.Expr | None) -> pl.Expr:
    return pl.any_horizontal([c.fill_null(False) for c in conditions if c is not None] or [pl.lit(False)])


def _pruned(readings: _Readings, inside: Callable[[pl.Expr], pl.Expr]) -> _Readings:
    """Return the readings without those that are not inside, where another one is."""
    places = [[inside(reading).fill_null(False) for reading in variants] for variants in readings]
    anywhere = pl.any_horizontal([place for row in places for place in row])
    return [
        [pl.when(place | ~anywhere).then(reading) for reading, place in zip(variants, row, strict=True)]
        for variants, row in zip(readings, places, strict=True)
    ]


def _beside(reading: pl.Expr, parameters: Dated) -> pl.Expr:
    """Return Boolean: the record's neighbours permit this day; null where they say nothing."""
    day = reading.dt.epoch("d")
    permits = []
    if parameters.not_before is not None:
        permits.append(day >= pl.col(parameters.not_before).dt.epoch("d"))
    if parameters.not_after is not None:
        permits.append(day <= pl.col(parameters.not_after).dt.epoch("d"))
    said = pl.any_horizontal([p.is_not_null() for p in permits])
    return said & pl.all_horizontal([p.fill_null(True) for p in permits])


def _bounds(parameters: Dated) -> str:
    words = ((parameters.not_before, "not before"), (parameters.not_after, "not after"))
    return " and ".join(f"{word} {name}" for name, word in words if name is not None)


def _settled(readings: _Readings, settlement: Settlement) -> _Readings:
    """Return the readings without those that another one beats."""
    firsts = _firsts(readings)
    left: _Readings = []
    for j, variants in enumerate(readings):
        winners = [firsts[i].is_not_null() for i, loser in settlement.beats if loser == j]
        beaten = pl.any_horizontal(winners) if winners else pl.lit(False)
        unbeaten: list[pl.Expr] = [pl.when(~beaten).then(reading) for reading in variants]
        left.append(unbeaten if winners else variants)
    return left
