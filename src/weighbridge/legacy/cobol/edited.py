"""Edited numbers and external floats: numbers as they are printed, read back by their picture.

Source: IBM Enterprise COBOL 6.4 Language Reference, "PICTURE clause editing" and "de-editing" (MOVE).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

import numpy as np

from weighbridge.legacy.cobol.cells import Cells
from weighbridge.legacy.cobol.column import Column, Doubt
from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.cobol.odd import Odd, OddReader, patch
from weighbridge.legacy.copybook.item import Item
from weighbridge.legacy.copybook.picture import Category, Picture

_OVERPUNCH = {
    **{c: (d, 1) for d, c in enumerate("{ABCDEFGHI")},
    **{c: (d, -1) for d, c in enumerate("}JKLMNOPQR")},
}
_FLOAT = re.compile(r"([+-]?)(\d*)[.,]?(\d*)E([+-]?\d{1,2})")


def decode_edited(cells: Cells, item: Item, how: Conventions) -> Column:
    """Return the numbers of an edited field as integers of its scale; see `decode_zoned` for the arguments."""
    column = Column(np.zeros(cells.count, dtype=np.int64), item.scale)
    return patch(cells.matrix(item.size), np.arange(cells.count), odd_reader(item, how), column)


def odd_reader(item: Item, how: Conventions) -> OddReader:
    """Return the reader of this field's values."""
    assert item.picture is not None
    table = bytes(range(128)) + b"\xff" * 128 if how.ascii else how.page.ascii_or_high.tobytes()
    reader = read_float if item.picture.category is Category.FLOAT else read_edited
    return functools.partial(_as_text, table=table, reader=reader, picture=item.picture)


def _as_text(raw: bytes, *, table: bytes, reader: Callable[[str, Picture], Odd], picture: Picture) -> Odd:
    text = raw.translate(table).decode("latin-1").replace("\0", " ")
    return reader(text, picture)


def read_edited(text: str, picture: Picture) -> Odd:
    """Return the number that `text` shows, as an integer of the picture's scale.

    Args:
        text: the characters of the field.
        picture: its picture.
    """
    if not text.strip() or text == "\xff" * len(text):
        return Odd(None, Doubt.BLANK)
    kept = (
        [c for at, c in enumerate(text) if not (at in picture.inserted and c in "0/ ")]
        if len(text) == picture.characters
        else list(text)
    )
    body, sign = _sign("".join(kept).upper(), picture)
    body = re.sub(r"[\s*$¤€£¥/]", "", body)
    point, group = (",", ".") if picture.decimal_comma else (".", ",")
    body = body.replace(group, "") if group in picture.text else body
    whole, dot, decimals = body.partition(point)
    if not (whole + decimals).isdecimal() or not (whole + decimals).isascii():
        return Odd(None, Doubt.EDITED)
    if bool(dot) != picture.explicit_point or (dot and len(decimals) > picture.scale):
        return Odd(None, Doubt.EDITED)
    doubt = Doubt.NONE
    if dot and len(decimals) < picture.scale:
        decimals, doubt = decimals.ljust(picture.scale, "0"), Doubt.PADDED
    if len(whole + decimals) > picture.digits:
        return Odd(None, Doubt.EDITED)
    number = int(whole + decimals)
    if sign and not picture.signed:
        return Odd(None, Doubt.SIGN_ON_UNSIGNED, (sign * number, number)) if sign < 0 else Odd(number, Doubt.PADDED)
    return Odd(sign * number if sign else number, doubt)


def read_float(text: str, picture: Picture) -> Odd:
    """Return the number of an external float, as an integer of the picture's scale where it is one."""
    body = text.strip().upper()
    if not body:
        return Odd(None, Doubt.BLANK)
    found = _FLOAT.fullmatch(body)
    if found is None or not found.group(2) + found.group(3):
        return Odd(None, Doubt.EDITED)
    sign, whole, decimals, exponent = found.groups()
    places = len(decimals) if picture.explicit_point else picture.scale
    power = int(exponent) - places + picture.scale
    number = int(whole + decimals)
    if power < 0 and number % 10**-power:
        return Odd(None, Doubt.EDITED)
    number = number * 10**power if power >= 0 else number // 10**-power
    return Odd(-number if sign == "-" else number, Doubt.NONE)


def _sign(body: str, picture: Picture) -> tuple[str, int]:
    symbols = picture.text.upper()
    for mark in ("CR", "DB"):
        if mark in symbols and mark in body:
            return body.replace(mark, "", 1), -1
    if "-" in body or "+" in body:
        sign = -1 if "-" in body else 1
        return body.replace("-" if sign < 0 else "+", "", 1), sign
    last = body.rstrip()[-1:]
    if symbols[:1] == "S" and last in _OVERPUNCH:
        digit, sign = _OVERPUNCH[last]
        return body.rstrip()[:-1] + str(digit), sign
    return body, 0
