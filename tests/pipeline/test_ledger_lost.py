"""The ledger goes away, or refuses, while a run works: nothing is half published, and the next run ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pipeline.test_erase import is_healthy, judged, published
from tests.support.postgres import Server
from weighbridge.findings import LedgerError, code
from weighbridge.ledger import RunState
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.output.ledgers import LEDGER_VARIABLE, open_ledger
from weighbridge.pipeline.run import run

STAGES = ("opening", "weighing", "writing the receipt", "committing quarantine", "committing published",
          "writing the report", "closing the ledger")  # fmt: skip


@dataclass
class At:
    """A watcher that does something when a stage begins."""

    wanted: tuple[str, ...]
    do: Callable[[], None]
    done: int = 0

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        if name in self.wanted:
            self.done += 1
            self.do()

    def advance(self, count_bytes: int) -> None:
        pass


@dataclass
class Database:
    """A ledger's database that can be cut off."""

    server: Server
    url: str

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def cut(self) -> None:
        """End every connection to it."""
        self.server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")

    def close(self) -> None:
        self.server.execute(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS false')
        self.cut()

    def open(self) -> None:
        self.server.execute(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS true')

    def freeze(self) -> None:
        self.server.execute(f'ALTER DATABASE "{self.name}" SET default_transaction_read_only = on')
        self.cut()

    def thaw(self) -> None:
        self.server.execute(f'ALTER DATABASE "{self.name}" RESET default_transaction_read_only')
        self.cut()


@pytest.fixture
def database(postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> Database:
    database = Database(postgres_server, postgres_server.url())
    monkeypatch.setenv(LEDGER_VARIABLE, database.url)
    return database


def more(folder: Path) -> tuple[Path, Path]:
    source = folder / "more.csv"
    source.write_text("id;name;zip;born;country;note\n100;Eve;10001;13/02/2001;DE;\n101;Eve;1;13/02/2001;GER;\n")
    return folder / "guests.odcs.yaml", source


def assert_published_once(into: Path) -> None:
    assert published(into) == [1, 2, 3, 9, 100]
    with open_ledger(into) as ledger:
        done = [r for r in ledger.runs(limit=100) if r.state is RunState.PUBLISHED]
        assert ledger.unfinished() == []
    assert len({r.extract_id for r in done}) == len(done) == 2
    assert is_healthy(into)
    assert all(audit(into, r.id).stands for r in done)


def test_connections_that_are_cut_are_made_anew(tmp_path: Path, database: Database) -> None:
    into = judged(tmp_path)
    watcher = At(STAGES, database.cut)
    assert run(*more(tmp_path), into=into, watcher=watcher).state == "published"
    assert watcher.done >= len(STAGES)
    assert_published_once(into)


@pytest.mark.parametrize(
    ("harm", "stage"),
    [
        *(("closed", s) for s in STAGES if s not in ("writing the receipt", "writing the report")),
        ("read-only", "committing published"),
    ],
)
def test_a_run_that_loses_its_ledger_says_so_and_the_next_one_ends_it(
    stage: str, harm: str, tmp_path: Path, database: Database
) -> None:
    into = judged(tmp_path)
    watcher = At((stage,), database.close if harm == "closed" else database.freeze)
    with pytest.raises(LedgerError) as lost:
        run(*more(tmp_path), into=into, watcher=watcher)
    finding = lost.value.findings[0]
    wanted = "LED-001" if stage == "opening" else "LED-004"
    assert (finding.code, finding.fix) == (wanted, code(wanted).fix)
    assert "horse" not in str(lost.value)
    assert published(into) in ([1, 2, 3, 9], [1, 2, 3, 9, 100])
    (database.open if harm == "closed" else database.thaw)()
    run(*more(tmp_path), into=into)
    assert_published_once(into)
