"""Sections, one model, three renderings."""
