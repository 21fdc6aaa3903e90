"""Opening the ledger's database: the connection's habits, and migrating forward."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError as UrlError
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool, StaticPool

from weighbridge.findings import Finding, LedgerError, Place
from weighbridge.ledger.migrations import HEAD, REVISIONS
from weighbridge.ledger.new import made_at_once
from weighbridge.ledger.schema import VERSION_TABLE, metadata

BUSY_TIMEOUT_MS = 30_000
READS = {"weighbridge_reads": True}
_COMPILED: dict[Any, Any] = {}
"""Statements as text, of every engine: a worker opens a ledger for each extract, and always asks the same."""
_MIGRATION_LOCK = 0x57454947  # "WEIG": the advisory lock of PostgreSQL under which one process migrates


def open_engine(url_or_path: str | Path) -> Engine:
    """Return an engine on a ledger of the current version, made or migrated if need be.

    Args:
        url_or_path: a SQLAlchemy URL (``postgresql+psycopg://…``), or the path of a SQLite file.

    Raises:
        LedgerError: LED-001, LED-002 or LED-003.
    """
    engine, place = ledger_engine(url_or_path)
    try:
        with engine.connect().execution_options(**READS) as connection:
            revision = revision_of(connection)
        if revision != HEAD:
            _migrate(engine, place)
    except (OperationalError, UrlError, ImportError, OSError) as error:
        raise LedgerError(Finding("LED-001", place, reason(error))) from error
    except DatabaseError as error:
        raise LedgerError(Finding("LED-003", place, reason(error))) from error
    return engine


def ledger_engine(url_or_path: str | Path) -> tuple[Engine, Place]:
    """Return an engine on the database, which is not connected to yet, and how the place is called in findings.

    Raises:
        LedgerError: LED-001, it is no URL, or its driver is not installed.
    """
    url = _url(url_or_path)
    place = Place(source=url.database if url.drivername.startswith("sqlite") else url.render_as_string())
    try:
        return _engine(url).execution_options(compiled_cache=_COMPILED), place
    except (UrlError, ImportError) as error:
        raise LedgerError(Finding("LED-001", place, reason(error))) from error


def _url(url_or_path: str | Path) -> URL:
    if isinstance(url_or_path, str) and "://" in url_or_path:
        try:
            return make_url(url_or_path)
        except UrlError as error:
            raise LedgerError(Finding("LED-001", detail="it is not the URL of a database")) from error
    path = Path(url_or_path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(Finding("LED-001", Place(source=str(path)), error.strerror or str(error))) from error
    return URL.create("sqlite", database=str(path))


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, connect_args=_patience(url))
    in_memory = url.database in (None, "", ":memory:")
    engine = create_engine(url, poolclass=StaticPool if in_memory else NullPool)
    event.listen(engine, "connect", _sqlite_habits)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _patience(url: URL) -> dict[str, Any]:
    """Return how long libpq waits for a host that does not answer, where the URL does not say: not for minutes."""
    if url.get_backend_name() != "postgresql":
        return {}
    said = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    return {name: value for name, value in said.items() if name not in url.query}


def _sqlite_habits(connection: Any, _record: Any) -> None:
    """Transactions are begun by us; readers do not wait for writers; writers wait for each other."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys=ON")
    if connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
        _to_wal(connection)


def _to_wal(connection: Any) -> None:
    """Switch to write-ahead logging; SQLite does not wait for others here, so this does."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except connection.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _sqlite_begin(connection: Connection) -> None:
    """A transaction that will write takes the write lock at once, so that it never fails half-way."""
    reads = connection.get_execution_options().get("weighbridge_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def revision_of(connection: Connection) -> str | None:
    """Return the version of the ledger in a database; None when there is none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()


def _migrate(engine: Engine, place: Place) -> None:
    """Bring the ledger to `HEAD` in one transaction; of several processes one does it, the others wait."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        revision = revision_of(connection)
        if revision == HEAD:
            return
        if revision is not None and revision not in REVISIONS:
            raise LedgerError(Finding("LED-002", place, f"version {revision}; this Weighbridge knows {HEAD}"))
        if revision is None and (taken := set(inspect(connection).get_table_names()) & set(metadata.tables)):
            raise LedgerError(Finding("LED-003", place, f"it has other tables named {', '.join(sorted(taken))}"))
        if revision is not None or not made_at_once(connection):
            upgrade(connection)


def upgrade(connection: Connection) -> None:
    """Run the migrations that a database has not had, within its transaction."""
    from alembic import command

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def alembic_config() -> Any:
    """Return Alembic's configuration of the packaged migrations, for `alembic.command`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


@contextmanager
def ledger_errors() -> Iterator[None]:
    """Turn what the database refuses inside the block into LedgerError LED-004."""
    try:
        yield
    except SQLAlchemyError as error:
        raise LedgerError(Finding("LED-004", detail=reason(error))) from error


def reason(error: BaseException) -> str:
    """Return the first line of what the database itself said."""
    original = getattr(error, "orig", None) or error
    return next(iter(str(original).splitlines()), type(original).__name__)[:300]
