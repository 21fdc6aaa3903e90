"""The table in a sheet: its header, wherever it stands and over however many rows; its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from weighbridge.contract.model import LogicalType, SchemaObject
from weighbridge.readers.columns import known_names, plain
from weighbridge.readers.excel.cells import Merged, SheetRow

LOOK_ROWS = 60
MOST_HEADER_ROWS = 4
LOOK_BACK_ROWS = 12
_TOTAL = re.compile(
    r"^\W*(?:grand\s+|sub\s*-?\s*)?(?:total|totals|sum|summe|gesamt|insgesamt|zwischensumme|endsumme|somme|totaal|totale|"
    r"suma|общий итог|итого)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(r"^\W*\d")
_REMARK = re.compile(
    r"^\s*(?:[*\u2020\u2021\u00a7]|(?:notes?|remarks?|sources?|quellen?|anmerkung(?:en)?|hinweise?|fuentes?|notas?|fontes?|"
    r"remarques?|примечани[ея]|источник)\s*:)",
    re.IGNORECASE,
)
_NOT_TEXT = frozenset((LogicalType.INTEGER, LogicalType.NUMBER, LogicalType.DATE, LogicalType.TIMESTAMP))


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's header stands and what it says.

    Attributes:
        names: one a column, from column A; empty where the header says nothing.
        first: position of its first row among the rows looked at.
        rows: how many rows it has.
        known: how many of its names are the contract's.
    """

    names: tuple[str, ...]
    first: int
    rows: int
    known: int


def find_header(
    rows: Sequence[SheetRow], schema: SchemaObject, merged: Sequence[Merged], declared_rows: int | None
) -> Header | None:
    """Return the header among the first rows: the one that names most of the contract's columns.

    A header over several rows is taken where joining them names more columns than any row alone.

    Args:
        rows: the first rows of the sheet, blank ones left out.
        schema: whose names are sought.
        merged: the sheet's merged ranges: a merged cell of a header stands above all its columns.
        declared_rows: how many rows the header has; None to find out.
    """
    best: Header | None = None
    counts = [declared_rows] if declared_rows else range(1, MOST_HEADER_ROWS + 1)
    for count in counts:
        for first in range(len(rows) - count + 1):
            found = _header(rows[first : first + count], first, schema, merged)
            if found is not None and (best is None or found.known > best.known):
                best = found
    if best is not None and (best.known or not rows):
        return best
    widest = max((len(row.cells) for row in rows), default=0)
    for first, row in enumerate(rows):
        if len(row.cells) == widest:
            return _header(rows[first : first + (declared_rows or 1)], first, schema, merged)
    return None


def _header(rows: Sequence[SheetRow], first: int, schema: SchemaObject, merged: Sequence[Merged]) -> Header | None:
    width = max((max(row.cells, default=-1) for row in rows), default=-1) + 1
    if not width:
        return None
    stacked = [_spread(row, width, merged, last=i == len(rows) - 1) for i, row in enumerate(rows)]
    if len(rows) > 1 and any(cell.kind in ("number", "serial") for row in rows for cell in row.cells.values()):
        return None
    ours = {plain(n) for p in schema.properties for n in p.source_names}
    names = tuple(_named([line[column] for line in stacked], ours) for column in range(width))
    return Header(names, first, len(rows), known_names(names, schema))


def _spread(row: SheetRow, width: int, merged: Sequence[Merged], *, last: bool) -> list[str]:
    """Return the texts of a header's row; what is merged over several columns stands in each of them."""
    texts = [" ".join(row.cells[c].text.split()) if c in row.cells else "" for c in range(width)]
    spans = [m for m in merged if m.first_row <= row.number <= m.last_row and m.last_column > m.first_column]
    for span in spans:
        for column in range(span.first_column, min(span.last_column + 1, width)):
            texts[column] = texts[column] or (texts[span.first_column] if span.first_column < width else "")
    return texts


def _named(parts: Sequence[str], ours: set[str]) -> str:
    """Return the name that a column's header rows give: the contract's where they spell one, else all of them."""
    said = list(dict.fromkeys(part for part in parts if part))
    for candidate in (" ".join(said), *reversed(said)):
        if plain(candidate) in ours:
            return candidate
    return " ".join(said)


@dataclass(frozen=True, slots=True)
class Ending:
    """Tells rows after the table from records.

    Attributes:
        fields: property name → column.
        needed: columns of properties without which there is no record.
        typed: columns of properties that are no text.
    """

    fields: dict[str, int]
    needed: tuple[int, ...]
    typed: tuple[int, ...]

    @classmethod
    def of(cls, schema: SchemaObject, fields: dict[str, int]) -> Ending:
        """Return what tells the end of a table of this schema."""
        held = [p for p in schema.properties if p.name in fields]
        needed = tuple(fields[p.name] for p in held if p.required or p.primary_key_position is not None)
        typed = tuple(fields[p.name] for p in held if p.logical_type in _NOT_TEXT)
        return cls(fields, needed, typed)

    def rows_after(self, rows: Sequence[SheetRow]) -> int:
        """Return how many of the last rows of a table are no records: totals, and notes below a gap."""
        for first, row in enumerate(rows):
            apart = first > 0 and row.number > rows[first - 1].number + 1
            marked = any(_REMARK.match(cell.text) for cell in row.cells.values() if cell.kind == "text")
            foreign = not any(c in row.cells for c in self.fields.values())
            begins = self.is_total(row) or foreign or ((apart or marked) and self._is_note(row))
            if begins and all(self.is_total(r) or self._is_note(r) for r in rows[first:]):
                return len(rows) - first
        return 0

    def fits(self, row: SheetRow) -> bool:
        """Return whether a row can be a record: it has what records need, and no words where numbers or dates stand."""
        if not self.needed and not self.typed:
            return True
        typed = [row.cells[c] for c in self.typed if c in row.cells]
        worded = any(cell.kind == "text" and not _VALUE.match(cell.text) for cell in typed)
        return all(c in row.cells for c in self.needed) and not worded

    def is_total(self, row: SheetRow) -> bool:
        """Return whether a row is a sum of others: so called in a cell, and lacking what a record has."""
        labels = [c for c, cell in row.cells.items() if cell.kind == "text" and _TOTAL.match(cell.text)]
        if not labels:
            return False
        lacking = (
            any(c not in row.cells for c in self.needed)
            if self.needed
            else any(c not in row.cells for c in self.fields.values())
        )
        return lacking or any(c in self.typed for c in labels)

    def _is_note(self, row: SheetRow) -> bool:
        held = [c for c in self.fields.values() if c in row.cells]
        if len(self.fields) < 2 or len(held) > 1:
            return False
        if not held:
            return True
        lacking = not self.needed or any(c not in held for c in self.needed) or held[0] in self.typed
        return lacking and row.cells[held[0]].kind == "text"


def repeats(row: SheetRow, header: SheetRow) -> bool:
    """Return whether a row is the header again, as sheets made for printing have it."""
    return bool(row.cells) and {c: x.text for c, x in row.cells.items()} == {c: x.text for c, x in header.cells.items()}


def fillers(merged: Sequence[Merged], first_row: int, columns: Sequence[int]) -> list[Merged]:
    """Return the ranges inside of the table that are merged downwards in one of its columns."""
    wanted = frozenset(columns)
    return [
        m
        for m in merged
        if m.last_row > m.first_row
        and m.last_row >= first_row
        and m.first_column == m.last_column
        and m.first_column in wanted
    ]
