"""Formats: from bytes to a frame of raw columns with lineage."""

from weighbridge.readers.opening import READERS, open_extract, read_record

__all__ = ["READERS", "open_extract", "read_record"]
