"""What sources come in: archives, folders, patterns of names, object storage."""

from weighbridge.readers.containers.gathering import Gathered, gather

__all__ = ["Gathered", "gather"]
