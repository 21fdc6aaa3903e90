"""A figure of each group must be as agreed.

    quality:
      - name: every carrier flies every day
        type: custom
        engine: weighbridge
        implementation:
          check: perGroup
          by: [carrier, flight_day]
          metric: rowCount       # or nullValues, distinctValues, duplicateValues, sum, min, max, mean
          of: seats              # the property of all but rowCount
          unit: percent          # nullValues and duplicateValues as a share of the group's records
          mustBeGreaterThan: 0   # any of the standard's comparisons

Each group of records that agree in `by` is measured, and the extract is held (or warned of) with
the worst groups named in the order of their names. A `tolerance` bears so many groups, or that share of
them. `filter` and `scope` select the records that are measured. A group that has no records is not
there to be measured: `everyKeyOccurs` asks for those. Whole numbers and decimals are compared
exactly, and so is the sum of floating-point numbers, as decimals with 6 places; a mean, and the least and the
greatest of them, as such.

Null: a null in `by` is a group of its own; a null in `of` is what nullValues counts and nothing to the others.
A group without any value has no min, max or mean, and that is not as agreed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Any

import polars as pl

from weighbridge.checks import custom
from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.comparison import check_operand, quantity
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.literal import UnfitError, exact
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.contract.model import Comparison, Quality

METRICS = ("rowCount", "nullValues", "distinctValues", "duplicateValues", "sum", "min", "max", "mean")
_WORDS = {
    "rowCount": "records",
    "nullValues": "records without {}",
    "distinctValues": "values of {}",
    "duplicateValues": "records that repeat the {} of another",
}
_OF_NUMBERS = frozenset({"sum", "min", "max", "mean"})
_COMPARE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "mustBeGreaterThan": lambda seen, bound: seen > bound,
    "mustBeGreaterOrEqualTo": lambda seen, bound: seen >= bound,
    "mustBeLessThan": lambda seen, bound: seen < bound,
    "mustBeLessOrEqualTo": lambda seen, bound: seen <= bound,
    "mustBe": lambda seen, bound: seen == bound,
}


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        by = custom.columns(quality, bench, "by")
        if not by:
            raise unusable("CHK-036", "it needs `by`, the properties whose values make a group", quality)
        metric = custom.choice(quality, "metric", METRICS)
        of = None if metric == "rowCount" else custom.column(quality, bench, "of", own=True)
        if metric in _OF_NUMBERS and of is not None and not bench.dtypes[of].is_numeric():
            raise unusable("CHK-036", f"{metric} is of numbers, {of} holds {bench.dtypes[of]}", quality)
        percent = custom.choice(quality, "unit", ("records", "percent")) == "percent"
        if percent and metric not in ("nullValues", "duplicateValues"):
            raise unusable("CHK-036", f"{metric} is no percentage", quality)
        comparison = _comparison(quality)
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    measured = _measured(metric, of, bench.dtypes[of] if of is not None else None)

    def told(rows: pl.LazyFrame) -> pl.LazyFrame:
        groups = rows.group_by(list(by)).agg(measured.alias("__value"), pl.len().alias("__of"))
        held = groups.collect_schema()["__value"]
        good = _holds(pl.col("__value"), held, comparison, pl.col("__of") if percent else None)
        figure = custom.plain("__value") if held.is_decimal() else pl.col("__value")
        shown = custom.said(figure, *((" of ", pl.col("__of")) if percent else ()))
        return groups.select(
            custom.said(custom.valued(by), ": ", shown).alias(custom.WHAT), (~good.fill_null(False)).alias(custom.BAD)
        )

    label = _WORDS.get(metric, f"{metric} of {{}}").format(of)
    yield custom.probe_of_groups(
        quality,
        bench,
        options,
        told,
        code="CHK-061",
        expected=f"{label}{custom.grouped(by)}: {quantity(comparison, ' %' if percent else '')}",
        reads=(*by, *(() if of is None else (of,))),
        noun="group",
    )


def _comparison(quality: Quality) -> Comparison:
    said_here = [(word, value) for word, value in quality.implementation.items() if word.startswith("must")]
    given = [Comparison(word, value) for word, value in said_here]
    if quality.comparison is not None:
        given.append(quality.comparison)
    if len(given) != 1:
        raise unusable("CHK-036", "it needs one mustBe… to hold against", quality)
    try:
        check_operand(given[0])
        for bound in _bounds(given[0]):
            exact(bound)
    except UnfitError as unfit:
        raise unusable("CHK-036", str(unfit), quality) from None
    return given[0]


def _bounds(comparison: Comparison) -> list[Any]:
    operand = comparison.operand
    return list(operand) if isinstance(operand, list | tuple) else [operand]


def _measured(metric: str, of: str | None, dtype: pl.DataType | None) -> pl.Expr:
    if of is None or dtype is None:
        return pl.len().cast(pl.Int64)
    value = pl.col(of)
    if metric == "nullValues":
        return value.null_count().cast(pl.Int64)
    if metric == "distinctValues":
        return value.drop_nulls().n_unique().cast(pl.Int64)
    if metric == "duplicateValues":
        return value.count().cast(pl.Int64) - value.drop_nulls().n_unique().cast(pl.Int64)
    if metric == "sum":
        exact_value = (
            custom.reckoned(of) if dtype.is_float() else value.cast(pl.Int128) if dtype.is_integer() else value
        )
        return pl.when(value.count() > 0).then(exact_value.sum())
    measured: pl.Expr = getattr(value, metric)()
    return measured


def _holds(value: pl.Expr, dtype: pl.DataType, comparison: Comparison, of: pl.Expr | None) -> pl.Expr:
    """Return whether a figure is as agreed; of whole numbers and decimals exactly, as percent of `of` when given."""
    operator = comparison.operator
    bounds = [_against(value, dtype, exact(bound), of) for bound in _bounds(comparison)]
    if operator in ("mustBeBetween", "mustNotBeBetween"):
        (low, low_bound), (high, high_bound) = bounds
        inside = (low >= low_bound) & (high <= high_bound)
        return inside if operator == "mustBeBetween" else ~inside
    if operator == "mustNotBe":
        return ~reduce(or_, (seen == bound for seen, bound in bounds))
    any_of: pl.Expr = reduce(or_, (_COMPARE[operator](seen, bound) for seen, bound in bounds))
    return any_of


def _against(value: pl.Expr, dtype: pl.DataType, bound: Decimal, of: pl.Expr | None) -> tuple[pl.Expr, pl.Expr]:
    if dtype.is_float():
        return value, pl.lit(float(bound))
    if isinstance(dtype, pl.Decimal):
        scaled = Fraction(bound) * 10**dtype.scale
        return value.to_physical() * scaled.denominator, pl.lit(scaled.numerator, pl.Int128)
    wanted = Fraction(bound) / 100 if of is not None else Fraction(bound)
    whole = pl.lit(1, pl.Int128) if of is None else of.cast(pl.Int128)
    return value.cast(pl.Int128) * wanted.denominator, whole * wanted.numerator


def _q(name: str = "q", options: Mapping[str, Any] | None = None, **parts: Any) -> Quality:
    return custom.entry(name, "perGroup", options=options, **parts)


_ROWS = pl.DataFrame(
    {"c": ["a", "a", "b", "b", "b", None], "v": [1, None, 5, 5, 7, 100], "w": [0.5, 1.5, 2.0, None, None, 1.0]}
)
_PROPERTIES = (prop("c"), prop("v", "integer"), prop("w", "number"))

CHECK = Check(
    name="perGroup",
    part=Quality,
    claims=lambda quality: custom.is_ours(quality, "perGroup"),
    make=_make,
    cases=lambda: (
        Case(
            "records of each group",
            table(*_PROPERTIES, quality=(_q(by="c", metric="rowCount", mustBeBetween=[2, 3]),)),
            _ROWS,
            answers={"q": (False, "observed 1 of 3 groups: null: 1")},
            expected={"q": "records of each c: from 2 to 3"},
        ),
        Case(
            "a share of nulls, exactly",
            table(*_PROPERTIES, quality=(_q(by="c", metric="nullValues", of="v", unit="percent", mustBeLessThan=50),)),
            _ROWS,
            answers={"q": (False, "observed 1 of 3 groups: a: 1 of 2")},
            expected={"q": "records without v of each c: less than 50 %"},
        ),
        Case(
            "values, repeats, sums and bounds, some borne",
            table(
                *_PROPERTIES,
                quality=(
                    _q("d", by="c", metric="distinctValues", of="v", mustBe=[1, 2]),
                    _q("r", by="c", metric="duplicateValues", of="v", mustBe=0),
                    _q("s", {"tolerance": {"rate": 0.34}}, by=["c"], metric="sum", of="v", mustBeLessThan=18),
                    _q("m", {"filter": "c IS NOT NULL"}, by="c", metric="max", of="v", mustNotBe=7),
                    _q("f", by="c", metric="mean", of="w", mustBeGreaterOrEqualTo=1),
                ),
            ),
            _ROWS,
            answers={
                "d": (True, "observed 0 of 3 groups"),
                "r": (False, "observed 1 of 3 groups: b: 1"),
                "s": (True, "observed 1 of 3 groups: null: 100"),
                "m": (False, "observed 1 of 2 groups: b: 7"),
                "f": (True, "observed 0 of 3 groups"),
            },
        ),
        Case(
            "sums are exact, beyond 64 bits and of floating-point numbers",
            table(
                prop("c"),
                prop("v", "integer"),
                prop("w", "number"),
                prop("d", "number", physical_type="DECIMAL(9,2)"),
                quality=(
                    _q("v", by="c", metric="sum", of="v", mustBe=2**63),
                    _q("w", by="c", metric="sum", of="w", mustBe=0.3),
                    _q("d", by="c", metric="sum", of="d", mustBe=0.3),
                    _q("x", by="c", metric="sum", of="d", mustBe=0.301),
                ),
            ),
            pl.DataFrame(
                {
                    "c": ["a", "a"],
                    "v": [2**62, 2**62],
                    "w": [0.1, 0.2],
                    "d": pl.Series([Decimal("0.10"), Decimal("0.20")], dtype=pl.Decimal(9, 2)),
                }
            ),
            answers={
                "v": (True, "observed 0 of 1 group"),
                "w": (True, "observed 0 of 1 group"),
                "d": (True, "observed 0 of 1 group"),
                "x": (False, "observed 1 of 1 group: a: 0.3"),
            },
        ),
        Case(
            "groups of a classified property are counted, not named",
            table(
                prop("c", classification="pii"),
                prop("v", "integer"),
                quality=(_q(by="c", metric="rowCount", mustBeLessThan=3),),
            ),
            _ROWS.select("c", "v"),
            answers={"q": (False, "observed 1 of 3 groups")},
        ),
        Case(
            "what cannot be measured or compared",
            table(
                *_PROPERTIES,
                quality=(
                    _q("d", metric="rowCount", mustBe=1),
                    _q("e", by="c", metric="sum", of="c", mustBe=1),
                    _q("f", by="c", metric="rowCount"),
                    _q("g", by="c", metric="rowCount", unit="percent", mustBe=1),
                    _q("h", by="c", metric="median", of="v", mustBe=1),
                    _q("i", by="c", metric="rowCount", mustBe="many"),
                ),
            ),
            _ROWS,
            amiss=("CHK-036",) * 6,
        ),
    ),
)
