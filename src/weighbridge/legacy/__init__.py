"""Conventions of old systems, as pure rules over Polars expressions; no I/O."""
