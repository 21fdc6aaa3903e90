"""XML: the repeated elements of a document as records."""

from weighbridge.readers.xml.reader import XmlReader

__all__ = ["XmlReader"]
