"""Formats: from bytes to a frame of raw columns with lineage."""
