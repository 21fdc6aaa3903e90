"""Counts and sums by group agree with those of another object: control totals.

    quality:
      - name: as many flights a day as the operator reports
        type: custom
        engine: weighbridge
        implementation:
          check: reconciliation
          by: [flight_day]          # groups here; the whole extract without
          count: true               # the number of records,
          sum: [seats]              # and sums of these
          to: daily_report          # the other object, from its published table,
          reference: report.csv     # or a file beside the contract
          toBy: [day]               # groups there; as `by` without it
          toCount: flights          # its column with the count; its records are counted without
          toSum: [seats]            # its columns to be summed; as `sum` without it
          within: 0                 # how far a figure may be off
          withinRate: 0             # or what share of the other side's figure

A group differs when a figure is further off than `within` and than `withinRate` allow, and when
it stands on one side alone. Where the other side has totals already, each row is a group; several
rows of a group are added up. Whole numbers and decimals are added exactly, floating-point numbers
as decimals with 6 places, and any number beyond 10²² as 10²². A `tolerance`
bears so many groups, or that share of all on either side.

Null: a null in a group is a group of its own; a null in a sum adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import polars as pl

from weighbridge.checks import custom
from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.literal import UnfitError, exact
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.other_object import alike, other
from weighbridge.checks.words import names, number, percent
from weighbridge.contract.model import Quality

_HERE, _THERE = "__here", "__there"
_COUNT = "__count"


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    said_all = quality.implementation
    try:
        by, sums = custom.columns(quality, bench, "by"), custom.columns(quality, bench, "sum")
        counted = bool(said_all.get("count", not sums))
        if not sums and not counted:
            raise unusable("CHK-036", "it needs `count: true`, or `sum` with properties", quality)
        if unfit := [name for name in sums if not bench.dtypes[name].is_numeric()]:
            raise unusable("CHK-036", f"{names(unfit)}: only numbers are summed", quality)
        count_there = [said_all["toCount"]] if counted and said_all.get("toCount") else []
        read = [*_theirs(quality, "toBy", by), *_theirs(quality, "toSum", sums), *count_there]
        ours = {name: bench.dtypes[name] for name in by} | {_sum(i): custom.EXACT for i in range(len(sums))}
        ours |= dict.fromkeys([_COUNT] if count_there else [], custom.EXACT)
        frame = other(quality, bench, read)
        held = alike(quality, frame, read, ours) if read else frame
        within, rate = (_limit(quality, word) for word in ("within", "withinRate"))
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    figures = [("records", _COUNT)] if counted else []
    figures += [(f"sum of {name}", _sum(i)) for i, name in enumerate(sums)]
    control = _totals(held, by, figures, bool(count_there)).with_columns(pl.lit(True).alias(_THERE))

    def told(rows: pl.LazyFrame) -> pl.LazyFrame:
        summed = rows.with_columns(custom.reckoned(name).alias(_sum(i)) for i, name in enumerate(sums))
        here = _totals(summed, by, figures, False).with_columns(pl.lit(True).alias(_HERE))
        if by:
            both = here.join(control, on=list(by), how="full", coalesce=True, nulls_equal=True, suffix=_THERE)
        else:
            both = here.join(control, how="cross", suffix=_THERE)
        off = {label: _differs(pl.col(figure), pl.col(figure + _THERE), within, rate) for label, figure in figures}
        alone = pl.col(_HERE).is_null() | pl.col(_THERE).is_null()
        parts = [
            pl.when(differs & ~alone).then(_told(label, figure))
            for (label, figure), differs in zip(figures, off.values(), strict=True)
        ]
        parts.append(pl.when(pl.col(_HERE).is_null()).then(pl.lit("not here")))
        parts.append(pl.when(pl.col(_THERE).is_null()).then(pl.lit("not there")))
        group = [custom.said(custom.valued(by), ": ")] if by else []
        what = pl.concat_str([*group, pl.concat_str(parts, separator=", ", ignore_nulls=True)])
        return both.select(what.alias(custom.WHAT), pl.any_horizontal(alone, *off.values()).alias(custom.BAD))

    to = said_all.get("to") or said_all.get("reference")
    allowed = [number(within)] if within else []
    allowed += [percent(Fraction(rate))] if rate else []
    yield custom.probe_of_groups(
        quality,
        bench,
        options,
        told,
        code="CHK-063",
        expected=f"{names(label for label, _ in figures)}{custom.grouped(by)} as in {to}"
        + (f", within {' or '.join(allowed)}" if allowed else ""),
        reads=(*by, *sums),
        noun="group" if by else "total",
    )


def _totals(frame: pl.LazyFrame, by: Sequence[str], figures: list[tuple[str, str]], has_count: bool) -> pl.LazyFrame:
    wanted = []
    for _, figure in figures:
        counts = figure == _COUNT and not has_count
        wanted.append((pl.len() if counts else pl.col(figure).sum()).cast(custom.EXACT).alias(figure))
    return frame.group_by(list(by)).agg(wanted) if by else frame.select(wanted)


def _differs(here: pl.Expr, there: pl.Expr, within: Decimal, rate: Decimal) -> pl.Expr:
    off = (here - there).abs()
    differs = off > pl.lit(within, dtype=custom.EXACT)
    if rate:
        differs = differs & (off.cast(pl.Float64) > float(rate) * there.abs().cast(pl.Float64))
    return differs.fill_null(True)


def _told(label: str, figure: str) -> pl.Expr:
    return custom.said(f"{label} ", custom.plain(figure), " here, ", custom.plain(figure + _THERE), " there")


def _sum(place: int) -> str:
    return f"__sum{place}"


def _theirs(quality: Quality, word: str, default: Sequence[str]) -> list[str]:
    given = quality.implementation.get(word, default)
    return [given] if isinstance(given, str) else list(given)


def _limit(quality: Quality, word: str) -> Decimal:
    try:
        limit = exact(quality.implementation.get(word, 0))
    except UnfitError as unfit:
        raise unusable("CHK-036", f"{word}: {unfit}", quality) from None
    if limit < 0:
        raise unusable("CHK-036", f"{word}: {number(limit)} is below 0", quality)
    return limit


_REPORT = {"report": pl.DataFrame({"day": ["1", "2", "3"], "flights": ["2", "1", "4"], "seats": ["30.5", "7", "1"]})}
_ROWS = pl.DataFrame({"d": [1, 1, 2, 4], "seats": [10.5, 20.0, 7.5, None]})
_PROPERTIES = (prop("d", "integer"), prop("seats", "number"))

CHECK = Check(
    name="reconciliation",
    part=Quality,
    claims=lambda quality: custom.is_ours(quality, "reconciliation"),
    make=_make,
    cases=lambda: (
        Case(
            "counts and sums by group against totals that the other side has",
            table(
                *_PROPERTIES,
                quality=(
                    custom.entry(
                        "q",
                        "reconciliation",
                        by="d",
                        count=True,
                        sum="seats",
                        to="report",
                        toBy="day",
                        toCount="flights",
                    ),
                ),
            ),
            _ROWS,
            answers={
                "q": (False, "observed 3 of 4 groups: 2: sum of seats 7.5 here, 7 there, 3: not here, 4: not there")
            },
            references=_REPORT,
            expected={"q": "records and sum of seats of each d as in report"},
        ),
        Case(
            "within so much, and some groups are borne",
            table(
                *_PROPERTIES,
                quality=(
                    custom.entry(
                        "q",
                        "reconciliation",
                        by="d",
                        sum="seats",
                        to="report",
                        toBy="day",
                        within=0.5,
                        options={"tolerance": {"count": 2}},
                    ),
                ),
            ),
            _ROWS,
            answers={"q": (True, "observed 2 of 4 groups: 3: not here, 4: not there")},
            references=_REPORT,
        ),
        Case(
            "the whole extract against the records there",
            table(*_PROPERTIES, quality=(custom.entry("q", "reconciliation", to="report"),)),
            _ROWS,
            answers={"q": (False, "observed 1 of 1 total: records 4 here, 3 there")},
            references=_REPORT,
        ),
        Case(
            "numbers are summed, and something is",
            table(
                *_PROPERTIES,
                prop("x"),
                quality=(
                    custom.entry("q", "reconciliation", sum="x", to="report"),
                    custom.entry("r", "reconciliation", count=False, to="report"),
                    custom.entry("s", "reconciliation", to="report", within=-1),
                    custom.entry("t", "reconciliation", to="report", by="d"),
                ),
            ),
            _ROWS.with_columns(x=pl.lit("x")),
            references=_REPORT,
            amiss=("CHK-036", "CHK-036", "CHK-036", "CHK-032"),
        ),
    ),
)
