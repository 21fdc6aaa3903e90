"""The checks of a Pandera schema that a team already has.

    quality:
      - name: the model team's own schema
        type: custom
        engine: pandera
        implementation: "fraud_models.schemas:Payments"

Named is a `DataFrameModel` or `DataFrameSchema` of `pandera.polars`, as ``package.module:Name``, or
as ``{schema: …}``; on a property only that property's column is taken. Its checks are not run one
by one: each that is an expression, as Pandera's own are, becomes one of the plan. What looks at other
records (a mean of the group, a shift), works element by element, collects or joins is asked by
Pandera itself, of a narrow copy of the columns it may look at, in the order of the file. A function
that raises is told by its name and the exception's (CHK-039), which holds the extract.

Columns by name or pattern, optional ones, `strict`, `ordered`, types, `nullable`, `unique` of one or
several columns, `coerce`, `default` and checks of the whole frame are asked as Pandera has them.
`raise_warning` warns; otherwise the entry's severity, `onFailure` and `tolerance` count. `filter` asks
only the records it selects, and a check beside the plan sees no others. `coerce` and `default` change
what is checked; what is published is the contract's. Parsers are refused, as by Pandera on Polars.

Null: fails where the column is not nullable, with NaN, as Pandera has it; else passes, unless a
check says `ignore_na=False`. In `unique` null is equal to null, as in Pandera. A value that could not be
read is neither missing nor equal to anything.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import unscoped
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.options import Options, UnusableError, options_of, unusable
from weighbridge.checks.pandera_ways import ORIGIN, RAISED, Asking, products, tolerance_of
from weighbridge.checks.words import names as listed
from weighbridge.contract.model import NotExecuted, Quality
from weighbridge.findings import Finding, Place, Severity
from weighbridge.probe import KeyProbe, RowProbe
from weighbridge.quick import dataclass


@dataclass(frozen=True, slots=True)
class _Schema:
    """A schema beside the object it is held against.

    Attributes:
        columns: those of the schema that the object has, by the object's names, those of a pattern each.
        frame: what Pandera would look at, in its order: a column, or what coercion and a default make of it.
        changed: columns that coercion or a default may change.
    """

    quality: Quality
    bench: Bench
    options: Options
    said: Any
    columns: Mapping[str, Any]
    frame: Mapping[str, pl.Expr]
    changed: frozenset[str]

    def dtype(self, name: str) -> Any:
        """Return the type that Pandera wants; one of the whole schema comes before the column's."""
        return _dtype(self.said, self.columns[name])

    def asking(self, check: Any, column: str | None) -> Asking:
        return Asking(self.quality, self.bench, self.options, check, column, self.frame, self.changed)

    def amiss(self, detail: str) -> Iterator[Product]:
        yield from not_made(self.quality, unusable("CHK-038", detail, self.quality))

    def left_out(self, what: str, why: str) -> Iterator[Product]:
        """Yield that a part of the schema is not asked, and the finding that says so."""
        steps = (self.quality.property, self.quality.name) if self.quality.property else (self.quality.name,)
        place = Place(line=self.quality.line, path=steps)
        yield Finding("CHK-040", place, f"{what}: {why}", min(Severity.WARNING, self.quality.severity, key=_GRAVITY))
        yield NotExecuted(f"{self.quality.name}: {what}", why, self.quality.line)


_GRAVITY = [Severity.INFO, Severity.WARNING, Severity.ERROR].index


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        options = options_of(quality, bench)
        said = _named(quality)
        try:
            schema = _held(quality, bench, options, said)
        except Exception as error:  # a pattern that is none, a default of another type
            raise unusable("CHK-038", f"{type(error).__name__}: {error}", quality) from None
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    yield from _of_layout(schema)
    for name, column in schema.columns.items():
        if quality.property not in (None, name):
            continue
        if trouble := _wrong_type(schema, name):
            yield from schema.amiss(trouble)
            continue
        yield from _of_column(schema, name, column)
    if quality.property is None:
        for check in said.checks:
            yield from _of_check(schema, check, None)
        for key in _keys(said):
            if present := tuple(name for name in key if name in schema.frame):
                yield _key(schema, present)
    yield from unscoped(quality, options)


def _named(quality: Quality) -> Any:
    from pandera.polars import DataFrameModel, DataFrameSchema

    said = quality.implementation
    path = said if isinstance(said, str) else said.get("schema")
    module, _, name = str(path or "").partition(":")
    if not module or not name:
        raise unusable("CHK-038", f"{path!r} is not like package.module:Schema", quality)
    try:
        found = getattr(importlib.import_module(module), name)
        if isinstance(found, type) and issubclass(found, DataFrameModel):
            found = found.to_schema()
    except RAISED as error:  # whatever a user's module does when it is imported
        raise unusable("CHK-038", f"{path}: {type(error).__name__}: {error}", quality) from None
    if not isinstance(found, DataFrameSchema):
        raise unusable("CHK-038", f"{path} is no schema of pandera.polars", quality)
    if found.parsers or any(column.parsers for column in found.columns.values()):
        raise unusable("CHK-038", f"{path} has parsers, which Pandera itself refuses on Polars", quality)
    return found


