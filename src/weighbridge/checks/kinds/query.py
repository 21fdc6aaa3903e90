"""The value of a SQL query must be as agreed: `type: sql`.

    quality:
      - type: sql
        query: "SELECT COUNT(*) FROM ${table} WHERE ${column} < 0"
        mustBe: 0

The query is one SELECT in Polars' SQL that gives exactly one value. The object is known by its
name and its `physicalName`; ``${object}``, ``${table}``, ``${model}`` (and without the dollar
sign) stand for it, ``${property}``, ``${column}``, ``${field}`` for the property the check stands
on. It sees the records that could be framed with their typed columns, or those to be published
with `scope: published`. Other objects that it names behind FROM or JOIN are their published tables:

    quality:
      - type: sql
        query: "SELECT COUNT(*) FROM flights ANTI JOIN planes USING (tailnum)"
        mustBe: 0

It reads no files. A query in another dialect, of an object that is not published, or one Polars
cannot run, is a finding (CHK-031) and is listed as not executed.

What a query makes of classified properties is not shown, but for a plain ``SELECT COUNT(…)``; of
what it makes of other objects only numbers are.

Null: SQL's own rules inside the query. A result that is null is as agreed only when null itself
is what it must be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.comparison import holds, quantity
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.metric import comparison_of, in_percent, probe_name
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.sql import UnusableSqlError, filled_in, run, single_value, tables_of
from weighbridge.checks.words import number
from weighbridge.contract.model import Comparison, ForeignKey, NotExecuted, Quality
from weighbridge.findings import Finding, Severity, WeighbridgeError
from weighbridge.probe import Answer, FrameProbe

_NOT_SHOWN = "observed a value that is not shown"
_COUNTS = re.compile(r"select\s+count\s*\([^()]*\)\s*(as\s+\w+\s+)?from\b", re.IGNORECASE)


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    schema = bench.schema
    try:
        comparison = comparison_of(quality)
        options = options_of(quality, bench)
        if options.tolerance is not None:
            raise unusable("CHK-036", "tolerance bears failing records; a query has none", quality)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    try:
        text = filled_in(quality.query or "", schema.name, quality.property)
        others = _others(text, bench)
        query = single_value(text, schema.name, (schema.physical_name,), bench.dtypes, others)
    except UnusableSqlError as error:
        finding = unusable("CHK-031", str(error), quality).finding
        yield Finding(finding.code, finding.place, finding.detail, Severity.WARNING)
        yield NotExecuted(f"{probe_name(quality)}: {' '.join((quality.query or '').split())}", str(error), quality.line)
        return
    unit = " %" if in_percent(quality) else ""
    where = options.where

    def build(frame: pl.LazyFrame) -> pl.LazyFrame:
        rows = frame.select(list(bench.dtypes))
        if where is not None:
            rows = rows.filter(where)
        return run(query, schema.name, (schema.physical_name,), rows, others)

    hidden = _shows_classified(query, bench, others)

    def read(value: Any) -> Answer:
        if hidden or (others and not isinstance(value, int | float | Decimal | None)):
            return Answer(holds(value, comparison), None, _NOT_SHOWN)
        said = "null" if value is None else f"{number(value)}{unit}"
        return Answer(holds(value, comparison), _plain(value), f"observed {said}")

    yield FrameProbe(
        name=probe_name(quality),
        build=build,
        read=read,
        code="CHK-025",
        severity=quality.severity,
        properties=(quality.property,) if quality.property else (),
        expected=f"{quantity(comparison, unit)} from {' '.join(query.split())}{options.when}",
        scope=options.scope,
        line=quality.line,
    )


def _others(text: str, bench: Bench) -> dict[str, pl.LazyFrame]:
    """Return, by name, the other objects that a query names and that are at hand."""
    own = (bench.schema.name, bench.schema.physical_name)
    found = {}
    for name in tables_of(text):
        if name in own:
            continue
        try:
            frame = bench.context.resolve(ForeignKey((), name, ()))
        except (pl.exceptions.PolarsError, OSError, WeighbridgeError):
            continue
        if frame is not None:
            found[name] = frame
    return found


def _shows_classified(query: str, bench: Bench, others: Mapping[str, pl.LazyFrame]) -> bool:
    """Return whether the answer is made from classified properties and is more than a count of records."""
    if not bench.classified or _COUNTS.match(query):
        return False
    shown = {name: dtype for name, dtype in bench.dtypes.items() if name not in bench.classified}
    try:
        single_value(query, bench.schema.name, (bench.schema.physical_name,), shown, others)
    except UnusableSqlError:
        return True
    return False


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _sql(query: str, comparison: Comparison, **parts: Any) -> Quality:
    return Quality("q", "sql", query=query, comparison=comparison, **parts)


_ROWS = pl.DataFrame({"a": [1, -2, None]})

CHECK = Check(
    name="sql",
    part=Quality,
    claims=lambda quality: quality.kind == "sql",
    make=_make,
    cases=lambda: (
        Case(
            "placeholders stand for the object and the property",
            table(
                prop(
                    "a",
                    "integer",
                    quality=(
                        _sql(
                            "SELECT COUNT(*) FROM ${table} WHERE {property} < 0;", Comparison("mustBe", 0), property="a"
                        ),
                    ),
                )
            ),
            _ROWS,
            answers={"a|q": (False, "observed 1")},
            expected={"a|q": 'exactly 0 from SELECT COUNT(*) FROM "t" WHERE "a" < 0'},
        ),
        Case(
            "a null result is not as agreed",
            table(
                prop("a", "integer"),
                quality=(_sql("SELECT MAX(a) FROM t WHERE a > 9", Comparison("mustBeLessThan", 9)),),
            ),
            _ROWS,
            answers={"q": (False, "observed null")},
        ),
        Case(
            "what is made of classified properties is not shown, records may be counted",
            table(
                prop("a", "integer", classification="pii"),
                prop("b", "integer"),
                quality=(
                    Quality("q", "sql", query="SELECT MAX(a) FROM t", comparison=Comparison("mustBe", 4)),
                    Quality("r", "sql", query="SELECT COUNT(*) FROM t WHERE a > 3", comparison=Comparison("mustBe", 0)),
                    Quality("s", "sql", query="SELECT MAX(b) FROM t", comparison=Comparison("mustBe", 0)),
                ),
            ),
            pl.DataFrame({"a": [4, 1], "b": [2, 1]}),
            answers={
                "q": (True, "observed a value that is not shown"),
                "r": (False, "observed 1"),
                "s": (False, "observed 2"),
            },
        ),
        Case(
            "other objects by their names, of which only numbers are shown",
            table(
                prop("a", "integer"),
                quality=(
                    Quality(
                        "q",
                        "sql",
                        query="SELECT COUNT(*) FROM t WHERE a NOT IN (SELECT k FROM keys)",
                        comparison=Comparison("mustBe", 0),
                    ),
                    Quality("r", "sql", query='SELECT MAX(w) FROM "keys"', comparison=Comparison("mustBe", "y")),
                    Quality("s", "sql", query="SELECT COUNT(*) FROM absent", comparison=Comparison("mustBe", 0)),
                ),
            ),
            pl.DataFrame({"a": [1, 2, 3]}),
            answers={
                "q": (False, "observed 1"),
                "r": (True, "observed a value that is not shown"),
            },
            references={"keys": pl.DataFrame({"k": [1, 2], "w": ["x", "y"]})},
            amiss=("CHK-031",),
        ),
        Case(
            "only SELECT, no files, only one value, only Polars' SQL",
            table(
                prop("a", "integer"),
                quality=tuple(
                    Quality(f"q{i}", "sql", query=query, comparison=Comparison("mustBe", 0))
                    for i, query in enumerate(
                        (
                            "DROP TABLE t",
                            "SELECT COUNT(*) FROM read_parquet('x.parquet')",
                            "SELECT a FROM t",
                            "SELECT COUNT(*) FROM t WHERE z > 1",
                            "SELECT COUNT(*) FROM ${project}",
                        )
                    )
                ),
            ),
            _ROWS,
            amiss=("CHK-031",) * 5,
        ),
    ),
)
