"""JSON: one object a line, one array of objects, or objects one after the other."""

from weighbridge.readers.json_lines.reader import JsonLinesReader, JsonReader

__all__ = ["JsonLinesReader", "JsonReader"]
