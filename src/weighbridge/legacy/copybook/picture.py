"""PICTURE strings: what kind of item they make, how many digits, where the point, how many characters.

Source: IBM Enterprise COBOL 6.4 Language Reference, "PICTURE clause".
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

MAX_CHARACTERS = 16_000_000

_RUN = re.compile(r"(CR|DB|.)(?:\(\s*(\d{1,9})\s*\))?", re.IGNORECASE | re.DOTALL)
_DECIMAL_COMMA = re.compile(r"[^,.]*[9Z](?:\(\d+\))?,(?:9\(\d+\)|9{1,2}|9{4,}|Z{1,2})[^,.9Z]*", re.IGNORECASE)


class Category(enum.StrEnum):
    """What a picture describes."""

    TEXT = "text"
    NATIONAL = "national"
    DBCS = "double-byte"
    NUMBER = "number"
    EDITED = "edited number"
    FLOAT = "external float"


@dataclass(frozen=True, slots=True)
class Picture:
    """A PICTURE, read.

    Attributes:
        text: the string as it stands.
        category: what it describes.
        characters: character positions in storage under USAGE DISPLAY, without a separate sign.
        digits: digit positions of a number, P not counted.
        scale: powers of ten to divide the digits by; negative when trailing P's multiply.
        signed: the picture holds S, or an edited sign (+ - CR DB).
        explicit_point: an edited picture holds a point that stands in the data.
        decimal_comma: the data's decimal point is a comma.
        inserted: positions (from 0) of B, 0 and / among the characters of an edited picture.
    """

    text: str
    category: Category
    characters: int
    digits: int = 0
    scale: int = 0
    signed: bool = False
    explicit_point: bool = False
    decimal_comma: bool = False
    inserted: tuple[int, ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.category in (Category.NUMBER, Category.EDITED, Category.FLOAT)


class PictureError(ValueError):
    """The picture is not valid; the message says why, `at` is the offending character's position from 0."""

    def __init__(self, why: str, at: int = 0) -> None:
        self.at = at
        super().__init__(why)


def read_picture(text: str, decimal_comma: bool = False) -> Picture:
    """Return the picture that `text` describes.

    Args:
        text: e.g. ``"S9(7)V99"``.
        decimal_comma: DECIMAL-POINT IS COMMA holds: comma and point change roles.

    Raises:
        PictureError: it describes nothing.
    """
    runs = symbol_runs(text)
    symbols = {symbol for symbol, _, _ in runs}
    total = sum(count for _, count, _ in runs)
    if total > MAX_CHARACTERS:
        raise PictureError(f"{total:,} characters are more than an item can have")
    if symbols <= set("XA9B0/") and symbols & set("XA"):
        return Picture(text, Category.TEXT, total)
    if symbols <= set("NB0/") and "N" in symbols:
        return Picture(text, Category.NATIONAL, total)
    if symbols <= set("GB") and "G" in symbols:
        return Picture(text, Category.DBCS, total)
    if "E" in symbols:
        return _external_float(text, runs)
    allowed = set("9SVPZ*,.+-B0/$") | {"CR", "DB"} | set("¤€£¥")
    for symbol, _, at in runs:
        if symbol not in allowed:
            raise PictureError(f"{symbol!r} is no picture symbol here", at)
    return _number(text, runs, decimal_comma or bool(_DECIMAL_COMMA.fullmatch(text)))


def symbol_runs(text: str) -> list[tuple[str, int, int]]:
    """Return the symbols of a picture, how often each stands in a row, and where.

    Raises:
        PictureError: a character is no picture symbol.
    """
    runs: list[tuple[str, int, int]] = []
    at = 0
    while at < len(text):
        found = _RUN.match(text, at)
        symbol = found.group(1).upper() if found else text[at]
        if found is None or symbol in "()" or symbol.isspace():
            raise PictureError(f"{symbol!r} is no picture symbol", at)
        count = int(found.group(2)) if found.group(2) is not None else 1
        if count == 0:
            raise PictureError("a symbol is repeated 0 times", at)
        runs.append((symbol, count, at))
        at = found.end()
    if not runs:
        raise PictureError("it is empty")
    return runs


def _number(text: str, runs: list[tuple[str, int, int]], comma: bool) -> Picture:
    point = "," if comma else "."
    symbols = {symbol for symbol, _, _ in runs}
    plain = symbols <= set("9SVP")
    if "S" in symbols and (runs[0][0] != "S" or sum(s == "S" for s, _, _ in runs) > 1 or runs[0][1] > 1):
        raise PictureError("S stands once, at the start", next(at for s, c, at in runs if s == "S" and (at or c > 1)))
    points = [(s, at) for s, c, at in runs for _ in range(min(c, 2)) if s in ("V", point)]
    if len(points) > 1:
        raise PictureError("the decimal point stands twice", points[1][1])
    digits = decimals = left_p = right_p = characters = 0
    floating = _floating(runs)
    after_point = False
    inserted: list[int] = []
    for symbol, count, at in runs:
        if symbol == "V":
            after_point = True
            continue
        if symbol == "P":
            left_p, right_p = (left_p + count, right_p) if digits == 0 else (left_p, right_p + count)
            continue
        if symbol == "S":
            continue
        if symbol in "B0/":
            inserted.extend(range(characters, characters + min(count, 4096)))
        characters += count * len(symbol)
        if symbol == point:
            after_point = True
        elif symbol in ("9", "Z", "*") or symbol == floating:
            room = count - (1 if symbol == floating and not any(s == floating for s, _, a in runs if a < at) else 0)
            digits += room
            decimals += room if after_point else 0
    if left_p and right_p:
        raise PictureError("P stands on both sides of the digits")
    if digits == 0:
        raise PictureError("it has no digit position")
    # P's before the digits put the point before all of them: V is implied there.
    scale = digits + left_p if left_p else decimals - right_p
    signed = bool(symbols & {"S", "+", "-", "CR", "DB"})
    if plain:
        return Picture(text, Category.NUMBER, characters, digits, scale, signed)
    explicit = point in symbols
    return Picture(text, Category.EDITED, characters, digits, scale, signed, explicit, comma, tuple(inserted))


def _floating(runs: list[tuple[str, int, int]]) -> str:
    """Return the symbol that floats (stands more than once): its first position holds no digit."""
    for symbol in ("+", "-", "$", "¤", "€", "£", "¥"):
        if sum(count for s, count, _ in runs if s == symbol) > 1:
            return symbol
    return "\0"


def _external_float(text: str, runs: list[tuple[str, int, int]]) -> Picture:
    if not re.fullmatch(r"[+-]?[9V.,()\d]+E[+-]?9(?:9|\(0*[12]\))?9?", text, re.IGNORECASE):
        raise PictureError("an external float is written like +9(5).99E+99")
    characters = sum(count for symbol, count, _ in runs if symbol != "V")
    mantissa = runs[: next(i for i, (s, _, _) in enumerate(runs) if s == "E")]
    digits = sum(count for symbol, count, _ in mantissa if symbol == "9")
    point = next((i for i, (s, _, _) in enumerate(mantissa) if s in ".,V"), None)
    scale = sum(c for s, c, _ in mantissa[point:] if s == "9") if point is not None else 0
    return Picture(text, Category.FLOAT, characters, digits, scale, True, any(s in ".," for s, _, _ in mantissa))
