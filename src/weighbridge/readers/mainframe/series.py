"""Columns of decoded values as Polars series, one type a field whatever its values; and their doubts as expressions."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from weighbridge.legacy import reading
from weighbridge.legacy.cobol import DOUBT_CODES, Column, Conventions, Doubt, is_text_field, readings_of, scaled_text
from weighbridge.legacy.cobol.cells import Flags, Integers
from weighbridge.legacy.cobol.options import Options
from weighbridge.legacy.cobol.records import Leaf, Node, Part, Struct, Table
from weighbridge.legacy.copybook import Item, Storage
from weighbridge.legacy.copybook.fields import Field
from weighbridge.legacy.reading import Certainty
from weighbridge.readers.door import RawDoubt
from weighbridge.readers.lineage import RAW

_KINDS: dict[Storage, tuple[Doubt, ...]] = {
    Storage.ZONED: (Doubt.NOT_A_DIGIT, Doubt.SIGN_ON_UNSIGNED, Doubt.LOOSE_BLANK),
    Storage.PACKED: (Doubt.NIBBLE, Doubt.SIGN_NIBBLE, Doubt.SIGN_ON_UNSIGNED, Doubt.BEYOND_PICTURE),
    Storage.UNSIGNED_PACKED: (Doubt.NIBBLE, Doubt.BEYOND_PICTURE),
    Storage.BINARY: (Doubt.HIGH_BIT, Doubt.BEYOND_PICTURE),
    Storage.LITTLE: (Doubt.HIGH_BIT, Doubt.BEYOND_PICTURE),
    Storage.FLOAT: (Doubt.NOT_A_NUMBER,),
    Storage.DOUBLE: (Doubt.NOT_A_NUMBER,),
    Storage.EDITED: (Doubt.EDITED, Doubt.SIGN_ON_UNSIGNED),
    Storage.EXTERNAL_FLOAT: (Doubt.EDITED,),
}
_TEXT_KINDS = (Doubt.NO_CHARACTER, Doubt.CONTROL)


def doubt_name(property_name: str) -> str:
    """Return the name of the column that holds the `Doubt` of each of a property's raw values, UInt8."""
    return f"__legacy:{property_name}"


def series_type(item: Item, how: Conventions) -> pl.DataType:
    """Return the type of a field's series."""
    if is_text_field(item, how):
        return pl.String()
    if item.storage in (Storage.FLOAT, Storage.DOUBLE):
        return pl.Float64()
    if item.scale <= 0 and item.digits - item.scale <= 16:
        return pl.Int64()
    return pl.Decimal(38, max(item.scale, 0)) if item.digits + max(-item.scale, 0) < 38 else pl.String()


def series_of(column: Column, item: Item, how: Conventions) -> pl.Series:
    """Return a column as a series of `series_type`, null where there is no value."""
    dtype = series_type(item, how)
    valid = None if column.null is None else ~column.null
    if isinstance(column.values, pl.Series):
        return column.values
    values = np.asarray(column.values)
    if isinstance(dtype, pl.String):
        texts = [scaled_text(number, column.scale) for number in values.tolist()]
        return _nulled(pl.Series(texts, dtype=pl.String), column)
    if column.scale < 0:
        values = values * 10**-column.scale if values.dtype != np.float64 else values
    if isinstance(dtype, pl.Decimal):
        return _decimal(values, valid, max(column.scale, 0))
    return _nulled(pl.Series(values.astype(np.float64 if dtype == pl.Float64 else np.int64)), column)


def _nulled(series: pl.Series, column: Column) -> pl.Series:
    if column.null is None or not bool(column.null.any()):
        return series
    return series.set(pl.Series(column.null), None)


def _decimal(values: npt.NDArray[Any], valid: Flags | None, scale: int) -> pl.Series:
    """Return integers as decimals, straight from their bytes."""
    count = len(values)
    if values.dtype == object:
        raw: Any = b"".join(int(v).to_bytes(16, "little", signed=True) for v in values.tolist())
    else:
        wide = np.empty((count, 2), dtype=np.int64)
        wide[:, 0] = values
        wide[:, 1] = values >> 63
        raw = wide
    mask = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little").tobytes())
    array = pa.Array.from_buffers(pa.decimal128(38, scale), count, [mask, pa.py_buffer(raw)])
    series = pl.from_arrow(array)
    assert isinstance(series, pl.Series)
    return series


