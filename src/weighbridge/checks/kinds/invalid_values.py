"""How many records have a value that is not valid: the library metric `invalidValues`.

    quality:
      - type: library
        metric: invalidValues
        arguments: {validValues: [EWR, JFK, LGA]}
        mustBe: 0

A value is valid when it meets every argument: `validValues` (a list), `pattern`, `format`,
`minLength`, `maxLength`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`,
`multipleOf`, each with the meaning it has on the property. Without arguments the property's
own enum and logicalTypeOptions say what is valid.

Null: is valid; it is missing, not invalid. That holds for a value that could not be read as well:
the record says so itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from weighbridge.checks.case import metric, prop, table
from weighbridge.checks.check import Bench, Case, Check, Product, Target
from weighbridge.checks.kinds import bounds, enum, length, multiple_of, number_format, pattern, text_format
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.metric import counted, is_library, one_property
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.contract.model import Comparison, EnumValue, NotExecuted, Property, Quality
from weighbridge.findings import Finding
from weighbridge.probe import RowProbe

_CHECKS = (
    enum.CHECK,
    pattern.CHECK,
    length.CHECK,
    bounds.CHECK,
    multiple_of.CHECK,
    number_format.CHECK,
    text_format.CHECK,
)
_ARGUMENTS = frozenset({"validValues", *(option for check in _CHECKS for option in check.options)})


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        name = one_property(quality, bench.dtypes)
        options = options_of(quality, bench)
        subject = _subject(quality, bench.schema.property_named(name))
        target = Target(subject, name, name, pl.col(name), bench.dtypes[name])
        failing: list[pl.Expr] = []
        for check in _CHECKS:
            if not check.claims(target):
                continue
            for product in check.make(target, bench):
                if isinstance(product, RowProbe):
                    failing.append(product.failed)
                elif isinstance(product, Finding | NotExecuted):
                    yield product
        if not failing:
            raise unusable("CHK-036", f"nothing says which values of {name} are valid", quality)
        yield from counted(
            quality,
            options,
            options.among(pl.any_horizontal(failing)).sum(),
            code="CHK-022",
            properties=(name,),
            have=f"have an invalid {name}",
            none=f"no record has an invalid {name}",
        )
    except UnusableError as error:
        yield from not_made(quality, error)


def _subject(quality: Quality, declared: Property) -> Property:
    """Return the property with the arguments as its constraints; with its own where there are none."""
    arguments = dict(quality.arguments)
    if unknown := set(arguments) - _ARGUMENTS:
        raise unusable("CHK-036", f"invalidValues knows no argument {', '.join(sorted(unknown))}", quality)
    if not arguments:
        return replace(declared, severity=quality.severity, line=quality.line)
    said = arguments.pop("validValues", [])
    if not isinstance(said, list | tuple):
        raise unusable("CHK-036", f"validValues: {said!r} is no list", quality)
    return replace(
        declared,
        enum=tuple(EnumValue(value) for value in said),
        options=arguments,
        severity=quality.severity,
        line=quality.line,
    )


def _case(says: str, subject: Property, values: list[str | None], answer: tuple[bool, str], arguments: object) -> Case:
    quality = metric(
        "q",
        "invalidValues",
        Comparison("mustBeLessOrEqualTo", 50),
        unit="percent",
        property="a",
        arguments=arguments,
    )
    return Case(
        says,
        table(replace(subject, quality=(quality,))),
        pl.DataFrame({"a": values}),
        answers={"a|q": answer},
        expected={"a|q": "at most 50 % of records have an invalid a"},
    )


CHECK = Check(
    name="invalidValues",
    part=Quality,
    claims=lambda quality: is_library(quality, "invalidValues"),
    make=_make,
    cases=lambda: (
        _case(
            "values outside a list",
            prop("a"),
            ["x", "z", "z", None],
            (True, "observed 50 % (2 of 4)"),
            {"validValues": ["x", None]},
        ),
        _case(
            "a value is valid when it meets every argument",
            prop("a"),
            ["x1", "x", "xyz1", "y1"],
            (False, "observed 75 % (3 of 4)"),
            {"pattern": "^x.*1$", "maxLength": 3},
        ),
        Case(
            "without arguments the property says what is valid, and here it does not",
            table(prop("a", quality=(metric("q", "invalidValues", Comparison("mustBe", 0), property="a"),))),
            pl.DataFrame({"a": ["x"]}),
            amiss=("CHK-036",),
        ),
        Case(
            "without arguments the property says what is valid",
            table(
                prop("a", enum=["x"], quality=(metric("q", "invalidValues", Comparison("mustBe", 0), property="a"),))
            ),
            pl.DataFrame({"a": ["x", "y"]}),
            fails={"a|enum": (1,)},
            answers={"a|q": (False, "observed 1 of 2 records")},
            expected={"a|q": "no record has an invalid a"},
        ),
    ),
)
