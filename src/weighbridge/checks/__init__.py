"""Assertions on rows and on extracts, lowered to probes."""
