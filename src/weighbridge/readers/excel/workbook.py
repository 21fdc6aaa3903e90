"""What every kind of workbook gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from weighbridge.readers.excel.cells import Merged, Sheet, SheetRow


class Workbook(Protocol):
    """An opened workbook.

    Attributes:
        sheets: worksheets in the workbook's order; charts and macro sheets are none.
        epoch_1904: whether day counts begin in 1904.
        stale: whether the workbook asks to have its formulas computed when it is opened.
    """

    sheets: tuple[Sheet, ...]
    epoch_1904: bool
    stale: bool

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        """Yield the rows that the sheet names, in order; blank ones may be left out.

        Raises:
            SourceError: the sheet is damaged (RDR-301) or unpacks to too much (RDR-303).
        """
        ...

    def merged(self, sheet: Sheet) -> tuple[Merged, ...]:
        """Return the merged ranges."""
        ...

    def hidden_columns(self, sheet: Sheet) -> frozenset[int]:
        """Return the hidden columns, from 0; known after `rows` was gone through."""
        ...
