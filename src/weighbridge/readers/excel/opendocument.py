"""OpenDocument spreadsheets (.ods), gone through element by element.

Source: OpenDocument 1.3, part 3, chapter 9 (tables) and 19.385 (values of cells).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from weighbridge.findings import Finding, Place, SourceError
from weighbridge.readers.excel.cells import ERRORS, Cell, Merged, Sheet, SheetRow
from weighbridge.readers.excel.package import Handler, Package, attribute, damaged

_CONTENT = "content.xml"
_DURATION = re.compile(r"^(-?)P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?$")
_MOST_COLUMNS = 16384
_MOST_REPEATED_ROWS = 1 << 20
_HIDDEN = ("collapse", "filter")


class OpenDocumentWorkbook:
    """A zipped spreadsheet of OpenDocument; see `Workbook` for its members."""

    epoch_1904 = False
    stale = False

    def __init__(self, path: Path, name: str) -> None:
        self._package = Package(path, name)
        if _CONTENT not in self._package:
            raise damaged(name, "it is a zip file without a spreadsheet in it")
        if "META-INF/manifest.xml" in self._package:
            manifest = _Manifest()
            self._package.parse("META-INF/manifest.xml", manifest)
            if manifest.encrypted:
                raise SourceError(Finding("RDR-302", Place(source=name)))
        outline = _Outline()
        self._package.parse(_CONTENT, outline)
        self.sheets = tuple(
            Sheet(sheet, position, style in outline.hidden_styles)
            for position, (sheet, style) in enumerate(outline.tables, 1)
        )
        self._merged = outline.merged
        self._hidden = outline.hidden_columns

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        """Yield the rows that the sheet names."""
        handler = _Table(sheet.position, self._package.name)
        for _ in self._package.events(_CONTENT, handler):
            while handler.done:
                yield handler.done.popleft()

    def merged(self, sheet: Sheet) -> tuple[Merged, ...]:
        """Return the merged ranges."""
        return tuple(self._merged.get(sheet.position, ()))

    def hidden_columns(self, sheet: Sheet) -> frozenset[int]:
        """Return the hidden columns."""
        return frozenset(self._hidden.get(sheet.position, ()))


class _Manifest(Handler):
    def __init__(self) -> None:
        self.encrypted = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.encrypted = self.encrypted or tag == "encryption-data"


class _Places(Handler):
    """Counts tables, rows and columns; a table inside of a cell is none."""

    def __init__(self) -> None:
        self.table = 0
        self.row = 0
        self.column = 0
        self.repeated_rows = 1
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.table, self.row = self.table + 1, 0
        elif self._depth == 1 and tag == "table-row":
            self.repeated_rows = _times(attributes, "number-rows-repeated")
            self.row, self.column = self.row + 1, 0

    def end(self, tag: str) -> None:
        if tag == "table":
            self._depth -= 1
        elif self._depth == 1 and tag == "table-row":
            self.row += self.repeated_rows - 1

    @property
    def inside(self) -> bool:
        """Whether a sheet's own cells are being gone through."""
        return self._depth == 1


