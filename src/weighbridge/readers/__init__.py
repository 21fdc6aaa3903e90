"""Formats: from bytes to a frame of raw columns with lineage."""

from weighbridge.readers.formats import FORMATS
from weighbridge.readers.opening import open_extract, read_record

__all__ = ["FORMATS", "open_extract", "read_record"]
