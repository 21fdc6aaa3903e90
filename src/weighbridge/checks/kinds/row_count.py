"""How many records the extract has: the library metric `rowCount`.

    quality:
      - type: library
        metric: rowCount
        mustBeBetween: [300000, 400000]

Counted are the records that could be framed, or those the `filter` selects, or with
`scope: published` those that will be published. Both bounds of `mustBeBetween` are included.
`unit: percent` and `tolerance` mean nothing here and are refused (CHK-036).

Null: not applicable.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from weighbridge.checks.case import metric, prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.comparison import holds, quantity
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.metric import comparison_of, in_percent, is_library, probe_name
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.words import records
from weighbridge.contract.model import Comparison, Quality
from weighbridge.probe import Answer, ScalarProbe


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        comparison = comparison_of(quality)
        options = options_of(quality, bench)
        if in_percent(quality):
            raise unusable("CHK-036", "a number of records is no percentage", quality)
        if options.tolerance is not None:
            raise unusable("CHK-036", "tolerance bears failing records; rowCount has none", quality)
    except UnusableError as error:
        yield from not_made(quality, error)
        return

    def read(value: Any) -> Answer:
        count = int(value or 0)
        return Answer(holds(count, comparison), count, f"observed {records(count)}")

    yield ScalarProbe(
        name=probe_name(quality),
        value=options.population,
        read=read,
        code="CHK-024",
        severity=quality.severity,
        properties=options.where_properties,
        expected=f"{quantity(comparison, of_records=True)} records{options.when}",
        scope=options.scope,
        line=quality.line,
    )


CHECK = Check(
    name="rowCount",
    part=Quality,
    claims=lambda quality: is_library(quality, "rowCount"),
    make=_make,
    cases=lambda: (
        Case(
            "both bounds are included",
            table(prop("a"), quality=(metric("q", "rowCount", Comparison("mustBeBetween", [2, 3])),)),
            pl.DataFrame({"a": ["x", None]}),
            answers={"q": (True, "observed 2 records")},
            expected={"q": "from 2 to 3 records"},
        ),
        Case(
            "of the records a filter selects",
            table(
                prop("a"),
                quality=(
                    metric("q", "rowCount", Comparison("mustBeGreaterThan", 1000), options={"filter": "a = 'x'"}),
                ),
            ),
            pl.DataFrame({"a": ["x", None]}),
            answers={"q": (False, "observed 1 record")},
            expected={"q": "more than 1,000 records where a = 'x'"},
        ),
        Case(
            "a percentage of what?",
            table(prop("a"), quality=(metric("q", "rowCount", Comparison("mustBe", 100), unit="percent"),)),
            pl.DataFrame({"a": ["x"]}),
            amiss=("CHK-036",),
        ),
    ),
)