def _held(quality: Quality, bench: Bench, options: Options, said: Any) -> _Schema:
    explicit = {name for name, column in said.columns.items() if not column.regex}
    columns: dict[str, Any] = {}
    for name, column in said.columns.items():
        if column.regex:
            columns |= {n: column for n in bench.dtypes if n not in explicit and re.fullmatch(name, n)}
        elif name in bench.dtypes:
            columns[name] = column
    if said.dtype is not None and not said.columns:
        from pandera.polars import Column

        columns = {name: Column(said.dtype, name=name) for name in bench.dtypes}
    frame, changed = {}, set()
    for name, dtype in bench.dtypes.items():
        column = columns.get(name)
        if column is not None:
            frame[name] = _parsed(pl.col(name), dtype, said, column)
            changed |= {name} if frame[name].meta.ne(pl.col(name)) else set()
        elif said.strict != "filter":
            frame[name] = pl.col(name)
    return _Schema(quality, bench, options, said, columns, frame, frozenset(changed))


def _parsed(value: pl.Expr, dtype: pl.DataType, said: Any, column: Any) -> pl.Expr:
    """Return a column as Pandera checks it: coerced, and with its default."""
    wanted, of_type = _dtype(said, column), dtype
    if wanted is not None and (column.coerce or said.coerce) and _coercible(wanted) and dtype != wanted.type:
        value, of_type = value.cast(wanted.type, strict=False), wanted.type
    if column.default is None:
        return value
    default = column.default if isinstance(column.default, pl.Expr) else pl.lit(column.default, dtype=of_type)
    return (value.fill_nan(default) if of_type.is_float() else value).fill_null(default)


def _dtype(said: Any, column: Any) -> Any:
    return said.dtype if said.dtype is not None else column.dtype


def _coercible(dtype: Any) -> bool:
    """Whether coercion to a type is Polars' own cast."""
    from pandera.engines.polars_engine import DataType

    return type(dtype).coerce is DataType.coerce and type(dtype).try_coerce is DataType.try_coerce


def _of_layout(schema: _Schema) -> Iterator[Product]:
    """Yield what is wrong with the object's columns as such."""
    said, dtypes, quality = schema.said, schema.bench.dtypes, schema.quality
    for name, column in said.columns.items():
        if quality.property not in (None, name):
            continue
        there = any(held is column for held in schema.columns.values())
        if there or not column.required:
            continue
        if column.regex:
            yield from schema.amiss(f"no property has a name like {name}")
        elif said.add_missing_columns and (column.nullable or column.default is not None):
            yield from schema.left_out(f"column {name}", "the object has no such property for Pandera to look at")
        else:
            yield from schema.amiss(f"the object has no property {name}")
    if quality.property is not None:
        return
    if said.strict is True and (others := [name for name in dtypes if name not in schema.columns]):
        yield from schema.amiss(f"it is strict, and has no column {listed(others)}")
    if said.ordered and list(schema.columns) != (held := [name for name in dtypes if name in schema.columns]):
        yield from schema.amiss(f"it is ordered {listed(list(schema.columns))}, the object {listed(held)}")


def _wrong_type(schema: _Schema, name: str) -> str:
    wanted, dtype = schema.dtype(name), schema.bench.dtypes[name]
    if wanted is None:
        return ""
    if schema.columns[name].coerce or schema.said.coerce:
        can = _coercible(wanted) or _fits(wanted, dtype)
        return "" if can else f"{name} is {dtype} here, and {wanted} has a coercion of its own"
    return "" if _fits(wanted, dtype) else f"{name} is {dtype} here and {wanted} there"


def _fits(wanted: Any, dtype: pl.DataType) -> bool:
    try:
        return bool(wanted.check(dtype, None))
    except Exception:  # a type that looks into the data
        return False


