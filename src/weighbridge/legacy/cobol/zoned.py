"""Zoned decimals: one digit a byte, the sign in a zone of the first or last byte or in a byte of its own."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from weighbridge.legacy.cobol.cells import Cells, Words
from weighbridge.legacy.cobol.column import Column
from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.cobol.digits import zoned_faults, zoned_number
from weighbridge.legacy.cobol.odd import OddReader, odd_rows, patch, read_odd_zoned
from weighbridge.legacy.copybook.item import Item

_U = np.uint64
_E8 = 100_000_000


def decode_zoned(cells: Cells, item: Item, how: Conventions) -> Column:
    """Return the integers of a zoned field.

    Args:
        cells: its bytes in each record.
        item: the field.
        how: encoding and leniency.
    """
    sign = item.sign
    separate = sign is not None and sign.separate
    leading = sign is not None and sign.leading
    body, width = cells, item.size
    if separate:
        body, width = (cells.at(1) if leading else cells), item.size - 1
    zone = 0x3 if how.ascii else 0xF
    words = body.words(width)
    odd = width % 8
    if odd:
        # Digits that are not there are zeros of the right zone.
        words[0] |= _U((zone * 0x1010101010101010) & ~((1 << (8 * odd)) - 1) & (1 << 64) - 1)
    negative: npt.NDArray[np.bool_] | None = None
    if separate:
        signs = cells.at(0 if leading else width).words(1)[0]
        minus, plus = (0x2D, 0x2B) if how.ascii else (0x60, 0x4E)
        negative = signs == _U(minus)
        faults = np.where(negative | (signs == _U(plus)), _U(0), _U(1))
    elif item.signed:
        negative, faults = _take_zone(words, leading, odd, how.ascii)
    else:
        faults = np.zeros(cells.count, dtype=np.uint64)
    for word in words:
        faults |= zoned_faults(word, zone)
    values = _number(words, width)
    if negative is not None:
        values = np.where(negative, -values, values)
    column = Column(values, item.scale)
    rows = odd_rows(faults)
    return patch(cells.take(rows).matrix(item.size), rows, odd_reader(item, how), column) if rows.size else column


def odd_reader(item: Item, how: Conventions) -> OddReader:
    """Return the reader of this field's values that are not plain."""
    sign = item.sign
    return functools.partial(
        read_odd_zoned,
        ascii_=how.ascii,
        signed=item.signed,
        separate=sign is not None and sign.separate,
        leading=sign is not None and sign.leading,
        relaxed=how.relaxed_overpunch,
        blank_is_zero=how.blank_is_zero and item.scale > 0,
    )


def _number(words: list[Words], width: int) -> npt.NDArray[np.int64] | npt.NDArray[np.object_]:
    total = zoned_number(words[0])
    digits = width % 8 or 8
    wide: npt.NDArray[np.object_] | None = None
    for word in words[1:]:
        digits += 8
        if digits > 18 and wide is None:
            wide = total.astype(object)
        if wide is not None:
            wide = wide * _E8 + zoned_number(word).astype(object)
        else:
            total *= _E8
            total += zoned_number(word)
    return total if wide is None else wide


_ASCII_DIGIT = np.full(256, 0xFF, dtype=np.uint8)
_ASCII_MINUS = np.zeros(256, dtype=bool)
for _d in range(10):
    for _c, _minus in ((0x30 + _d, False), (b"{ABCDEFGHI"[_d], False), (b"}JKLMNOPQR"[_d], True), (0x70 + _d, True)):
        _ASCII_DIGIT[_c] = 0x30 + _d
        _ASCII_MINUS[_c] = _minus


def _take_zone(words: list[Words], leading: bool, odd: int, ascii_: bool) -> tuple[npt.NDArray[np.bool_], Words]:
    """Read the sign zone, and put a plain digit's zone in its place."""
    at = 0 if leading else len(words) - 1
    shift = _U(8 * ((odd or 8) - 1)) if leading else _U(0)
    word = words[at]
    if ascii_:
        byte = (word >> shift) & _U(0xFF)
        plain = _ASCII_DIGIT[byte]
        words[at] = (word & ~(_U(0xFF) << shift)) | (plain.astype(np.uint64) << shift)
        return _ASCII_MINUS[byte], (plain == 0xFF).astype(np.uint64)
    zones = (word >> (shift + _U(4))) & _U(0xF)
    negative = zones == _U(0xD)
    # C and F are plus: both become F by these two bits, as D does by another; whatever else is left is a fault.
    faults = np.where((zones == _U(0xC)) | (zones == _U(0xF)) | negative, _U(0), _U(1))
    words[at] = word | (_U(0xF0) << shift)
    return negative, faults
