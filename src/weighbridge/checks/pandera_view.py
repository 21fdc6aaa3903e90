"""The typed view: an object of a contract as a Pandera model, for the code of model teams.

Every check of a record becomes a Pandera check of the same Polars expression the intake runs, so a
frame is valid for the one exactly if it is for the other. Pandera's own words are not used
where they mean something else: its `nullable=False` also refuses NaN, its `unique` calls two
nulls equal, its bounds let NaN pass on one side.

What Pandera itself does, and a user should know: a LazyFrame is validated for its schema
only, unless `PANDERA_VALIDATION_DEPTH` says otherwise; `drop_invalid_rows` is not safe on
Polars and is not used here; its errors show the failing values, classified ones as well.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from weighbridge.checks.context import CheckContext
from weighbridge.checks.lowering import lower
from weighbridge.checks.words import names
from weighbridge.contract.model import LogicalType, NotExecuted, Quality, SchemaObject
from weighbridge.decode.types import polars_type
from weighbridge.findings import Effect
from weighbridge.probe import KeyProbe, RowProbe

if TYPE_CHECKING:
    from pandera.api.polars.types import PolarsData
    from pandera.polars import Check, DataFrameModel, DataFrameSchema

_NESTED = frozenset({LogicalType.OBJECT, LogicalType.ARRAY, LogicalType.MAP, LogicalType.VECTOR})
_METRICS = frozenset({"library", "sql"})


@dataclass(frozen=True, slots=True)
class View:
    """What of an object a model of one frame can ask: probes, types of columns, and what it leaves out."""

    probes: tuple[RowProbe | KeyProbe, ...]
    dtypes: Mapping[str, pl.DataType]
    left_out: tuple[NotExecuted, ...]


def to_pandera(
    schema: SchemaObject, name: str | None = None, *, dtypes: Mapping[str, pl.DataType] | None = None
) -> type[DataFrameModel]:
    """Return a Pandera model of `schema`.

    Args:
        schema: the object of a contract.
        name: the class's name; made from the object's name when absent.
        dtypes: types of the frame's columns where they are not those of decoded text: lists
            and structs of a Parquet source. Nested properties without one are not typed.
    """
    from pandera.polars import DataFrameModel, Field

    built = to_pandera_schema(schema, name, dtypes=dtypes)
    annotations: dict[str, Any] = {}
    members: dict[str, Any] = {}
    for i, prop in enumerate(schema.properties):
        plain = prop.name.isidentifier() and not keyword.iskeyword(prop.name) and not prop.name.startswith("_")
        attribute = prop.name if plain and not hasattr(DataFrameModel, prop.name) else f"column_{i}"
        column = built.columns[prop.name]
        annotations[attribute] = type(column.dtype.type) if column.dtype is not None else Any
        members[attribute] = Field(alias=prop.name, nullable=column.nullable, description=prop.description)

    def build_schema_(cls: type[DataFrameModel], /, **parts: Any) -> DataFrameSchema:
        return built

    title = name or _class_name(schema.name)
    members |= {
        "__annotations__": annotations,
        "__doc__": schema.description or f"The object {schema.name} as its contract promises it.",
        "__module__": __name__,
        "build_schema_": classmethod(build_schema_),
    }
    return type(title, (DataFrameModel,), members)


def to_pandera_schema(
    schema: SchemaObject, name: str | None = None, *, dtypes: Mapping[str, pl.DataType] | None = None
) -> DataFrameSchema:
    """Return a Pandera schema of `schema`; the arguments are those of `to_pandera`.

    Columns must be there with their types; others may be there as well, in any order.
    """
    from pandera.polars import Column, DataFrameSchema

    seen = view(schema, dtypes)
    of_column: dict[str, list[Check]] = {prop.name: [] for prop in schema.properties}
    of_frame: list[Check] = []
    never_null: set[str] = set()
    for probe in seen.probes:
        if is_not_null(probe, seen.dtypes):
            never_null.add(probe.properties[0])
            continue
        home = of_column[probe.properties[0]] if len(probe.properties) == 1 else of_frame
        home.append(_check(probe))
    columns = {
        prop.name: Column(
            seen.dtypes.get(prop.name),
            checks=of_column[prop.name],
            nullable=prop.name not in never_null,
            name=prop.name,
            description=prop.description,
        )
        for prop in schema.properties
    }
    return DataFrameSchema(
        columns, checks=of_frame, name=name or _class_name(schema.name), description=schema.description
    )


def unexpressed(schema: SchemaObject, *, dtypes: Mapping[str, pl.DataType] | None = None) -> tuple[NotExecuted, ...]:
    """Return what `schema` promises that its Pandera model does not ask, and why."""
    return view(schema, dtypes).left_out


def view(schema: SchemaObject, dtypes: Mapping[str, pl.DataType] | None) -> View:
    """Return what a model of one frame can ask of `schema`; `dtypes` as of `to_pandera`."""
    given = dtypes or {}
    known: dict[str, pl.DataType] = {}
    for prop in schema.properties:
        if prop.name in given:
            known[prop.name] = given[prop.name]
        elif prop.logical_type not in _NESTED:
            known[prop.name] = polars_type(prop)
    of_rows, left = _without_metrics(schema)
    lowered = lower(of_rows, CheckContext(datetime.min.replace(tzinfo=UTC), lambda _: None, known))
    probes = []
    for probe in lowered.probes:
        if isinstance(probe, RowProbe | KeyProbe) and probe.effect is not Effect.NOTE:
            probes.append(probe)
        elif isinstance(probe, RowProbe | KeyProbe):
            left.append(NotExecuted(probe.name, "it only notes; Pandera knows errors and warnings", probe.line))
        else:
            left.append(NotExecuted(probe.name, _OF_EXTRACT, probe.line))
    untyped = [NotExecuted(n.what, _untyped(n, schema, known), n.line) for n in lowered.not_executed]
    return View(tuple(probes), known, (*left, *untyped))


_OF_EXTRACT = "it promises something of the whole extract, not of any frame of its rows"


def _untyped(entry: NotExecuted, schema: SchemaObject, known: Mapping[str, pl.DataType]) -> str:
    of_column = any(entry.what == f"{prop.name}: its checks" for prop in schema.properties if prop.name not in known)
    return "its type is not known from the contract alone; give it in dtypes" if of_column else entry.why


def _without_metrics(schema: SchemaObject) -> tuple[SchemaObject, list[NotExecuted]]:
    """Return the object with only what is asked of records, and what was taken away."""
    left: list[NotExecuted] = []

    def kept(entries: tuple[Quality, ...]) -> tuple[Quality, ...]:
        for entry in entries:
            if entry.kind in _METRICS:
                owner = f"{entry.property}: " if entry.property else ""
                left.append(NotExecuted(f"{owner}{entry.name}", _OF_EXTRACT, entry.line))
        return tuple(entry for entry in entries if entry.kind not in _METRICS)

    properties = tuple(replace(prop, quality=kept(prop.quality)) for prop in schema.properties)
    for relation in schema.foreign_keys:
        what = f"relationship {names(relation.properties)} → {relation.to_object}"
        left.append(
            NotExecuted(what, "it needs the other object's keys, which a model of one frame has not", relation.line)
        )
    return replace(schema, properties=properties, quality=kept(schema.quality), foreign_keys=()), left


def is_not_null(probe: RowProbe | KeyProbe, dtypes: Mapping[str, pl.DataType]) -> bool:
    """Whether Pandera's own `nullable=False` says exactly this."""
    name = probe.properties[0]
    said = isinstance(probe, RowProbe) and probe.name == f"{name}|required" and probe.effect is not Effect.WARN
    return said and not dtypes[name].is_float()


def _check(probe: RowProbe | KeyProbe) -> Check:
    from pandera.polars import Check

    return Check(
        _asking(_failed(probe)),
        name=probe.name,
        error=f"{probe.name}: {probe.expected}",
        raise_warning=probe.effect is Effect.WARN,
    )


def _failed(probe: RowProbe | KeyProbe) -> pl.Expr:
    if isinstance(probe, RowProbe):
        return probe.failed
    parts = [part.alias(str(i)) for i, part in enumerate(probe.keys or map(pl.col, probe.properties))]
    where = [] if probe.where is None else [probe.where.fill_null(False)]
    usable = pl.all_horizontal([*where, *(part.is_not_null() for part in parts)])
    return usable & pl.when(usable).then(pl.struct(parts)).is_duplicated()


def _asking(failed: pl.Expr) -> Callable[[PolarsData], pl.LazyFrame]:
    def ask(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select((~failed).alias("holds"))

    return ask


def _class_name(name: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in name).split()
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return joined if joined[:1].isalpha() else f"Object{joined}"
