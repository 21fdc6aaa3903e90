"""How many records repeat an earlier one: the library metric `duplicateValues`.

    quality:
      - type: library
        metric: duplicateValues
        arguments: {properties: [carrier, flight, time_hour]}
        mustBeLessThan: 1
        unit: percent

Counted are records in excess: records with a value, less the distinct values. Of 1, 2, 2, 3,
3, 3 that is 3. On a property it looks at that property, on the object at the `properties`
together. (Other tools count the values that recur, 2 here, or all records that share one, 5.)

Null: is not compared; a record with a null among the properties is no duplicate.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import metric, prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.metric import counted, is_library
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.words import names
from weighbridge.contract.model import Comparison, Quality


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        key = _key(quality)
        if absent := [name for name in key if name not in bench.dtypes]:
            raise unusable("CHK-037", names(absent), quality)
        options = options_of(quality, bench)
        usable = pl.all_horizontal([pl.col(name).is_not_null() for name in key])
        if options.where is not None:
            usable = usable & options.where.fill_null(False)
        value = pl.col(key[0]) if len(key) == 1 else pl.struct(key)
        excess = usable.sum().cast(pl.Int64) - value.filter(usable).n_unique().cast(pl.Int64)
        yield from counted(
            quality,
            options,
            excess,
            code="CHK-023",
            properties=key,
            have=f"repeat the {names(key)} of another",
            none=f"no record repeats the {names(key)} of another",
        )
    except UnusableError as error:
        yield from not_made(quality, error)


def _key(quality: Quality) -> tuple[str, ...]:
    if unknown := set(quality.arguments) - {"properties"}:
        raise unusable("CHK-036", f"duplicateValues knows no argument {', '.join(sorted(unknown))}", quality)
    said = quality.arguments.get("properties")
    if said is None and quality.property is not None:
        return (quality.property,)
    if not isinstance(said, list | tuple) or not said:
        raise unusable("CHK-036", "duplicateValues of an object needs the argument `properties`, a list", quality)
    return tuple(str(name).rsplit(".", 1)[-1] for name in said)


CHECK = Check(
    name="duplicateValues",
    part=Quality,
    claims=lambda quality: is_library(quality, "duplicateValues"),
    make=_make,
    cases=lambda: (
        Case(
            "records in excess",
            table(
                prop("a", "integer", quality=(metric("q", "duplicateValues", Comparison("mustBe", 0), property="a"),))
            ),
            pl.DataFrame({"a": [1, 2, 2, 3, 3, 3, None, None]}),
            answers={"a|q": (False, "observed 3 of 8 records")},
            expected={"a|q": "no record repeats the a of another"},
        ),
        Case(
            "several properties together",
            table(
                prop("a", "integer"),
                prop("b", "integer"),
                quality=(
                    metric(
                        "q",
                        "duplicateValues",
                        Comparison("mustBeLessThan", 20),
                        unit="percent",
                        arguments={"properties": ["a", "b"]},
                    ),
                ),
            ),
            pl.DataFrame({"a": [1, 1, 1, None], "b": [1, 2, 1, 1]}),
            answers={"q": (False, "observed 25 % (1 of 4)")},
            expected={"q": "less than 20 % of records repeat the a and b of another"},
        ),
        Case(
            "on the object it needs to know which properties",
            table(prop("a"), quality=(metric("q", "duplicateValues", Comparison("mustBe", 0)),)),
            pl.DataFrame({"a": ["x"]}),
            amiss=("CHK-036",),
        ),
        Case(
            "a property that is not there",
            table(
                prop("a"),
                quality=(
                    metric("q", "duplicateValues", Comparison("mustBe", 0), arguments={"properties": ["a", "z"]}),
                ),
            ),
            pl.DataFrame({"a": ["x"]}),
            amiss=("CHK-037",),
        ),
    ),
)
