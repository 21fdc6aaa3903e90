"""A figure is what it usually was: beside that of runs before, of the same season.

    quality:
      - name: as many flights as on other Mondays
        type: custom
        engine: weighbridge
        severity: warning
        implementation:
          check: history
          season: weekday
          within: 3
          last: 52
      - name: no more delays are missing than usual
        type: custom
        engine: weighbridge
        severity: warning
        implementation: {check: history, metric: nullRate, of: dep_delay, season: month, trend: true}

| `metric` | of | |
|---|---|---|
| `records` (without a word) | the extract | how many there are |
| `acceptedRate`, `repairedRate`, `uncertainRate`, `rejectedRate` | the extract | their share of its records |
| `nullRate` | a property | share of the records without a value |
| `mean`, `stdDev`, `sum`, `min`, `max` | a number | NaN and infinities left out |
| `ageHours` | a date or timestamp | how old its greatest value is when the run is (`--as-of`), in hours: freshness |

Usual is the median of the runs published before, by the ledger; how far they lie from it (the
median absolute deviation, scaled to a standard deviation) is the measure of how far this one may lie:
`within` times as far. A median is not moved by the one bad day among them. Where all were nearly the
same, a tenth of the median is allowed at least; `atLeast` says another share. With `trend: true` the
median is that of the distances from a straight line through time (Theil and Sen's: the median of all
slopes), so that a business that grows is no surprise.

`season: weekday` compares Mondays with Mondays, `hour` six o'clock with six o'clock, `weekdayAndHour` both,
`dayOfMonth` the first with firsts, `month` Januaries with Januaries, by the moment of the run (`--as-of`, UTC);
without a word, all with all. With fewer than `runs` (4) of the season the check is listed as not executed; it does
not pass. A `filter` or a `tolerance` does not apply: what runs before counted is all of their records.

Null: `nullRate` counts them; the other figures leave them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import combinations
from statistics import median

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import column, entry, is_ours
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.metric import probe_name
from weighbridge.checks.options import UnusableError, unusable
from weighbridge.contract.model import NotExecuted, Quality
from weighbridge.probe import Answer, HistoryProbe, ScalarProbe
from weighbridge.quick import dataclass

_TO_DEVIATION = 1.4826  # of a normal distribution, from its median absolute deviation (Hampel, JASA 69, 1974)
_SEASONS: dict[str, tuple[Callable[[datetime], object], str]] = {
    "none": (lambda _: 0, "runs"),
    "hour": (lambda moment: moment.hour, "runs of this hour"),
    "weekdayAndHour": (lambda moment: (moment.weekday(), moment.hour), "runs of this weekday and hour"),
    "weekday": (lambda moment: moment.weekday(), "runs of this weekday"),
    "dayOfMonth": (lambda moment: moment.day, "runs of this day of the month"),
    "month": (lambda moment: moment.month, "runs of this month"),
}
_OF_EXTRACT = ("records", "acceptedRate", "repairedRate", "uncertainRate", "rejectedRate")
_OF_NUMBERS = ("mean", "stdDev", "sum", "min", "max")
_OF_PROPERTY = ("nullRate", *_OF_NUMBERS, "ageHours")
_ROUNDING = 1e-12
_NOT_APPLIED = ("filter", "scope", "tolerance", "onFailure")


@dataclass(frozen=True, slots=True)
class Usual:
    """How a figure is held against those of runs before.

    Attributes:
        words: what is compared with, e.g. ``"runs of this weekday"``.
        within: how many deviations are allowed.
        at_least: the share of what is usual that is allowed however alike they were.
        fewest: how many runs are needed.
        trend: whether what is usual lies on a line through time.
    """

    words: str
    within: float
    at_least: float
    fewest: int
    trend: bool

    def too_few(self, found: int) -> str | None:
        """Return why nothing can be said, None where something can."""
        if found >= self.fewest:
            return None
        return f"there are {found} {self.words} to compare with, and {self.fewest} are needed"

    def bounds(self, before: Sequence[tuple[datetime, float]], at: datetime) -> tuple[float, float, float]:
        """Return what is usual at a moment, and the least and the most that is near enough to it."""
        slope = _slope(before) if self.trend else 0.0
        level = [value - slope * _days(moment, at) for moment, value in before]
        usual = float(median(level))
        spread = _TO_DEVIATION * median(abs(value - usual) for value in level)
        allowed = max(self.within * spread, self.at_least * abs(usual))
        return usual, usual - allowed, usual + allowed


def _slope(points: Sequence[tuple[datetime, float]]) -> float:
    """Return the median slope of all pairs, a day (Sen, JASA 63, 1968)."""
    slopes = [(b - a) / _days(late, soon) for (soon, a), (late, b) in combinations(points, 2) if soon != late]
    return float(median(slopes)) if slopes else 0.0


def _days(moment: datetime, since: datetime) -> float:
    return (moment.replace(tzinfo=None) - since.replace(tzinfo=None)).total_seconds() / 86_400  # both are UTC


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    given = quality.implementation
    try:
        season = given.get("season", "none")
        if season not in _SEASONS:
            raise unusable("CHK-036", f"season: {season!r} is none of {', '.join(_SEASONS)}", quality)
        metric = given.get("metric", "records")
        if metric not in (*_OF_EXTRACT, *_OF_PROPERTY):
            raise unusable(
                "CHK-036", f"metric: {metric!r} is none of {', '.join((*_OF_EXTRACT, *_OF_PROPERTY))}", quality
            )
        trend = given.get("trend", False)
        if not isinstance(trend, bool):
            raise unusable("CHK-036", f"trend: {trend!r} is neither true nor false", quality)
        of = _property(metric, quality, bench)
        within, at_least = (_number(given.get(k, d), k, quality) for k, d in (("within", 3), ("atLeast", 0.1)))
        last, fewest = (_count(given.get(k, d), k, quality) for k, d in (("last", 100), ("runs", 4)))
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    for option in _NOT_APPLIED:
        if option in quality.options:
            yield NotExecuted(f"{probe_name(quality)}: {option}", "runs before counted all their records", quality.line)
    season_of, words = _SEASONS[season]
    usual = Usual(words, within, at_least, fewest, trend)
    as_of = bench.context.as_of
    if metric == "records":
        before = [(m, count) for m, count in bench.context.past() if season_of(m) == season_of(as_of)][:last]
        yield _of_records(quality, usual, before, as_of)
        return
    if of in bench.classified and metric != "nullRate":
        yield NotExecuted(
            f"{probe_name(quality)}: history", f"{of} is classified: no profile has its values", quality.line
        )
        return
    yield HistoryProbe(
        name=probe_name(quality),
        metric=metric,
        column=of,
        alike=lambda moment: season_of(moment) == season_of(as_of),
        last=last,
        read=lambda now, before: _read(usual, metric, now, before, as_of),
        code="CHK-072",
        severity=quality.severity,
        properties=() if of is None else (of,),
        expected=f"{metric}{'' if of is None else f' of {of}'} as {words} before had",
        line=quality.line,
    )


def _of_records(quality: Quality, usual: Usual, before: list[tuple[datetime, int]], as_of: datetime) -> Product:
    if why := usual.too_few(len(before)):
        return NotExecuted(f"{probe_name(quality)}: history", why, quality.line)
    middle, low, most = usual.bounds(before, as_of)
    least = max(low, 0.0)
    said = f"usual are {middle:,.0f}, of {len(before)} {usual.words}"
    return ScalarProbe(
        name=probe_name(quality),
        value=pl.len(),
        read=lambda count: Answer(least <= count <= most, count, f"observed {count:,} records; {said}"),
        code="CHK-071",
        severity=quality.severity,
        properties=(),
        expected=f"{least:,.0f} to {most:,.0f} records, as {usual.words} before had",
        line=quality.line,
    )


def _read(
    usual: Usual, metric: str, now: float, before: Sequence[tuple[datetime, float]], as_of: datetime
) -> Answer | str:
    if why := usual.too_few(len(before)):
        return why
    middle, least, most = usual.bounds(before, as_of)
    near = max(abs(now), abs(middle)) * _ROUNDING
    shown = _percent if metric.endswith("Rate") else _plain
    said = f"{metric} {shown(now)}; usual are {shown(least)} to {shown(most)}, of {len(before)} {usual.words}"
    return Answer(
        least - near <= now <= most + near, {"figure": now, "usual": middle, "least": least, "most": most}, said
    )


def _percent(share: float) -> str:
    return f"{max(0.0, min(share, 1.0)):.3%}"


def _plain(value: float) -> str:
    return f"{value:,.6g}"


def _property(metric: str, quality: Quality, bench: Bench) -> str | None:
    if metric in _OF_EXTRACT:
        if "of" in quality.implementation:
            raise unusable("CHK-036", f"of: {metric} is a figure of the whole extract", quality)
        return None
    of = column(quality, bench, "of", own=True)
    dtype = bench.dtypes[of]
    if metric == "ageHours" and not isinstance(dtype, pl.Date | pl.Datetime):
        raise unusable("CHK-036", f"ageHours is of dates and timestamps, and {of} holds {dtype}", quality)
    if metric in _OF_NUMBERS and not dtype.is_numeric():
        raise unusable("CHK-036", f"{metric} is of numbers, and {of} holds {dtype}", quality)
    return of


def _number(given: object, name: str, quality: Quality) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not given >= 0:
        raise unusable("CHK-036", f"{name}: {given!r} is no number from 0", quality)
    return float(given)


def _count(given: object, name: str, quality: Quality) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise unusable("CHK-036", f"{name}: {given!r} is no number from 1", quality)
    return given


_MONDAYS = tuple((datetime(2013, 6, day, 6), count) for day, count in ((10, 3), (3, 3)))
_SATURDAYS = tuple((datetime(2013, 6, day, 6), count) for day, count in ((8, 2), (1, 2)))

CHECK = Check(
    name="history",
    part=Quality,
    claims=lambda quality: is_ours(quality, "history"),
    make=_make,
    cases=lambda: (
        Case(
            "as many as on other Saturdays; there are too few runs to say more",
            table(
                prop("a"),
                quality=(
                    entry("q", "history", season="weekday", runs=2),
                    entry("r", "history", runs=4, within=0, atLeast=0.2),
                    entry("s", "history", season="weekday"),
                ),
            ),
            pl.DataFrame({"a": ["x", "y", None]}),
            past=(*_MONDAYS, *_SATURDAYS),
            answers={
                "q": (False, "observed 3 records; usual are 2, of 2 runs of this weekday"),
                "r": (True, "observed 3 records; usual are 2, of 4 runs"),
            },
            expected={"q": "2 to 2 records, as runs of this weekday before had"},
        ),
        Case(
            "a figure beside those of runs before is answered when the scan is over",
            table(
                prop("a"),
                prop("d", "date"),
                quality=(
                    entry("q", "history", metric="nullRate", of="a", season="weekdayAndHour"),
                    entry("r", "history", metric="rejectedRate", trend=True),
                    entry("s", "history", metric="ageHours", of="d", season="hour"),
                ),
            ),
            pl.DataFrame({"a": ["x"], "d": [date(2013, 6, 10)]}),
            expected={
                "q": "nullRate of a as runs of this weekday and hour before had",
                "r": "rejectedRate as runs before had",
                "s": "ageHours of d as runs of this hour before had",
            },
        ),
        Case(
            "a count that grows by one a day is no surprise where a trend is said",
            table(
                prop("a"),
                quality=(
                    entry("q", "history", trend=True, within=0, atLeast=0.05),
                    entry("r", "history", within=0, atLeast=0.05),
                ),
            ),
            pl.DataFrame({"a": ["x"] * 40}),
            past=tuple((datetime(2013, 6, day, 6), 25 + day) for day in range(14, 4, -1)),
            answers={
                "q": (True, "observed 40 records; usual are 40, of 10 runs"),
                "r": (False, "observed 40 records; usual are 34, of 10 runs"),
            },
        ),
        Case(
            "options that are none",
            table(
                prop("a"),
                quality=(
                    entry("q", "history", season="spring"),
                    entry("r", "history", within="far"),
                    entry("s", "history", last=0),
                    entry("t", "history", metric="median"),
                    entry("u", "history", metric="mean", of="a"),
                    entry("v", "history", metric="ageHours", of="a"),
                    entry("w", "history", metric="rejectedRate", of="a"),
                    entry("x", "history", trend="up"),
                ),
            ),
            pl.DataFrame({"a": ["x"]}),
            amiss=("CHK-036",) * 8,
        ),
    ),
)
