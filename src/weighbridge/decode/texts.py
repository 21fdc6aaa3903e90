"""The last step of every property read from text: from text to the value of its type.

What is not said by the type is never guessed: whatever does not read is unreadable, with
its text. The spellings each type takes are the tables and docstrings below.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from weighbridge.contract.model import LogicalType, Property
from weighbridge.decode.types import polars_type
from weighbridge.legacy.iso import has_offset, is_too_fine, wall_time
from weighbridge.legacy.patterns import compile_pattern
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.zones import to_instant

TRUE_SPELLINGS = ("true", "TRUE", "True", "t", "T", "1", "y", "Y", "yes", "YES", "Yes")
FALSE_SPELLINGS = ("false", "FALSE", "False", "f", "F", "0", "n", "N", "no", "NO", "No")

_ISO_DATE = compile_pattern("yyyy-MM-dd")[0]
_ISO_TIME = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?$"


def read_text(text: pl.Expr, property: Property) -> Reading:
    """Return the reading of trimmed `text`, null or empty where there is no value.

    integer: an optional sign and digits, within the type's range; no point, no exponent.
    number: digits with an optional point and exponent; NaN and infinity are no numbers. Where the
    type is a decimal, no exponent and no more decimals than its scale (LEG-002).
    boolean: `TRUE_SPELLINGS` and `FALSE_SPELLINGS`. date: ``YYYY-MM-DD``, an existing day.
    timestamp: see `weighbridge.legacy.iso`; without an offset it is local time of
    `defaultTimezone` (UTC when none is declared, as ODCS says). time: ``HH:MM[:SS[.fraction]]``.
    The others: any text.
    """
    dtype = polars_type(property)
    kind = property.logical_type
    if kind is LogicalType.TIMESTAMP:
        return _timestamp(text, property)
    if kind is LogicalType.TIME:
        return _time(text)
    if isinstance(dtype, pl.Decimal):
        return _decimal(text, dtype, property)
    if kind is LogicalType.INTEGER:
        return _plain(text.cast(pl.Int64, strict=False), "a whole number that fits 64 bits")
    if kind is LogicalType.NUMBER:
        value = text.cast(pl.Float64, strict=False)
        return _plain(pl.when(value.is_finite()).then(value), "a number")
    if kind is LogicalType.BOOLEAN:
        value = pl.when(text.is_in(TRUE_SPELLINGS)).then(True).when(text.is_in(FALSE_SPELLINGS)).then(False)
        return _plain(value, "true or false, t/f, yes/no, y/n, 1/0")
    if kind is LogicalType.DATE:
        value = pl.when(_ISO_DATE.fits(text)).then(_ISO_DATE.date(text))
        return _plain(value, "a date that exists, written YYYY-MM-DD")
    return Reading(text)


def unreadable(expected: str) -> Doubt:
    """Return the doubt of texts that are there but gave no value."""
    return Doubt(Certainty.UNREADABLE, "LEG-001", None, expected, "unreadable")


def _plain(value: pl.Expr, expected: str) -> Reading:
    return Reading(value, (unreadable(expected),))


def _decimal(text: pl.Expr, dtype: pl.Decimal, property: Property) -> Reading:
    scale = dtype.scale
    digits = f"at most {dtype.precision - scale} digits before the point"
    if property.logical_type is LogicalType.INTEGER:
        expected = f"a whole number of at most {dtype.precision} digits"
        value = pl.when(text.str.contains(r"^[+-]?[0-9]+$")).then(text.cast(dtype, strict=False))
        return _plain(value, expected)
    shaped = text.str.contains(r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$")
    too_fine = shaped & text.str.contains(rf"\.[0-9]{{{scale}}}[0-9]*[1-9]")
    value = pl.when(shaped & ~too_fine).then(text.cast(dtype, strict=False))
    finer = Doubt(
        Certainty.UNREADABLE,
        "LEG-002",
        too_fine.fill_null(False),
        f"at most {scale} decimals that are not zero",
        "scale",
    )
    doubt = Doubt(
        Certainty.UNREADABLE,
        "LEG-001",
        (text != "") & value.is_null() & ~too_fine,
        f"a decimal number without exponent, {digits}",
        "unreadable",
    )
    return Reading(value, (doubt, finer))


def _timestamp(text: pl.Expr, property: Property) -> Reading:
    wall = wall_time(text)
    unread = unreadable("a timestamp that exists, written YYYY-MM-DDTHH:MM[:SS[.fraction]][offset]")
    doubts = [
        unread,
        Doubt(
            Certainty.REPAIRED,
            "LEG-004",
            is_too_fine(text),
            "no digits below a microsecond",
            "precision",
        ),
    ]
    zoned = polars_type(property) == pl.Datetime("us", "UTC")
    zone = zone_of(property)
    if zone == "UTC":
        return Reading(wall.dt.replace_time_zone("UTC") if zoned else wall, tuple(doubts))
    local = pl.when(~has_offset(text)).then(wall)
    instant = to_instant(local, zone)
    value = pl.when(has_offset(text)).then(wall.dt.replace_time_zone("UTC")).otherwise(instant.value)
    doubts[0] = replace(unread, where=unread.applies(text, wall))
    return Reading(value, (*doubts, *instant.doubts))


def zone_of(property: Property) -> str:
    """Return the zone that texts without an offset are in: `defaultTimezone`, else UTC (ODCS 3.2)."""
    return str(property.options.get("defaultTimezone") or "UTC")


def _time(text: pl.Expr) -> Reading:
    seconds = pl.when(text.str.len_bytes() == len("HH:MM")).then(text + ":00").otherwise(text)
    value = pl.when(text.str.contains(_ISO_TIME)).then(seconds.str.to_time("%H:%M:%S%.f", strict=False, cache=False))
    return _plain(value, "a time of day written HH:MM[:SS[.fraction]]")
