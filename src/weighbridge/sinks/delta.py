"""Delta tables as Weighbridge keeps them: their schema, how it may grow, how they are made."""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import unquote

import polars as pl

from weighbridge.findings import Finding, Place, PublishError
from weighbridge.sinks.atomic import atomic_create
from weighbridge.sinks.errors import delta_errors
from weighbridge.sinks.opening import open_table
from weighbridge.sinks.tables import PARTITION

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake.schema import ArrayType, MapType, PrimitiveType, Schema, StructType, VariantType
    from polars._typing import PolarsDataType

    DeltaType = PrimitiveType | ArrayType | MapType | StructType | VariantType

_PRIMITIVES: tuple[tuple[type[pl.DataType], str], ...] = (
    (pl.Int64, "long"),
    (pl.Float64, "double"),
    (pl.String, "string"),
    (pl.Binary, "binary"),
    (pl.Boolean, "boolean"),
    (pl.Date, "date"),
)
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_NTZ = "timestamp_ntz"
_NTZ_FEATURE = "timestampNtz"


def shown_files(table: DeltaTable, extract_key: str | None = None) -> list[str]:
    """Return the paths, relative to the table, of the files that its version shows, of one extract or of all."""
    paths = (str(path) for path in table.get_add_actions(flatten=True).column("path").to_pylist())
    return [p for p in paths if extract_key is None or p.startswith(f"{PARTITION}={extract_key}/")]


def check_path(path: Path) -> None:
    """Make sure that Delta finds a folder under its own name.

    Raises:
        PublishError: OUT-001, the path holds what an address reads as something else.
    """
    whole = str(path.absolute())
    if unquote(whole) != whole or any(c in whole for c in "\\?#"):
        fix = "choose an output folder whose path holds none of \\ ? # and no %-code such as %20"
        raise PublishError(Finding("OUT-001", Place(source=str(path)), "Delta reads its path as another", fix=fix))


def create_table(path: Path, schema: pl.Schema) -> DeltaTable:
    """Return the table at `path`, made with these columns and the partition column if it is not there.

    Of two that make it at once one wins and both get its table. deltalake's own way is not safe
    there: who comes second may make the table anew as its next version, without the columns and
    rows that the first has committed by then (deltalake 1.6.6, 2026-11-23). So it is made aside,
    and its first version is put into place, which one alone can.

    Raises:
        PublishError: OUT-001 or OUT-002.
    """
    from deltalake import DeltaTable

    check_path(path)
    first = Path("_delta_log", f"{0:020}.json")
    with delta_errors(path), TemporaryDirectory(prefix="weighbridge_table_") as aside:
        DeltaTable.create(aside, delta_schema(schema), mode="error", partition_by=[PARTITION])
        atomic_create(path / first, _placed((Path(aside) / first).read_text("utf-8"), path))
    table = open_table(path)
    assert table is not None  # its first version stands there
    return table


def _placed(actions: str, path: Path) -> bytes:
    """Return the actions that make a table, with this as the place that they name."""
    told = [json.loads(line) for line in actions.splitlines()]
    for action in told:
        if "commitInfo" in action:
            action["commitInfo"]["operationParameters"]["location"] = path.absolute().as_uri()
    return "".join(json.dumps(action) + "\n" for action in told).encode()


def delta_schema(schema: pl.Schema) -> Schema:
    """Return the Delta schema of staged files with these columns; every column may be null.

    Raises:
        PublishError: OUT-005, a type that is not among those `published_type` gives.
    """
    from deltalake import Field, Schema
    from deltalake.schema import PrimitiveType

    fields = []
    for name, dtype in schema.items():
        try:
            fields.append(Field(name, _delta_type(dtype)))
        except TypeError as error:
            raise PublishError(Finding("OUT-005", Place(path=(name,)), f"{name} is {error}")) from error
    return Schema([*fields, Field(PARTITION, PrimitiveType("string"))])


