"""One read-only look at a database: a snapshot in which the count and the rows agree."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from weighbridge.findings import Finding, Place, SourceError
from weighbridge.readers.database.place import SQLITE_MAGIC, Where

CHUNK_ROWS = 5_000
CONNECT_SECONDS = 10
_AS_TEXT = (
    "date", "timestamp", "timestamptz", "time", "timetz", "interval", "json", "jsonb", "uuid", "inet", "cidr",
    "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange",
    "int4multirange", "int8multirange", "nummultirange", "tsmultirange", "tstzmultirange", "datemultirange",
)  # fmt: skip
"""Types of PostgreSQL that are taken as it writes them: Python has no infinity, no year 10,000 and no 24:00."""


class Session(Protocol):
    """A connection with its snapshot."""

    def quoted(self, name: str) -> str:
        """Return a name as it stands in a statement."""
        ...

    def key_of(self, schema: str | None, table: str) -> list[str]:
        """Return the columns of a table's primary key, as the database declares it."""
        ...

    def rows(self, statement: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
        """Return the names of an answer's columns and its rows, read in chunks."""
        ...


@contextmanager
def session(where: Where) -> Iterator[Session]:
    """Connect, and begin a transaction that reads one state of the database.

    Raises:
        Exception: what the driver or SQLAlchemy raises; see `weighbridge.readers.database.faults`.
    """
    if where.backend == "duckdb":
        yield from _duckdb(where)
    else:
        yield from _sqlalchemy(where)


class _SqlAlchemySession:
    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._quote = connection.dialect.identifier_preparer.quote_identifier

    def quoted(self, name: str) -> str:
        return str(self._quote(name))

    def key_of(self, schema: str | None, table: str) -> list[str]:
        from sqlalchemy import inspect

        return list(inspect(self._connection).get_pk_constraint(table, schema=schema)["constrained_columns"])

    def rows(self, statement: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
        options = {"no_parameters": True, "stream_results": True, "max_row_buffer": CHUNK_ROWS}
        result = self._connection.exec_driver_sql(statement, execution_options=options)
        names = list(result.keys())
        return names, (row for chunk in result.partitions(CHUNK_ROWS) for row in chunk)


def _sqlalchemy(where: Where) -> Iterator[Session]:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    url, connect = where.url, {}
    backend = where.backend
    if backend == "postgresql":
        connect = {"connect_timeout": CONNECT_SECONDS}
    elif backend == "sqlite" and url.database:
        _require_whole(where)
        url = url.set(database=f"file:{_escaped(url.database)}", query={"mode": "ro", "uri": "true"})
    engine = create_engine(url, poolclass=NullPool, connect_args=connect)
    try:
        with engine.connect() as connection:
            if backend == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                _postgresql_habits(connection, where.timeout_seconds)
            elif backend == "sqlite":
                deadline = time.monotonic() + where.timeout_seconds
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
                driver.isolation_level = None
                driver.text_factory = _text
                connection.exec_driver_sql("BEGIN")
            yield _SqlAlchemySession(connection)
    finally:
        engine.dispose()


class Undecodable(bytes):
    """What stands in a text column of SQLite and is no text in the database's encoding."""

    __slots__ = ()


def _text(value: bytes) -> str | Undecodable:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return Undecodable(value)


def _postgresql_habits(connection: Any, timeout_seconds: int) -> None:
    from psycopg.types.string import TextLoader

    adapters = connection.connection.driver_connection.adapters
    for name in _AS_TEXT:
        adapters.register_loader(name, TextLoader)
    for setting, value in (
        ("statement_timeout", f"{timeout_seconds * 1000}"),
        ("timezone", "UTC"),
        ("datestyle", "ISO, YMD"),
        ("intervalstyle", "iso_8601"),
    ):
        connection.exec_driver_sql(f"SET LOCAL {setting} = '{value}'")


def _require_whole(where: Where) -> None:
    """Refuse a SQLite file that was cut short: SQLite itself reads the pages that are missing as empty ones.

    Source: SQLite's Database File Format, 1.3.
    """
    path = Path(where.url.database or "")
    if not path.is_file():
        return
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(SQLITE_MAGIC):
        detail = "it is no SQLite database"
    else:
        page_bytes = int.from_bytes(head[16:18], "big")
        page_bytes = 65536 if page_bytes == 1 else page_bytes
        expected = page_bytes * int.from_bytes(head[28:32], "big")
        if head[24:28] != head[92:96] or path.stat().st_size >= expected:
            return
        detail = f"{path.stat().st_size:,} bytes of {expected:,}: it was cut short"
    raise SourceError(Finding("RDR-352", Place(source=where.name), detail, fix="have the file sent again"))


def _escaped(path: str) -> str:
    from urllib.parse import quote

    return quote(path)


class _DuckDbSession:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def key_of(self, schema: str | None, table: str) -> list[str]:
        found = self._connection.execute(
            "SELECT constraint_column_names FROM duckdb_constraints() "
            "WHERE constraint_type = 'PRIMARY KEY' AND table_name = ? AND schema_name = coalesce(?, schema_name)",
            [table, schema],
        ).fetchone()
        return list(found[0]) if found else []

    def rows(self, statement: str) -> tuple[list[str], Iterator[Sequence[Any]]]:
        result = self._connection.execute(statement)
        return [column[0] for column in result.description], _chunks(result)


def _chunks(result: Any) -> Iterator[Sequence[Any]]:
    while rows := result.fetchmany(CHUNK_ROWS):
        yield from rows


def _duckdb(where: Where) -> Iterator[Session]:
    import duckdb

    with duckdb.connect(where.url.database or "", read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("BEGIN TRANSACTION")
        yield _DuckDbSession(connection)
