"""Tables of their own that stand below the first on the same sheet: told from its records, and left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from weighbridge.readers.columns import plain
from weighbridge.readers.excel.cells import Merged, SheetRow
from weighbridge.readers.excel.table import Ending, Header, repeats

_LONGEST_NAME = 100


class TablesBelow:
    """Parts rows of the sheet's table from those of tables below it.

    Another table begins after a blank row, with a row of two or more distinct texts that can be no record and are not
    the columns' names, above a row that can be no record either. It ends with the first row that can be one.

    Args:
        ending: which columns records need, and which are no text.
        header: of the sheet's table.
        header_row: its last row.
        ours: the contract's names, plain.

    Attributes:
        found: the ranges left out, one a table.
        doubtful: rows that look like another table's header, above rows that do fit this one.
    """

    def __init__(self, ending: Ending, header: Header, header_row: SheetRow, ours: frozenset[str]) -> None:
        self.found: list[Merged] = []
        self.doubtful: list[int] = []
        self.rows = 0
        self._ending, self._row, self._ours = ending, header_row, ours
        self._columns = frozenset(column for column, name in enumerate(header.names) if name)

    def records(self, rows: Iterable[SheetRow]) -> Iterator[SheetRow]:
        """Yield the rows that are not another table's, in order; one row is looked ahead at most."""
        last = self._row.number
        begun: SheetRow | None = None
        inside: SheetRow | None = None
        for row in rows:
            apart, last = row.number > last + 1, row.number
            if begun is not None:
                if self._goes_on(row, begun):
                    if self._columns <= begun.cells.keys():
                        self.doubtful.append(begun.number)
                    yield begun
                else:
                    inside = begun
                    self.found.append(Merged(begun.number, begun.number, min(begun.cells), max(begun.cells)))
                    self._leave_out(begun)
                begun = None
            if inside is not None and not self._goes_on(row, inside):
                self._leave_out(row)
                continue
            inside = None
            if apart and self._is_header(row):
                begun = row
                continue
            yield row
        if begun is not None:
            yield begun

    def _leave_out(self, row: SheetRow) -> None:
        table = self.found[-1]
        first, last = min(table.first_column, *row.cells), max(table.last_column, *row.cells)
        self.found[-1] = Merged(table.first_row, row.number, first, last)
        self.rows += 1

    def _goes_on(self, row: SheetRow, header: SheetRow) -> bool:
        """Return whether a row below what looks like a header can be a record of the sheet's table all the same."""
        if repeats(row, self._row):
            return True
        narrow = row.cells.keys() <= header.cells.keys() and not self._columns <= header.cells.keys()
        return self._ending.fits(row) and not narrow

    def _is_header(self, row: SheetRow) -> bool:
        texts = [" ".join(cell.text.split()) for cell in row.cells.values() if cell.kind == "text"]
        if len(texts) < max(2, len(row.cells)) or len(set(texts)) < len(texts):
            return False
        if any(not text or len(text) > _LONGEST_NAME for text in texts) or self._ending.fits(row):
            return False
        known = sum(plain(text) in self._ours for text in texts)
        return known * 2 < len(texts) and not self._ending.is_total(row)
