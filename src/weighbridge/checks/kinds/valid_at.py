"""A reference holds at the record's date: a relationship with effective dates.

    quality:
      - name: the tariff was in force
        type: custom
        engine: weighbridge
        implementation:
          check: validAt
          of: [tariff]              # the key here
          at: sold_on               # the date here
          to: tariffs               # the other object, from its published table,
          reference: tariffs.csv    # or a file beside the contract
          toProperties: [code]      # the key there; as `of` without it
          from: valid_from          # the first day of a row there; null: since ever
          until: valid_until        # the last day of a row there; null: for good
          includesUntil: true       # whether the last day still counts (default)

A record fails when no row there has its key and is valid at its date; what is said names the
rows next to it. Rows there that overlap, or leave a gap between them, are told in findings about
the reference (CHK-065, a warning and an information). A record is content with any row that is
valid. The periods are held in memory.

Null: passes; a record without a date or with a null part of the key is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import column, columns, cross_probe, entry, is_ours, said, some, valued
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.other_object import alike, other
from weighbridge.checks.words import names
from weighbridge.contract.model import Quality
from weighbridge.findings import Finding, Place, Severity
from weighbridge.probe import ROW, SEEN

_FROM, _UNTIL, _LATEST, _NEXT, _EVER = "__from", "__until", "__latest", "__next", "__ever"


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    said_all = quality.implementation
    try:
        of, at = columns(quality, bench, "of", own=True), column(quality, bench, "at")
        when = bench.dtypes[at]
        if not isinstance(when, pl.Date | pl.Datetime) and when != pl.Date:
            raise unusable("CHK-036", f"`at` is a date or a timestamp; {at} holds {when}", quality)
        wanted = said_all.get("toProperties", of)
        theirs = [wanted] if isinstance(wanted, str) else list(wanted)
        first, last = said_all.get("from"), said_all.get("until")
        if not isinstance(first, str) or not isinstance(last, str):
            raise unusable("CHK-036", "it needs `from` and `until`, columns of the other object", quality)
        ours = {name: bench.dtypes[name] for name in of} | {_FROM: when, _UNTIL: when}
        frame = other(quality, bench, [*theirs, first, last])
        try:
            held = alike(quality, frame, [*theirs, first, last], ours).collect(engine="streaming")
        except (pl.exceptions.PolarsError, OSError) as error:
            raise unusable("CHK-032", next(iter(str(error).splitlines()), ""), quality) from None
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    included = bool(said_all.get("includesUntil", True))
    key, periods = list(of), _periods(held.drop_nulls(list(of)), list(of), when, included)
    to = str(said_all.get("to") or said_all.get("reference"))
    yield from _about(quality, periods, key, to, hidden=bool(bench.classified & set(key)))
    reached = periods.select(*key, _FROM, _LATEST).lazy().sort(_FROM)
    starts = periods.select(*key, pl.col(_FROM).alias(_NEXT)).lazy().sort(_NEXT)

    def find(rows: pl.LazyFrame) -> pl.LazyFrame:
        asked = rows.drop_nulls([*key, at]).sort(at)
        told = asked.join_asof(reached, left_on=at, right_on=_FROM, by=key, check_sortedness=False)
        void = told.filter(pl.col(_LATEST).is_null() | (pl.col(_LATEST) <= pl.col(at))).sort(at)
        near = void.join_asof(starts, left_on=at, right_on=_NEXT, by=key, strategy="forward", check_sortedness=False)
        end = pl.col(_LATEST).dt.offset_by("-1d") if included and when == pl.Date else pl.col(_LATEST)
        parts = [
            said(valued(of), " at ", pl.col(at)),
            pl.when(pl.col(_LATEST).is_not_null()).then(said("valid until ", end)),
            pl.when(pl.col(_NEXT).is_not_null()).then(said("valid from ", pl.col(_NEXT))),
            pl.when(pl.col(_LATEST).is_null() & pl.col(_NEXT).is_null()).then(pl.lit("not there at any date")),
        ]
        return near.select(ROW, pl.concat_str(parts, separator="; ", ignore_nulls=True).alias(SEEN))

    expected = f"{names(of)} that stands in {names(theirs)} of {to} and is valid at {at}"
    yield from cross_probe(quality, bench, options, find, code="CHK-055", expected=expected, reads=(*of, at), group=of)


def _periods(held: pl.DataFrame, key: list[str], when: pl.DataType, included: bool) -> pl.DataFrame:
    """Return the periods, half open, each with the latest end of those of its key that began no later."""
    since = pl.lit(date(1, 1, 1)).cast(when) if when == pl.Date else pl.lit(date(1, 1, 2)).cast(pl.Datetime("us"))
    ever = pl.lit(date(9999, 12, 31)) if when == pl.Date else pl.lit(date(9999, 12, 31)).cast(pl.Datetime("us"))
    if isinstance(when, pl.Datetime):
        since, ever = (edge.dt.replace_time_zone(when.time_zone).cast(when) for edge in (since, ever))
    until = pl.col(_UNTIL)
    if included:
        until = until.dt.offset_by("1d" if when == pl.Date else f"1{_unit(when)}")
    return (
        held.with_columns(pl.col(_FROM).fill_null(since), pl.when(until < ever).then(until).otherwise(ever))
        .filter(pl.col(_FROM) < pl.col(_UNTIL))
        .sort(*key, _FROM, _UNTIL)
        .with_columns(pl.col(_UNTIL).cum_max().over(key).alias(_LATEST), (pl.col(_UNTIL) >= ever).alias(_EVER))
    )


def _unit(when: pl.DataType) -> str:
    return when.time_unit if isinstance(when, pl.Datetime) else "d"


def _about(quality: Quality, periods: pl.DataFrame, key: list[str], to: str, *, hidden: bool) -> Iterator[Finding]:
    """Yield what is amiss with the periods themselves."""
    before = pl.col(_LATEST).shift().over(key)
    for word, amiss, severity in (
        ("overlap", before > pl.col(_FROM), Severity.WARNING),
        ("leave a gap", before < pl.col(_FROM), Severity.INFO),
    ):
        bad = periods.filter(amiss.fill_null(False)).select(said(valued(key), " from ", pl.col(_FROM)))
        if bad.height:
            which = "" if hidden else f": {some(bad.to_series().head(5).to_list(), bad.height)}"
            detail = f"{bad.height:,} periods of {to} {word}{which}"
            yield Finding("CHK-065", Place(line=quality.line, path=(quality.name,)), detail, severity)


_TARIFFS = {
    "tariffs": pl.DataFrame(
        {
            "code": ["a", "a", "b", "b", None],
            "since": ["2024-01-01", "2024-03-01", None, "2024-02-10", "2024-01-01"],
            "till": ["2024-01-31", None, "2024-02-15", "2024-02-20", None],
        }
    )
}
_DAYS = [date(2024, 1, 31), date(2024, 2, 1), date(2023, 12, 31), date(2024, 2, 21), date(2024, 1, 1), None]
_PROPERTIES = (prop("t"), prop("d", "date"))

CHECK = Check(
    name="validAt",
    part=Quality,
    claims=lambda quality: is_ours(quality, "validAt"),
    make=_make,
    cases=lambda: (
        Case(
            "a key must be valid at the date; the reference's own gaps and overlaps are told",
            table(
                *_PROPERTIES,
                quality=(
                    entry(
                        "q", "validAt", of="t", at="d", to="tariffs", toProperties="code", from_="since", until="till"
                    ),
                ),
            ),
            pl.DataFrame({"t": ["a", "a", "b", "b", "c", "a"], "d": _DAYS}),
            fails={"q": (1, 3, 4)},
            references=_TARIFFS,
            amiss=("CHK-065", "CHK-065"),
            expected={"q": "t that stands in code of tariffs and is valid at d"},
        ),
        Case(
            "the last day may be the first that no longer counts",
            table(
                *_PROPERTIES,
                quality=(
                    entry(
                        "q",
                        "validAt",
                        of="t",
                        at="d",
                        to="tariffs",
                        toProperties="code",
                        from_="since",
                        until="till",
                        includesUntil=False,
                    ),
                ),
            ),
            pl.DataFrame({"t": ["a"] * 2, "d": [date(2024, 1, 31) - timedelta(days=n) for n in (0, 1)]}),
            fails={"q": (0,)},
            references=_TARIFFS,
            amiss=("CHK-065", "CHK-065"),
        ),
        Case(
            "a date is needed here, and two there",
            table(
                *_PROPERTIES,
                quality=(
                    entry("q", "validAt", of="t", at="t", to="tariffs", from_="since", until="till"),
                    entry("r", "validAt", of="t", at="d", to="tariffs", toProperties="code"),
                    entry("s", "validAt", of="t", at="d", to="ships", from_="since", until="till"),
                ),
            ),
            pl.DataFrame({"t": ["a"], "d": [date(2024, 1, 1)]}),
            references=_TARIFFS,
            amiss=("CHK-036", "CHK-036", "CHK-032"),
        ),
    ),
)
