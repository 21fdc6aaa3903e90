"""The ledger's migrations, oldest first. Alembic runs them; opening a current ledger does not need it."""

REVISIONS: tuple[str, ...] = ("0001", "0002", "0003", "0004")

HEAD = REVISIONS[-1]
