"""Fields of mainframe records, decoded column by column and encoded value by value. Pure."""

from weighbridge.legacy.cobol.cells import SLACK, Cells, with_slack
from weighbridge.legacy.cobol.column import DOUBT_CODES, Column, Doubt
from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.cobol.decode import decode_field, is_text_field, readings_of, scaled_text

__all__ = [
    "DOUBT_CODES",
    "SLACK",
    "Cells",
    "Column",
    "Conventions",
    "Doubt",
    "decode_field",
    "is_text_field",
    "readings_of",
    "scaled_text",
    "with_slack",
]
