"""Looking at a ledger without changing it: is it there, of which version, is it whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import ArgumentError as UrlError
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from weighbridge.findings import Finding, LedgerError
from weighbridge.ledger.engine import READS, ledger_engine, reason, revision_of
from weighbridge.ledger.migrations import HEAD, REVISIONS


@dataclass(frozen=True, slots=True)
class Condition:
    """How a ledger is.

    Attributes:
        place: its file, or its URL without the password.
        revision: its version; None when the database has no ledger yet.
        faults: what the database itself finds wrong with its file, in words; PostgreSQL says nothing here.
    """

    place: str
    revision: str | None
    faults: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        """Whether it is of the version that this Weighbridge writes."""
        return self.revision == HEAD

    @property
    def is_newer(self) -> bool:
        """Whether a newer Weighbridge wrote it."""
        return self.revision is not None and self.revision not in REVISIONS


def look(url_or_path: str | Path) -> Condition:
    """Return how the ledger is; nothing is made or migrated.

    Args:
        url_or_path: as in `Ledger.open`.

    Raises:
        LedgerError: LED-001, it cannot be reached; LED-003, it is no ledger or too damaged to be opened.
    """
    engine, place = ledger_engine(url_or_path)
    try:
        with engine.connect().execution_options(**READS) as connection:
            revision = revision_of(connection)
            faults: tuple[str, ...] = ()
            if connection.dialect.name == "sqlite":
                told = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(5)"))]
                faults = () if told == ["ok"] else tuple(" ".join(t.split())[:200] for t in told)
        return Condition(place.source or "", revision, faults)
    except (OperationalError, UrlError, ImportError, OSError) as error:
        raise LedgerError(Finding("LED-001", place, reason(error))) from error
    except DatabaseError as error:
        raise LedgerError(Finding("LED-003", place, reason(error))) from error
    except SQLAlchemyError as error:
        raise LedgerError(Finding("LED-004", place, reason(error))) from error
    finally:
        engine.dispose()
