"""Numbers must run through: none missing, none repeated, none out of order.

    quality:
      - name: receipts run through
        type: custom
        engine: weighbridge
        implementation:
          check: sequence
          of: receipt_number     # an integer; the property the check stands on when it stands on one
          by: [till]             # a sequence for each of these; one for the extract without
          step: 1                # from one number to the next
          start: 1               # the first number; any without
          repeats: fail          # or allow
          gaps: extract          # or record, or allow
          order: any             # or file: numbers must not go down from record to record of the file

Every record of a repeated number fails, and with `order: file` a record whose number is lower
than that of the record before it (of its group, in the order of sources and records). Nothing
else depends on the order of records. What is missing is not in any record: with
`gaps: extract` the extract is held (or warned of), with the missing numbers named;
a `tolerance` of the check bears that many missing numbers (`count`), or that share of those
there should be (`rate`). With `gaps: record` the record that follows a gap fails instead, with
the number it should have had. A number that is not a whole number of steps behind the one before
it counts as following a gap.

Null: passes; a record without a number, or without a part of its group, is not in the sequence.
A number that could not be read is missing from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from weighbridge.checks import custom
from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.metric import probe_name
from weighbridge.checks.options import Options, UnusableError, options_of, unusable
from weighbridge.checks.words import number
from weighbridge.contract.model import Quality
from weighbridge.probe import ROW, SEEN, Answer, FrameProbe

_LAST = "__last"


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        of, by = custom.column(quality, bench, "of", own=True), custom.columns(quality, bench, "by")
        if not bench.dtypes[of].is_integer():
            raise unusable("CHK-036", f"a sequence is of whole numbers, {of} holds {bench.dtypes[of]}", quality)
        step, start = (_whole(quality, word) for word in ("step", "start"))
        step = 1 if step is None else step
        if step < 1:
            raise unusable("CHK-036", f"step: {step} is not 1 or more", quality)
        gaps = custom.choice(quality, "gaps", ("extract", "record", "allow"))
        repeats = custom.choice(quality, "repeats", ("fail", "allow"))
        order = custom.choice(quality, "order", ("any", "file"))
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    asked = [f"in steps of {number(step)}"]
    asked += [f"from {number(start)}"] if start is not None else []
    asked += ["each once"] if repeats == "fail" else []
    asked += ["never lower than in the record before"] if order == "file" else []
    expected = f"numbers of {of}{custom.grouped(by)} that run through {', '.join(asked)}"
    bare = options if gaps == "record" else _without_tolerance(options)

    def find(frame: pl.LazyFrame) -> pl.LazyFrame:
        numbers = frame.drop_nulls([of, *by]).with_columns(pl.col(of).cast(pl.Int128))
        found = []
        if repeats == "fail" or gaps == "record":
            found.append(_by_value(numbers, of, by, step, start, repeats == "fail", gaps == "record"))
        if order == "file":
            found.append(_by_record(numbers, of, by))
        return pl.concat(found)

    if repeats == "fail" or gaps == "record" or order == "file":
        yield from custom.cross_probe(
            quality,
            bench,
            bare,
            find,
            code="CHK-050",
            expected=expected,
            reads=(of, *by),
            group=by,
            ordered="" if by or order == "file" else of,
        )
    if gaps == "extract":
        yield _missing(quality, bench, options, of, by, step, start)


def _by_value(
    numbers: pl.LazyFrame, of: str, by: tuple[str, ...], step: int, start: int | None, repeats: bool, gaps: bool
) -> pl.LazyFrame:
    value, none = pl.col(of), pl.lit(None, dtype=pl.String)
    rows = _with_last(custom.in_order(numbers, by, of), of)
    reasons = []
    if repeats:
        twice = (value == custom.before(of)).fill_null(False) | (value == custom.after(of)).fill_null(False)
        reasons.append(pl.when(twice).then(custom.said(value, " more than once")).otherwise(none))
    if gaps:
        gap = (value - pl.col(_LAST) != step).fill_null(False)
        follows = custom.said(value, " follows ", pl.col(_LAST), ", expected ", pl.col(_LAST) + step)
        reasons.append(pl.when(gap).then(follows).otherwise(none))
        if start is not None:
            early = pl.col(_LAST).is_null() & (value != start)
            reasons.append(pl.when(early).then(custom.said(value, f" comes first, expected {start}")).otherwise(none))
    seen = pl.concat_str(reasons, separator="; ", ignore_nulls=True)
    return rows.select(ROW, pl.when(seen != "").then(seen).alias(SEEN)).drop_nulls(SEEN)


def _by_record(numbers: pl.LazyFrame, of: str, by: tuple[str, ...]) -> pl.LazyFrame:
    rows = custom.in_order(numbers, by).with_columns(custom.before(of).alias(_LAST))
    down = rows.filter(pl.col(of) < pl.col(_LAST))
    return down.select(ROW, custom.said(pl.col(of), " after ", pl.col(_LAST)).alias(SEEN))


def _with_last(rows: pl.LazyFrame, of: str) -> pl.LazyFrame:
    """Return the rows of `in_order` with the next lower number of the group, which repeats do not hide."""
    fresh = pl.col(custom.NEW_GROUP) | (pl.col(of) != pl.col(of).shift())
    runs = rows.with_columns(fresh.cast(pl.UInt32).cum_sum().alias("__run"), custom.before(of).alias(_LAST))
    return runs.with_columns(pl.when(fresh).then(pl.col("__run"))).with_columns(
        pl.when(pl.col(custom.NEW_GROUP) | (pl.col(_LAST) != pl.col(of)))
        .then(pl.struct(_LAST))
        .forward_fill()
        .struct[0]
    )


def _missing(
    quality: Quality, bench: Bench, options: Options, of: str, by: tuple[str, ...], step: int, start: int | None
) -> FrameProbe:
    where, tolerance = options.where, options.tolerance
    hidden = bool(bench.classified & {of, *by})

    def build(frame: pl.LazyFrame) -> pl.LazyFrame:
        chosen = frame if where is None else frame.filter(where.fill_null(False))
        distinct = chosen.select(pl.col(of).cast(pl.Int128), *by).drop_nulls().unique()
        rows = custom.in_order(distinct.with_columns(pl.lit(0, pl.UInt64).alias(ROW)), by, of)
        last = custom.before(of) if start is None else custom.before(of).fill_null(start - step)
        gap = rows.with_columns(last.alias(_LAST)).with_columns((pl.col(of) - pl.col(_LAST)).alias("__gap"))
        lost = pl.when(pl.col("__gap") > step).then((pl.col("__gap") - 1) // step).fill_null(0)
        told = gap.with_columns(lost.alias("__lost"))
        first = custom.said(pl.col(_LAST) + step)
        span = (
            pl.when(pl.col("__lost") > 1)
            .then(custom.said(first, " to ", pl.col(_LAST) + step * pl.col("__lost")))
            .otherwise(first)
        )
        where_to = custom.said(span, *(part for name in by for part in (f" of {name} ", pl.col(name))))
        return told.select(
            pl.struct(
                pl.col("__lost").sum().cast(pl.Int64).alias("missing"),
                (pl.col("__lost") > 0).sum().alias("gaps"),
                pl.len().alias("there"),
                where_to.filter(pl.col("__lost") > 0).head(5).implode().alias("first"),
            )
        )

    def read(value: Mapping[str, Any]) -> Answer:
        missing, there = int(value["missing"] or 0), int(value["there"] or 0)
        holds = not missing if tolerance is None else tolerance.bears(missing, missing + there)
        words = f"observed {missing:,} missing"
        if missing and not hidden:
            words += f": {custom.some(value['first'], int(value['gaps']))}"
        return Answer(holds, missing, words)

    borne = "" if tolerance is None else f", with {str(tolerance).replace('record', 'number')} borne"
    return FrameProbe(
        name=f"{probe_name(quality)}|gaps",
        build=build,
        read=read,
        code="CHK-060",
        severity=quality.severity,
        properties=tuple(dict.fromkeys((of, *by, *options.where_properties))),
        expected=f"no number of {of}{custom.grouped(by)} missing{borne}{options.when}",
        scope=options.scope,
        line=quality.line,
    )


def _without_tolerance(options: Options) -> Options:
    return Options(options.effect, options.where, options.where_text, None, "extract")


def _whole(quality: Quality, word: str) -> int | None:
    said_number = quality.implementation.get(word)
    if said_number is not None and (isinstance(said_number, bool) or not isinstance(said_number, int)):
        raise unusable("CHK-036", f"{word}: {said_number!r} is no whole number", quality)
    return said_number


def _q(**parts: Any) -> Quality:
    return custom.entry("q", "sequence", **parts)


_PROPERTIES = (prop("n", "integer"), prop("g"))

CHECK = Check(
    name="sequence",
    part=Quality,
    claims=lambda quality: custom.is_ours(quality, "sequence"),
    make=_make,
    cases=lambda: (
        Case(
            "every record of a repeat fails, missing numbers hold the extract",
            table(*_PROPERTIES, quality=(_q(of="n"),)),
            pl.DataFrame({"n": [5, 1, 2, 2, None, 9], "g": ["x"] * 6}),
            fails={"q": (2, 3)},
            answers={"q|gaps": (False, "observed 5 missing: 3 to 4, 6 to 8")},
            expected={
                "q": "numbers of n that run through in steps of 1, each once",
                "q|gaps": "no number of n missing",
            },
        ),
        Case(
            "a sequence for each group, from a first number, with some missing borne",
            table(*_PROPERTIES, quality=(_q(of="n", by=["g"], start=1, options={"tolerance": {"count": 1}}),)),
            pl.DataFrame({"n": [2, 1, 2, 3], "g": ["a", "b", "b", None]}),
            fails={"q": ()},
            answers={"q|gaps": (True, "observed 1 missing: 1 of g a")},
        ),
        Case(
            "the record behind a gap fails where that is wanted, and one that goes down in the file",
            table(*_PROPERTIES, quality=(_q(of="n", step=10, gaps="record", repeats="allow", order="file"),)),
            pl.DataFrame({"n": [10, 30, 20, 20, 45], "g": ["x"] * 5}),
            fails={"q": (2, 4)},
        ),
        Case(
            "a sequence is of whole numbers, its options are checked",
            table(*_PROPERTIES, quality=(_q(of="g"), _q(of="n", step=0), _q(of="n", gaps="perhaps"), _q(of="z"))),
            pl.DataFrame({"n": [1], "g": ["x"]}),
            amiss=("CHK-036", "CHK-036", "CHK-036", "CHK-037"),
        ),
    ),
)
