"""One sheet, gone through: what stands before its table, its records, what stands after them."""

from __future__ import annotations

import itertools
import json
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from weighbridge.contract.model import LogicalType, SchemaObject
from weighbridge.findings import Finding, Place, Severity
from weighbridge.readers.columns import by_name, by_position, plain
from weighbridge.readers.door import Option, Span
from weighbridge.readers.excel.below import TablesBelow
from weighbridge.readers.excel.cells import Cell, Merged, Sheet, SheetRow, column_name
from weighbridge.readers.excel.table import LOOK_BACK_ROWS, LOOK_ROWS, Ending, Header, fillers, find_header, repeats
from weighbridge.readers.excel.texts import Oddity, read, wanted
from weighbridge.readers.excel.workbook import Workbook
from weighbridge.readers.lineage import FRAMING_FAULTS
from weighbridge.readers.options import Declared
from weighbridge.readers.spool import Row

HIDDEN_ROW = FRAMING_FAULTS.index("RDR-319")
_NUMBERS = frozenset((LogicalType.INTEGER, LogicalType.NUMBER))
_MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """What the contract says of the sheets, and which columns it wants."""

    schema: SchemaObject
    header: bool | None
    header_rows: int | None
    skip_head: int
    skip_tail: int | None
    hidden_rows: str
    null_values: tuple[str, ...]

    @classmethod
    def of(cls, schema: SchemaObject, declared: Declared) -> Layout:
        """Return what a server declares."""
        return cls(
            schema,
            declared.get("header"),
            declared.get("headerRows"),
            declared.get("skipHead", 0),
            declared.get("skipTail"),
            declared.get("hiddenRows", "read"),
            tuple(declared.get("nullValues", ())),
        )


@dataclass(slots=True)
class Tally:
    """What was counted while a sheet was gone through."""

    kinds: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    hidden: list[int] = field(default_factory=list)
    number_texts: Counter[str] = field(default_factory=Counter)
    after: list[int] = field(default_factory=list)
    below: list[Merged] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)


