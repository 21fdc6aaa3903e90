"""Formats: from bytes to a frame of raw columns with lineage."""

from weighbridge.readers.content import read_record
from weighbridge.readers.opening import READERS, open_extract

__all__ = ["READERS", "open_extract", "read_record"]
