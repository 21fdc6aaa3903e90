"""Databases: a table or a query as an extract."""

from weighbridge.readers.database.place import SQLITE_MAGIC, is_database_url, is_duckdb
from weighbridge.readers.database.reader import DatabaseReader

__all__ = ["SQLITE_MAGIC", "DatabaseReader", "is_database_url", "is_duckdb"]
