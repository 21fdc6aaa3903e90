"""Benchmarks of whole jobs, against a bare Polars plan in the same run. Never part of the tests."""
