"""Two's-complement integers, and floats: IBM hexadecimal and IEEE 754, in both byte orders.

Source: IBM z/Architecture Principles of Operation, "Hexadecimal-floating-point number formats".
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from weighbridge.legacy.cobol.cells import Cells
from weighbridge.legacy.cobol.column import Column, Doubt
from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.cobol.odd import Odd
from weighbridge.legacy.copybook.item import Item, Storage, Usage

_U = np.uint64


def decode_binary(cells: Cells, item: Item, how: Conventions) -> Column:
    """Return the integers of a binary field; see `decode_zoned` for the arguments.

    An unsigned value whose highest bit is set is a large number or a negative one. Where the
    picture's range comes near that bit (9 and 18 digits, 1 to 4) it is taken as large, else it has two
    readings and no value. A whole number beyond its picture is given, and said to be; one with decimals, or
    beyond 18 digits, is not.
    """
    size, little = item.size, item.storage is Storage.LITTLE
    if size > 8:
        raws = [row.tobytes() for row in cells.matrix(size)]
        order: Literal["little", "big"] = "little" if little else "big"
        values: npt.NDArray[np.int64] | npt.NDArray[np.object_] = np.empty(len(raws), dtype=np.object_)
        values[:] = [int.from_bytes(raw, order, signed=item.signed) for raw in raws]
        return _judged(values, np.zeros(len(raws), dtype=bool), item, how)
    words = cells.words(size)[0]
    if little:
        words = words.byteswap() >> _U(64 - 8 * size)
    if item.signed:
        shift = 64 - 8 * size
        return _judged((words << _U(shift)).view(np.int64) >> shift, np.zeros(cells.count, dtype=bool), item, how)
    high = words >> _U(8 * size - 1) != 0
    values = words.view(np.int64)
    if size == 8 and bool(high.any()):
        values = words.astype(object)
    return _judged(values, high, item, how)


def _judged(
    values: npt.NDArray[np.int64] | npt.NDArray[np.object_], high: npt.NDArray[np.bool_], item: Item, how: Conventions
) -> Column:
    has_picture = item.picture is not None and item.picture.is_numeric
    if not has_picture or item.usage in (Usage.NATIVE, Usage.HEX, Usage.POINTER, Usage.INDEX):
        beyond = np.zeros(len(values), dtype=bool)
    else:
        limit = 10**item.digits
        beyond = np.asarray((values >= limit) | (values <= -limit), dtype=bool)
    unclear = (
        high if has_picture and not how.full_unsigned and _bit_is_spare(item) else np.zeros(len(values), dtype=bool)
    )
    if not bool(beyond.any()) and not bool(unclear.any()):
        return Column(values, item.scale)
    doubts = np.where(unclear, np.uint8(Doubt.HIGH_BIT), np.where(beyond, np.uint8(Doubt.BEYOND_PICTURE), np.uint8(0)))
    null = unclear if item.scale == 0 and item.digits <= 18 else unclear | beyond
    return Column(values, item.scale, null if bool(null.any()) else None, doubts.astype(np.uint8))


def _bit_is_spare(item: Item) -> bool:
    return (item.size == 4 and item.digits <= 8) or (item.size == 8 and item.digits <= 17)


def read_odd_binary(raw: bytes, item: Item) -> Odd:
    """Return the competing readings of a value that is beyond its picture, or unsigned with its highest bit set."""
    order: Literal["little", "big"] = "little" if item.storage is Storage.LITTLE else "big"
    plain, signed = int.from_bytes(raw, order), int.from_bytes(raw, order, signed=True)
    number = signed if item.signed else plain
    if not item.signed and signed < 0 and _bit_is_spare(item):
        return Odd(None, Doubt.HIGH_BIT, (plain, signed))
    cut = abs(number) % 10**item.digits
    return Odd(number, Doubt.BEYOND_PICTURE, (number, -cut if number < 0 else cut))


def decode_float(cells: Cells, item: Item, how: Conventions) -> Column:
    """Return the numbers of a COMP-1 or COMP-2 field, float64; NaN and infinities are no numbers."""
    size = item.size
    words = cells.words(size)[0]
    kind = how.floats.lower()
    if kind.endswith("little_endian"):
        words = words.byteswap() >> _U(64 - 8 * size)
    if kind.startswith("ieee"):
        with np.errstate(invalid="ignore"):
            values = (words.astype(np.uint32).view(np.float32) if size == 4 else words.view(np.float64)).astype(
                np.float64
            )
    else:
        values = _hexadecimal(words, size)
    bad = ~np.isfinite(values)
    if not bool(bad.any()):
        return Column(values)
    return Column(
        np.where(bad, 0.0, values), 0, bad, np.where(bad, np.uint8(Doubt.NOT_A_NUMBER), np.uint8(0)).astype(np.uint8)
    )


def _hexadecimal(words: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.float64]:
    bits = 8 * size
    negative = words >> _U(bits - 1) != 0
    exponent = ((words >> _U(bits - 8)) & _U(0x7F)).astype(np.int64) - 64
    fraction = (words & _U((1 << (bits - 8)) - 1)).astype(np.float64)
    values = np.ldexp(fraction, (4 * exponent - (bits - 8)).astype(np.int32))
    return np.where(negative, -values, values)
