"""From a cell to the text a property is read from, and what is doubtful about it.

A spreadsheet keeps a number, a day count and how both are shown; a contract speaks of values.
What the cell says for certain becomes text. What had to be assumed, or cannot be known, is said.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from weighbridge.contract.model import LogicalType, Property
from weighbridge.legacy.reading import Certainty
from weighbridge.readers.excel.cells import Cell
from weighbridge.readers.excel.serial import LAST, iso, moment_of, parsed, written
from weighbridge.readers.spool import CellDoubt

_EXACT_DIGITS = 15
_LONG = 10**_EXACT_DIGITS
_EXACT_INTEGERS = 2**53
_DATES = frozenset((LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME))
_NUMBERS = frozenset((LogicalType.INTEGER, LogicalType.NUMBER))


class Oddity(enum.IntEnum):
    """The positions, from 1, of `DOUBTS`."""

    ERROR = 1
    FORMULA = 2
    STALE = 3
    LONG = 4
    ROUNDED = 5
    DATE_FOR_NUMBER = 6
    NO_DAY = 7
    SERIAL = 8
    MERGED = 9
    DATE_FOR_TEXT = 10


DOUBTS: tuple[CellDoubt, ...] = (
    CellDoubt("error", "RDR-310", Certainty.UNREADABLE, "a value, not an error of the spreadsheet"),
    CellDoubt("formula", "RDR-311", Certainty.UNREADABLE, "a formula with the value it computed to"),
    CellDoubt("stale", "RDR-312", Certainty.AMBIGUOUS, "a formula's value that was computed, not 0 in its place"),
    CellDoubt("digits", "RDR-313", Certainty.AMBIGUOUS, "at most 15 digits in a number; longer ones as text"),
    CellDoubt("rounded", "RDR-314", Certainty.NORMALISED, "a number of at most 15 digits"),
    CellDoubt("dated", "RDR-315", Certainty.UNREADABLE, "a number that is not formatted as a date"),
    CellDoubt("day", "RDR-316", Certainty.UNREADABLE, "a date that exists"),
    CellDoubt("serial", "RDR-317", Certainty.REPAIRED, "a cell formatted as a date"),
    CellDoubt("merged", "RDR-318", Certainty.REPAIRED, "a cell of its own in each row"),
    CellDoubt("textdate", "RDR-320", Certainty.NORMALISED, "text that the spreadsheet did not turn into a date"),
)

Read = tuple[str | None, int, str | None]
"""The text, the doubt's number (0 for none) and what was seen."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a property makes of cells.

    Attributes:
        kind: its logical type.
        keeps_floats: whether it holds any double as it is.
        pattern: the date pattern its text is read by; None for ISO.
        has_rules: whether rules read its text.
        nulls: texts that mean "no value", errors among them.
    """

    kind: LogicalType
    keeps_floats: bool
    pattern: str | None
    has_rules: bool
    nulls: frozenset[str]


def wanted(p: Property, null_values: Sequence[str]) -> Wanted:
    """Return what a property makes of cells."""
    nulls = set(null_values)
    for rule in p.rules:
        values = rule.parameters.get("values")
        if rule.name == "nullValues" and isinstance(values, list):
            nulls.update(str(v["value"]) if isinstance(v, dict) else str(v) for v in values)
    decimal = "(" in (p.physical_type or "")
    return Wanted(
        p.logical_type,
        p.logical_type is LogicalType.NUMBER and not decimal,
        _pattern(p),
        bool(p.rules),
        frozenset(nulls),
    )


def read(cell: Cell, want: Wanted, *, epoch_1904: bool, stale: bool) -> Read:
    """Return the text of a cell for a property.

    Args:
        cell: the cell.
        want: what the property makes of it.
        epoch_1904: whether day counts of this workbook begin in 1904.
        stale: whether the workbook asks for its formulas to be computed.
    """
    if cell.kind == "text":
        return cell.text, 0, None
    if cell.kind == "error":
        return (cell.text, 0, None) if cell.text in want.nulls else (None, Oddity.ERROR, cell.text)
    if cell.kind == "formula":
        return None, Oddity.FORMULA, cell.text
    if cell.kind == "boolean":
        true = cell.text in ("1", "true")
        lower = want.kind is LogicalType.BOOLEAN
        return str(true).lower() if lower else str(true).upper(), 0, None
    if cell.kind == "moment":
        moment = parsed(cell.text)
        return (None, Oddity.NO_DAY, cell.text) if moment is None else _moment(moment, cell.text, want)
    number = _number(cell.text)
    if number is None:
        return cell.text, 0, None
    if stale and cell.computed and number == 0:
        return "0", Oddity.STALE, "0 as the result of a formula"
    if cell.kind == "serial":
        moment = moment_of(number, epoch_1904)
        if moment is None or (isinstance(moment, time) and want.kind in (LogicalType.DATE, LogicalType.TIMESTAMP)):
            return None, Oddity.NO_DAY, f"day {cell.text}"
        return _moment(moment, f"day {cell.text}", want)
    return _of_number(number, cell.text, want, epoch_1904)


def _of_number(number: float, text: str, want: Wanted, epoch_1904: bool) -> Read:
    plain_date = want.kind in _DATES and not want.has_rules and want.pattern is None
    if plain_date and 0 <= number < LAST:
        moment = moment_of(number, epoch_1904)
        is_time = isinstance(moment, time)
        if moment is None or is_time != (want.kind is LogicalType.TIME):
            return None, Oddity.NO_DAY, f"day {text}"
        return _for_date(moment, want), Oddity.SERIAL, text
    if want.keeps_floats:
        whole = number.is_integer() and abs(number) < _LONG
        return str(int(number)) if whole else repr(number), 0, None
    if abs(number) >= _LONG:
        digits = format(Decimal(text), "f").split(".")[0]
        whole = number.is_integer()
        kept = whole and abs(number) < _EXACT_INTEGERS and not digits.endswith("0")
        return digits, 0 if kept else Oddity.LONG, None if kept else text
    shortest = Decimal(repr(number))
    if len(shortest.normalize().as_tuple().digits) > _EXACT_DIGITS:
        shown = format(Decimal(f"{number:.{_EXACT_DIGITS}g}").normalize(), "f")
        return shown, Oddity.ROUNDED, text
    return format(shortest.normalize() if number else Decimal(0), "f"), 0, None


def _moment(moment: datetime | time, seen: str, want: Wanted) -> Read:
    if want.kind in _NUMBERS or want.kind is LogicalType.BOOLEAN:
        return None, Oddity.DATE_FOR_NUMBER, f"{iso(moment)} ({seen})" if seen != iso(moment) else seen
    if want.kind not in _DATES:
        if want.has_rules:
            return _for_date(moment, want), 0, None
        return iso(moment), Oddity.DATE_FOR_TEXT, seen
    return _for_date(moment, want), 0, None


def _for_date(moment: datetime | time, want: Wanted) -> str:
    if want.pattern is not None:
        text = written(moment, want.pattern)
        if text is not None:
            return text
    if want.kind is LogicalType.TIMESTAMP and isinstance(moment, datetime):
        return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return iso(moment)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _pattern(p: Property) -> str | None:
    for rule in p.rules:
        formats: Any = rule.parameters.get("formats")
        if rule.name in ("date", "timestamp", "time") and isinstance(formats, list) and formats:
            return str(formats[0])
    declared = p.options.get("format")
    return declared if isinstance(declared, str) and p.logical_type in _DATES else None
