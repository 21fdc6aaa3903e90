"""Databases: a table or a query as an extract."""

from weighbridge.readers.database.place import is_database_url
from weighbridge.readers.database.reader import DatabaseReader

__all__ = ["DatabaseReader", "is_database_url"]
