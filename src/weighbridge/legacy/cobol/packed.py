"""Packed decimals (COMP-3): two digits a byte and a sign nibble last; COMP-6 and COMP-3U have no sign.

Source: IBM z/Architecture Principles of Operation, "Decimal-number formats".
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from weighbridge.legacy.cobol.cells import Cells
from weighbridge.legacy.cobol.column import Column, Doubt
from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.cobol.digits import packed_faults, packed_number
from weighbridge.legacy.cobol.odd import Odd, OddReader, odd_rows, patch
from weighbridge.legacy.copybook.item import Item, Storage

_U = np.uint64
_E15, _E16 = 10**15, 10**16


def decode_packed(cells: Cells, item: Item, how: Conventions) -> Column:
    """Return the integers of a packed field; see `decode_zoned` for the arguments."""
    words = cells.words(item.size)
    has_sign = item.storage is Storage.PACKED
    last = words[-1]
    if has_sign:
        signs = last & _U(0xF)
        last = last >> _U(4)
        negative, plain = _signs(signs, item.signed, how)
        faults = np.where(plain, _U(0), _U(1))
    else:
        faults = np.zeros(cells.count, dtype=np.uint64)
        negative = None
    faults |= packed_faults(last)
    number = packed_number(last)
    values: npt.NDArray[np.int64] | npt.NDArray[np.object_] = number
    if len(words) > 1:
        unit = _E15 if has_sign else _E16
        nibbles = 2 * item.size - (1 if has_sign else 0)
        upper: npt.NDArray[np.int64] | npt.NDArray[np.object_] = np.zeros(cells.count, dtype=np.int64)
        for word in words[:-1]:
            faults |= packed_faults(word)
            upper = upper * _E16 + packed_number(word)
            if len(words) > 2 and upper.dtype != object:
                upper = upper.astype(object)
        if nibbles <= 18 or (upper.dtype != object and int(upper.max(initial=0)) < 9_000 * _E15 // unit):
            values = upper.astype(np.int64) * unit + number
        else:
            values = upper.astype(object) * unit + number.astype(object)
    if negative is not None:
        values = np.where(negative, -values, values)
    column = Column(values, item.scale)
    faults |= _beyond(values, item)
    rows = odd_rows(faults)
    return patch(cells.take(rows).matrix(item.size), rows, odd_reader(item, how), column) if rows.size else column


def odd_reader(item: Item, how: Conventions) -> OddReader:
    """Return the reader of this field's values that are not plain."""
    return functools.partial(
        read_odd_packed,
        has_sign=item.storage is Storage.PACKED,
        signed=item.signed or item.picture is None or not item.picture.is_numeric,
        digits=item.digits,
        plus=how.sign_nibbles[0],
        minus=how.sign_nibbles[1],
        keep_beyond=item.scale == 0 and item.digits <= 18,
    )


def read_odd_packed(
    raw: bytes, *, has_sign: bool, signed: bool, digits: int, plus: str, minus: str, keep_beyond: bool
) -> Odd:
    """Return what a packed field holds that is not plain.

    Args:
        raw: its bytes.
        has_sign: the last nibble is a sign.
        signed: the picture has a sign.
        digits: digit positions of the picture.
        plus, minus: the sign nibbles that mean them.
        keep_beyond: a number with more digits than the picture is given; else it has no value.
    """
    if raw in (b"\0" * len(raw), b"\xff" * len(raw), b"\x40" * len(raw)) and has_sign:
        return Odd(None, Doubt.BLANK if raw[:1] != b"\x40" else Doubt.NIBBLE)
    text = raw.hex().upper()
    body, sign = (text[:-1], text[-1]) if has_sign else (text, "")
    if body and not body.isdecimal():
        return Odd(None, Doubt.NIBBLE)
    number = int(body or "0")
    if sign and sign not in plus + minus:
        return Odd(None, Doubt.SIGN_NIBBLE, (-number if sign in "BD" else number,) if sign in "ABCDEF" else ())
    if sign and sign in minus:
        if not signed:
            return Odd(-number, Doubt.SIGN_ON_UNSIGNED, (-number, number))
        number = -number
    if abs(number) >= 10**digits:
        cut = abs(number) % 10**digits
        return Odd(number if keep_beyond else None, Doubt.BEYOND_PICTURE, (number, -cut if number < 0 else cut))
    return Odd(number, Doubt.NONE)


def _signs(
    signs: npt.NDArray[np.uint64], signed: bool, how: Conventions
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which signs are minus, and which are plainly what the picture says."""
    plus, minus = how.sign_nibbles
    if (plus, minus) == ("CF", "D"):
        negative = signs == _U(0xD)
        positive = signs | _U(3)
        plain = (positive == _U(0xF)) & (signs != _U(0xE))
        return negative, plain if signed else plain & ~negative
    tables = np.zeros((2, 16), dtype=bool)
    for nibble in plus:
        tables[1, int(nibble, 16)] = True
    for nibble in minus:
        tables[:, int(nibble, 16)] = True, signed
    return tables[0][signs], tables[1][signs]


def _beyond(values: npt.NDArray[np.int64] | npt.NDArray[np.object_], item: Item) -> npt.NDArray[np.uint64]:
    """Return 1 where the spare leading nibble holds a digit that the picture has not."""
    spare = 2 * item.size - (1 if item.storage is Storage.PACKED else 0)
    if item.digits >= spare:
        return np.zeros(len(values), dtype=np.uint64)
    limit = 10**item.digits
    beyond: npt.NDArray[np.uint64] = ((values >= limit) | (values <= -limit)).astype(np.uint64)
    return beyond
