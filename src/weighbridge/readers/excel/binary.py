"""Workbooks of Excel 97 to 2003 (.xls), through xlrd, which tells dates, errors and hidden rows apart."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from weighbridge.findings import Finding, Place, SourceError
from weighbridge.readers.excel.cells import Cell, Merged, Sheet, SheetRow
from weighbridge.readers.excel.package import damaged

_MOST_BYTES = 1 << 30
_EMPTY, _TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR, _BLANK = range(7)


class BinaryWorkbook:
    """A workbook of one stream of records; see `Workbook` for its members."""

    stale = False

    def __init__(self, path: Path, name: str) -> None:
        import xlrd

        if path.stat().st_size > _MOST_BYTES:
            raise SourceError(Finding("RDR-303", Place(source=name), "no workbook of this kind can be so large"))
        try:
            self._book = _open(path)
        except xlrd.XLRDError as error:
            if "encrypt" in str(error).lower() or "password" in str(error).lower():
                raise SourceError(Finding("RDR-302", Place(source=name))) from error
            raise damaged(name, str(error)) from error
        except Exception as error:  # xlrd lets any error of unpacking out of a damaged file
            raise damaged(name, f"{type(error).__name__}: {error}") from error
        self._errors: dict[int, str] = dict(xlrd.error_text_from_code)
        self.epoch_1904 = self._book.datemode == 1
        self.sheets = tuple(
            Sheet(sheet.name, position, sheet.visibility != 0) for position, sheet in enumerate(self._book.sheets(), 1)
        )

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        """Yield the rows that the sheet names."""
        held = self._sheet(sheet)
        for index in range(held.nrows):
            cells = {
                column: cell
                for column, (kind, value) in enumerate(zip(held.row_types(index), held.row_values(index), strict=True))
                if (cell := self._cell(kind, value)) is not None
            }
            info = held.rowinfo_map.get(index)
            yield SheetRow(index + 1, cells, bool(info is not None and info.hidden))

    def merged(self, sheet: Sheet) -> tuple[Merged, ...]:
        """Return the merged ranges."""
        ranges = self._sheet(sheet).merged_cells
        return tuple(Merged(first + 1, last, left, right - 1) for first, last, left, right in ranges)

    def hidden_columns(self, sheet: Sheet) -> frozenset[int]:
        """Return the hidden columns."""
        held = self._sheet(sheet)
        return frozenset(c for c, info in held.colinfo_map.items() if info.hidden and c < held.ncols)

    def _sheet(self, sheet: Sheet) -> Any:
        return self._book.sheet_by_index(sheet.position - 1)

    def _cell(self, kind: int, value: Any) -> Cell | None:
        if kind == _TEXT:
            return Cell("text", value) if value else None
        if kind == _NUMBER:
            return Cell("number", repr(value))
        if kind == _DATE:
            return Cell("serial", repr(value))
        if kind == _BOOLEAN:
            return Cell("boolean", str(int(value)))
        if kind == _ERROR:
            return Cell("error", self._errors.get(value, f"#ERROR {value}"))
        return None


def _open(path: Path) -> Any:
    import xlrd

    return xlrd.open_workbook(str(path), formatting_info=True, logfile=io.StringIO())
