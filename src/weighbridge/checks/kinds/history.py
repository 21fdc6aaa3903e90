"""As many records as usual: the count beside those of runs before, of the same season.

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

Usual is the median of the runs published before, by the ledger; how far they lie from it (the
median absolute deviation, scaled to a standard deviation) is the measure of how far this one may lie:
`within` times as far. A median is not moved by the one bad day among them. Where all were nearly the
same, a tenth of the median is allowed at least; `atLeast` says another share.

`season: weekday` compares Mondays with Mondays, `dayOfMonth` the first with firsts, `month` Januaries
with Januaries, by the date of the run (`--as-of`); without a word, all with all. With fewer than
`runs` (4) of the season the check is listed as not executed; it does not pass. A `filter` or a `tolerance`
does not apply: what runs before counted is all of their records.

Null: does not matter; records are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from statistics import median

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import entry, is_ours
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.metric import probe_name
from weighbridge.checks.options import UnusableError, unusable
from weighbridge.contract.model import NotExecuted, Quality
from weighbridge.probe import Answer, ScalarProbe

_TO_DEVIATION = 1.4826  # of a normal distribution, from its median absolute deviation (Hampel, JASA 69, 1974)
_SEASONS: dict[str, tuple[Callable[[datetime], int], str]] = {
    "none": (lambda _: 0, "runs"),
    "weekday": (lambda moment: moment.weekday(), "runs of this weekday"),
    "dayOfMonth": (lambda moment: moment.day, "runs of this day of the month"),
    "month": (lambda moment: moment.month, "runs of this month"),
}
_NOT_APPLIED = ("filter", "scope", "tolerance", "onFailure")


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    given = quality.implementation
    try:
        season = given.get("season", "none")
        if season not in _SEASONS:
            raise unusable("CHK-036", f"season: {season!r} is none of {', '.join(_SEASONS)}", quality)
        within, at_least = (_number(given.get(k, d), k, quality) for k, d in (("within", 3), ("atLeast", 0.1)))
        last, fewest = (_count(given.get(k, d), k, quality) for k, d in (("last", 100), ("runs", 4)))
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    of, words = _SEASONS[season]
    as_of = bench.context.as_of
    before = [count for moment, count in bench.context.past() if of(moment) == of(as_of)][:last]
    for option in _NOT_APPLIED:
        if option in quality.options:
            yield NotExecuted(f"{probe_name(quality)}: {option}", "runs before counted all their records", quality.line)
    if len(before) < fewest:
        why = f"there are {len(before)} {words} to compare with, and {fewest} are needed"
        yield NotExecuted(f"{probe_name(quality)}: history", why, quality.line)
        return
    usual, least, most = bounds(before, within, at_least)
    said = f"usual are {usual:,.0f}, of {len(before)} {words}"
    yield ScalarProbe(
        name=probe_name(quality),
        value=pl.len(),
        read=lambda count: Answer(least <= count <= most, count, f"observed {count:,} records; {said}"),
        code="CHK-071",
        severity=quality.severity,
        properties=(),
        expected=f"{least:,.0f} to {most:,.0f} records, as {words} before had",
        line=quality.line,
    )


def bounds(before: Sequence[int], within: float, at_least: float) -> tuple[float, float, float]:
    """Return what is usual, and the least and the most that is near enough to it.

    Args:
        before: counts; at least one.
        within: how many deviations are allowed.
        at_least: the share of the median that is allowed however alike they are.
    """
    usual = float(median(before))
    spread = _TO_DEVIATION * median(abs(count - usual) for count in before)
    allowed = max(within * spread, at_least * usual)
    return usual, max(usual - allowed, 0.0), usual + allowed


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
            "options that are none",
            table(
                prop("a"),
                quality=(
                    entry("q", "history", season="spring"),
                    entry("r", "history", within="far"),
                    entry("s", "history", last=0),
                ),
            ),
            pl.DataFrame({"a": ["x"]}),
            amiss=("CHK-036",) * 3,
        ),
    ),
)
