"""The columns every reader puts beside the raw ones, and what they mean.

    __source   UInt32   index of the source in the extract, from 0
    __record   UInt64   record number in its source, from 1, without gaps
    __offset   UInt64   first byte of the record in its (decompressed) source, from 0; null
                        where records have no byte range of their own (Parquet)
    __length   UInt64   bytes of the record, its line end included; null as `__offset`
    __raw      Binary   the record's bytes without its line end; where it has no byte range, its
                        cells as the source gave them, as JSON, or null (Parquet)
    __framing  UInt8    0: framed; else a position in `FRAMING_FAULTS`: raw columns are null
    __framing_seen  String  evidence of the framing fault, e.g. "18 fields, expected 19"; null when framed

Raw columns of a property are called `raw_name(property)`; they hold source text (String)
or, for typed sources such as Parquet, the source's own values.
"""

from __future__ import annotations

import polars as pl

SOURCE = "__source"
RECORD = "__record"
OFFSET = "__offset"
LENGTH = "__length"
RAW = "__raw"
FRAMING = "__framing"
FRAMING_SEEN = "__framing_seen"

LINEAGE_SCHEMA: dict[str, pl.DataType] = {
    SOURCE: pl.UInt32(),
    RECORD: pl.UInt64(),
    OFFSET: pl.UInt64(),
    LENGTH: pl.UInt64(),
    RAW: pl.Binary(),
    FRAMING: pl.UInt8(),
    FRAMING_SEEN: pl.String(),
}

_MAINFRAME_FAULTS = ("RDR-100", "RDR-101", "RDR-102", "RDR-103", "RDR-109", "RDR-106", "RDR-110")
_TABLE_FAULTS = ("RDR-319", "RDR-334")
_DOCUMENT_FAULTS = ("RDR-200", "RDR-201", "RDR-210")
FRAMING_FAULTS: tuple[str, ...] = (
    "",
    "RDR-010",
    "RDR-011",
    "RDR-012",
    "RDR-013",
    "RDR-014",
    "RDR-015",
    *_MAINFRAME_FAULTS,
    *_TABLE_FAULTS,
    *_DOCUMENT_FAULTS,
)

FIELDS = "__fields"
"""UInt32, beside the others where a contract's epochs ask for it: how many fields the record has; null: not framed."""

_RAW_PREFIX = "raw:"


def raw_name(property_name: str) -> str:
    """Return the raw column's name of a property."""
    return _RAW_PREFIX + property_name
