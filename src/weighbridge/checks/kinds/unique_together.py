"""A combination of values may stand only once, where a condition holds, in whatever case.

    quality:
      - name: one open order a customer
        type: custom
        engine: weighbridge
        implementation:
          check: uniqueTogether
          of: [customer, product]
          ignoreCase: true       # Ada and ADA are the same
          ignoreBlanks: true     # blanks at both ends do not count
        customProperties:
          - {vendor: weighbridge, property: filter, value: "status = 'open'"}

Every record of a repeat fails, so the order of records never matters. Only records that the
`filter` selects are compared with each other. Letters are compared without case as Unicode
lower-cases them, which leaves ß and SS apart.

Null: passes; a combination with a null part is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import columns, entry, is_ours, looked_at, unscoped
from weighbridge.checks.kinds.expression import not_made, tolerated
from weighbridge.checks.metric import probe_name
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.words import names
from weighbridge.contract.model import Quality
from weighbridge.probe import KeyProbe


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        of = columns(quality, bench, "of", own=True)
        if nested := [name for name in of if bench.dtypes[name].is_nested()]:
            raise unusable("CHK-036", f"{names(nested)}: uniqueness is of columns with one value a record", quality)
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    case, blanks = (bool(quality.implementation.get(word)) for word in ("ignoreCase", "ignoreBlanks"))
    properties, where = looked_at(quality, bench, options, of)
    ways = [way for way, on in (("case", case), ("blanks at both ends", blanks)) if on]
    expected = f"each {names(of)} once in the extract" + (f", whatever their {names(ways)}" if ways else "")
    yield KeyProbe(
        name=probe_name(quality),
        properties=properties,
        code="CHK-008",
        effect=options.effect,
        expected=expected + options.when,
        line=quality.line,
        where=where,
        keys=tuple(_compared(pl.col(name), bench.dtypes[name], case, blanks) for name in of),
        also=tolerated(quality, options, properties, expected),
    )
    yield from unscoped(quality, options)


def _compared(value: pl.Expr, dtype: pl.DataType, case: bool, blanks: bool) -> pl.Expr:
    if dtype != pl.String:
        return value
    value = value.str.strip_chars() if blanks else value
    return value.str.to_lowercase() if case else value


_ROWS = pl.DataFrame(
    {
        "a": ["Ada", "ADA ", "Bob", "Bob", None, None],
        "b": [1, 1, 2, 2, 3, 3],
        "open": [True, True, True, False, True, True],
    }
)
_PROPERTIES = (prop("a"), prop("b", "integer"), prop("open", "boolean"))

CHECK = Check(
    name="uniqueTogether",
    part=Quality,
    claims=lambda quality: is_ours(quality, "uniqueTogether"),
    make=_make,
    cases=lambda: (
        Case(
            "every record of a repeat fails, null never",
            table(*_PROPERTIES, quality=(entry("q", "uniqueTogether", of=["a", "b"]),)),
            _ROWS,
            fails={"q": (2, 3)},
            expected={"q": "each a and b once in the extract"},
        ),
        Case(
            "only where a condition holds, in whatever case, some borne",
            table(
                *_PROPERTIES,
                quality=(
                    entry(
                        "q",
                        "uniqueTogether",
                        of="a",
                        ignoreCase=True,
                        ignoreBlanks=True,
                        options={"filter": "open", "tolerance": {"count": 1}},
                    ),
                ),
            ),
            _ROWS,
            fails={"q": (0, 1)},
            answers={"q|tolerance": (False, "observed 40 % (2 of 5)")},
            expected={"q": "each a once in the extract, whatever their case and blanks at both ends where open"},
        ),
        Case(
            "of something that is there",
            table(*_PROPERTIES, quality=(entry("q", "uniqueTogether", of=["z"]), entry("r", "uniqueTogether"))),
            _ROWS,
            amiss=("CHK-037", "CHK-036"),
        ),
    ),
)
