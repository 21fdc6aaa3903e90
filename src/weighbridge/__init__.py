"""Weighbridge: every operational extract is weighed and inspected before it reaches a model."""

__version__ = "0.1.0"
