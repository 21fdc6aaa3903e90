"""Where a database is, and what is read from it. Its password is never part of a name."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.quick import dataclass
from weighbridge.readers.located import Located
from weighbridge.readers.options import Declared

if TYPE_CHECKING:
    from sqlalchemy import URL

DRIVERS: dict[str, str] = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "redshift": "postgresql+psycopg",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "sqlserver": "mssql+pyodbc",
    "mssql": "mssql+pyodbc",
    "oracle": "oracle+oracledb",
}
_DUCKDB_MAGIC = b"DUCK"
SQLITE_MAGIC = b"SQLite format 3\0"
_MOST_LISTED = 5
_URL = re.compile(r"^([a-z0-9]+)(?:\+[a-z0-9_]+)?://", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_OPTION = re.compile(r"pass|secret|token|key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Where:
    """A database and what is read of it.

    Attributes:
        url: how it is reached, its password included: never shown.
        table, schema: the table to read; None where a query is.
        query: the query to read.
        timeout_seconds: how long it may take to answer.
        file: the name of a database's file as it was given, where its bytes are kept elsewhere.
    """

    url: URL
    table: str | None
    schema: str | None
    query: str | None
    timeout_seconds: int
    file: str | None = None

    @property
    def backend(self) -> str:
        """The kind of database, e.g. ``"postgresql"``."""
        return self.url.get_backend_name()

    @property
    def server_name(self) -> str:
        """Where the database is, without user, password and options."""
        if self.url.host is None:
            return f"{self.backend}:{self.file or self.url.database or ''}"
        port = f":{self.url.port}" if self.url.port else ""
        return f"{self.backend}://{self.url.host}{port}/{self.url.database or ''}"

    @property
    def name(self) -> str:
        """The name that records are known by: the database and the table, or that it is a query."""
        what = "query" if self.query is not None else ".".join(p for p in (self.schema, self.table) if p)
        return f"{self.file or self.url.database}!{what}" if self.url.host is None else f"{self.server_name} {what}"

    def without_secrets(self, message: str) -> str:
        """Return a message of a driver without the password, should it repeat it."""
        secrets = [self.url.password, *(v for k, v in self.url.query.items() if _SECRET_OPTION.search(k))]
        for secret in secrets:
            for text in secret if isinstance(secret, tuple) else (secret,):
                if text:
                    message = message.replace(str(text), "•••")
        return message


def is_database_url(source: str) -> bool:
    """Return whether the name of a source is the URL of a database."""
    found = _URL.match(source)
    return bool(found) and found[1].lower() in DRIVERS  # type: ignore[index]


def where(sources: tuple[str, ...], schema: SchemaObject, server: Server | None) -> Where:
    """Return what is read from which database.

    A URL or a file given to the run goes before the contract's `recordFormat.url`, and that
    before the server's host and database. User and password that the URL lacks are
    taken by the driver from where it always takes them: PGUSER, PGPASSWORD, ~/.pgpass.

    Raises:
        SourceError: RDR-356, it is not clear; the password is not repeated.
    """
    declared = Declared(server)
    url = _url(sources, server, declared)
    file = sources[0] if sources and "://" not in sources[0] else None
    query = declared.get("query")
    table = None if query is not None else declared.get("table") or schema.physical_name
    held = str(server.connection.get("schema") or "") if server is not None else ""
    in_schema: str | None = held or None
    if table is not None and "." in table:
        first, _, rest = table.rpartition(".")
        in_schema, table = first, rest
    return Where(url, table, in_schema if query is None else None, query, declared.get("timeoutSeconds", 300), file)


def _url(sources: tuple[str, ...], server: Server | None, declared: Declared) -> URL:
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    if len(sources) > 1:
        listed = ", ".join(sources[:_MOST_LISTED])
        more = f" and {len(sources) - _MOST_LISTED} more" if len(sources) > _MOST_LISTED else ""
        fix = "give one database to each run; a member of an archive as archive::member"
        raise _unclear(f"an extract is read from one database; there are {len(sources)}: {listed}{more}", fix)
    given = sources[0] if sources else _filled(declared.get("url"))
    if given is not None and "://" not in given:
        path = given.path if isinstance(given, Located) else Path(given)
        return URL.create(_kind_of(path, given), database=str(path))
    if given is not None:
        try:
            url = make_url(given)
        except (ArgumentError, ValueError) as error:
            raise _unclear("the URL cannot be read as one") from error
        if url.drivername in DRIVERS:
            url = url.set(drivername=DRIVERS[url.drivername])
        if url.get_backend_name() not in {d.partition("+")[0] for d in DRIVERS.values()}:
            raise _unclear(f"databases of the kind {url.get_backend_name()!r} are not known")
        return url
    if server is None:
        raise _unclear("no database is named")
    kind = server.type.strip().lower()
    if kind not in DRIVERS:
        raise _unclear(f"the server's type is {server.type!r}; known are {', '.join(sorted(DRIVERS))}")
    at = server.connection
    database = at.get("database") or at.get("serviceName") or server.path
    if database is None:
        raise _unclear(f"the server {server.name} names no database")
    host = at.get("host")
    return URL.create(
        DRIVERS[kind], host=str(host) if host else None, port=_port(at.get("port")), database=str(database)
    )


def _port(port: object) -> int | None:
    return int(port) if isinstance(port, int | str) and str(port).isdigit() else None


def _filled(url: str | None) -> str | None:
    """Return the URL with `${NAME}` taken from the environment."""
    if url is None:
        return None
    missing = [name for name in _VARIABLE.findall(url) if name not in os.environ]
    if missing:
        raise _unclear(f"the environment has no {', '.join(missing)}, which the URL refers to")
    return _VARIABLE.sub(lambda m: os.environ[m[1]], url)


def _kind_of(path: Path, name: str) -> str:
    """Return the kind of database in a file: told by its bytes, else by its name."""
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(12)
        if is_duckdb(head):
            return "duckdb"
        if head.startswith(SQLITE_MAGIC[:12]):
            return "sqlite"
    return "duckdb" if Path(name).suffix.lower() == ".duckdb" else "sqlite"


def is_duckdb(head: bytes) -> bool:
    """Return whether the first bytes of a file are those of a DuckDB database."""
    return head[8:12] == _DUCKDB_MAGIC


def _unclear(why: str, fix: str = "") -> SourceError:
    return SourceError(Finding("RDR-356", Place(), why, fix=fix))
