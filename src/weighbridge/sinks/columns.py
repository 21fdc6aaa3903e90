"""The published table's columns: the contract's own, in types every reader of Delta shares, then lineage.

What a Delta table refuses, or changes in silence, is turned into what it holds exactly:

    Int8, Int16, Int32, UInt8, UInt16, UInt32   Int64, so that a wider type later is no other column
    UInt64                                      Decimal(20, 0)
    Int128, UInt128                             String, all digits
    Float16, Float32                            Float64
    Time                                        String, ISO 8601: HH:MM:SS, with a fraction when there is one
    Duration                                    String, ISO 8601: P1DT3.5S
    Datetime                                    microseconds (nanoseconds are cut); with a zone: UTC
    Enum, Categorical                           String
    Array                                       List
    Null                                        String
    List, Struct                                the same with their inner types turned

Object and Map are refused (OUT-005): there is no form of them that every reader shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, PublishError
from weighbridge.readers.lineage import LENGTH, OFFSET, RECORD, SOURCE

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

RUN_COLUMN = "_wb_run"
SOURCE_COLUMN = "_wb_source"
RECORD_COLUMN = "_wb_record"
OFFSET_COLUMN = "_wb_offset"
LENGTH_COLUMN = "_wb_length"

LINEAGE_COLUMNS: dict[str, pl.DataType] = {
    RUN_COLUMN: pl.String(),
    SOURCE_COLUMN: pl.String(),
    RECORD_COLUMN: pl.Int64(),
    OFFSET_COLUMN: pl.Int64(),
    LENGTH_COLUMN: pl.Int64(),
}
_RESERVED = "_wb_"

_SAME = (pl.Int64, pl.Float64, pl.String, pl.Binary, pl.Boolean, pl.Date, pl.Decimal)
_TARGETS: tuple[tuple[tuple[type[pl.DataType], ...], pl.DataType], ...] = (
    ((pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32), pl.Int64()),
    ((pl.UInt64,), pl.Decimal(20, 0)),
    ((pl.Float16, pl.Float32), pl.Float64()),
    ((pl.Int128, pl.UInt128, pl.Categorical, pl.Enum, pl.Null, pl.Time, pl.Duration), pl.String()),
)


def published_columns(
    schema: SchemaObject, dtypes: Mapping[str, pl.DataType], source_names: Sequence[str], run_id: str
) -> list[pl.Expr]:
    """Return the select that makes published rows of checked ones: one row a row, in their order.

    The partition column `_wb_extract` is not among them: it stands in the files' path.

    Args:
        schema: its properties are the columns, in their order, under their names.
        dtypes: of the checked frame, by property name.
        source_names: by `__source` index.
        run_id: goes into `_wb_run`.

    Raises:
        PublishError: OUT-004 for names, OUT-005 for types that no table can hold; all at once.
    """
    _refuse(schema, dtypes)
    own = [_converted(pl.col(p.name), dtypes[p.name]).alias(p.name) for p in schema.properties]
    return [
        *own,
        pl.lit(run_id, dtype=pl.String).alias(RUN_COLUMN),
        _source_name(source_names).alias(SOURCE_COLUMN),
        pl.col(RECORD).cast(pl.Int64).alias(RECORD_COLUMN),
        pl.col(OFFSET).cast(pl.Int64).alias(OFFSET_COLUMN),
        pl.col(LENGTH).cast(pl.Int64).alias(LENGTH_COLUMN),
    ]


def published_schema(schema: SchemaObject, dtypes: Mapping[str, pl.DataType]) -> pl.Schema:
    """Return the schema of the rows that `published_columns` gives.

    Raises:
        PublishError: OUT-004 or OUT-005, as `published_columns`.
    """
    _refuse(schema, dtypes)
    return pl.Schema({p.name: published_type(dtypes[p.name]) for p in schema.properties} | LINEAGE_COLUMNS)


def published_type(dtype: pl.DataType) -> pl.DataType:
    """Return the type that a column of `dtype` has in a published table.

    Raises:
        TypeError: there is none.
    """
    for kinds, target in _TARGETS:
        if isinstance(dtype, kinds):
            return target
    if isinstance(dtype, pl.Datetime):
        return pl.Datetime("us", None if dtype.time_zone is None else "UTC")
    if isinstance(dtype, (pl.List, pl.Array)):
        return pl.List(published_type(_inner(dtype)))
    if isinstance(dtype, pl.Struct) and dtype.fields:
        return pl.Struct({f.name: published_type(_instance(f.dtype)) for f in dtype.fields})
    if isinstance(dtype, _SAME):
        return dtype
    raise TypeError(str(dtype))


def _converted(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    target = published_type(dtype)
    if target == dtype:
        return value
    if isinstance(dtype, (pl.List, pl.Array, pl.Struct)):
        return _converted_parts(value, dtype)
    if isinstance(dtype, (pl.Time, pl.Duration)):
        return value.dt.to_string("iso")
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return value.dt.convert_time_zone("UTC").cast(target)
    return value.cast(target)


def _converted_parts(value: pl.Expr, dtype: pl.List | pl.Array | pl.Struct) -> pl.Expr:
    if isinstance(dtype, pl.Struct):
        parts = [_converted(value.struct.field(f.name), _instance(f.dtype)).alias(f.name) for f in dtype.fields]
        return pl.when(value.is_not_null()).then(pl.struct(parts))
    items = value.arr.to_list() if isinstance(dtype, pl.Array) else value
    return items.list.eval(_converted(pl.element(), _inner(dtype)))


def _inner(dtype: pl.List | pl.Array) -> pl.DataType:
    return _instance(dtype.inner)


def _instance(dtype: PolarsDataType) -> pl.DataType:
    return dtype if isinstance(dtype, pl.DataType) else dtype()


def _source_name(names: Sequence[str]) -> pl.Expr:
    if len(names) == 1:
        return pl.lit(names[0], dtype=pl.String)
    return pl.col(SOURCE).replace_strict(
        pl.Series(range(len(names)), dtype=pl.UInt32), pl.Series(names, dtype=pl.String), return_dtype=pl.String
    )


def _refuse(schema: SchemaObject, dtypes: Mapping[str, pl.DataType]) -> None:
    faults: list[Finding] = []
    taken: dict[str, str] = {}
    for p in schema.properties:
        place = Place(line=p.line, path=(schema.name, p.name))
        if p.name.lower().startswith(_RESERVED):
            faults.append(Finding("OUT-004", place, f"{p.name} begins with _wb_, as Weighbridge's own columns do"))
        if (other := taken.setdefault(p.name.lower(), p.name)) != p.name:
            faults.append(Finding("OUT-004", place, f"{p.name} and {other} are one name in a Delta table"))
        try:
            published_type(dtypes[p.name])
        except TypeError as error:
            faults.append(Finding("OUT-005", place, f"{p.name} is {error}"))
    if faults:
        raise PublishError(faults)
