"""The value must be one of those listed.

    - name: origin
      logicalType: string
      enum:
        - {value: EWR}
        - {value: JFK}

Values are compared as values of the property's type: `1` permits the number 1, and the text
"1" where the property is a string. A listed value that is none of the type is reported
(CHK-034) and permits nothing.

Null: passes.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import on_values, prop
from weighbridge.checks.check import Bench, Check, Product, Target
from weighbridge.checks.literal import UnfitError, typed
from weighbridge.checks.words import listed
from weighbridge.findings import Severity


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    permitted = []
    for entry in target.declared.enum:
        if entry.value is None:
            continue
        try:
            permitted.append(typed(entry.value, target.dtype, target.options))
        except UnfitError as unfit:
            yield target.amiss("CHK-034", f"enum: {unfit}", Severity.WARNING)
    values = pl.Series(permitted, dtype=target.dtype)
    known = target.value.is_in(values.implode())
    yield target.probe("enum", ~known, code="CHK-002", expected=listed(permitted) or "no value at all")


CHECK = Check(
    name="enum",
    part=Target,
    claims=lambda target: bool(target.declared.enum),
    make=_make,
    cases=lambda: (
        on_values(
            "a text outside the list fails",
            prop("a", enum=["EWR", "JFK", "LGA"]),
            ["EWR", None, "ewr"],
            {"enum": (2,)},
            expected={"a|enum": "EWR, JFK or LGA"},
        ),
        on_values("numbers are compared as numbers", prop("a", "integer", enum=["1", 2]), [1, 2, 3], {"enum": (2,)}),
        on_values(
            "a value of another type permits nothing",
            prop("a", "integer", enum=["one", 2]),
            [1, 2],
            {"enum": (0,)},
            amiss=("CHK-034",),
        ),
    ),
)
