"""SQL as a contract writes it, tried on an empty frame of the object's columns."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from weighbridge.contract.model import LogicalType, SchemaObject

if TYPE_CHECKING:
    import polars as pl

_PLACEHOLDER = re.compile(r"\$?\{\s*(\w+)\s*\}")
_FROM_OUTSIDE = re.compile(r"\b(read|scan)_\w+\s*\(|\b(from|join)\s+'", re.IGNORECASE)
_TEXTS = re.compile(r"'(?:[^']|'')*'")
_TABLES = re.compile(r"\b(?:from|join)\s+(?:\"([^\"]+)\"|([A-Za-z_]\w*))", re.IGNORECASE)
_WITH = re.compile(r"\b(\w+)\s+as\s*\(", re.IGNORECASE)
_OBJECT_WORDS = ("object", "table", "model", "schema", "dataset")
_PROPERTY_WORDS = ("property", "column", "field")


def _dtypes(schema: SchemaObject) -> dict[str, pl.DataType]:
    import polars as pl

    kinds: dict[LogicalType, pl.DataType] = {
        LogicalType.INTEGER: pl.Int64(),
        LogicalType.NUMBER: pl.Float64(),
        LogicalType.BOOLEAN: pl.Boolean(),
        LogicalType.DATE: pl.Date(),
        LogicalType.TIMESTAMP: pl.Datetime("us"),
        LogicalType.TIME: pl.Time(),
    }
    return {p.name: kinds.get(p.logical_type, pl.String()) for p in schema.properties}


def _filled(text: str, schema: SchemaObject, property_name: str | None) -> str:
    def name_of(match: re.Match[str]) -> str:
        word = match[1].lower()
        if word in _PROPERTY_WORDS and property_name is not None:
            return f'"{property_name}"'
        return f'"{schema.name}"' if word in _OBJECT_WORDS else match[0]

    return _PLACEHOLDER.sub(name_of, text)


def expression_fault(text: str, schema: SchemaObject, property_name: str | None) -> str | None:
    """Return why `text` is no Boolean expression over one record of `schema`; None when it is."""
    import polars as pl

    faults = (pl.exceptions.PolarsError, pl.exceptions.PanicException, TypeError, ValueError)
    if not text.strip():
        return "there is no expression"
    try:
        expression = pl.sql_expr(_filled(text, schema, property_name))
        names = expression.meta.root_names()
    except faults as fault:
        return f"it is no SQL expression: {_first_line(fault)}"
    columns = _dtypes(schema)
    for name in names:
        if name not in columns:
            near = difflib.get_close_matches(name, list(columns), n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            return f"`{schema.name}` has no property `{name}`{hint}"
    try:
        result = pl.LazyFrame(schema=columns).select(answer=expression).collect_schema()
    except faults as fault:
        return _first_line(fault)
    kind = result["answer"]
    if kind not in (pl.Boolean(), pl.Null()):
        return f"it gives {kind}, not true or false"
    return None


def query_fault(
    text: str, schema: SchemaObject, property_name: str | None, objects: Sequence[SchemaObject] = ()
) -> str | None:
    """Return why `text` is no query of one value over `schema` that Polars can run; None when it is.

    A query that also names objects of other contracts is not tried: what they hold is not known here.

    Args:
        objects: the contract's objects, which a query may name beside `schema`.
    """
    import polars as pl

    faults = (pl.exceptions.PolarsError, pl.exceptions.PanicException, TypeError, ValueError, OSError)
    if _FROM_OUTSIDE.search(text):
        return "it reads a file or a place outside the extract"
    frame = pl.LazyFrame(schema=_dtypes(schema))
    others = {name: pl.LazyFrame(schema=_dtypes(o)) for o in objects for name in (o.name, o.physical_name)}
    names = {**others, schema.name: frame, schema.physical_name: frame}
    query = _filled(text, schema, property_name).strip().rstrip(";")
    if not re.match(r"\s*(select|with)\b", re.sub(r"--[^\n]*|/\*.*?\*/", " ", query, flags=re.DOTALL), re.IGNORECASE):
        return "it is no SELECT"
    if _tables(query) - {*names, *_WITH.findall(query)}:
        return None
    try:
        result = pl.SQLContext(names).execute(query).collect_schema()
    except faults as fault:
        return _first_line(fault)
    return None if len(result) == 1 else f"it gives {len(result)} columns, one value is compared"


def _tables(query: str) -> set[str]:
    return {match[1] or match[2] for match in _TABLES.finditer(_TEXTS.sub("''", query))}


def _first_line(fault: BaseException) -> str:
    lines = [line.strip() for line in str(fault).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(fault).__name__
