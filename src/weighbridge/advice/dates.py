"""Dates and moments: the texts' shapes say which patterns could read them, trial says which do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from weighbridge.advice.missing import as_nulls, days_of_zeros, missing_words
from weighbridge.advice.shapes import Shape, has_short_number, shape_of
from weighbridge.advice.trial import COUNT, TEXT, Rules, Trial, tried
from weighbridge.contract.model import LogicalType
from weighbridge.legacy.months import LOCALES

_MOST_FORMATS = 12
_MOST_LOCALES = 3
_LEAST_DIFFERENT = 50
_FEW, _MANY = 6, 20
_NEARLY_ALL = 0.98
_PLAUSIBLE = (date(1800, 1, 1), date(2199, 12, 31))
_OPEN_END = r"^(?:9999-?12-?31|31[-./]?12[-./]?9999|12/31/9999|9999365)"
_CLOCK = r"^\s*(?:\d{1,2}:\d\d|\d{3,6}\s*$)"
_TWO_DIGIT_YEAR = re.compile("(?<!y)yy(?!y)")


def as_dates(texts: pl.DataFrame, as_of: date) -> tuple[Trial, list[str]] | None:
    """Return the rules that read a column as dates or moments, and what is to be said of them.

    Args:
        texts: columns `text` and `count`.
        as_of: a window of two-digit years ends with its year.

    Returns:
        None where no text has the shape of a date.
    """
    nothing = missing_words(texts) + days_of_zeros(texts)
    stripped = texts[TEXT].str.strip_chars()
    ends = stripped.str.contains(_OPEN_END)
    groups = _by_shape(texts.filter(~stripped.is_in(nothing) & ~ends))
    chosen: list[_Choice] = []
    for shape, members in sorted(groups, key=lambda group: _lacks_year(group[0])):
        choice = _choose(shape, members, chosen)
        if choice is not None:
            chosen.append(choice)
    if not chosen:
        return None
    moments = any(c.shape.time for c in chosen)
    formats = _listed(f for c in chosen if bool(c.shape.time) is moments for f in c.formats)[:_MOST_FORMATS]
    notes = [note for c in chosen for note in c.notes]
    logical_type = LogicalType.TIMESTAMP if moments else LogicalType.DATE
    if not nothing and not ends.any():
        plain = tried(texts, logical_type)
        if plain.read == int(texts[COUNT].sum()):
            return plain, []
    rule: dict[str, Any] = {"rule": logical_type.value, "formats": formats}
    locales = _listed(locale for c in chosen for locale in c.locales)
    if locales not in ([], ["en"]):
        rule["locales"] = locales
    if any(_lacks_century(f) for f in formats):
        first = as_of.year - 99
        rule["century"] = {"from": first, "assumed": True}
        notes.append(f"years of two digits are assumed to be {first} to {as_of.year}; say `century` as you know it")
    before: Rules = (*as_nulls(nothing), *(["openEnded"] if ends.any() else []))
    found = tried(texts, logical_type, *before, rule)
    serials = {**rule, "formats": [*formats, "excel1900"]}
    with_serials = tried(texts, logical_type, *before, serials) if len(formats) < _MOST_FORMATS else found
    if logical_type is LogicalType.DATE and with_serials.read > found.read and _alike(found, with_serials):
        notes.append(f"{with_serials.read - found.read:,} are serial numbers that a spreadsheet left")
        return with_serials, notes
    return found, notes


def as_times(texts: pl.DataFrame) -> tuple[Trial, list[str]] | None:
    """Return the rules that read a column as times of day; None where they do not read nearly all."""
    if not texts[TEXT].str.contains(_CLOCK).any():
        return None
    nothing = as_nulls(missing_words(texts))
    plain = tried(texts, LogicalType.TIME, *nothing)
    ways: list[tuple[str, dict[str, Any]]] = [("h:mm a", {}), ("h:mm:ss a", {})]
    if texts.height >= _LEAST_DIFFERENT:
        ways += [("HHmm", {"zeroFill": True}), ("HHmmss", {"zeroFill": True})]
    trials = [plain]
    trials += [tried(texts, LogicalType.TIME, *nothing, {"rule": "time", "formats": [f], **more}) for f, more in ways]
    chosen = max(trials, key=lambda trial: trial.score)
    return (chosen, []) if chosen.read >= _NEARLY_ALL * int(texts[COUNT].sum()) else None


@dataclass(frozen=True, slots=True)
class _Choice:
    """The patterns that read the texts of one shape: one, or all those that nothing tells apart."""

    shape: Shape
    formats: list[str]
    locales: list[str]
    notes: list[str]


def _by_shape(texts: pl.DataFrame) -> list[tuple[Shape, pl.DataFrame]]:
    """Return the texts of each shape, the most frequent shape first."""
    rows: dict[Shape, list[int]] = {}
    for i, text in enumerate(texts[TEXT]):
        shape = shape_of(text.strip())
        if shape is not None:
            rows.setdefault(shape, []).append(i)
    groups = [(shape, texts[members]) for shape, members in rows.items()]
    return sorted(groups, key=lambda group: -int(group[1][COUNT].sum()))


def _choose(shape: Shape, texts: pl.DataFrame, before: Sequence[_Choice]) -> _Choice | None:
    """Return the patterns of one shape; `before` are those of the shapes that tell more."""
    short = any(has_short_number(text.strip()) for text in texts[TEXT])
    patterns = list(shape.patterns(short))
    alike = [f for c in before for f in c.formats if len(c.formats) == 1 and not shape.is_digits_alone]
    patterns = [p for p in patterns if any(_order(p) == _order(f) for f in alike)] or patterns
    locales = _languages(texts, patterns) if shape.has_words else []
    days = {pattern: _days(texts, pattern, locales) for pattern in patterns}
    counts = texts[COUNT]

    def total(where: pl.Series) -> int:
        return int(counts.filter(where).sum())

    least = _NEARLY_ALL * int(counts.sum()) if shape.is_digits_alone else 1
    days = {pattern: read for pattern, read in days.items() if total(read.is_not_null()) >= least}
    if not days:
        return None
    first = max(days, key=lambda pattern: (total(days[pattern].is_not_null()), _different_days(days[pattern]) > _FEW))
    formats, notes = [first], []
    for other in (p for p in days if p != first):
        one, two = days[first].is_not_null(), days[other].is_not_null()
        both, only_first, only_other = total(one & two), total(one & ~two), total(two & ~one)
        few = _different_days(days[other])
        if not both:
            formats.append(other)
        elif only_first and not only_other:
            notes.append(f"{first}, not {other}: {only_first:,} can only be so, none only the other")
        elif not only_other and few <= _FEW < _MANY <= _different_days(days[first]):
            notes.append(f"{first}, not {other}: read so there would be {few} different days of the month only")
        else:
            formats.append(other)
            notes.append(f"{both:,} are {first} as well as {other}: nothing in this column tells")
    return _Choice(shape, formats, locales, notes)


def _days(texts: pl.DataFrame, pattern: str, locales: Sequence[str]) -> pl.Series:
    """Return Date, one a text: what the pattern reads; null where that is nothing, or in no year that data are of."""
    kind = LogicalType.TIMESTAMP if ":" in pattern else LogicalType.DATE
    rule: dict[str, Any] = {"rule": kind.value, "formats": [pattern]}
    if locales:
        rule["locales"] = list(locales)
    if _lacks_century(pattern):
        rule["century"] = {"from": 1950}
    read = tried(texts, kind, rule).frame.select(TEXT, pl.col("value").cast(pl.Date).alias("day"))
    read = read.filter(pl.col("day").is_between(*_PLAUSIBLE))
    return texts.select(TEXT).join(read, on=TEXT, how="left", maintain_order="left")["day"]


def _different_days(days: pl.Series) -> int:
    return days.drop_nulls().dt.day().n_unique()


def _languages(texts: pl.DataFrame, patterns: Sequence[str]) -> list[str]:
    """Return the languages whose names of months the texts use, as few as read them."""
    left, found = texts, list[str]()
    while left.height and len(found) < _MOST_LOCALES:
        reads = {o: pl.Series([False] * left.height) for o in LOCALES if o not in found}
        for locale in reads:
            for pattern in patterns:
                reads[locale] |= _days(left, pattern, [locale]).is_not_null()
        first = max(reads, key=lambda locale: int(left[COUNT].filter(reads[locale]).sum()))
        if not reads[first].any():
            break
        found.append(first)
        left = left.filter(~reads[first])
    return found


def _alike(dates: Trial, serials: Trial) -> bool:
    """Whether the days of serial numbers lie among the other days, give or take their span."""
    known = dates.frame.filter(dates.is_read)["value"]
    more = serials.frame.filter(
        serials.is_read & ~serials.frame[TEXT].is_in(dates.frame.filter(dates.is_read)[TEXT].implode())
    )
    low, high = known.min(), known.max()
    if not isinstance(low, date) or not isinstance(high, date):
        return False
    span = high - low
    return bool(more["value"].is_between(max(low - span, date.min + span), min(high + span, date(9000, 1, 1))).all())


def _lacks_year(shape: Shape) -> bool:
    return "Y" not in shape.day


def _order(pattern: str) -> str:
    """Return the order of day, month and year, with what parts them: `d.M.y` for `dd.MM.yyyy`."""
    day = re.sub(r"'?T?'?,? ?[Hh].*", "", pattern)
    return re.sub(r"([dMy])\1+", r"\1", day)


def _lacks_century(pattern: str) -> bool:
    return _TWO_DIGIT_YEAR.search(pattern) is not None and "C" not in pattern


def _listed(items: Any) -> list[str]:
    return list(dict.fromkeys(items))