def element_of(records: Struct, field: Field) -> Column:
    """Return the values of one field, of one element of each table it stands in; null where the table is shorter."""
    path: list[Item] = []
    item: Item | None = field.item
    while item is not None:
        path.append(item)
        item = item.parent
    subscripts = list(field.subscripts)
    node: Node = records
    at: Integers = np.arange(records.count, dtype=np.int64)
    there = np.ones(records.count, dtype=bool)
    for step in reversed(path):
        assert isinstance(node, Struct)
        node = next(child for one, child in node.fields if one is step)
        if isinstance(node, Part):
            there, at = _of_part(node, at, there)
            node = node.node
        if isinstance(node, Table):
            wanted = subscripts.pop(0) - 1
            if len(node.counts):
                starts = np.cumsum(node.counts) - node.counts
                there &= node.counts[at] > wanted
                at = np.where(there, starts[at] + wanted, 0)
            else:
                there = np.zeros_like(there)
            node = node.element
    assert isinstance(node, Leaf)
    return _picked(node.column, at, there)


def _of_part(part: Part, at: Integers, there: Flags) -> tuple[Flags, Integers]:
    """Return which of the places a part has, and where in the part they are."""
    if not part.count:
        return np.zeros_like(there), at
    places = np.full(part.count, -1, dtype=np.int64)
    places[part.rows] = np.arange(len(part.rows))
    return there & (places[at] >= 0), np.maximum(places[at], 0)


def only_where(column: Column, there: Flags) -> Column:
    """Return the column with no value, and no doubt, elsewhere."""
    return _picked(column, np.arange(len(there)), there) if not bool(there.all()) else column


def _picked(column: Column, at: Integers, there: Flags) -> Column:
    everywhere = bool(there.all())
    if everywhere and len(at) == len(column) and bool((at == np.arange(len(at))).all()):
        return column
    if len(column) == 0:
        empty = pl.Series([None] * len(at), dtype=pl.String) if column.is_text else np.zeros(len(at), dtype=np.int64)
        return Column(empty, column.scale, ~there, None)
    doubts = None if column.doubts is None else np.where(there, column.doubts[at], np.uint8(0)).astype(np.uint8)
    if isinstance(column.values, pl.Series):
        values = column.values.gather(pl.Series(at))
        return Column(values if everywhere else values.set(pl.Series(~there), None), column.scale, None, doubts)
    null = ~there if column.null is None else ~there | column.null[at]
    return Column(column.values[at], column.scale, null, doubts)


def doubts_of(field: Field, options: Options, expected: str, moving: bool) -> tuple[RawDoubt, ...]:
    """Return what can be doubtful about a field's raw values, as a rule would say it.

    Args:
        field: the property's field.
        options: how it is decoded.
        expected: the field's picture, in words.
        moving: the field's offset differs from record to record, so its bytes cannot be shown.
    """
    item, how = field.item, options.conventions
    kinds = _TEXT_KINDS if is_text_field(item, how) else _KINDS.get(item.storage or Storage.TEXT, ())
    if options.record_format != "fixed":
        kinds = (*kinds, Doubt.CUT_OFF)
    column = pl.col(doubt_name(field.name))
    start = options.record_skip_head + field.offset
    raw = pl.col(RAW).bin.slice(start, item.size)
    seen = None if moving else pl.format("X'{}'", raw.bin.encode("hex").str.to_uppercase())
    found = []
    for kind in kinds:
        code, certainty = DOUBT_CODES[kind]
        readings = None
        if certainty is Certainty.AMBIGUOUS and not moving:

            def read(value: bytes, kind: Doubt = kind) -> list[str]:
                return list(readings_of(value, item, how, kind))

            readings = raw.map_elements(read, return_dtype=pl.List(pl.String))
        name = kind.name.lower().replace("_", "-")
        found.append(RawDoubt(reading.Doubt(certainty, code, column == int(kind), expected, name, readings), seen))
    return tuple(found)
