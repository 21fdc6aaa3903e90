"""Times go forward, and never too far or too little at once.

    quality:
      - name: a reading every quarter of an hour
        type: custom
        engine: weighbridge
        implementation:
          check: timeline
          of: read_at          # a date or timestamp; the property the check stands on when it stands on one
          by: [meter]          # a timeline for each of these; one for the extract without
          orderBy: reading_no  # times must not go back from one of these to the next,
                               # or `file`: from record to record of the file; not asked without
          repeats: allow       # or fail: a time stands once
          maxGap: 15m          # to the time before: 90s, 15m, 2h, 1d or an ISO 8601 duration such as PT15M
          minGap: 1m           # times that are the same are not asked for this

Every record of a repeated time fails. Gaps are looked for in the order of the times themselves, so
that the order of records does not matter; the record behind a gap fails, and says what was before it.
With `orderBy` the record whose time is before that of the one before it fails; of records with
the same number there, none is before another.

Null: passes; a record without a time, or a part of its group or order, is not on the timeline.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from weighbridge.checks import custom
from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.kinds.freshness import duration
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.contract.model import Quality
from weighbridge.probe import ROW, SEEN

_LAST, _LATEST = "__last", "__latest"


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        of, by = custom.column(quality, bench, "of", own=True), custom.columns(quality, bench, "by")
        if bench.dtypes[of] != pl.Date and not isinstance(bench.dtypes[of], pl.Datetime):
            raise unusable("CHK-036", f"a timeline is of dates or timestamps, {of} holds {bench.dtypes[of]}", quality)
        said_order = quality.implementation.get("orderBy")
        order = () if said_order in (None, "file") else custom.columns(quality, bench, "orderBy")
        repeats = custom.choice(quality, "repeats", ("allow", "fail"))
        longest, shortest = (_span(quality, word) for word in ("maxGap", "minGap"))
        options = options_of(quality, bench)
        if said_order is None and repeats == "allow" and longest is None and shortest is None:
            raise unusable("CHK-036", "it asks nothing: no orderBy, maxGap, minGap or repeats", quality)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    asked = [] if said_order is None else [f"never going back by {' and '.join(order) or 'record of the file'}"]
    asked += ["each once"] if repeats == "fail" else []
    asked += [] if longest is None else [f"at most {_words(longest)} apart"]
    asked += [] if shortest is None else [f"at least {_words(shortest)} apart"]

    def find(frame: pl.LazyFrame) -> pl.LazyFrame:
        times = frame.drop_nulls([of, *by, *order])
        found = []
        if repeats == "fail" or longest is not None or shortest is not None:
            found.append(_by_time(times, of, by, repeats == "fail", longest, shortest))
        if said_order is not None:
            found.append(_back(times, of, by, order))
        return pl.concat(found)

    yield from custom.cross_probe(
        quality,
        bench,
        options,
        find,
        code="CHK-051",
        expected=f"times of {of}{custom.grouped(by)} {', '.join(asked)}",
        reads=(of, *by, *order),
        group=by,
        ordered="" if by or said_order is not None else of,
    )


def _by_time(
    times: pl.LazyFrame,
    of: str,
    by: tuple[str, ...],
    repeats: bool,
    longest: timedelta | None,
    shortest: timedelta | None,
) -> pl.LazyFrame:
    value = pl.col(of)
    fresh = pl.col(custom.NEW_GROUP) | (value != value.shift())
    last = pl.when(fresh).then(pl.struct(custom.before(of).alias(_LAST))).forward_fill().struct[0].alias(_LAST)
    rows = custom.in_order(times, by, of).with_columns(last)
    reasons = []
    if repeats:
        twice = (value == custom.before(of)).fill_null(False) | (value == custom.after(of)).fill_null(False)
        reasons.append(pl.when(twice).then(custom.said(value, " more than once")))
    apart = value - pl.col(_LAST)
    for limit, amiss in ((longest, apart > pl.lit(longest)), (shortest, apart < pl.lit(shortest))):
        if limit is not None:
            length = apart.dt.to_string("polars")
            reasons.append(pl.when(amiss).then(custom.said(value, " is ", length, " after ", pl.col(_LAST))))
    seen = pl.concat_str(reasons, separator="; ", ignore_nulls=True)
    return rows.select(ROW, pl.when(seen != "").then(seen).alias(SEEN)).drop_nulls(SEEN)


def _back(times: pl.LazyFrame, of: str, by: tuple[str, ...], order: tuple[str, ...]) -> pl.LazyFrame:
    """Find records whose time is before that of the one before, or before the latest of those with its number."""
    rows = custom.in_order(times, by, *order, *([of] if order else []))
    if order:
        same = pl.all_horizontal(~pl.col(custom.NEW_GROUP), *(pl.col(name) == pl.col(name).shift() for name in order))
        kept = pl.when(~same.fill_null(False)).then(pl.struct(custom.before(of).alias(_LAST))).forward_fill()
        rows = rows.with_columns(kept.struct[0].alias(_LAST))
    else:
        rows = rows.with_columns(custom.before(of).alias(_LAST))
    back = rows.filter(pl.col(of) < pl.col(_LAST))
    return back.select(ROW, custom.said(pl.col(of), " after ", pl.col(_LAST)).alias(SEEN))


def _span(quality: Quality, word: str) -> timedelta | None:
    given = quality.implementation.get(word)
    if given is None:
        return None
    try:
        amounts = duration(given, None)
        if "month" in amounts or "year" in amounts:
            raise ValueError(f"{given!r} has months or years, which differ in length")
        span = timedelta(**{f"{unit}s": amount for unit, amount in amounts.items()})
    except (ValueError, TypeError, OverflowError) as error:
        raise unusable("CHK-036", f"{word}: {error}", quality) from None
    if span <= timedelta(0):
        raise unusable("CHK-036", f"{word}: {given} is no time at all", quality)
    return span


def _words(span: timedelta) -> str:
    text: str = pl.select(pl.lit(span).dt.to_string("polars")).item()
    return text


def _q(name: str = "q", **parts: Any) -> Quality:
    return custom.entry(name, "timeline", **parts)


def _at(hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 1, 1, hour, minute)


_ROWS = pl.DataFrame(
    {
        "t": [_at(3), _at(1), _at(1, 30), None, _at(3), _at(9)],
        "n": [4, 1, 2, 3, 5, 3],
        "g": ["a"] * 5 + ["b"],
    }
)
_PROPERTIES = (prop("t", "timestamp"), prop("n", "integer"), prop("g"))

CHECK = Check(
    name="timeline",
    part=Quality,
    claims=lambda quality: custom.is_ours(quality, "timeline"),
    make=_make,
    cases=lambda: (
        Case(
            "the record behind a gap fails, and every record of a repeat, whatever the order of records",
            table(*_PROPERTIES, quality=(_q(of="t", by="g", maxGap="1h", minGap="PT45M", repeats="fail"),)),
            _ROWS,
            fails={"q": (0, 2, 4)},
            expected={"q": "times of t of each g each once, at most 1h apart, at least 45m apart"},
        ),
        Case(
            "times that go back, from number to number or from record to record of the file",
            table(*_PROPERTIES, quality=(_q("n", of="t", orderBy="n"), _q("f", of="t", by=["g"], orderBy="file"))),
            _ROWS,
            fails={"n": (0,), "f": (1,)},
        ),
        Case(
            "it must ask something, of times, in lengths that are certain",
            table(
                *_PROPERTIES,
                quality=(
                    _q("q", of="t"),
                    _q("r", of="n", maxGap="1h"),
                    _q("s", of="t", maxGap="P1M"),
                    _q("u", of="t", maxGap="soon"),
                ),
            ),
            _ROWS,
            amiss=("CHK-036",) * 4,
        ),
    ),
)
