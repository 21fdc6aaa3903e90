"""What a cell holds, whichever kind of workbook it stands in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Kind = Literal["text", "number", "serial", "moment", "boolean", "error", "formula"]

ERRORS = frozenset(
    (
        "#N/A",
        "#REF!",
        "#DIV/0!",
        "#VALUE!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
    )
)
_REFERENCE = re.compile(r"^\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")


class Cell(NamedTuple):
    """One cell that is not blank.

    Attributes:
        kind: text; number; serial (a number formatted as a date or time); moment (a date or time
            that is written as ISO 8601); boolean; error; formula (without its value).
        text: what the workbook says: the text, the number's digits, ``"1"`` or ``"0"`` of a
            boolean, the error's name, the formula.
        computed: whether a formula gave it.
    """

    kind: Kind
    text: str
    computed: bool = False


@dataclass(slots=True)
class SheetRow:
    """A row that the sheet names, even when it holds no cell.

    Attributes:
        number: as the program shows it, from 1.
        cells: by column, from 0.
    """

    number: int
    cells: dict[int, Cell] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged range; rows from 1, columns from 0, all inclusive."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    def __str__(self) -> str:
        first = column_name(self.first_column) + str(self.first_row)
        return f"{first}:{column_name(self.last_column)}{self.last_row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as the workbook lists it."""

    name: str
    position: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Format:
    """Which number formats of a workbook show a date or a time, by style."""

    dates: Mapping[int, bool]


def column_name(index: int) -> str:
    """Return a column's letters; 0 is A."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def place_of(reference: str) -> tuple[int, int] | None:
    """Return row (from 1) and column (from 0) of a reference such as ``B7``; None when it is none."""
    found = _REFERENCE.match(reference)
    if not found:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NO_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


def shows_date(number: int, code: str | None) -> bool:
    """Return whether a number format shows a date or a time.

    Source: ECMA-376 part 1, 18.8.30 (built-in formats) and 18.8.31 (codes).
    """
    if code is None:
        return number in _BUILT_IN_DATES
    first = _NO_CODE.sub("", code).split(";")[0]
    if "general" in first.lower():
        return False
    return bool(re.search(r"[dmyhsDMYHS]", re.sub(r"[eE][+-]", "", first)))