class _Outline(_Places):
    """Names and styles of the sheets, merged ranges, hidden columns."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, str]] = []
        self.hidden_styles: set[str] = set()
        self.merged: dict[int, list[Merged]] = {}
        self.hidden_columns: dict[int, list[int]] = {}
        self._style = ""
        self._columns = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        if tag == "style":
            self._style = attribute(attributes, "name") or ""
        elif tag == "table-properties" and attribute(attributes, "display") == "false":
            self.hidden_styles.add(self._style)
        elif tag == "table" and self.inside:
            self.tables.append((attribute(attributes, "name") or "", attribute(attributes, "style-name") or ""))
            self._columns = 0
        elif tag == "table-column" and self.inside:
            times = _times(attributes, "number-columns-repeated")
            if attribute(attributes, "visibility") in _HIDDEN:
                last = min(self._columns + times, _MOST_COLUMNS)
                self.hidden_columns.setdefault(self.table, []).extend(range(self._columns, last))
            self._columns += times
        elif tag in ("table-cell", "covered-table-cell") and self.inside:
            down, right = _times(attributes, "number-rows-spanned"), _times(attributes, "number-columns-spanned")
            if down > 1 or right > 1:
                ranges = self.merged.setdefault(self.table, [])
                ranges.append(Merged(self.row, self.row + down - 1, self.column, self.column + right - 1))
            self.column += _times(attributes, "number-columns-repeated")


class _Table(_Places):
    """The rows of one sheet, each put into `done` when it ends."""

    def __init__(self, wanted: int, name: str) -> None:
        super().__init__()
        self.done: deque[SheetRow] = deque()
        self._wanted, self._name = wanted, name
        self._cells: dict[int, Cell] = {}
        self._hidden = False
        self._attributes: dict[str, str] | None = None
        self._paragraphs: list[list[str]] = []
        self._taking = self._noting = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        if self.table != self._wanted or not self.inside:
            return
        if tag == "table-row":
            self._cells = {}
            self._hidden = attribute(attributes, "visibility") in _HIDDEN
        elif tag in ("table-cell", "covered-table-cell"):
            self._attributes, self._paragraphs = attributes, []
        elif tag == "annotation":
            self._noting = True
        elif tag == "p" and self._attributes is not None and not self._noting:
            self._paragraphs.append([])
            self._taking = True
        elif self._taking and tag == "s":
            self._paragraphs[-1].append(" " * min(_times(attributes, "c"), 1024))
        elif self._taking and tag in ("tab", "line-break"):
            self._paragraphs[-1].append("\t" if tag == "tab" else "\n")

    def text(self, text: str) -> None:
        if self._taking:
            self._paragraphs[-1].append(text)

    def end(self, tag: str) -> None:
        if self.table == self._wanted and self.inside:
            if tag == "annotation":
                self._noting = False
            elif tag == "p":
                self._taking = False
            elif tag in ("table-cell", "covered-table-cell") and self._attributes is not None:
                self._cell_ended()
            elif tag == "table-row":
                self._row_ended()
        super().end(tag)

    def _cell_ended(self) -> None:
        assert self._attributes is not None
        times = _times(self._attributes, "number-columns-repeated")
        cell = _cell(self._attributes, "\n".join("".join(p) for p in self._paragraphs))
        if cell is not None:
            if self.column + times > _MOST_COLUMNS:
                raise damaged(self._name, f"row {self.row} has more columns than a sheet can have")
            for column in range(self.column, self.column + times):
                self._cells[column] = cell
        self.column += times
        self._attributes = None

    def _row_ended(self) -> None:
        if not self._cells:
            return
        if self.row + self.repeated_rows > _MOST_REPEATED_ROWS + 1:
            raise damaged(self._name, f"row {self.row} stands {self.repeated_rows} times")
        if self.repeated_rows > 1 and len(self._cells) * self.repeated_rows > 1 << 24:
            why = f"row {self.row} of {len(self._cells)} cells stands {self.repeated_rows} times"
            raise SourceError(Finding("RDR-303", Place(source=self._name), why))
        for number in range(self.row, self.row + self.repeated_rows):
            self.done.append(SheetRow(number, dict(self._cells), self._hidden))


def _times(attributes: dict[str, str], name: str) -> int:
    return max(int(attribute(attributes, name) or 1), 1)


def _cell(attributes: dict[str, str], text: str) -> Cell | None:
    formula = attribute(attributes, "formula")
    computed = formula is not None
    kinds = [value for key, value in attributes.items() if key.rpartition(":")[2] == "value-type"]
    if "error" in kinds or (computed and text in ERRORS) or (computed and text.startswith("Err:")):
        return Cell("error", text or "#ERROR", computed)
    kind = kinds[0] if kinds else None
    if kind in ("float", "currency", "percentage"):
        return Cell("number", attribute(attributes, "value") or "", computed)
    if kind == "date":
        return Cell("moment", attribute(attributes, "date-value") or "", computed)
    if kind == "time":
        days = _days(attribute(attributes, "time-value") or "")
        return Cell("serial", repr(days), computed) if days is not None else Cell("text", text, computed)
    if kind == "boolean":
        return Cell("boolean", "1" if attribute(attributes, "boolean-value") == "true" else "0", computed)
    if kind == "string":
        written = attribute(attributes, "string-value")
        text = text if written is None else written
    if not text and computed and kind is None:
        return Cell("formula", formula or "", True)
    return Cell("text", text, computed) if text else None


def _days(duration: str) -> float | None:
    found = _DURATION.match(duration)
    if not found:
        return None
    sign, days, hours, minutes, seconds = found.groups()
    total = int(days or 0) * 86400 + int(hours or 0) * 3600 + int(minutes or 0) * 60
    value = (total + float((seconds or "0").replace(",", "."))) / 86400
    return -value if sign else value
