"""The formats that extracts come in. A format is a reader of this room and a line of `FORMATS`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from weighbridge.contract.model import MAINFRAME_FORMATS
from weighbridge.quick import dataclass

if TYPE_CHECKING:
    from weighbridge.readers.door import Reader


@dataclass(frozen=True, slots=True)
class Format:
    """A format and where its reader is, which is loaded only for extracts of it.

    Attributes:
        name: in messages and in `recordFormat.kind`, e.g. ``"delimited"``.
        reader: ``module:Class`` in this room, a `weighbridge.readers.door.Reader`.
        formats: values of ODCS `server.format` it answers to, lower case.
        suffixes: file name endings it answers to when the server says nothing.
    """

    name: str
    reader: str
    formats: tuple[str, ...]
    suffixes: tuple[str, ...]

    def load(self) -> Reader:
        """Return its reader."""
        module, _, name = self.reader.partition(":")
        made: Reader = getattr(import_module(f"weighbridge.readers.{module}"), name)()
        return made


FORMATS: tuple[Format, ...] = (
    Format(
        "delimited",
        "delimited:DelimitedReader",
        ("delimited", "csv", "tsv", "txt", "psv", "text"),
        (".csv", ".tsv", ".tab", ".psv", ".txt"),
    ),
    Format(
        "fixedWidth",
        "fixed_width:FixedWidthReader",
        ("fixedwidth", "fixed-width", "fixed_width", "fwf", "fixed"),
        (".fwf",),
    ),
    Format("parquet", "parquet:ParquetReader", ("parquet",), (".parquet", ".pq", ".parq")),
    Format(
        "arrow",
        "arrow:ArrowReader",
        ("arrow", "feather", "ipc", "arrows"),
        (".arrow", ".feather", ".ipc", ".arrows"),
    ),
    Format("mainframe", "mainframe.reader:MainframeReader", MAINFRAME_FORMATS, (".ebc", ".ebcdic")),
    Format(
        "jsonLines",
        "json_lines:JsonLinesReader",
        ("jsonl", "ndjson", "jsonlines", "json_lines", "ldjson"),
        (".jsonl", ".ndjson", ".ldjson"),
    ),
    Format("json", "json_lines:JsonReader", ("json", "geojson"), (".json", ".geojson")),
    Format("xml", "xml:XmlReader", ("xml", "rss", "atom"), (".xml", ".rss", ".atom")),
    Format(
        "excel",
        "excel:ExcelReader",
        ("excel", "xlsx", "xlsm", "xls", "ods", "spreadsheet"),
        (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".xltx", ".xltm"),
    ),
    Format("dbf", "dbf:DbfReader", ("dbf", "dbase", "foxpro"), (".dbf",)),
    Format(
        "statistics",
        "statistics:StatisticsReader",
        ("statistics", "sas7bdat", "sas", "xpt", "xport", "spss", "sav", "zsav", "por", "stata", "dta"),
        (".sav", ".zsav", ".por", ".dta", ".sas7bdat", ".xpt", ".xport"),
    ),
    Format(
        "database",
        "database:DatabaseReader",
        ("database", "sqlite", "duckdb", "sql"),
        (".sqlite", ".sqlite3", ".db3", ".duckdb"),
    ),
)
