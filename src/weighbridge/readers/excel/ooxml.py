"""Office Open XML workbooks (.xlsx, .xlsm), gone through part by part, cell by cell.

Libraries give a cell's value; what a record's evidence needs is the cell as it stands: the
digits of a number before they became one, an error as an error, a formula without a value,
hidden rows, all without holding the sheet in memory. Source: ECMA-376, part 1, chapter 18.
"""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from weighbridge.readers.excel.cells import Cell, Kind, Merged, Sheet, SheetRow, place_of, shows_date
from weighbridge.readers.excel.package import MOST_TEXTS_BYTES, Handler, Package, attribute, damaged

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*["\']([A-Za-z0-9$:]{3,30})["\']')
_KINDS: dict[str, Kind] = {"b": "boolean", "e": "error", "d": "moment"}
_MOST_COLUMNS = 16384
_MOST_ROWS = 1 << 20


class OoxmlWorkbook:
    """A zipped workbook of XML parts; see `Workbook` for its members."""

    def __init__(self, path: Path, name: str) -> None:
        self._package = Package(path, name)
        main = _main_part(self._package)
        folder = posixpath.dirname(main)
        book = _Book()
        self._package.parse(main, book)
        links = _Links()
        rels = f"{folder}/_rels/{posixpath.basename(main)}.rels"
        if rels.lstrip("/") not in self._package:
            raise damaged(name, f"{rels} is missing")
        self._package.parse(rels, links)
        self.epoch_1904 = book.epoch_1904
        self.stale = book.stale
        self._parts: dict[str, str] = {}
        sheets: list[Sheet] = []
        for sheet_name, state, link in book.sheets:
            kind, target = links.targets.get(link, ("", ""))
            if kind != "worksheet":
                continue
            self._parts[sheet_name] = _resolved(folder, target)
            sheets.append(Sheet(sheet_name, len(sheets) + 1, state != "visible"))
        self.sheets = tuple(sheets)
        by_kind = {kind: _resolved(folder, target) for kind, target in links.targets.values()}
        self._texts = self._shared_texts(by_kind.get("sharedStrings"))
        self._dates = self._date_styles(by_kind.get("styles"))
        self._hidden_columns: dict[str, frozenset[int]] = {}

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        """Yield the rows that the sheet names."""
        handler = _Cells(self._texts, self._dates, self._package.name)
        for _ in self._package.events(self._parts[sheet.name], handler):
            while handler.done:
                yield handler.done.popleft()
        self._hidden_columns[sheet.name] = frozenset(handler.hidden_columns)

    def merged(self, sheet: Sheet) -> tuple[Merged, ...]:
        """Return the merged ranges; they stand after the rows, so the part is searched for them first."""
        found: list[Merged] = []
        rest = b""
        for piece in self._package.pieces(self._parts[sheet.name]):
            window = rest + piece
            for match in _MERGED.finditer(window):
                first, _, last = match[1].decode().partition(":")
                start, end = place_of(first), place_of(last or first)
                if start and end:
                    found.append(Merged(start[0], end[0], start[1], end[1]))
            last_tag = window.rfind(b"<")
            rest = window[last_tag:] if last_tag >= 0 and len(window) - last_tag < 4096 else b""
            if rest and _MERGED.search(rest):
                rest = b""
        return tuple(found)

    def hidden_columns(self, sheet: Sheet) -> frozenset[int]:
        """Return the hidden columns."""
        return self._hidden_columns.get(sheet.name, frozenset())

    def _shared_texts(self, part: str | None) -> list[str]:
        if part is None or part not in self._package:
            return []
        if self._package.size_bytes(part) > MOST_TEXTS_BYTES:
            raise damaged(self._package.name, "its shared texts do not fit into memory")
        handler = _Texts()
        self._package.parse(part, handler)
        return handler.texts

    def _date_styles(self, part: str | None) -> list[bool]:
        if part is None or part not in self._package:
            return []
        handler = _Styles()
        self._package.parse(part, handler)
        return [shows_date(number, handler.codes.get(number)) for number in handler.styles]


def _main_part(package: Package) -> str:
    if "_rels/.rels" in package:
        links = _Links()
        package.parse("_rels/.rels", links)
        for kind, target in links.targets.values():
            if kind == "officeDocument":
                return target.lstrip("/")
    if "xl/workbook.xml" in package:
        return "xl/workbook.xml"
    raise damaged(package.name, "it is a zip file without a workbook in it")


