"""dBase tables."""

from weighbridge.readers.dbf.reader import DbfReader

__all__ = ["DbfReader"]
