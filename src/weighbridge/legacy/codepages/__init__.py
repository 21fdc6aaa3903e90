"""EBCDIC code pages: bytes to characters and back, single-byte and shifted double-byte. Pure."""

from weighbridge.legacy.codepages.page import (
    SHIFT_IN,
    SHIFT_OUT,
    UNDEFINED,
    CodePage,
    UnknownPageError,
    page_from_table,
    page_named,
    page_names,
)

__all__ = [
    "SHIFT_IN",
    "SHIFT_OUT",
    "UNDEFINED",
    "CodePage",
    "UnknownPageError",
    "page_from_table",
    "page_named",
    "page_names",
]
