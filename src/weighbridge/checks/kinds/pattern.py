r"""The text must contain a match of a regular expression.

    - name: tailnum
      logicalType: string
      logicalTypeOptions: {pattern: "^N[0-9A-Z]{1,5}$"}

As in JSON Schema the pattern is searched for: without ``^`` and ``$`` it may match anywhere.
It is read as ECMA-262 has it: ``\d``, ``\w`` and ``\b`` know ASCII only, ``.`` matches no line
end, ``$`` only the very end. Look-around and back-references cannot be searched for (CHK-035);
such a pattern is listed as not executed.

Null: passes.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import on_values, prop
from weighbridge.checks.check import Bench, Check, Product, Target
from weighbridge.checks.pattern import UnsearchableError, searchable
from weighbridge.contract.model import NotExecuted
from weighbridge.findings import Severity


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    pattern = str(target.options["pattern"])
    try:
        regex = searchable(pattern)
    except UnsearchableError as error:
        yield target.amiss("CHK-035", str(error), Severity.WARNING)
        yield NotExecuted(f"{target.path}: pattern {pattern}", str(error), target.declared.line)
        return
    yield target.probe(
        "pattern", ~target.value.str.contains(regex), code="CHK-003", expected=f"a text that matches {pattern}"
    )


CHECK = Check(
    name="pattern",
    part=Target,
    claims=lambda target: "pattern" in target.options and target.dtype == pl.String,
    make=_make,
    cases=lambda: (
        on_values(
            "the pattern is searched for",
            prop("a", options={"pattern": "[0-9]{2}"}),
            ["x12y", "1", None],
            {"pattern": (1,)},
        ),
        on_values(
            "anchors hold it to the whole text",
            prop("a", options={"pattern": r"^\d+$"}),
            ["12", "12\n", "٣"],
            {"pattern": (1, 2)},
        ),
        on_values(
            "look-around cannot be searched for",
            prop("a", options={"pattern": "(?=x)"}),
            ["x"],
            {},
            amiss=("CHK-035",),
        ),
    ),
    options=("pattern",),
)
