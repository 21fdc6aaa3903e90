"""From a field's bytes to its text."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from weighbridge.contract.model import LogicalType
from weighbridge.readers.dbf.header import Field
from weighbridge.readers.values import text_of

_TRUE, _FALSE = b"TtYy", b"FfNn"
_JULIAN_OF_DAY_0 = 1_721_425


class NoMemoError(Exception):
    """The memo that a record refers to is not there."""


def text(raw: bytes, field: Field, kind: LogicalType, encoding: str, memo: Callable[[int], bytes | None]) -> str | None:
    """Return the text of a field; None where it is blank.

    Raises:
        UnicodeDecodeError: the text is not valid in the encoding.
        NoMemoError: the memo cannot be read.
    """
    if field.kind in "CV":
        return raw.rstrip(b" \0").decode(encoding) or None
    if field.kind in "NF":
        return _number(raw.strip(b" \0").decode("latin-1"), kind)
    if field.kind == "D":
        return _day(raw.decode("latin-1").strip(" \0"))
    if field.kind == "L":
        return "true" if raw in _TRUE and raw else "false" if raw in _FALSE and raw else _odd(raw)
    if field.kind == "I" and field.length == 4:
        return str(struct.unpack("<i", raw)[0])
    if field.kind == "Y" and field.length == 8:
        return format(Decimal(struct.unpack("<q", raw)[0]) / 10_000, ".4f")
    if field.kind in "BO" and field.length == 8:
        return text_of(struct.unpack("<d", raw)[0], kind)
    if field.kind == "T" and field.length == 8:
        return _moment(raw)
    if field.kind in "MGPW" or (field.kind == "B" and field.length in (4, 10)):
        return _memo(raw, field, encoding, memo)
    return text_of(raw.rstrip(b"\0"), kind) or None


def _number(written: str, kind: LogicalType) -> str | None:
    if kind is LogicalType.INTEGER and "." in written:
        whole, _, rest = written.partition(".")
        return whole or "0" if not rest.strip("0") else written
    return written or None


def _day(written: str) -> str | None:
    if len(written) == 8 and written.isdigit():
        return f"{written[:4]}-{written[4:6]}-{written[6:]}" if written != "00000000" else None
    return written or None


def _odd(raw: bytes) -> str | None:
    return None if raw in (b"?", b" ", b"\0") else raw.decode("latin-1")


def _moment(raw: bytes) -> str | None:
    days, milliseconds = struct.unpack("<ii", raw)
    if not days:
        return None
    try:
        day = date.fromordinal(days - _JULIAN_OF_DAY_0)
    except (ValueError, OverflowError):
        return f"day {days}"
    moment = datetime.combine(day, datetime.min.time()) + timedelta(milliseconds=milliseconds)
    return moment.isoformat(sep=" ", timespec="milliseconds" if moment.microsecond else "seconds")


def _memo(raw: bytes, field: Field, encoding: str, memo: Callable[[int], bytes | None]) -> str | None:
    written = raw.strip(b" \0")
    if field.length == 4:
        block = int.from_bytes(raw, "little")
    elif not written:
        return None
    elif not written.isdigit():
        raise NoMemoError(f"block {written.decode('latin-1')!r}")
    else:
        block = int(written)
    if not block:
        return None
    found = memo(block)
    if found is None:
        raise NoMemoError(f"block {block}")
    return found.rstrip(b" \0\x1a").decode(encoding) if field.kind == "M" else "\\x" + found.hex()
