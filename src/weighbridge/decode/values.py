"""From a value that already has a type (Parquet, a database, a rule's result) to the property's type.

A cast that loses nothing is silent. A cast that some rows cannot take blames those rows; a
type that can never hold the property blames every row that has a value.
"""

from __future__ import annotations

import json

import polars as pl

from weighbridge.contract.model import LogicalType, Property
from weighbridge.decode.texts import zone_of
from weighbridge.decode.types import polars_type
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.zones import to_instant

_NESTED = frozenset((LogicalType.OBJECT, LogicalType.ARRAY, LogicalType.MAP, LogicalType.VECTOR))


def decoded_type(property: Property, source: pl.DataType) -> pl.DataType:
    """Return the type of the decoded column: the source's own where the property is nested and so is the source."""
    if property.logical_type in _NESTED and source.is_nested():
        return source
    return polars_type(property)


def read_value(value: pl.Expr, source: pl.DataType, property: Property) -> Reading:
    """Return the reading of values of type `source` as the property's type.

    Text is not read here, see `weighbridge.decode.texts`. Integers, floats and decimals become
    each other only where nothing is lost (a decimal may become the nearest float, as its text
    would); 0 and 1 may be booleans; a date may be midnight of a timestamp and back. Nanoseconds
    that are cut are a repair (LEG-004). NaN is no number and no integer: name it in
    `nullValues` where it means missing.
    """
    target = decoded_type(property, source)
    if source == pl.Null:
        return Reading(pl.lit(None, target))
    if source == target:
        return _finite(value) if target == pl.Float64 else Reading(value)
    if isinstance(target, pl.Datetime):
        return _instant(value, source, target, property)
    lossless = _lossless(value, source, target)
    if lossless is None:
        words = f"a source column that can hold {property.logical_type.value}; {_words(source)} cannot"
        never = Doubt(Certainty.UNREADABLE, "LEG-003", value.is_not_null(), words, "unreadable")
        return Reading(pl.lit(None, target), (never,))
    return Reading(lossless, (_lost(value, lossless, f"a value that {_words(target)} can hold"),))


def as_text(value: pl.Expr, source: pl.DataType) -> pl.Expr:
    """Return the text that rules read a typed value as: whole floats without a point, dates in ISO."""
    if source.is_float():
        whole = value.cast(pl.Int64, strict=False)
        return pl.when(whole.cast(source) == value).then(whole.cast(pl.String)).otherwise(value.cast(pl.String))
    if isinstance(source, pl.Datetime):
        text = value.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
        return value.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ") if source.time_zone else text
    if isinstance(source, pl.Duration):
        return value.dt.to_string("iso")
    if isinstance(source, pl.Binary):
        return value.map_batches(_utf_8, return_dtype=pl.String(), is_elementwise=True)
    return value.cast(pl.String, strict=False)


def as_shown(value: pl.Expr, source: pl.DataType) -> pl.Expr:
    """Return the text that people are shown of a raw value: bytes that are no text in hexadecimal, parts as JSON."""
    if source.is_nested():
        return value.map_batches(_as_json, return_dtype=pl.String(), is_elementwise=True)
    if isinstance(source, pl.Binary):
        digits = value.bin.encode("hex").str.to_uppercase()
        return pl.coalesce(as_text(value, source), pl.concat_str([pl.lit("X'"), digits, pl.lit("'")]))
    return value.dt.to_string("iso") if isinstance(source, pl.Duration) else value.cast(pl.String, strict=False)


def _utf_8(values: pl.Series) -> pl.Series:
    """Return bytes as text, null where they are none; Polars' own cast gives up at the first that are none."""
    try:
        return values.cast(pl.String)
    except pl.exceptions.PolarsError:
        return pl.Series(values.name, [_text_of(v) for v in values], dtype=pl.String)


def _text_of(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None


def _as_json(values: pl.Series) -> pl.Series:
    """Return parts as JSON; Polars' own encoder panics at bytes (2.1.0)."""
    write = json.JSONEncoder(default=str, ensure_ascii=False, separators=(",", ":")).encode
    return pl.Series(values.name, [None if v is None else write(v) for v in values.to_list()], dtype=pl.String)


def _words(dtype: pl.DataType) -> str:
    return str(dtype)


def _lost(value: pl.Expr, read: pl.Expr, expected: str) -> Doubt:
    return Doubt(Certainty.UNREADABLE, "LEG-001", value.is_not_null() & read.is_null(), expected, "unreadable")


def _finite(value: pl.Expr) -> Reading:
    finite = pl.when(value.is_finite()).then(value)
    return Reading(finite, (_lost(value, finite, "a number; NaN and infinity are none"),))


def _lossless(value: pl.Expr, source: pl.DataType, target: pl.DataType) -> pl.Expr | None:
    """Return the value as `target`, null where something would be lost; None where it never can be."""
    if isinstance(target, pl.String):
        return None if source.is_nested() else as_text(value, source)
    numeric = source.is_numeric()
    if isinstance(target, pl.Boolean):
        return pl.when(value == 1).then(True).when(value == 0).then(False) if numeric else None
    if target == pl.Float64 and source.is_decimal():
        return value.cast(pl.Float64)
    if target.is_numeric():
        if not (numeric or isinstance(source, pl.Boolean)):
            return None
        cast = value.cast(target, strict=False)
        back = cast.cast(source, strict=False)
        return pl.when(back == value).then(cast)
    if isinstance(target, pl.Date) and isinstance(source, pl.Datetime):
        day = value.dt.date()
        return pl.when(value.dt.time() == pl.time(0, 0)).then(day)
    return None


def _instant(value: pl.Expr, source: pl.DataType, target: pl.Datetime, property: Property) -> Reading:
    if isinstance(source, pl.Date):
        source, value = pl.Datetime("us"), value.cast(pl.Datetime("us"))
    if not isinstance(source, pl.Datetime):
        never = Doubt(
            Certainty.UNREADABLE,
            "LEG-003",
            value.is_not_null(),
            f"a source column that can hold timestamp; {_words(source)} cannot",
            "unreadable",
        )
        return Reading(pl.lit(None, target), (never,))
    doubts: tuple[Doubt, ...] = ()
    if source.time_unit == "ns":
        cut = (value.dt.nanosecond() % 1000 != 0).fill_null(False)
        doubts = (Doubt(Certainty.REPAIRED, "LEG-004", cut, "no digits below a microsecond", "precision"),)
    micros = value.dt.cast_time_unit("us")
    if source.time_zone:
        instant = micros.dt.convert_time_zone("UTC")
        return Reading(instant if target.time_zone else instant.dt.replace_time_zone(None), doubts)
    if not target.time_zone:
        return Reading(micros, doubts)
    reading = to_instant(micros, zone_of(property))
    return Reading(reading.value, (*doubts, *reading.doubts))
