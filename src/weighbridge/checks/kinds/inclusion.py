"""Every value of one column stands in another column of the same extract.

    quality:
      - name: managers are employees
        type: custom
        engine: weighbridge
        implementation:
          check: inclusion
          of: [manager]
          within: [employee]

Several properties are compared as a whole, the first of `of` with the first of `within`, and so
on. A `filter` selects the records that are asked; what they are held against is all records.

Null: passes; a record with a null part in `of` is not asked, nulls in `within` are no values.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import columns, cross_probe, entry, is_ours, valued
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.other_object import alike
from weighbridge.checks.words import names
from weighbridge.contract.model import Quality
from weighbridge.probe import ROW, SEEN


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        of, within = columns(quality, bench, "of", own=True), columns(quality, bench, "within")
        if not within:
            raise unusable("CHK-036", "it needs `within`, the properties that hold the values", quality)
        ours = {name: bench.dtypes[name] for name in of}
        alike(quality, pl.LazyFrame(schema=dict(bench.dtypes)), within, ours)
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return

    def find(frame: pl.LazyFrame) -> pl.LazyFrame:
        known = alike(quality, frame, within, ours).drop_nulls().unique()
        asked = frame if options.where is None else frame.filter(options.where.fill_null(False))
        missing = asked.drop_nulls(list(of)).join(known, on=list(of), how="anti")
        return missing.select(ROW, valued(of).alias(SEEN))

    expected = f"{names(of)} that stands in {names(within)} of some record"
    yield from cross_probe(
        quality, bench, options, find, code="CHK-054", expected=expected, reads=(*of, *within), filters=False
    )


_ROWS = pl.DataFrame({"a": ["x", "y", "x", None], "b": ["y", "x", None, "q"], "n": [1, 2, 3, 4]})
_PROPERTIES = (prop("a"), prop("b"), prop("n", "integer"))

CHECK = Check(
    name="inclusion",
    part=Quality,
    claims=lambda quality: is_ours(quality, "inclusion"),
    make=_make,
    cases=lambda: (
        Case(
            "a value that stands nowhere in the other column",
            table(*_PROPERTIES, quality=(entry("q", "inclusion", of="b", within="a"),)),
            _ROWS,
            fails={"q": (3,)},
            expected={"q": "b that stands in a of some record"},
        ),
        Case(
            "a filter selects who is asked, not what they are held against",
            table(*_PROPERTIES, quality=(entry("q", "inclusion", of="a", within="b", options={"filter": "n > 2"}),)),
            _ROWS,
            fails={"q": ()},
        ),
        Case(
            "a text is never a number, and pairs stand against pairs",
            table(
                *_PROPERTIES,
                quality=(
                    entry("q", "inclusion", of="a", within="n"),
                    entry("r", "inclusion", of=["a", "b"], within="b"),
                    entry("s", "inclusion", of="a"),
                ),
            ),
            _ROWS,
            amiss=("CHK-033", "CHK-033", "CHK-036"),
        ),
    ),
)
