"""The checks of a Pandera schema that a team already has.

    quality:
      - name: the model team's own schema
        type: custom
        engine: pandera
        implementation: "fraud_models.schemas:Payments"

Named is a `DataFrameModel` or `DataFrameSchema` of `pandera.polars`, as ``package.module:Name``, or
as ``{schema: …}``; on a property only that property's column is taken. Its checks are not run one
by one: each becomes an expression of the one plan. That goes for Pandera's own checks and for
users' that return ``data.lazyframe.select(expression)`` over single records. An expression that looks
at other records too (a mean, a shift, a group) is asked beside the plan, of a narrow copy of its
columns in the order of the file. What collects for itself, joins, answers once for all records or works
element by element is listed as not executed, and so is `coerce`: the contract decides types.
`raise_warning` warns; otherwise the entry's severity and `onFailure` count, and its `filter`.

Null: fails where the column is not nullable, with NaN, as Pandera has it; else passes, unless a
check says `ignore_na=False`. In `unique` null is never equal to null, other than in Pandera.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.options import Options, UnusableError, options_of, unusable
from weighbridge.checks.sql import looks_at_one_record
from weighbridge.contract.model import NotExecuted, Quality
from weighbridge.findings import Effect
from weighbridge.probe import ROW, SEEN, CrossProbe, KeyProbe, RowProbe


class _Tape:
    """Stands in for the frame a check is given, and remembers the one expression it selects."""

    def select(self, *expressions: pl.Expr) -> _Tape:
        self.selected = expressions
        return self

    selected: tuple[pl.Expr, ...] = ()


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        options = options_of(quality, bench)
        schema = _schema(quality)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    for name, column in schema.columns.items():
        if quality.property not in (None, name):
            continue
        if trouble := _trouble(name, column, bench):
            if column.required:
                yield from not_made(quality, unusable("CHK-038", trouble, quality))
            continue
        yield from _of_column(quality, options, name, column, bench)
    if quality.property is None:
        for check in schema.checks:
            yield _left_out(quality, f"{check.name or 'check'} of the frame", "only checks of a column are taken")
        if schema.unique:
            yield _key(quality, options, tuple(schema.unique))


def _schema(quality: Quality) -> Any:
    from pandera.polars import DataFrameModel, DataFrameSchema

    said = quality.implementation
    path = said if isinstance(said, str) else said.get("schema")
    module, _, name = str(path or "").partition(":")
    if not module or not name:
        raise unusable("CHK-038", f"{path!r} is not like package.module:Schema", quality)
    try:
        found = getattr(importlib.import_module(module), name)
    except Exception as error:  # whatever a user's module does when it is imported
        raise unusable("CHK-038", f"{path}: {type(error).__name__}: {error}", quality) from None
    if isinstance(found, type) and issubclass(found, DataFrameModel):
        return found.to_schema()
    if not isinstance(found, DataFrameSchema):
        raise unusable("CHK-038", f"{path} is no schema of pandera.polars", quality)
    return found


def _trouble(name: str, column: Any, bench: Bench) -> str:
    if column.regex:
        return f"column {name} is named by a pattern"
    if name not in bench.dtypes:
        return f"the object has no property {name}"
    wanted = column.dtype.type if column.dtype is not None else None
    if wanted is not None and bench.dtypes[name] != wanted and not column.coerce:
        return f"{name} is {bench.dtypes[name]} here and {wanted} there"
    return ""


def _of_column(quality: Quality, options: Options, name: str, column: Any, bench: Bench) -> Iterator[Product]:
    value = pl.col(name)
    if not column.nullable:
        absent = value.is_null() | value.is_nan() if bench.dtypes[name].is_float() else value.is_null()
        yield _row(quality, options, name, "not_nullable", absent, "a value", options.effect, "fails")
    if column.unique:
        yield _key(quality, options, (name,))
    if column.coerce:
        yield _left_out(quality, f"coerce of {name}", "the contract decides types")
    for check in column.checks:
        label = str(check.name or "check")
        expression = _expression(check, name)
        if isinstance(expression, str):
            yield _left_out(quality, f"{label} of {name}", expression)
            continue
        try:
            holds = pl.DataFrame(schema=dict(bench.dtypes)).select(expression.alias("x")).schema["x"] == pl.Boolean
        except pl.exceptions.PolarsError as error:
            yield _left_out(quality, f"{label} of {name}", str(error).splitlines()[0])
            continue
        if not holds:
            yield _left_out(quality, f"{label} of {name}", "it does not give true or false")
            continue
        effect = Effect.WARN if check.raise_warning else options.effect
        failed = ~expression if check.ignore_na else ~expression.fill_null(False)
        policy = "passes" if check.ignore_na else "fails"
        expected = str(check.error or label)
        if looks_at_one_record(expression):
            yield _row(quality, options, name, label, failed, expected, effect, policy)
        elif len(pl.DataFrame({n: [None] * 3 for n in bench.dtypes}, schema=dict(bench.dtypes)).select(failed)) == 3:
            yield _beside(quality, options, bench, name, label, failed, expected, effect, policy)
        else:
            yield _left_out(quality, f"{label} of {name}", "it answers once for all records")


def _expression(check: Any, name: str) -> pl.Expr | str:
    """Return the expression a check selects, or why it has none."""
    import pandera.backends.polars.builtin_checks  # noqa: F401  gives Pandera's own checks their Polars form
    from pandera.api.polars.types import PolarsData

    if check.element_wise:
        return "it works element by element"
    ask = check._check_fn
    if check.is_builtin_check(getattr(ask, "__name__", "")):
        ask = check.get_builtin_check_fn(ask.__name__)
    tape = _Tape()
    try:
        given = ask(PolarsData(tape, name), **check._check_kwargs)  # type: ignore[arg-type]
    except Exception:  # a check that needs a real frame fails in its own way
        return "it does more than select one expression"
    if given is not tape or len(tape.selected) != 1 or not isinstance(tape.selected[0], pl.Expr):
        return "it does more than select one expression"
    expression = tape.selected[0]
    try:
        looks_at_one_record(expression)
    except pl.exceptions.PolarsError:
        return "its expression cannot be looked into"
    return expression


def _row(
    quality: Quality,
    options: Options,
    name: str,
    check: str,
    failed: pl.Expr,
    expected: str,
    effect: Effect,
    null_policy: str,
) -> RowProbe:
    return RowProbe(
        name=f"{name}|{quality.name}:{check}",
        failed=options.among(failed),
        code="CHK-014",
        effect=effect,
        properties=tuple(dict.fromkeys((name, *options.where_properties))),
        expected=expected + options.when,
        null_policy=null_policy,
        line=quality.line,
        origin="pandera",
    )


def _beside(
    quality: Quality,
    options: Options,
    bench: Bench,
    name: str,
    check: str,
    failed: pl.Expr,
    expected: str,
    effect: Effect,
    null_policy: str,
) -> CrossProbe:
    reads = tuple(dict.fromkeys((name, *failed.meta.root_names(), *options.where_properties)))

    def find(frame: pl.LazyFrame) -> pl.LazyFrame:
        # A `shift` means the order of the file.
        told = frame.sort(ROW).with_columns(options.among(failed).alias(SEEN)).filter(SEEN)
        return told.select(ROW, pl.lit(None, pl.String).alias(SEEN))

    return CrossProbe(
        name=f"{name}|{quality.name}:{check}",
        find=find,
        properties=reads,
        code="CHK-014",
        effect=effect,
        expected=expected + options.when,
        reads=reads,
        where=bench.settled(reads),
        null_policy=null_policy,
        line=quality.line,
        origin="pandera",
    )


def _key(quality: Quality, options: Options, names: tuple[str, ...]) -> KeyProbe:
    return KeyProbe(
        name=f"{'+'.join(names)}|{quality.name}:unique",
        properties=names,
        code="CHK-008",
        effect=options.effect,
        expected=f"each value of {'+'.join(names)} once in the extract",
        line=quality.line,
        origin="pandera",
    )


def _left_out(quality: Quality, what: str, why: str) -> NotExecuted:
    return NotExecuted(f"{quality.name}: {what}", why, quality.line)


def _case(says: str, path: str, *names: str, rows: pl.DataFrame, **parts: Any) -> Case:
    quality = Quality("team", "custom", engine="pandera", implementation=path)
    kinds = {"a": "integer", "b": "string"}
    return Case(says, table(*(prop(n, kinds[n]) for n in names), quality=(quality,)), rows, **parts)


_EXAMPLE = "weighbridge.checks.example_schema"

CHECK = Check(
    name="pandera",
    part=Quality,
    claims=lambda quality: quality.kind == "custom" and (quality.engine or "").lower() == "pandera",
    make=_make,
    cases=(
        _case(
            "a schema's checks, one probe each",
            f"{_EXAMPLE}:Example",
            "a",
            "b",
            rows=pl.DataFrame({"a": [2, 0, 3, 3, None], "b": ["x", "y", "z", None, "x"]}),
            fails={
                "a|team:not_nullable": (4,),
                "a|team:unique": (2, 3),
                "a|team:greater_than_or_equal_to": (1,),
                "a|team:even": (2, 3),
                "b|team:isin": (2,),
            },
            expected={"b|team:isin": "isin(['x', 'y'])"},
        ),
        _case(
            "what looks at other records too is asked beside the plan; what collects is listed, not run",
            f"{_EXAMPLE}:Beside",
            "a",
            rows=pl.DataFrame({"a": [1, 2, 9, None]}),
            fails={"a|team:_above_average": (0, 1)},
        ),
        _case(
            "a schema that is not there, or not of this object",
            f"{_EXAMPLE}:Missing",
            "a",
            rows=pl.DataFrame({"a": [1]}),
            amiss=("CHK-038",),
        ),
        _case(
            "a column of another type",
            f"{_EXAMPLE}:Beside",
            "b",
            rows=pl.DataFrame({"b": ["x"]}),
            amiss=("CHK-038",),
        ),
    ),
)
