"""Values to bytes, the way a COBOL program would have stored them: the other direction of the decoders.

Numbers are integers of the picture's scale: 12.34 in ``9(3)V99`` is 1234.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.cobol.editing import edit
from weighbridge.legacy.codepages import CodePage
from weighbridge.legacy.copybook.copybook import plain_name
from weighbridge.legacy.copybook.item import Item, Storage, Usage

_PLUS = b"{ABCDEFGHI"
_MINUS = b"}JKLMNOPQR"


class EncodeError(ValueError):
    """The value does not fit the item."""


def encode_field(value: int | float | str, item: Item, how: Conventions) -> bytes:
    """Return the bytes of `value` in an elementary item, `item.size` of them.

    Args:
        value: an integer of the picture's scale, a float for COMP-1 and COMP-2, or text.
        item: the item, laid out.
        how: encoding, code page, float format.

    Raises:
        EncodeError: the value has more digits or characters than the item, or a sign that it cannot hold.
    """
    how = how.of(plain_name(item.name))
    page = how.page
    if isinstance(value, str):
        return _text(value, item, how, page)
    if item.storage in (Storage.FLOAT, Storage.DOUBLE):
        return _float(float(value), item.size, how.floats)
    number = int(value)
    _check(number, item)
    if item.usage is Usage.NATIONAL:
        narrow = replace(item, size=item.size // 2, usage=Usage.DISPLAY)
        shown = encode_field(number, narrow, replace(how, ascii=True)).decode("ascii")
        return shown.encode("utf-16-be" if how.national_big_endian else "utf-16-le")
    match item.storage:
        case Storage.ZONED:
            return _zoned(number, item, how)
        case Storage.PACKED | Storage.UNSIGNED_PACKED:
            return _packed(number, item)
        case Storage.EDITED:
            assert item.picture is not None
            shown = edit(number, item.picture)
            return shown.encode("ascii") if how.ascii else page.encode(shown)
        case Storage.BINARY | Storage.LITTLE | Storage.OPAQUE:
            order: Literal["little", "big"] = "little" if item.storage is Storage.LITTLE else "big"
            return number.to_bytes(item.size, order, signed=item.signed)
        case _:
            raise EncodeError(f"no number can be written into {item.storage}")


def _check(number: int, item: Item) -> None:
    if number < 0 and not item.signed:
        raise EncodeError(f"{item.name} has no sign")
    native = item.usage in (Usage.NATIVE, Usage.HEX) and item.storage is Storage.BINARY
    bits = 8 * item.size - (1 if item.signed else 0)
    most = 2**bits if native else 10**item.digits
    if abs(number) >= most:
        raise EncodeError(f"{number} has more digits than {item.name}")


def _zoned(number: int, item: Item, how: Conventions) -> bytes:
    sign = item.sign
    separate = sign is not None and sign.separate
    leading = sign is not None and sign.leading
    digits = str(abs(number)).rjust(item.size - (1 if separate else 0), "0")
    out = bytearray(digits.encode("ascii") if how.ascii else bytes(0xF0 + int(d) for d in digits))
    if separate:
        mark = (b"-" if number < 0 else b"+") if how.ascii else (b"\x60" if number < 0 else b"\x4e")
        return mark + bytes(out) if leading else bytes(out) + mark
    if item.signed:
        at = 0 if leading else len(out) - 1
        digit = int(digits[at])
        if how.ascii:
            out[at] = (_MINUS if number < 0 else _PLUS)[digit]
        else:
            out[at] = (0xD0 if number < 0 else 0xC0) + digit
    return bytes(out)


def _packed(number: int, item: Item) -> bytes:
    digits = str(abs(number))
    if item.storage is Storage.PACKED:
        digits += "D" if number < 0 else "C" if item.signed else "F"
    return bytes.fromhex(digits.rjust(2 * item.size, "0"))


def _text(value: str, item: Item, how: Conventions, page: CodePage) -> bytes:
    if item.storage is Storage.NATIONAL:
        order = "utf-16-be" if how.national_big_endian else "utf-16-le"
        raw, blank = value.encode(order), " ".encode(order)
    elif how.ascii:
        raw, blank = value.encode(how.charset), b" "
    elif item.storage is Storage.DBCS:
        raw, blank = page.encode(value).strip(b"\x0e\x0f"), b"\x40\x40"
    else:
        raw, blank = page.encode(value), page.encode(" ")
    room = item.size - len(raw)
    if room < 0:
        raise EncodeError(f"{value!r} takes {len(raw)} bytes, {item.name} has {item.size}")
    padding = blank * (room // len(blank) + 1)
    return (padding[:room] + raw) if item.justified else (raw + padding[:room])


def _float(value: float, size: int, kind: str) -> bytes:
    import struct

    big = not kind.endswith("little_endian")
    if kind.startswith("ieee"):
        return struct.pack((">" if big else "<") + ("f" if size == 4 else "d"), value)
    raw = _hexadecimal(value, size)
    return raw if big else raw[::-1]


def _hexadecimal(value: float, size: int) -> bytes:
    """IBM hexadecimal: sign, exponent of 16 (excess 64), fraction below 1 with its first digit not 0."""
    if value == 0:
        return bytes(size)
    fraction, power = math.frexp(abs(value))
    exponent = -(-power // 4)
    bits = 8 * size - 8
    scaled = round(math.ldexp(fraction, power - 4 * exponent + bits))
    if scaled >> bits:
        scaled, exponent = scaled >> 4, exponent + 1
    if not 0 <= exponent + 64 <= 127:
        raise EncodeError(f"{value} is beyond IBM hexadecimal floats")
    return ((1 if value < 0 else 0) << (8 * size - 1) | (exponent + 64) << bits | scaled).to_bytes(size, "big")
