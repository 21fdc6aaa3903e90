"""How many records have no value: the library metric `nullValues`.

    quality:
      - type: library
        metric: nullValues
        mustBeLessOrEqualTo: 5
        unit: percent

A value that could not be read counts as null. Percentages are of all records that could be
framed, or of those the `filter` selects. `scope: published` looks only at what will be
published. A `tolerance` bears that many records beyond the threshold's own word.

Null: is what is counted.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import metric, prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.metric import counted, is_library, one_property
from weighbridge.checks.options import UnusableError, options_of
from weighbridge.contract.model import Comparison, Quality


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        name = one_property(quality, bench.dtypes)
        options = options_of(quality, bench)
        count = pl.col(name).null_count() if options.where is None else options.among(pl.col(name).is_null()).sum()
        yield from counted(
            quality,
            options,
            count,
            code="CHK-020",
            properties=(name,),
            have=f"have no {name}",
            none=f"every record has a value of {name}",
        )
    except UnusableError as error:
        yield from not_made(quality, error)


_ROWS = pl.DataFrame({"a": ["x", None, "", "y"]})

CHECK = Check(
    name="nullValues",
    part=Quality,
    claims=lambda quality: is_library(quality, "nullValues"),
    make=_make,
    cases=lambda: (
        Case(
            "a percentage of all records",
            table(
                prop(
                    "a",
                    quality=(
                        metric("q", "nullValues", Comparison("mustBeLessThan", 25), unit="percent", property="a"),
                    ),
                )
            ),
            _ROWS,
            answers={"a|q": (False, "observed 25 % (1 of 4)")},
            expected={"a|q": "less than 25 % of records have no a"},
        ),
        Case(
            "none at all, of the records a filter selects",
            table(
                prop(
                    "a",
                    quality=(
                        metric(
                            "q", "nullValues", Comparison("mustBe", 0), property="a", options={"filter": "a <> 'y'"}
                        ),
                    ),
                )
            ),
            _ROWS,
            answers={"a|q": (True, "observed 0 of 2 records")},
            expected={"a|q": "every record has a value of a where a <> 'y'"},
        ),
        Case(
            "a tolerance bears some",
            table(
                prop(
                    "a",
                    quality=(
                        metric(
                            "q",
                            "nullValues",
                            Comparison("mustBe", 0),
                            property="a",
                            options={"tolerance": {"count": 1}},
                        ),
                    ),
                )
            ),
            _ROWS,
            answers={"a|q": (True, "observed 1 of 4 records")},
        ),
        Case(
            "it stands on a property",
            table(prop("a"), quality=(metric("q", "nullValues", Comparison("mustBe", 0)),)),
            _ROWS,
            amiss=("CHK-036",),
        ),
    ),
)
