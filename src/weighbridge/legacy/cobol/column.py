"""Columns: the decoded values of one field, what is doubtful about each, and the number's power of ten."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from weighbridge.legacy.cobol.cells import Flags
from weighbridge.legacy.reading import Certainty

Doubts = npt.NDArray[np.uint8]


class Doubt(enum.IntEnum):
    """What is doubtful about one value. `NONE` is the only one that says nothing is."""

    NONE = 0
    BLANK = 1
    PADDED = 2
    BEYOND_PICTURE = 3
    SIGN_ON_UNSIGNED = 4
    NOT_A_DIGIT = 5
    NIBBLE = 6
    SIGN_NIBBLE = 7
    CUT_OFF = 8
    HIGH_BIT = 9
    EDITED = 10
    NOT_A_NUMBER = 11
    NO_CHARACTER = 12
    LOOSE_BLANK = 14
    COUNT = 15
    CONTROL = 16


DOUBT_CODES: dict[Doubt, tuple[str, Certainty]] = {
    Doubt.BLANK: ("LEG-305", Certainty.NORMALISED),
    Doubt.PADDED: ("LEG-312", Certainty.NORMALISED),
    Doubt.BEYOND_PICTURE: ("LEG-304", Certainty.AMBIGUOUS),
    Doubt.SIGN_ON_UNSIGNED: ("LEG-303", Certainty.AMBIGUOUS),
    Doubt.NOT_A_DIGIT: ("LEG-300", Certainty.UNREADABLE),
    Doubt.NIBBLE: ("LEG-301", Certainty.UNREADABLE),
    Doubt.SIGN_NIBBLE: ("LEG-302", Certainty.UNREADABLE),
    Doubt.CUT_OFF: ("LEG-309", Certainty.UNREADABLE),
    Doubt.HIGH_BIT: ("LEG-313", Certainty.AMBIGUOUS),
    Doubt.EDITED: ("LEG-306", Certainty.UNREADABLE),
    Doubt.NOT_A_NUMBER: ("LEG-307", Certainty.UNREADABLE),
    Doubt.NO_CHARACTER: ("LEG-308", Certainty.UNREADABLE),
    Doubt.LOOSE_BLANK: ("LEG-314", Certainty.AMBIGUOUS),
    Doubt.COUNT: ("LEG-310", Certainty.AMBIGUOUS),
    Doubt.CONTROL: ("LEG-316", Certainty.REPAIRED),
}
"""The finding and the certainty of each doubt. A blank number is certainly no value."""


@dataclass(frozen=True, eq=False)
class Column:
    """The decoded values of a field.

    Attributes:
        values: int64, Python integers (object), float64, or a Polars String series.
        scale: powers of ten to divide integers by; negative multiplies.
        null: where there is no value; None for nowhere.
        doubts: uint8, one `Doubt` a value; None when nothing is doubtful.
    """

    values: npt.NDArray[Any] | pl.Series
    scale: int = 0
    null: Flags | None = None
    doubts: Doubts | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_text(self) -> bool:
        """Whether the values are text."""
        return isinstance(self.values, pl.Series)


def with_cut(column: Column, cut: Flags | None) -> Column:
    """Return the column with nothing where the record ended inside the field."""
    if cut is None:
        return column
    null = cut if column.null is None else column.null | cut
    doubts = np.zeros(len(column), dtype=np.uint8) if column.doubts is None else column.doubts.copy()
    doubts[cut] = Doubt.CUT_OFF
    return Column(column.values, column.scale, null, doubts)
