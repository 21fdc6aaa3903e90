"""How many records have a value that means "missing": the library metric `missingValues`.

    quality:
      - type: library
        metric: missingValues
        arguments: {missingValues: ["", "N/A", "-"]}
        mustBeLessThan: 100

Null is always missing, whether the list names it or not; without a list the empty text is, too.
Listed values are compared as values of the property's type; one that is none of the type
cannot occur (a text in an integer was already read as null) and is passed over.

Null: counts as missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import polars as pl

from weighbridge.checks.case import metric, prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.literal import UnfitError, typed
from weighbridge.checks.metric import counted, is_library, one_property
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.contract.model import Comparison, Quality


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        name = one_property(quality, bench.dtypes)
        if unknown := set(quality.arguments) - {"missingValues"}:
            raise unusable("CHK-036", f"missingValues knows no argument {', '.join(sorted(unknown))}", quality)
        said = quality.arguments.get("missingValues", [""])
        if not isinstance(said, list | tuple):
            raise unusable("CHK-036", f"missingValues: {said!r} is no list", quality)
        options = options_of(quality, bench)
        dtype = bench.dtypes[name]
        values = []
        for value in said:
            with suppress(UnfitError):
                values += [] if value is None else [typed(value, dtype)]
        value = pl.col(name)
        absent = value.is_null()
        if values:
            absent = absent | value.is_in(pl.Series(values, dtype=dtype).implode()).fill_null(False)
        yield from counted(
            quality,
            options,
            options.among(absent).sum(),
            code="CHK-021",
            properties=(name,),
            have=f"miss {name}",
            none=f"no record misses {name}",
        )
    except UnusableError as error:
        yield from not_made(quality, error)


CHECK = Check(
    name="missingValues",
    part=Quality,
    claims=lambda quality: is_library(quality, "missingValues"),
    make=_make,
    cases=lambda: (
        Case(
            "listed values and null",
            table(
                prop(
                    "a",
                    quality=(
                        metric(
                            "q",
                            "missingValues",
                            Comparison("mustBe", 0),
                            property="a",
                            arguments={"missingValues": ["N/A"]},
                        ),
                    ),
                )
            ),
            pl.DataFrame({"a": ["x", None, "", "N/A"]}),
            answers={"a|q": (False, "observed 2 of 4 records")},
            expected={"a|q": "no record misses a"},
        ),
        Case(
            "without a list: null and the empty text",
            table(
                prop("a", quality=(metric("q", "missingValues", Comparison("mustBeBetween", [1, 2]), property="a"),))
            ),
            pl.DataFrame({"a": ["x", None, ""]}),
            answers={"a|q": (True, "observed 2 of 3 records")},
            expected={"a|q": "from 1 to 2 records miss a"},
        ),
        Case(
            "an argument it does not know",
            table(
                prop(
                    "a",
                    quality=(
                        metric("q", "missingValues", Comparison("mustBe", 0), property="a", arguments={"values": [1]}),
                    ),
                )
            ),
            pl.DataFrame({"a": ["x"]}),
            amiss=("CHK-036",),
        ),
    ),
)