def _of_column(schema: _Schema, name: str, column: Any) -> Iterator[Product]:
    value, dtype = pl.col(name), schema.bench.dtypes[name]
    parsed = schema.frame[name]
    if (column.coerce or schema.said.coerce) and name in schema.changed and not _fits(schema.dtype(name), dtype):
        wanted = schema.dtype(name)
        lost = value.is_not_null() & value.cast(wanted.type, strict=False).is_null()
        yield from _of_records(schema, name, "coerce", lost, f"a value that can be {wanted}", "passes")
    if not column.nullable:
        typed = schema.dtype(name).type if name in schema.changed and schema.dtype(name) is not None else dtype
        absent = parsed.is_null() | parsed.is_nan() if typed.is_float() else parsed.is_null()
        if name in schema.changed:
            absent = absent & (value.is_null() | parsed.is_not_null())  # what cannot be coerced is told already
        yield from _of_records(schema, name, "not_nullable", absent, "a value", "fails")
    if column.unique:
        yield _key(schema, (name,))
    for check in column.checks:
        yield from _of_check(schema, check, name)


def _of_check(schema: _Schema, check: Any, column: str | None) -> Iterator[Product]:
    asking = schema.asking(check, column)
    if check.groupby:
        by = "" if callable(check.groupby) else f" {listed(list(check.groupby))}"
        yield from schema.left_out(f"groupby{by} of {asking.label}", "Pandera on Polars asks all records at once")
    yield from products(asking)


def _of_records(
    schema: _Schema, name: str, check: str, failed: pl.Expr, expected: str, null_policy: str
) -> Iterator[Product]:
    quality, options = schema.quality, schema.options
    properties = tuple(dict.fromkeys((name, *options.where_properties)))
    settled = schema.bench.settled((name,))
    failing = options.among(failed) if settled is None else options.among(failed) & settled
    label = f"{name}|{quality.name}:{check}"
    yield RowProbe(
        name=label,
        failed=failing,
        code="CHK-014",
        effect=options.effect,
        properties=properties,
        expected=expected + options.when,
        null_policy=null_policy,
        line=quality.line,
        origin=ORIGIN,
    )
    if (also := tolerance_of(quality, options, properties, expected, label)) is not None:
        yield from also(failing)


def _keys(said: Any) -> list[list[str]]:
    """Return the keys of a schema: one, or several."""
    if not said.unique:
        return []
    return [list(said.unique)] if all(isinstance(part, str) for part in said.unique) else [list(k) for k in said.unique]


def _key(schema: _Schema, names: tuple[str, ...]) -> KeyProbe:
    quality, options = schema.quality, schema.options
    settled = schema.bench.settled(names)
    where = options.where if settled is None else settled if options.where is None else options.where & settled
    label = f"{'+'.join(names)}|{quality.name}:unique"
    expected = f"each value of {'+'.join(names)} once in the extract"
    return KeyProbe(
        name=label,
        properties=tuple(dict.fromkeys((*names, *options.where_properties))),
        code="CHK-008",
        effect=options.effect,
        expected=expected + options.when,
        line=quality.line,
        origin=ORIGIN,
        where=where,
        keys=(pl.struct(schema.frame[name].alias(name) for name in names),),  # a struct of null is a value
        also=tolerance_of(quality, options, names, expected, label),
    )


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
    cases=lambda: (
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
            "what looks at other records, collects or works element by element is asked beside the plan",
            f"{_EXAMPLE}:Beside",
            "a",
            rows=pl.DataFrame({"a": [1, 2, 9, None]}),
            fails={"a|team:_above_average": (0, 1), "a|team:_collected": (), "a|team:_not_two": (1,)},
            answers={"a|team:_collected|of all": (True, "observed true")},
        ),
        _case(
            "a function that raises is told by its name and the exception's",
            f"{_EXAMPLE}:Raising",
            "a",
            rows=pl.DataFrame({"a": [1, 0]}),
            fails={"a|team:_divides": ()},
            answers={"a|team:_divides|answer": (False, "_divides raised ZeroDivisionError")},
        ),
        _case(
            "columns by pattern, a type to be coerced to, a default, a key of two columns and a check of the frame",
            f"{_EXAMPLE}:Wide",
            "a",
            "b",
            rows=pl.DataFrame({"a": [1, None, 1, 3], "b": ["4", "x", "4", "2"]}),
            fails={
                "b|team:coerce": (1,),
                "b|team:not_nullable": (),
                "b|team:greater_than": (3,),
                "a+b|team:unique": (0, 2),
                "team:_a_before_b": (3,),
            },
            answers={"a|team:few": (True, "observed true")},
        ),
        _case(
            "strict, and with a property the object does not have",
            f"{_EXAMPLE}:Strict",
            "a",
            "b",
            rows=pl.DataFrame({"a": [1], "b": ["x"]}),
            amiss=("CHK-038", "CHK-038"),
        ),
        _case(
            "what Pandera on Polars does not do is said",
            f"{_EXAMPLE}:Grouped",
            "a",
            rows=pl.DataFrame({"a": [1, 0]}),
            fails={"a|team:greater_than": (1,)},
            amiss=("CHK-040",),
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
