"""Figures of every column, from the same pass."""
