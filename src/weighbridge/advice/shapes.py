"""Shapes of dates as texts, and the patterns that texts of a shape could be written in.

In a shape `s` is a number of one or two digits, `Y` one of four, `A` a word; digits that stand
together are their number: `8` for `20131231`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TIME = re.compile(r"(?P<gap>[T ]|, )(?P<h>\d\d?):\d\d(?P<s>:\d\d)?(?P<f>[.,]\d{1,9})?(?P<a> ?[AaPp][Mm])?$")
_CLASSES = {1: "s", 2: "s", 4: "Y"}
_NUMBERS = re.compile(r"^([sY])([-/. ])s\2([sY])$")
_NAMED = re.compile(r"^(A[,.]? )?([sY])([-/ ]|\. |\.)A(\.?)([-/. ]|)([sY])$")
_MONTH_FIRST = re.compile(r"^(A[,.]? )?A(\.?) s(,? )([sY])$")
_TOGETHER = {
    "8": ("yyyyMMdd", "ddMMyyyy", "MMddyyyy"),
    "7": ("yyyyDDD", "CyyMMdd"),
    "6": ("yyMMdd", "ddMMyy", "MMddyy"),
}
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Shape:
    """How a date, or a date with a time of day, is written.

    Attributes:
        day: the date's shape.
        gap: what stands between date and time; empty where there is no time.
        time: the time's pattern, with `H` or `h` for hours of one digit or two.
    """

    day: str
    gap: str = ""
    time: str = ""

    @property
    def is_digits_alone(self) -> bool:
        """Whether any other number of so many digits has the shape too."""
        return self.day in _TOGETHER

    @property
    def has_words(self) -> bool:
        """Whether months or weekdays are named."""
        return "A" in self.day

    def patterns(self, short: bool) -> Iterator[str]:
        """Yield the patterns that its texts could be written in, the likelier first.

        Args:
            short: some day, month or hour has one digit.
        """
        time = self.time if short else self.time.replace("H", "HH").replace("h", "hh")
        for day in self._days(*(("d", "M") if short else ("dd", "MM"))):
            yield day + self.gap.replace("T", "'T'") + time

    def _days(self, d: str, m: str) -> Iterator[str]:
        if self.is_digits_alone:
            yield from _TOGETHER[self.day]
        elif found := _NUMBERS.match(self.day):
            first, x, last = found.groups()
            if (first, last) == ("Y", "s"):
                yield f"yyyy{x}{m}{x}{d}"
            elif (first, last) == ("s", "Y"):
                yield from (f"{d}{x}{m}{x}yyyy", f"{m}{x}{d}{x}yyyy")
            elif (first, last) == ("s", "s"):
                yield from (f"{d}{x}{m}{x}yy", f"{m}{x}{d}{x}yy", f"yy{x}{m}{x}{d}")
        elif found := _NAMED.match(self.day):
            week, first, x, dot, y, last = found.groups()
            for mark in ("", ".") if dot else ("",):
                month = f"{x}MMM{mark}{y}"
                if (first, last) == ("Y", "s"):
                    yield f"{_weekday(week)}yyyy{month}{d}"
                elif first == "s":
                    yield f"{_weekday(week)}{d}{month}{_year(last)}"
        elif found := _MONTH_FIRST.match(self.day):
            week, dot, x, last = found.groups()
            for mark in ("", ".") if dot else ("",):
                yield f"{_weekday(week)}MMM{mark} {d}{x}{_year(last)}"


def shape_of(text: str) -> Shape | None:
    """Return the shape of a text, None where it is not a date's."""
    if len(text) > _LONGEST or not text.isprintable():
        return None
    time = _TIME.search(text)
    day = _day_shape(text[: time.start()] if time else text)
    if day is None:
        return None
    return Shape(day) if time is None else Shape(day, time["gap"], _time_pattern(time))


def has_short_number(text: str) -> bool:
    """Whether a day, month or hour is written with one digit."""
    return re.search(r"(?<![\d.:,])\d(?=[-/. :])|(?<=[-/. ])\d(?!\d)", text) is not None


def _day_shape(text: str) -> str | None:
    if text.isascii() and text.isdigit():
        return str(len(text)) if str(len(text)) in _TOGETHER else None
    shape = re.sub(r"\d+|[^\W\d_]+", lambda m: _CLASSES.get(len(m[0]), "?") if m[0].isdigit() else "A", text)
    return shape if any(p.match(shape) for p in (_NUMBERS, _NAMED, _MONTH_FIRST)) else None


def _time_pattern(time: re.Match[str]) -> str:
    half = time["a"] or ""
    fraction = "" if time["f"] is None else time["f"][0] + "S" * (len(time["f"]) - 1)
    return f"{'h' if half else 'H'}:mm{':ss' if time['s'] else ''}{fraction}{' a' if half[:1] == ' ' else half and 'a'}"


def _weekday(week: str | None) -> str:
    return "" if week is None else week.replace("A", "EEE")


def _year(shape: str) -> str:
    return "yyyy" if shape == "Y" else "yy"
