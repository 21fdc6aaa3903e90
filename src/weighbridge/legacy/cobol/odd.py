"""Numbers that are not as their picture says: one reader a form, for the few values that are not plain.

A reader is given the bytes of one value and says which number they are, if any, what is
doubtful about it, and which readings compete. Values are looked at once each, however often
they stand in a column.

Source: IBM Enterprise COBOL 6.4 Programming Guide, "Formats for numeric data"; Micro Focus
COBOL, "SIGN clause" (p–y as negative digits in ASCII).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weighbridge.legacy.cobol.cells import Bytes, Flags, Integers
from weighbridge.legacy.cobol.column import Column, Doubt


@dataclass(frozen=True, slots=True)
class Odd:
    """One value read by hand.

    Attributes:
        number: its digits as an integer; None where it is no number, or none that may be used.
        doubt: what is doubtful.
        readings: the competing readings as integers, where there are any.
    """

    number: int | None
    doubt: Doubt
    readings: tuple[int, ...] = ()


OddReader = Callable[[bytes], Odd]

_EBCDIC: dict[int, str] = {
    **{0xF0 + d: str(d) for d in range(10)},
    **{0xC0 + d: "{ABCDEFGHI"[d] for d in range(10)},
    **{0xD0 + d: "}JKLMNOPQR"[d] for d in range(10)},
    0x60: "-",
    0x4E: "+",
    0x4B: ".",
    0x6B: ",",
    0x40: " ",
    0x00: " ",
}
_ASCII: dict[int, str] = {
    **{b: chr(b) for b in b"0123456789{ABCDEFGHI}JKLMNOPQR+-., "},
    **dict.fromkeys(range(32), " "),
    **{0x70 + d: "}JKLMNOPQR"[d] for d in range(10)},
}
_PLUS = {c: d for d, c in enumerate("{ABCDEFGHI")}
_MINUS = {c: d for d, c in enumerate("}JKLMNOPQR")}


def read_odd_zoned(
    raw: bytes, *, ascii_: bool, signed: bool, separate: bool, leading: bool, relaxed: bool, blank_is_zero: bool = False
) -> Odd:
    """Return what a zoned field holds that is not just digits.

    Args:
        raw: its bytes.
        ascii_: digits are 30–39, not F0–F9.
        signed, separate, leading: the picture's sign and its place.
        relaxed: a sign zone counts as its digit wherever it stands.
        blank_is_zero: blanks are 0.
    """
    if raw == b"\xff" * len(raw):
        return Odd(None, Doubt.BLANK)
    table = _ASCII if ascii_ else _EBCDIC
    text = "".join([table.get(byte, "?") for byte in raw])
    body = text.strip()
    if not body:
        return Odd(0 if blank_is_zero else None, Doubt.BLANK)
    if "?" in body or "." in body or "," in body:
        return Odd(None, Doubt.NOT_A_DIGIT)
    doubt = Doubt.LOOSE_BLANK if " " in body or text[-1] == " " else Doubt.PADDED
    digits: list[int] = []
    sign, mark = 0, ""
    for at, character in enumerate(body):
        if character.isdigit():
            digits.append(int(character))
        elif character in "+-":
            if sign and not relaxed:
                return Odd(None, Doubt.NOT_A_DIGIT)
            sign, mark = (1 if character == "+" else -1), character
            if 0 < at < len(body) - 1:
                # Between the digits a sign may as well be damage.
                doubt = Doubt.LOOSE_BLANK
        elif character != " ":
            at_end = at == (0 if leading else len(body) - 1)
            if (sign or not at_end or separate) and not relaxed:
                return Odd(None, Doubt.NOT_A_DIGIT)
            sign, mark = (1 if character in _PLUS else -1), character
            digits.append(_PLUS.get(character, _MINUS.get(character, 0)))
    if not digits:
        return Odd(None, Doubt.NOT_A_DIGIT)
    number = int("".join(map(str, digits)))
    if not signed and sign:
        return _signed_unsigned(number, sign, mark, relaxed, doubt)
    return Odd(-number if sign < 0 else number, doubt)


def _signed_unsigned(number: int, sign: int, mark: str, relaxed: bool, doubt: Doubt) -> Odd:
    """A sign where the picture has none: a plus sign of its own is harmless, all else has two readings."""
    if sign > 0 and (relaxed or mark == "+"):
        return Odd(number, doubt)
    return Odd(None, Doubt.SIGN_ON_UNSIGNED, (number, -number) if sign < 0 else (number,))


def patch(matrix: Bytes, rows: npt.NDArray[np.intp], reader: OddReader, column: Column) -> Column:
    """Return the column with the values of `rows` read by hand.

    Args:
        matrix: the bytes of those rows, uint8[len(rows), width].
        rows: which values of the column they are.
        reader: reads one value.
        column: integers; its other values stay as they are.
    """
    if rows.size == 0:
        return column
    width = matrix.shape[1]
    flat = np.ascontiguousarray(matrix).view(f"V{width}").reshape(-1) if width else np.zeros(len(rows), dtype="V1")
    distinct, inverse = np.unique(flat, return_inverse=True)
    read = [reader(value.tobytes()[:width]) for value in distinct]
    numbers = [odd.number or 0 for odd in read]
    values = np.asarray(column.values)
    if values.dtype != object and any(abs(n) >= 1 << 63 for n in numbers):
        values = values.astype(object)
    else:
        values = values.copy()
    values[rows] = np.array(numbers, dtype=values.dtype)[inverse]
    null = np.zeros(len(column), dtype=bool) if column.null is None else column.null.copy()
    null[rows] = np.array([odd.number is None for odd in read])[inverse]
    doubts = np.zeros(len(column), dtype=np.uint8) if column.doubts is None else column.doubts.copy()
    doubts[rows] = np.array([odd.doubt for odd in read], dtype=np.uint8)[inverse]
    return Column(values, column.scale, null, doubts)


def odd_rows(faults: npt.NDArray[np.uint64] | Flags | Integers) -> npt.NDArray[np.intp]:
    """Return the rows whose fault is not zero."""
    return np.flatnonzero(faults)