class SheetPass:
    """A pass through one sheet; the header is known at once, the counts after its last record.

    Args:
        book, sheet: what is read.
        layout: what the contract says of it.
        source: the name its records are known by.

    Raises:
        SourceError: the sheet is damaged (RDR-301).
    """

    def __init__(self, book: Workbook, sheet: Sheet, layout: Layout, source: str) -> None:
        self.sheet = sheet
        self._book, self._layout, self._source = book, layout, source
        self._tally = Tally()
        self._merged = book.merged(sheet)
        self._rows = self._counted(book.rows(sheet))
        head = list(itertools.islice(self._rows, layout.skip_head + LOOK_ROWS))
        header = None
        if layout.header is not False:
            header = find_header(head[layout.skip_head :], layout.schema, self._merged, layout.header_rows)
        start = min(layout.skip_head + (header.first if header else 0), len(head))
        self._tally.kinds["preamble"] += start
        self._header = header
        self._header_row: SheetRow | None = None
        if header is not None:
            self._tally.kinds["header"] += header.rows
            start += header.rows
            self._header_row = head[start - 1]
        self._waiting = head[start:]
        self.fields, self.findings = _mapped(header, layout.schema, source)
        self.option = _option(header, self._header_row, layout)
        first = self._header_row.number + 1 if self._header_row else 1
        self._fillers = fillers(self._merged, first, tuple(self.fields.values()))
        self._wanted = {p.name: wanted(p, layout.null_values) for p in layout.schema.properties}

    def records(self, columns: Sequence[str]) -> Iterator[Row]:
        """Yield the records, each with a value for each of `columns`, in that order."""
        ways = [
            (i, name, self.fields[name], self._wanted[name]) for i, name in enumerate(columns) if name in self.fields
        ]
        numbers = frozenset(p.name for p in self._layout.schema.properties if p.logical_type in _NUMBERS)
        filled: dict[int, Cell] = {}
        for row in self._table():
            values: list[str | None] = [None] * len(columns)
            doubts: dict[int, tuple[int, str | None]] = {}
            self._fill(row, filled)
            for at, name, column, want in ways:
                cell = row.cells.get(column)
                merged = None
                if cell is None and column in filled:
                    cell, merged = filled[column], Oddity.MERGED
                if cell is None:
                    continue
                text, oddity, seen = read(cell, want, epoch_1904=self._book.epoch_1904, stale=self._book.stale)
                values[at] = text
                if oddity:
                    doubts[at] = (oddity, seen)
                elif merged:
                    doubts[at] = (merged, "blank, within a merged cell")
                if cell.kind == "text" and name in numbers:
                    self._tally.number_texts[name] += 1
            made = Row(values, raw=self._raw(row), doubts=doubts)
            if row.hidden and self._layout.hidden_rows == "reject":
                made = Row([None] * len(columns), made.raw, framing=HIDDEN_ROW, framing_seen=f"row {row.number}")
            yield made

    def controls(self, index: int) -> list[Span]:
        """Return the rows that are no records, by kind; after the last record."""
        return [Span(index, kind, 0, 0, rows) for kind, rows in self._tally.kinds.items() if rows]

    @property
    def rows(self) -> int:
        """How many rows the sheet names; after the last record."""
        return self._tally.rows

    def remarks(self) -> list[Finding]:
        """Return what is to be said of the sheet once its last record was gone through."""
        found = []
        where = Place(source=self._source)
        tally = self._tally
        if tally.hidden:
            became = {"read": "they were read as records", "skip": "they are no records", "reject": "they are rejected"}
            detail = f"{len(tally.hidden)} hidden rows ({_listed(tally.hidden)}); {became[self._layout.hidden_rows]}"
            found.append(Finding("RDR-306", where, detail, Severity.WARNING))
        hidden = self._book.hidden_columns(self.sheet) & frozenset(self.fields.values())
        if hidden:
            names = [name for name, column in self.fields.items() if column in hidden]
            found.append(
                Finding("RDR-306", where, f"hidden columns that were read: {', '.join(names)}", Severity.WARNING)
            )
        if tally.after:
            found.append(Finding("RDR-307", where, f"rows {_listed(tally.after)}", Severity.WARNING))
        if tally.below:
            found.append(
                Finding("RDR-321", where, f"{_ranges(tally.below)}; its rows are no records", Severity.WARNING)
            )
        if tally.doubtful:
            detail = (
                f"row {_listed(tally.doubtful)} looks like its header; the rows below fit, and were read as records"
            )
            found.append(Finding("RDR-321", where, detail, Severity.WARNING))
        if tally.number_texts:
            counted = ", ".join(f"{name}: {count}" for name, count in tally.number_texts.items())
            found.append(Finding("RDR-308", where, counted, Severity.INFO))
        if self._fillers:
            found.append(Finding("RDR-309", where, _ranges(self._fillers), Severity.WARNING))
        return found

    def _counted(self, rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
        """Yield the rows that hold more than blanks; count all."""
        for row in rows:
            self._tally.rows += 1
            if any(cell.kind != "text" or cell.text.strip() for cell in row.cells.values()):
                yield row
            else:
                self._tally.kinds["blank rows"] += 1

    def _table(self) -> Iterator[SheetRow]:
        """Yield the rows of records: neither header nor what stands after the table."""
        ending = Ending.of(self._layout.schema, self.fields)
        tail = self._layout.skip_tail
        kept: deque[SheetRow] = deque()
        rows = itertools.chain(self._waiting, self._rows)
        below = self._below(ending) if tail is None else None
        for row in rows if below is None else below.records(rows):
            if self._header_row is not None and repeats(row, self._header_row):
                self._tally.kinds["repeated header"] += 1
                continue
            if row.hidden:
                self._tally.hidden.append(row.number)
                if self._layout.hidden_rows == "skip":
                    self._tally.kinds["hidden rows"] += 1
                    continue
            kept.append(row)
            if len(kept) > (LOOK_BACK_ROWS if tail is None else tail):
                yield kept.popleft()
        after = ending.rows_after(list(kept)) if tail is None else len(kept)
        for _ in range(len(kept) - after):
            yield kept.popleft()
        self._tally.kinds["footer"] += len(kept)
        if tail is None:
            self._tally.after = [row.number for row in kept]
        if below is not None:
            self._tally.kinds["another table"] += below.rows
            self._tally.below, self._tally.doubtful = below.found, below.doubtful

    def _below(self, ending: Ending) -> TablesBelow | None:
        if self._header is None or self._header_row is None:
            return None
        ours = frozenset(plain(name) for p in self._layout.schema.properties for name in p.source_names)
        return TablesBelow(ending, self._header, self._header_row, ours)

    def _fill(self, row: SheetRow, filled: dict[int, Cell]) -> None:
        """Bring what merged cells above hold down to this row."""
        if not self._fillers:
            return
        for merged in self._fillers:
            column = merged.first_column
            if merged.first_row == row.number and column in row.cells:
                filled[column] = row.cells[column]
            elif merged.last_row < row.number and _ends(merged, self._fillers, row.number):
                filled.pop(column, None)

    def _raw(self, row: SheetRow) -> bytes:
        cells = {column_name(c): _shown(cell) for c, cell in sorted(row.cells.items())}
        record = {"sheet": self.sheet.name, "row": row.number, "cells": cells}
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _ends(merged: Merged, fillers: Sequence[Merged], row: int) -> bool:
    return not any(m.first_column == merged.first_column and m.first_row <= row <= m.last_row for m in fillers)


def _mapped(header: Header | None, schema: SchemaObject, source: str) -> tuple[dict[str, int], list[Finding]]:
    if header is None:
        mapping = by_position(schema)
        return mapping.fields, list(mapping.findings)
    columns = [column for column, name in enumerate(header.names) if name]
    mapping = by_name([header.names[column] for column in columns], schema, source)
    return {name: columns[at] for name, at in mapping.fields.items()}, list(mapping.findings)


def _option(header: Header | None, row: SheetRow | None, layout: Layout) -> Option:
    origin = "sniffed" if layout.header is None and layout.header_rows is None else "declared"
    if header is None or row is None:
        return Option("header", "none", origin)
    rows = f"row {row.number}" if header.rows == 1 else f"rows {row.number - header.rows + 1} to {row.number}"
    return Option("header", rows, origin, f"it has {header.known} of the contract's names")


def _shown(cell: Cell) -> object:
    """Return a cell for the record's evidence: text as it is, all else with its kind."""
    return cell.text if cell.kind == "text" else {cell.kind: cell.text}


def _ranges(ranges: Sequence[Merged]) -> str:
    more = f" and {len(ranges) - _MOST_LISTED} more" if len(ranges) > _MOST_LISTED else ""
    return ", ".join(map(str, ranges[:_MOST_LISTED])) + more


def _listed(numbers: Sequence[int]) -> str:
    """Return row numbers in words, neighbours as a range."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in ranges[:_MOST_LISTED]]
    return ", ".join(shown) + (f" and {len(ranges) - _MOST_LISTED} more" if len(ranges) > _MOST_LISTED else "")
