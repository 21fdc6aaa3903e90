"""Doctor: is everything as it should be, here and in an output folder; and if not, what, where, and the fix."""

from weighbridge.pipeline.doctor.examine import Health, examine

__all__ = ["Health", "examine"]
