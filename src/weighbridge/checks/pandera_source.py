"""A contract's object as the source text of a Pandera schema, for code that does not know Weighbridge.

What Pandera has a check of its own for is said by it. The rest is an expression of Polars, where it
can be written down: text of SQL, uniqueness, bounds of floats (NaN lies in no bounds). What cannot be
written down stands in the text as a comment, with the reason, and is told.
"""

from __future__ import annotations

import datetime as dt
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from weighbridge.checks.kinds.bounds import demanded
from weighbridge.checks.literal import UnfitError, ceiling, exact, floor, limits, typed
from weighbridge.checks.pandera_view import View, is_not_null, view
from weighbridge.checks.pattern import searchable
from weighbridge.checks.sql import filled_in
from weighbridge.contract.model import NotExecuted, Property, Quality, SchemaObject
from weighbridge.findings import Effect
from weighbridge.probe import KeyProbe, RowProbe

_BOUNDS = {
    "minimum": ("ge", ">="),
    "exclusiveMinimum": ("gt", ">"),
    "maximum": ("le", "<="),
    "exclusiveMaximum": ("lt", "<"),
}
_NO_WORDS = "it cannot be written down as a check of Pandera or an expression of SQL"
_HEAD = '''"""{title}: a Pandera schema (Polars) of what its contract promises of each record."""

{imports}
import pandera.polars as pa
import polars as pl


def holds(expression: pl.Expr):
    """Make a check of an expression that is true where a record holds; what is unknown does not fail."""

    def ask(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(expression.fill_null(True).alias("holds"))

    return ask

'''


@dataclass(frozen=True, slots=True)
class PanderaSource:
    """Source text of a module, and what it does not ask.

    Attributes:
        text: Python, needing `pandera` and `polars` alone; the schema is its `name`.
        left_out: what the contract promises of records and the schema does not ask.
    """

    name: str
    text: str
    left_out: tuple[NotExecuted, ...]


def pandera_source(schema: SchemaObject) -> PanderaSource:
    """Return the source text of a `pandera.polars.DataFrameSchema` of `schema`."""
    seen = view(schema, None)
    declared = {p.name: p for p in schema.properties}
    quality = {q.name: q for q in _quality(schema)}
    of_column: dict[str, list[str]] = {name: [] for name in declared}
    of_frame: list[str] = []
    left = list(seen.left_out)
    never_null: set[str] = set()
    for probe in seen.probes:
        if is_not_null(probe, seen.dtypes):
            never_null.add(probe.properties[0])
            continue
        column, _, check = probe.name.partition("|")
        if isinstance(probe, RowProbe) and column in declared:
            said = _built_in(check, declared[column], seen.dtypes[column], probe)
            if said is not None:
                of_column[column].append(said)
                continue
        expression = _expression(probe, declared, quality, seen, schema)
        if expression is None:
            left.append(NotExecuted(probe.name, _NO_WORDS, probe.line))
        else:
            of_frame.append(f"pa.Check(holds({expression}){_told(probe)})")
    name = _identifier(schema.name)
    return PanderaSource(name, "".join(_module(name, schema, seen, of_column, of_frame, never_null, left)), tuple(left))


def _module(
    name: str,
    schema: SchemaObject,
    seen: View,
    of_column: Mapping[str, list[str]],
    of_frame: list[str],
    never_null: set[str],
    left: list[NotExecuted],
) -> Iterator[str]:
    text = "".join(_schema(name, schema, seen, of_column, of_frame, never_null))
    needed = ["import datetime"] if "datetime." in text else []
    needed += ["from decimal import Decimal"] if "Decimal(" in text.replace("pl.Decimal(", "") else []
    yield _HEAD.format(title=_plain(schema.name), imports="\n".join([*needed, ""]) if needed else "").replace(
        '"""\n\n\n', '"""\n\n'
    )
    if left:
        yield "\n# Not asked:\n"
        yield from (f"# - {_plain(part.what)}: {_plain(part.why)}\n" for part in left)
    yield text


def _schema(
    name: str,
    schema: SchemaObject,
    seen: View,
    of_column: Mapping[str, list[str]],
    of_frame: list[str],
    never_null: set[str],
) -> Iterator[str]:
    yield f"\n{name} = pa.DataFrameSchema(\n    {{\n"
    for declared in schema.properties:
        dtype = _type(seen.dtypes[declared.name]) if declared.name in seen.dtypes else "None"
        checks = of_column[declared.name]
        nullable = declared.name not in never_null
        yield f"        {declared.name!r}: pa.Column(\n            {dtype},\n"
        if checks:
            yield "            [\n" + "".join(f"                {check},\n" for check in checks) + "            ],\n"
        yield f"            nullable={nullable},\n"
        if declared.description:
            yield f"            description={' '.join(declared.description.split())!r},\n"
        yield "        ),\n"
    yield "    },\n"
    if of_frame:
        yield "    checks=[\n" + "".join(f"        {check},\n" for check in of_frame) + "    ],\n"
    yield f"    name={schema.name!r},\n)\n"