def _delta_type(kind: PolarsDataType) -> DeltaType:
    from deltalake import Field
    from deltalake.schema import ArrayType, PrimitiveType, StructType

    dtype = kind if isinstance(kind, pl.DataType) else kind()
    for primitive, name in _PRIMITIVES:
        if isinstance(dtype, primitive):
            return PrimitiveType(name)
    if isinstance(dtype, pl.Decimal):
        return PrimitiveType(f"decimal({dtype.precision or 38},{dtype.scale})")
    if isinstance(dtype, pl.Datetime) and dtype.time_unit == "us":
        return PrimitiveType(_NTZ if dtype.time_zone is None else "timestamp")
    if isinstance(dtype, pl.List):
        return ArrayType(_delta_type(dtype.inner), contains_null=True)
    if isinstance(dtype, pl.Struct):
        return StructType([Field(f.name, _delta_type(f.dtype)) for f in dtype.fields])
    raise TypeError(str(dtype))


def check_fits(table_path: Path, schema: pl.Schema) -> None:
    """Make sure that rows of `schema` can join the table, before any are made.

    Raises:
        PublishError: OUT-001, Delta cannot name the folder; OUT-003 with every column that does not fit;
            OUT-002, OUT-005.
    """
    check_path(table_path)
    table = open_table(table_path)
    new = delta_schema(schema)
    if table is not None:
        merged(table, new, table_path)


def merged(table: DeltaTable, new: Schema, table_path: Path) -> Schema:
    """Return the table's schema grown by what is new: more columns, decimals of more digits.

    A column that the new rows lack stays, and is null in them. The table's own schema comes
    back when nothing grows.

    Raises:
        PublishError: OUT-003 with every column that does not fit.
    """
    from deltalake import Field, Schema

    faults: list[Finding] = []
    fields = {f.name: f for f in table.schema().fields}
    by_folded = {name.lower(): name for name in fields}
    for field in new.fields:
        known = by_folded.get(field.name.lower())
        place = Place(source=str(table_path), path=(field.name,))
        if known is None:
            fields[field.name] = Field(field.name, field.type)
        elif known != field.name:
            faults.append(Finding("OUT-003", place, f"{field.name} is there already as {known}"))
        elif (wider := _wider(fields[known].type, field.type)) is None:
            was, now = _words(fields[known].type), _words(field.type)
            faults.append(Finding("OUT-003", place, f"{field.name} is {was} there and {now} in this contract"))
        else:
            fields[known] = Field(known, wider)
    if faults:
        raise PublishError(faults)
    grown = Schema(list(fields.values()))
    return table.schema() if grown.to_json() == table.schema().to_json() else grown


def _wider(was: DeltaType, now: DeltaType) -> DeltaType | None:
    from deltalake.schema import PrimitiveType

    if was.to_json() == now.to_json():
        return was
    if isinstance(was, PrimitiveType) and isinstance(now, PrimitiveType):
        old, new = _DECIMAL.fullmatch(was.type), _DECIMAL.fullmatch(now.type)
        if old and new and old[2] == new[2]:
            return was if int(old[1]) >= int(new[1]) else now
    return None


def _words(kind: DeltaType) -> str:
    from deltalake.schema import PrimitiveType

    return kind.type if isinstance(kind, PrimitiveType) else str(kind)


def allow_types(table: DeltaTable, schema: Schema) -> bool:
    """Give the table the feature that a first timestamp without a zone needs; True when it was lacking.

    A commit that brings such a column to a table without the feature leaves a table that nobody
    can open (deltalake 1.6.6, 2026-11-22), so this must be its own commit, before. The handle is
    stale afterwards when it returns True.
    """
    from deltalake import TableFeatures

    features = table.protocol().reader_features or []
    if _NTZ_FEATURE in features or f'"{_NTZ}"' not in schema.to_json():
        return False
    table.alter.add_feature(TableFeatures.TimestampWithoutTimezone, allow_protocol_versions_increase=True)
    return True
