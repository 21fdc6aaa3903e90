"""Delimited text: fields between delimiters, quoted or not, a record a line or more."""

from weighbridge.readers.delimited.reader import DelimitedReader

__all__ = ["DelimitedReader"]
