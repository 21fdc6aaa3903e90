"""From values of a library to texts that lose nothing.

A decimal keeps its digits, a timestamp its microseconds and zone, an infinity its name: what a
property cannot hold is then found by its type, with the value to show, and not by a driver.
"""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from weighbridge.contract.model import LogicalType

_MIDNIGHT = ("00:00:00", "00:00:00+00", "00:00:00+00:00", "00:00:00Z", "00:00:00.000000")


def text_of(value: Any, kind: LogicalType) -> str | None:
    """Return a value as the text that a property of this kind is read from."""
    if value is None:
        return None
    if isinstance(value, str):
        return _of_text(value, kind)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if kind is LogicalType.INTEGER and "." in text else text
    if isinstance(value, bytes | bytearray | memoryview):
        return _of_bytes(bytes(value))
    if isinstance(value, datetime):
        return _of_text(value.isoformat(sep=" "), kind)
    if isinstance(value, date | time):
        return _of_text(value.isoformat(), kind)
    if isinstance(value, list | tuple | dict | set):
        return as_json(value)
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def as_json(value: Any) -> str:
    """Return a value as JSON: decimals with all their digits, bytes in hexadecimal, the rest as text."""
    if isinstance(value, dict):
        parts = (f"{json.dumps(str(k), ensure_ascii=False)}:{as_json(v)}" for k, v in value.items())
        return "{" + ",".join(parts) + "}"
    if isinstance(value, list | tuple | set):
        return "[" + ",".join(map(as_json, value)) + "]"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        return json.dumps("\\x" + bytes(value).hex())
    return json.dumps(str(value), ensure_ascii=False)


def _of_bytes(value: bytes) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return "\\x" + value.hex()
    return text if "\0" not in text else "\\x" + value.hex()


def _of_text(text: str, kind: LogicalType) -> str:
    """Return text; a day that a timestamp column holds at midnight is one, and the other way round."""
    if kind is LogicalType.DATE and len(text) > 10 and text[10] in " T" and text[11:] in _MIDNIGHT:
        return text[:10]
    if kind is LogicalType.TIMESTAMP and len(text) == 10 and text[4] == text[7] == "-":
        return text + " 00:00:00"
    return text
