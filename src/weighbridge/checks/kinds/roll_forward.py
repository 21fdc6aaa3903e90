"""Balances roll forward: what there was, and what moved, is what there is.

    quality:
      - name: the account rolls forward
        type: custom
        engine: weighbridge
        implementation:
          check: rollForward
          balance: closing          # after the record's movements
          opening: opening          # before them, where the record has it
          add: [credit]             # movements that raise it
          subtract: [debit]         # movements that lower it
          by: [account]             # a balance for each of these
          orderBy: [day, number]    # the order of records; or `file`: as they stand in the file
          start: 0                  # what there was before the first record; anything without
          within: 0                 # how far it may be off

A record fails when its balance is not that of the record before it and its movements, and where
it has an opening: when that is not the balance before, or balance and movements do not come to
the closing. Whole numbers and decimals are reckoned exactly, floating-point numbers as decimals
with 6 places. Records that share their place in `orderBy` have no order: all of them fail, and the
one behind them is not held against them. Only the record where it breaks fails, not all behind it.

Null: a missing movement is 0. A record without a balance, or without a part of its group or order,
passes, and the record behind one without a balance is held against nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import polars as pl

from weighbridge.checks import custom
from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.literal import UnfitError, exact
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.words import names, number
from weighbridge.contract.model import Quality
from weighbridge.probe import ROW, SEEN

_BALANCE, _OPENING, _MOVED, _LAST, _SHARED = "__balance", "__opening", "__moved", "__last", "__shared"
_UNFIT = "__unfit"
_PLACES_OF_FLOATS = 6


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        balance = custom.column(quality, bench, "balance", own=True)
        opening, by = custom.columns(quality, bench, "opening"), custom.columns(quality, bench, "by")
        add, subtract = custom.columns(quality, bench, "add"), custom.columns(quality, bench, "subtract")
        said_order = quality.implementation.get("orderBy")
        order = () if said_order == "file" else custom.columns(quality, bench, "orderBy")
        amounts = (balance, *opening, *add, *subtract)
        if unfit := [name for name in amounts if not bench.dtypes[name].is_numeric()]:
            raise unusable("CHK-036", f"{names(unfit)}: only numbers roll forward", quality)
        if not (add or subtract) or len(opening) > 1:
            raise unusable("CHK-036", "it needs movements, `add` or `subtract`, and at most one opening", quality)
        if said_order is None and not opening:
            raise unusable("CHK-036", "it needs `orderBy`, or `opening`, to know what there was before", quality)
        start, within = (_amount(quality, word) for word in ("start", "within"))
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    exact_type = _exact_type([bench.dtypes[name] for name in amounts], [d for d in (start, within) if d is not None])
    off_by = pl.lit(within or Decimal(0), dtype=exact_type)

    def find(frame: pl.LazyFrame) -> pl.LazyFrame:
        def amount(name: str) -> pl.Expr:
            return pl.when(fits(name)).then(pl.col(name).cast(exact_type, strict=False))

        def fits(name: str) -> pl.Expr:
            return pl.col(name).cast(pl.Float64).abs() < 10.0 ** (36 - exact_type.scale)

        up, down = ([amount(name).fill_null(Decimal(0)) for name in part] for part in (add, subtract))
        moved = sum(up, pl.lit(Decimal(0), dtype=exact_type)) - sum(down, pl.lit(Decimal(0), dtype=exact_type))
        rows = frame.drop_nulls([*by, *order]).with_columns(
            amount(balance).alias(_BALANCE),
            moved.cast(exact_type).alias(_MOVED),
            *(amount(name).alias(_OPENING) for name in opening),
        )
        unfit = pl.any_horizontal(pl.col(name).is_not_null() & ~fits(name) for name in amounts)
        rows = custom.in_order(rows.with_columns(unfit.fill_null(False).alias(_UNFIT)), by, *order)
        if said_order is not None:
            same = pl.all_horizontal(
                ~pl.col(custom.NEW_GROUP), *(pl.col(name) == pl.col(name).shift() for name in order)
            )
            shares = same if order else pl.lit(False)
            shared = shares | shares.shift(-1, fill_value=False)
            rows = rows.with_columns(shared.fill_null(False).alias(_SHARED))
            first = pl.lit(start, dtype=exact_type)
            known = pl.when(~pl.col(_SHARED).shift(fill_value=False)).then(pl.col(_BALANCE).shift())
            rows = rows.with_columns(pl.when(pl.col(custom.NEW_GROUP)).then(first).otherwise(known).alias(_LAST))
        reasons = list(_reasons(bool(opening), said_order is not None, off_by, names(order) if order else ""))
        reasons.append(pl.when(pl.col(_UNFIT)).then(pl.lit("an amount is too large to be reckoned with exactly")))
        seen = pl.concat_str(reasons, separator="; ", ignore_nulls=True)
        return rows.select(ROW, pl.when(seen != "").then(seen).alias(SEEN)).drop_nulls(SEEN)

    movements = "".join([*(f" + {name}" for name in add), *(f" − {name}" for name in subtract)])
    before_it = opening[0] if opening else f"{balance} of the record before"
    expected = f"{balance} = {before_it}{movements}{custom.grouped(by)}"
    if opening and said_order is not None:
        expected += f", and {opening[0]} as {balance} of the record before"
    if within:
        expected += f", within {number(within)}"
    yield from custom.cross_probe(
        quality, bench, options, find, code="CHK-052", expected=expected, reads=(*amounts, *by, *order), group=by
    )


def _reasons(opening: bool, ordered: bool, off_by: pl.Expr, order: str) -> Iterable[pl.Expr]:
    def differs(one: pl.Expr, other: pl.Expr) -> pl.Expr:
        return ((one - other).abs() > off_by).fill_null(False)

    balance, moved, last = pl.col(_BALANCE), pl.col(_MOVED), pl.col(_LAST)
    if ordered and order:
        yield pl.when(pl.col(_SHARED)).then(pl.lit(f"another record has its {order}: they have no order"))
    if opening:
        due = pl.col(_OPENING) + moved
        yield pl.when(differs(balance, due)).then(
            custom.said(balance, ", expected ", pl.col(_OPENING), " + ", moved, " = ", due)
        )
    if ordered:
        held, due = (pl.col(_OPENING), last) if opening else (balance, last + moved)
        if opening:
            told = custom.said("opens at ", held, " after ", last)
        else:
            told = custom.said(held, ", expected ", last, " + ", moved, " = ", due)
        yield pl.when(~pl.col(_SHARED) & differs(held, due)).then(told)


def _exact_type(dtypes: list[pl.DataType], given: list[Decimal]) -> pl.Decimal:
    places = [_PLACES_OF_FLOATS if d.is_float() else d.scale if isinstance(d, pl.Decimal) else 0 for d in dtypes]
    places += [max(0, -int(d.as_tuple().exponent)) for d in given]
    return pl.Decimal(38, min(max(places), 18))


def _amount(quality: Quality, word: str) -> Decimal | None:
    given = quality.implementation.get(word)
    if given is None:
        return None
    try:
        return exact(given)
    except UnfitError as unfit:
        raise unusable("CHK-036", f"{word}: {unfit}", quality) from None


def _q(name: str = "q", **parts: Any) -> Quality:
    return custom.entry(name, "rollForward", **parts)


_ROWS = pl.DataFrame(
    {
        "acc": ["a", "a", "a", "b", "a", "b"],
        "no": [3, 1, 2, 1, 4, 2],
        "open": [15, 0, 10, 7, 15, 8],
        "plus": [None, 10, 5, 1, 5, 2],
        "minus": [0, None, 0, 0, 0, 0],
        "bal": [15, 10, 15, 8, 21, None],
    }
)
_PROPERTIES = tuple(prop(name, "string" if name == "acc" else "integer") for name in _ROWS.columns)

CHECK = Check(
    name="rollForward",
    part=Quality,
    claims=lambda quality: custom.is_ours(quality, "rollForward"),
    make=_make,
    cases=lambda: (
        Case(
            "from record to record of an account, whatever their order in the file",
            table(
                *_PROPERTIES,
                quality=(_q(balance="bal", add=["plus"], subtract=["minus"], by=["acc"], orderBy=["no"], start=0),),
            ),
            _ROWS,
            fails={"q": (3, 4)},
            expected={"q": "bal = bal of the record before + plus − minus of each acc"},
        ),
        Case(
            "with an opening, in the record and to the one before",
            table(*_PROPERTIES, quality=(_q(balance="bal", opening="open", add="plus", by="acc", orderBy="no"),)),
            _ROWS.with_columns(open=pl.Series([15, 0, 9, 7, 15, 8])),
            fails={"q": (2, 4)},
        ),
        Case(
            "records that share their place have no order; some cents are borne",
            table(*_PROPERTIES, quality=(_q(balance="bal", add="plus", orderBy="no", within=1),)),
            pl.DataFrame(
                {"acc": "a", "no": [1, 2, 2, 3], "open": 0, "plus": [1, 1, 1, 1], "minus": 0, "bal": [1, 2, 3, 9]}
            ),
            fails={"q": (1, 2)},
        ),
        Case(
            "an amount beyond what is reckoned exactly fails, the others are reckoned",
            table(
                prop("no", "integer"),
                prop("plus", "number"),
                prop("bal", "number"),
                quality=(_q(balance="bal", add="plus", orderBy="no", start=0),),
            ),
            pl.DataFrame({"no": [1, 2, 3, 4], "plus": [0.1, 1e300, 0.2, 0.1], "bal": [0.1, 1e300, 0.3, 0.4]}),
            fails={"q": (1,)},
        ),
        Case(
            "what it cannot reckon with",
            table(
                *_PROPERTIES,
                quality=(
                    _q("q", balance="acc", add="plus", orderBy="no"),
                    _q("r", balance="bal", orderBy="no"),
                    _q("s", balance="bal", add="plus"),
                    _q("t", balance="bal", add="plus", orderBy="file", start="much"),
                ),
            ),
            _ROWS,
            amiss=("CHK-036",) * 4,
        ),
    ),
)