def _built_in(check: str, declared: Property, dtype: pl.DataType, probe: RowProbe) -> str | None:
    """Return Pandera's own check that says the same, null passing as everywhere."""
    options, told = declared.options, _told(probe)
    if check == "enum":
        return f"pa.Check.isin({_literal(_permitted(declared, dtype))}{told})"
    if check == "pattern":
        pattern = searchable(str(options["pattern"]))
        return f"pa.Check.str_contains({pattern!r}{told})" if _is_pythons(pattern) else None
    if check in ("minLength", "maxLength"):
        side = "min_value" if check == "minLength" else "max_value"
        return f"pa.Check.str_length({side}={int(exact(options[check]))}{told})"
    if check in _BOUNDS and not dtype.is_float():
        limit = _limit(check, declared, dtype)
        return None if limit is None else f"pa.Check.{_BOUNDS[check][0]}({_literal(limit)}{told})"
    return None


def _is_pythons(pattern: str) -> bool:
    """Whether Python can compile a pattern, which Pandera has it do before Polars searches for it."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _permitted(declared: Property, dtype: pl.DataType) -> list[Any]:
    values = []
    for entry in declared.enum:
        try:
            values += [typed(entry.value, dtype, declared.options)] if entry.value is not None else []
        except UnfitError:  # told by lint; it permits nothing
            continue
    return values


def _limit(check: str, declared: Property, dtype: pl.DataType) -> Any:
    """Return a bound as a value of the type; None where no value of the type says the same."""
    written = demanded(declared.options)[check]
    if not (dtype.is_integer() or dtype.is_decimal()):
        return typed(written, dtype, declared.options)
    bound = exact(written)
    on_grid = ceiling(bound, dtype) if check in ("minimum", "exclusiveMaximum") else floor(bound, dtype)
    least, most = limits(dtype)
    if not least <= on_grid <= most:
        return None
    return int(on_grid) if dtype.is_integer() else on_grid


def _expression(
    probe: RowProbe | KeyProbe,
    declared: Mapping[str, Property],
    quality: Mapping[str, Quality],
    seen: View,
    schema: SchemaObject,
) -> str | None:
    """Return Python for an expression that is true where a record holds; None where it cannot be written down."""
    if isinstance(probe, KeyProbe):
        return None if probe.where is not None or probe.keys else _once(probe.properties)
    column, _, check = probe.name.partition("|")
    if column in declared and check == "required":
        return f"{_column(column)}.is_not_null()"
    if column in declared and check == "pattern":
        return f"{_column(column)}.str.contains({searchable(str(declared[column].options['pattern']))!r})"
    if column in declared and check in _BOUNDS and seen.dtypes[column].is_float():
        limit = float(exact(demanded(declared[column].options)[check]))
        return f"({_column(column)} {_BOUNDS[check][1]} {limit!r}) & ~{_column(column)}.is_nan()"
    if column in declared and check == "multipleOf" and seen.dtypes[column].is_integer():
        step = exact(declared[column].options["multipleOf"])
        return f"{_column(column)} % {int(step)} == 0" if step == int(step) else None
    entry = quality.get(check or column)
    return None if entry is None else _sql(entry, schema)


def _once(names: tuple[str, ...]) -> str:
    together = _column(names[0]) if len(names) == 1 else f"pl.struct({list(names)!r})"
    whole = " & ".join(f"{_column(name)}.is_not_null()" for name in names)
    return f"~({together}.is_duplicated() & {whole})"


def _sql(entry: Quality, schema: SchemaObject) -> str | None:
    """Return the expression of a row check that is SQL; it was tried when the probes were made."""
    said, options = entry.implementation, entry.options
    if entry.kind != "custom" or (entry.engine or "").lower() != "weighbridge":
        return None

    def expression(text: Any) -> str:
        return f"pl.sql_expr({' '.join(filled_in(str(text), schema.name, entry.property).split())!r})"

    if isinstance(said, str):
        holds = expression(said)
    elif said.get("check") == "conditional":
        holds = f"~({expression(said['when'])} & ~{expression(said['then'])})"
    elif "expression" in said:
        holds = expression(said["expression"])
    else:
        return None
    where = options.get("filter")
    return holds if where is None else f"{holds}.fill_null(True) | ~{expression(where)}.fill_null(False)"


def _quality(schema: SchemaObject) -> Iterator[Quality]:
    yield from schema.quality
    for declared in schema.properties:
        yield from declared.quality


def _told(probe: RowProbe | KeyProbe) -> str:
    warns = ", raise_warning=True" if probe.effect is Effect.WARN else ""
    return f", name={probe.name!r}, error={f'{probe.name}: {probe.expected}'!r}{warns}"


def _column(name: str) -> str:
    return f"pl.col({name!r})"


def _type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Datetime):
        return f"pl.Datetime({dtype.time_unit!r}, {dtype.time_zone!r})"
    if isinstance(dtype, pl.Decimal):
        return f"pl.Decimal({dtype.precision}, {dtype.scale})"
    return f"pl.{dtype}"


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, Decimal):
        return f"Decimal({str(value)!r})"
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return f"{value.astimezone(dt.UTC).replace(tzinfo=None)!r}.replace(tzinfo=datetime.UTC)"
    return repr(value)


def _plain(text: str) -> str:
    """Return text that ends neither a comment nor a docstring."""
    return " ".join(str(text).split()).replace("\\", "/").replace('"', "'")


def _identifier(name: str) -> str:
    made = "".join(c if c.isascii() and c.isalnum() else "_" for c in name).strip("_").lower() or "schema"
    return f"{made}_" if keyword.iskeyword(made) else made if not made[0].isdigit() else f"_{made}"
