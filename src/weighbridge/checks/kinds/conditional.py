"""Where a condition holds, something else must hold as well.

    quality:
      - name: cancelled flights have no arrival
        type: custom
        engine: weighbridge
        implementation:
          check: conditional
          when: "dep_time IS NULL"
          then: "arr_time IS NULL"

Both are Boolean SQL expressions over the object's properties. The options are those of the
expression check.

Null: passes; a condition that is unknown asks nothing, a consequence that is unknown does not fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.kinds.expression import not_made, row_probes
from weighbridge.checks.options import UnusableError, expression_of, options_of, unusable
from weighbridge.checks.sql import columns_of
from weighbridge.contract.model import Quality


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    said = quality.implementation
    try:
        if not isinstance(said.get("when"), str) or not isinstance(said.get("then"), str):
            raise unusable("CHK-036", "a conditional check needs `when` and `then`", quality)
        options = options_of(quality, bench)
        when, then = (expression_of(said[word], quality, bench) for word in ("when", "then"))
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    reads = (*columns_of(then), *columns_of(when))
    expected = f"{' '.join(said['then'].split())} when {' '.join(said['when'].split())}"
    yield from row_probes(quality, bench, options, when & ~then, reads, expected, "CHK-012")


def _claims(quality: Quality) -> bool:
    said = quality.implementation
    ours = quality.kind == "custom" and (quality.engine or "").lower() == "weighbridge"
    return ours and isinstance(said, Mapping) and said.get("check") == "conditional"


CHECK = Check(
    name="conditional",
    part=Quality,
    claims=_claims,
    make=_make,
    cases=lambda: (
        Case(
            "only records that meet the condition are asked",
            table(
                prop("a", "integer"),
                prop("b"),
                quality=(
                    Quality(
                        "c",
                        "custom",
                        engine="weighbridge",
                        implementation={"check": "conditional", "when": "a > 1", "then": "b = 'x'"},
                    ),
                ),
            ),
            pl.DataFrame({"a": [1, 2, 3, None, 4], "b": ["y", "x", "y", "y", None]}),
            fails={"c": (2,)},
            expected={"c": "b = 'x' when a > 1"},
        ),
        Case(
            "both halves are needed",
            table(
                prop("a", "integer"),
                quality=(
                    Quality(
                        "c", "custom", engine="weighbridge", implementation={"check": "conditional", "when": "a > 1"}
                    ),
                ),
            ),
            pl.DataFrame({"a": [1]}),
            amiss=("CHK-036",),
        ),
    ),
)