def _resolved(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


class _Book(Handler):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.epoch_1904 = False
        self.stale = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            name, link = attributes.get("name", ""), attribute(attributes, "id") or ""
            self.sheets.append((name, attributes.get("state", "visible"), link))
        elif tag == "workbookPr":
            self.epoch_1904 = attributes.get("date1904", "0") in ("1", "true", "on")
        elif tag == "calcPr":
            self.stale = attributes.get("fullCalcOnLoad", "0") in ("1", "true", "on")


class _Links(Handler):
    def __init__(self) -> None:
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))


class _Texts(Handler):
    """Shared texts: the runs of each, without the phonetic ones."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._runs: list[str] = []
        self._in_text = self._phonetic = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._runs = []
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "t":
            self._in_text = not self._phonetic

    def end(self, tag: str) -> None:
        if tag == "si":
            self.texts.append(_unescaped("".join(self._runs)))
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "t":
            self._in_text = False

    def text(self, text: str) -> None:
        if self._in_text:
            self._runs.append(text)


class _Styles(Handler):
    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.styles: list[int] = []
        self._of_cells = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            self.codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._of_cells = True
        elif tag == "xf" and self._of_cells:
            self.styles.append(int(attributes.get("numFmtId", "0")))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._of_cells = False


class _Cells(Handler):
    """The rows of a sheet, each put into `done` when it ends."""

    def __init__(self, texts: list[str], dates: list[bool], name: str) -> None:
        self.done: deque[SheetRow] = deque()
        self.hidden_columns: set[int] = set()
        self._texts, self._dates, self._name = texts, dates, name
        self._row = SheetRow(0)
        self._column = -1
        self._kind = ""
        self._style = 0
        self._value: list[str] | None = None
        self._formula: list[str] | None = None
        self._inline: list[str] = []
        self._taking: list[str] | None = None
        self._phonetic = False
        self._in_data = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._cell(attributes)
        elif tag == "v":
            self._taking = self._value = []
        elif tag == "f":
            self._taking = self._formula = []
        elif tag == "t" and not self._phonetic:
            self._taking = self._inline
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "row":
            number = int(attributes.get("r", self._row.number + 1))
            if number <= self._row.number or number > _MOST_ROWS:
                raise damaged(self._name, f"row {number} stands after row {self._row.number}")
            self._row = SheetRow(number, hidden=attributes.get("hidden", "0") in ("1", "true"))
            self._column = -1
        elif tag == "col" and attributes.get("hidden", "0") in ("1", "true"):
            first = int(attributes.get("min", "1")) - 1
            last = min(int(attributes.get("max", "1")), _MOST_COLUMNS)
            self.hidden_columns.update(range(first, last))

    def _cell(self, attributes: dict[str, str]) -> None:
        place = place_of(attributes.get("r", ""))
        self._column = place[1] if place else self._column + 1
        if self._column >= _MOST_COLUMNS:
            raise damaged(self._name, f"row {self._row.number} has more columns than a sheet can have")
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._value = self._formula = None
        self._inline = []

    def end(self, tag: str) -> None:
        if tag in ("v", "f", "t"):
            self._taking = None
        elif tag == "c":
            cell = self._made()
            if cell is not None:
                self._row.cells[self._column] = cell
        elif tag == "row":
            self.done.append(self._row)
        elif tag == "rPh":
            self._phonetic = False

    def text(self, text: str) -> None:
        if self._taking is not None:
            self._taking.append(text)

    def _made(self) -> Cell | None:
        computed = self._formula is not None
        value = None if self._value is None else "".join(self._value)
        kind = self._kind
        if kind == "inlineStr":
            text = _unescaped("".join(self._inline))
            return Cell("text", text, computed) if text else None
        if kind == "str":
            if value is None and computed:
                return self._uncomputed()
            return Cell("text", _unescaped(value), computed) if value else None
        if not value or not value.strip():
            return self._uncomputed() if computed else None
        if kind == "s":
            index = int(value)
            if not 0 <= index < len(self._texts):
                raise damaged(self._name, f"row {self._row.number} names a text that is not there")
            return Cell("text", self._texts[index], computed) if self._texts[index] else None
        if kind in _KINDS:
            return Cell(_KINDS[kind], value.strip(), computed)
        is_date = self._style < len(self._dates) and self._dates[self._style]
        return Cell("serial" if is_date else "number", value.strip(), computed)

    def _uncomputed(self) -> Cell:
        return Cell("formula", "=" + "".join(self._formula or []), True)
