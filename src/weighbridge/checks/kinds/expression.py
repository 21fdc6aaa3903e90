"""An expression must hold for each record: what ODCS has no word for.

    quality:
      - name: leaves before it arrives
        type: custom
        engine: weighbridge
        implementation: "origin <> dest"

The text is a Boolean SQL expression over the object's properties, as Polars' SQL reads it;
``{check: expression, expression: "…"}`` says the same. Dates are written ``DATE '2013-01-31'``.
On a property that property is the one blamed. What the record does when it fails follows from
`severity`, or from `onFailure` (reject, review, warn, note). `filter` asks only the records it
selects. With a `tolerance` the extract fails as well when more records fail than it bears;
the failing records fail either way.

Null: passes, as in SQL's own CHECK: an expression that is neither true nor false does not fail.
Nor does one over a value that could not be read or decided while that keeps the record from
being published: what is not known is not blamed, even where the expression asks for null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.metric import probe_name
from weighbridge.checks.options import Options, UnusableError, expression_of, options_of, unusable
from weighbridge.checks.sql import columns_of
from weighbridge.checks.words import share
from weighbridge.contract.model import NotExecuted, Quality
from weighbridge.findings import Severity
from weighbridge.probe import Answer, RowProbe, ScalarProbe


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    said = quality.implementation
    text = said if isinstance(said, str) else said.get("expression")
    try:
        if not isinstance(text, str):
            raise unusable("CHK-036", "an expression check needs its `expression`", quality)
        options = options_of(quality, bench)
        expression = expression_of(text, quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    yield from row_probes(
        quality, bench, options, ~expression, columns_of(expression), " ".join(text.split()), "CHK-011"
    )


def row_probes(
    quality: Quality,
    bench: Bench,
    options: Options,
    failed: pl.Expr,
    reads: tuple[str, ...],
    expected: str,
    code: str,
    *,
    seen: pl.Expr | None = None,
) -> Iterator[Product]:
    """Yield the probe of a row check, one more for its tolerance, and what of its options is not acted on."""
    blamed = (quality.property,) if quality.property else ()
    properties = tuple(dict.fromkeys((*blamed, *reads, *options.where_properties)))
    failing = options.among(failed)
    settled = bench.settled(properties)
    if settled is not None:
        failing = failing & settled
    name = probe_name(quality)
    yield RowProbe(
        name=name,
        failed=failing,
        code=code,
        effect=options.effect,
        properties=properties,
        expected=expected + options.when,
        seen=seen,
        line=quality.line,
    )
    if options.scope != "extract":
        yield NotExecuted(f"{name}: scope {options.scope}", "a check of each record asks every record", quality.line)
    also = tolerated(quality, options, properties, expected)
    if also is not None:
        yield from also(failing)


def tolerated(
    quality: Quality, options: Options, properties: tuple[str, ...], expected: str
) -> Callable[[pl.Expr], tuple[ScalarProbe, ...]] | None:
    """Return what makes, of "this record failed", the probe of a row check's tolerance; None where there is none."""
    tolerance = options.tolerance
    if tolerance is None:
        return None

    def read(value: Mapping[str, int]) -> Answer:
        count, of = int(value["count"] or 0), int(value["records"] or 0)
        return Answer(tolerance.bears(count, of), count, f"observed {share(count, of)}")

    def also(failing: pl.Expr) -> tuple[ScalarProbe, ...]:
        probe = ScalarProbe(
            name=f"{probe_name(quality)}|tolerance",
            value=pl.struct(failing.sum().alias("count"), options.population.alias("records")),
            read=read,
            code="CHK-027",
            severity=quality.severity,
            properties=properties,
            expected=f"{tolerance} fail: {expected}{options.when}",
            line=quality.line,
        )
        return (probe,)

    return also


def not_made(quality: Quality, error: UnusableError) -> Iterator[Product]:
    """Yield the finding that a check cannot be made, and that it is not executed."""
    yield error.finding
    owner = f"{quality.property}: " if quality.property else ""
    yield NotExecuted(f"{owner}{quality.name}", error.finding.message, quality.line)


def _claims(quality: Quality) -> bool:
    if quality.kind != "custom" or (quality.engine or "").lower() != "weighbridge":
        return False
    said = quality.implementation
    return isinstance(said, str) or (isinstance(said, Mapping) and said.get("check") == "expression")


_ROWS = pl.DataFrame({"a": [1, 2, None, 4], "b": [1, 3, 3, 3]})
_PROPERTIES = (prop("a", "integer"), prop("b", "integer"))


def _rule(name: str, implementation: object, **parts: object) -> Quality:
    return Quality(name, "custom", engine="weighbridge", implementation=implementation, **parts)  # type: ignore[arg-type]


CHECK = Check(
    name="expression",
    part=Quality,
    claims=_claims,
    make=_make,
    cases=lambda: (
        Case(
            "what is unknown does not fail",
            table(*_PROPERTIES, quality=(_rule("a below b", "a <= b"),)),
            _ROWS,
            fails={"a below b": (3,)},
            expected={"a below b": "a <= b"},
        ),
        Case(
            "a filter selects the records that are asked",
            table(*_PROPERTIES, quality=(_rule("small", "a < 2", options={"filter": "b = 3"}),)),
            _ROWS,
            fails={"small": (1, 3)},
            expected={"small": "a < 2 where b = 3"},
        ),
        Case(
            "a tolerance judges the extract as well",
            table(
                *_PROPERTIES,
                quality=(_rule("small", "a < 2", severity=Severity.WARNING, options={"tolerance": {"rate": 0.25}}),),
            ),
            _ROWS,
            fails={"small": (1, 3)},
            answers={"small|tolerance": (False, "observed 50 % (2 of 4)")},
            expected={"small|tolerance": "at most 25 % of records fail: a < 2"},
        ),
        Case(
            "a misspelt property is a finding",
            table(prop("tailnum"), quality=(_rule("x", "tialnum <> 'N'"),)),
            pl.DataFrame({"tailnum": ["x"]}),
            amiss=("CHK-030",),
        ),
        Case(
            "an expression must look at one record only",
            table(*_PROPERTIES, quality=(_rule("x", "a > AVG(b)"), _rule("y", "SUM(a) OVER (PARTITION BY b) > 1"))),
            _ROWS,
            amiss=("CHK-030", "CHK-030"),
        ),
        Case(
            "an option that is not understood is a finding",
            table(*_PROPERTIES, quality=(_rule("x", "a > 0", options={"onFailure": "explode"}),)),
            _ROWS,
            amiss=("CHK-036",),
        ),
    ),
)
