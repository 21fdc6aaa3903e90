"""The ledger of an output folder in a team's PostgreSQL: the same runs, and nobody else's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.postgres import Server
from weighbridge.cli.app import run
from weighbridge.findings import LedgerError
from weighbridge.ledger import Ledger
from weighbridge.pipeline.output.ledgers import ledger_at, open_ledger

CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: people
name: People
version: 1.0.0
status: active
schema:
  - name: people
    properties:
      - {name: id, logicalType: integer, primaryKey: true, required: true}
      - {name: name, logicalType: string}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "c.yaml").write_text(CONTRACT)
    for number in range(4):
        (tmp_path / f"{number}.csv").write_text(f"id,name\n{number},a\n{number + 10},b\nx,c\n")
    return tmp_path


def test_runs_at_once_enter_one_database_and_each_is_published_once(here: Path, postgres_server: Server) -> None:
    url = postgres_server.url()
    arguments = [str(here / "c.yaml"), "--into", str(here / "out"), "--ledger", url, "--quiet"]
    command = [sys.executable, "-m", "weighbridge", "run", *arguments]
    started = [
        subprocess.Popen([*command, str(here / f"{n % 4}.csv")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for n in range(6)
    ]
    told = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0] * 6, b"\n".join(told).decode()
    assert not (here / "out" / "ledger.db").exists()
    with Ledger.open(url) as ledger:
        states = sorted(r.state.value for r in ledger.runs())
    assert states == ["already_published"] * 2 + ["published"] * 4


def test_the_other_verbs_find_the_ledger_and_the_password_is_kept_nowhere(
    here: Path, postgres_server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, into = postgres_server.url(), ["--into", str(here / "out")]
    monkeypatch.setenv("WEIGHBRIDGE_LEDGER", url)
    assert run(["run", str(here / "c.yaml"), str(here / "0.csv"), *into]) == 0
    monkeypatch.delenv("WEIGHBRIDGE_LEDGER")
    monkeypatch.setenv("PGUSER", "weighbridge")
    monkeypatch.setenv("PGPASSWORD", "correct horse battery")
    for verb in (["runs"], ["quarantine"], ["report"], ["audit"]):
        assert run([*verb, *into, "--json"]) == 0
    said = capsys.readouterr()
    assert "correct horse" not in said.out + said.err
    held = [p.read_bytes() for p in (here / "out").rglob("*") if p.is_file()]
    assert not any(b"correct" in content and b"horse" in content for content in held)


def test_a_ledger_of_another_folder_is_refused(here: Path, postgres_server: Server) -> None:
    url = postgres_server.url()
    assert run(["run", str(here / "c.yaml"), str(here / "0.csv"), "--into", str(here / "a"), "--ledger", url]) == 0
    assert run(["run", str(here / "c.yaml"), str(here / "0.csv"), "--into", str(here / "b"), "--ledger", url]) == 2
    assert run(["run", str(here / "c.yaml"), str(here / "0.csv"), "--into", str(here / "c")]) == 0
    for folder, given in (("b", url), ("c", postgres_server.url()), ("a", postgres_server.url())):
        with ledger_at(given), pytest.raises(LedgerError, match="LED-007") as refused:
            open_ledger(here / folder)
        assert refused.value.findings[0].fix.startswith("give each output folder a ledger of its own")
        assert "horse" not in str(refused.value)
    assert "WEIGHBRIDGE_LEDGER" not in os.environ


def test_what_cannot_be_reached_is_a_finding(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = "postgresql+psycopg://me:sesame@127.0.0.1:1/x"
    assert run(["run", str(here / "c.yaml"), str(here / "0.csv"), "--into", str(here / "a"), "--ledger", url]) == 2
    said = capsys.readouterr().err
    assert said.startswith("LED-001")
    assert "sesame" not in said
