"""The text must not be shorter or longer than agreed.

    - name: dest
      logicalType: string
      logicalTypeOptions: {minLength: 3, maxLength: 3}

Lengths count characters (Unicode code points), not bytes.

Null: passes.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import on_values, prop
from weighbridge.checks.check import Bench, Check, Product, Target
from weighbridge.checks.literal import UnfitError, exact

_OPTIONS = ("minLength", "maxLength")


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    length = target.value.str.len_chars()
    for option, words in (("minLength", "at least"), ("maxLength", "at most")):
        if option not in target.options:
            continue
        try:
            limit = int(exact(target.options[option]))
        except UnfitError as unfit:
            yield target.amiss("CHK-034", f"{option}: {unfit}")
            continue
        failed = length < limit if option == "minLength" else length > limit
        noun = "character" if limit == 1 else "characters"
        yield target.probe(option, failed, code="CHK-004", expected=f"{words} {limit:,} {noun}")


CHECK = Check(
    name="length",
    part=Target,
    claims=lambda target: target.dtype == pl.String and not target.options.keys().isdisjoint(_OPTIONS),
    make=_make,
    cases=lambda: (
        on_values(
            "characters are counted, not bytes",
            prop("a", options={"minLength": 2, "maxLength": 3}),
            ["x", "äöü", "äöüß", "", None],
            {"minLength": (0, 3), "maxLength": (2,)},
            expected={"a|minLength": "at least 2 characters"},
        ),
    ),
    options=_OPTIONS,
)
