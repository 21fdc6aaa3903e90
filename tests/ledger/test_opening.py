"""Opening a ledger: made, migrated, refused; quick when it is current."""

from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from weighbridge.findings import LedgerError
from weighbridge.ledger import Ledger
from weighbridge.ledger.engine import alembic_config, ledger_engine, open_engine, upgrade
from weighbridge.ledger.migrations import HEAD, REVISIONS
from weighbridge.ledger.new import SCRIPT, made_at_once
from weighbridge.ledger.schema import REVIEW_SEARCH, REVIEW_TEXT_INDEX, VERSION_TABLE, metadata
from weighbridge.ledger.script import script

WORDS = (REVIEW_SEARCH, REVIEW_TEXT_INDEX)
"""What serves the search for words, of a kind that SQLAlchemy has no word for."""


def test_the_named_revisions_are_those_in_the_folder() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert tuple(s.revision for s in reversed(list(scripts.walk_revisions()))) == REVISIONS
    assert scripts.get_heads() == [HEAD]


def test_migrations_make_exactly_the_tables_that_the_code_uses(where: str) -> None:
    with open_engine(where).connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": VERSION_TABLE,
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, _kind, _parents: not str(name).startswith(WORDS),
            },
        )
        assert compare_metadata(context, metadata) == []


def test_migrations_go_back_to_nothing(where: str) -> None:
    engine = open_engine(where)
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with Ledger.open(where) as ledger:
        assert ledger.runs() == []


def test_migrations_can_be_had_as_sql_for_postgresql() -> None:
    config, sql = alembic_config(), io.StringIO()
    config.output_buffer = sql
    config.attributes["dialect"] = "postgresql"
    with redirect_stdout(sql):
        command.upgrade(config, "head", sql=True)
    assert "CREATE TABLE review_items" in sql.getvalue()
    assert "TIMESTAMP WITH TIME ZONE NOT NULL" in sql.getvalue()


def test_a_ledger_of_a_newer_version_is_refused(where: str) -> None:
    from sqlalchemy import text

    with open_engine(where).begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(LedgerError, match=r"LED-002.*9999") as refused:
        Ledger.open(where)
    assert refused.value.findings[0].fix.startswith("upgrade Weighbridge")


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.db").write_bytes(content)
    with pytest.raises(LedgerError, match="LED-003") as refused:
        Ledger.open(tmp_path / "ledger.db")
    assert refused.value.findings[0].fix.startswith("restore it from a backup")
    assert (tmp_path / "ledger.db").read_bytes() == content


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE runs (id)")
    with pytest.raises(LedgerError, match=r"LED-003.*other tables named runs"):
        Ledger.open(tmp_path / "other.db")


def test_what_is_no_file_or_no_url_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path, tmp_path / "file" / "ledger.db", "nonesuch://", "postgresql+nonesuch://x/y", "://"):
        with pytest.raises(LedgerError, match="LED-001") as refused:
            Ledger.open(place)
        assert refused.value.findings[0].fix.startswith("check the ledger's path or URL")


def test_a_password_is_never_told() -> None:
    with pytest.raises(LedgerError, match="LED-001") as refused:
        Ledger.open("postgresql+nonesuch://me:secret@127.0.0.1/db")
    assert "secret" not in str(refused.value)


def test_folders_are_made_and_odd_names_are_taken(tmp_path: Path) -> None:
    place = tmp_path / "a b" / "100% ü?#.db"
    Ledger.open(place).close()
    assert place.is_file()
    Ledger.open(place).close()


def test_a_ledger_in_memory_lasts_as_long_as_it_is_open() -> None:
    with Ledger.open("sqlite://") as ledger:
        assert ledger.runs() == []


def test_a_current_ledger_opens_without_alembic(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger.db").close()
    script = (
        "import sys; from weighbridge.ledger import Ledger; Ledger.open(sys.argv[1]).runs(); "
        "print(sorted({'alembic', 'polars', 'deltalake', 'mako'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "ledger.db")], capture_output=True, text=True, check=True
    )
    assert told.stdout == "[]\n"


def test_a_new_ledger_is_made_at_once_as_the_migrations_would_make_it(tmp_path: Path) -> None:
    """After a new migration: python -m weighbridge.ledger.script > src/weighbridge/ledger/new.sql"""
    everything = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
    told = []
    for name, make in (("migrated", upgrade), ("new", made_at_once)):
        engine, _ = ledger_engine(tmp_path / name)
        with engine.begin() as connection:
            assert make(connection) is not False
        with engine.begin() as connection:
            version = connection.exec_driver_sql(f"SELECT * FROM {VERSION_TABLE}").all()
            told.append((connection.exec_driver_sql(everything).all(), version, script(connection)))
    assert told[0] == told[1]
    assert told[0][2] == SCRIPT.read_text()


def test_a_new_ledger_opens_without_alembic(tmp_path: Path) -> None:
    script = (
        "import sys; from weighbridge.ledger import Ledger; Ledger.open(sys.argv[1]); print('alembic' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "ledger.db")], capture_output=True, text=True, check=True
    )
    assert told.stdout == "False\n"


def test_a_refused_write_is_a_finding(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("DROP TABLE review_items")
        connection.execute("DROP TABLE runs")
    with pytest.raises(LedgerError, match="LED-004") as refused:
        ledger.mark("x", "held")
    assert "another process holds the ledger" in refused.value.findings[0].fix
