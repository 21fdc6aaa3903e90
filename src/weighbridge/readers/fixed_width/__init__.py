"""Fixed-width text: fields at byte positions, records of one length."""

from weighbridge.readers.fixed_width.reader import FixedWidthReader

__all__ = ["FixedWidthReader"]
