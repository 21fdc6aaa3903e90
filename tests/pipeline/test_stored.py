"""An output folder in an object store: any host goes on with it, one at a time; a kill at any object harms nothing."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.test_erase import WHO, is_healthy, judged, mentions
from tests.support import s3
from weighbridge import load_contract
from weighbridge.cli.app import run as command
from weighbridge.findings import ArgumentError, LedgerError, PublishError, code
from weighbridge.ledger import RunState
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.output.ledgers import LEDGER_VARIABLE, open_ledger
from weighbridge.pipeline.output.stored import HOME_VARIABLE, opened, working_folder
from weighbridge.pipeline.run import run
from weighbridge.sinks.store import Store

DRIVER = Path(__file__).with_name("stored_and_die.py")
MORE = [*range(100, 105)]
OLD, WHOLE = [1, 2, 3, 9], [1, 2, 3, 9, *MORE]


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, str]]:
    with s3.running() as settings:
        yield settings


class Hosts:
    """Hosts with a working folder each; the environment is that of one of them."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch) -> None:
        self._folder, self._environment = folder, environment

    def go_to(self, name: str) -> None:
        self._environment.setenv(HOME_VARIABLE, str(self._folder / "hosts" / name))


@pytest.fixture
def hosts(server: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hosts:
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    hosts = Hosts(tmp_path, monkeypatch)
    hosts.go_to("one")
    return hosts


@pytest.fixture
def url(hosts: Hosts, tmp_path: Path) -> str:
    return f"s3://{s3.BUCKET}/{tmp_path.name}"


@pytest.fixture
def job(tmp_path: Path) -> list[str]:
    """The words that name the contract and its extract; another folder was filled from the same."""
    judged(tmp_path)
    return [str(tmp_path / "guests.odcs.yaml"), str(tmp_path / "guests.csv")]


def served(url: str) -> list[int]:
    """Return what anybody reads of the published table in the store, by polars' own reader."""
    options = {"aws_allow_http": "true", "aws_endpoint_url": os.environ["AWS_ENDPOINT_URL"]}
    rows = pl.scan_delta(f"{url}/published/guests/guests", storage_options=options)
    return sorted(rows.collect()["id"].to_list())


def more(folder: Path) -> Path:
    lines = "\n".join(f"{n};Eve;10001;13/02/2001;DE;" for n in MORE)
    (folder / "more.csv").write_text(f"id;name;zip;born;country;note\n{lines}\n")
    return folder / "more.csv"


def published_extracts(into: Path) -> list[str | None]:
    with open_ledger(into) as ledger:
        return [r.extract_id for r in ledger.runs(limit=100) if r.state is RunState.PUBLISHED]


def assert_settled(url: str, folder: Path) -> None:
    """Both extracts are published once; folder, store, tables and ledger say the same."""
    assert served(url) == WHOLE
    with opened(url, writes=False) as home:
        assert len(published_extracts(home)) == len(set(published_extracts(home))) == 2
        assert is_healthy(home)
        for name in published_runs(home):
            assert audit(home, name).stands
    there = {p for p in Store(url, {}).files() if p not in ("weighbridge.json",)}
    assert {p for p in there if p.startswith(".pending")} == set()
    here = {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()}
    assert here - there <= {"store.json", *(p for p in here if p.startswith(("locks/", "ledger.db-")))}
    assert there <= here


def published_runs(into: Path) -> list[str]:
    with open_ledger(into) as ledger:
        return [r.id for r in ledger.runs(limit=100) if r.state is RunState.PUBLISHED]


def test_every_host_runs_into_the_store_and_reads_what_others_ran(
    url: str, hosts: Hosts, job: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(["run", *job, "--into", url, "--quiet"]) == 0
    assert served(url) == OLD
    hosts.go_to("two")
    assert command(["runs", f"--into={url}"]) == 0
    assert f"of {url} to" in capsys.readouterr().err
    assert command(["run", *job, "--into", url]) == 0
    assert "ALREADY PUBLISHED" in capsys.readouterr().out
    assert command(["run", job[0], str(more(tmp_path)), "--into", url, "--quiet"]) == 0
    hosts.go_to("one")
    for words in (["audit", "latest"], ["quarantine", "latest"], ["report"], ["runs"], ["repairs"], ["queue"]):
        assert command([*words, "--into", url]) == 0, words
    pin = ["baseline", "pin", "latest", "--by", "A", "--why", "B"]
    for words in (["site"], ["queue"], ["alerts", "list"], ["doctor", "--fix"], pin, ["retain"], ["replay", "--list"]):
        assert command([*words, "--into", url, "--json"]) in (0, 1), words
    assert "site/index.html" in Store(url, {}).files()
    assert command(["profile", "--run", "latest", "--into", url, "--json"]) == 0
    assert any(p.startswith("baselines/") for p in Store(url, {}).files())
    assert_settled(url, tmp_path)
    assert working_folder(url).stat().st_mode & 0o077 == 0  # it holds what the store holds


def test_from_python_an_address_and_its_storage_options_stand_for_a_folder(
    url: str, job: list[str], server: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in server:
        monkeypatch.delenv(name)
    options = {
        "aws_access_key_id": server["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": server["AWS_SECRET_ACCESS_KEY"],
        "aws_region": "us-east-1",
        "aws_endpoint_url": server["AWS_ENDPOINT_URL"],
        "aws_allow_http": "true",
    }
    contract = load_contract(job[0])
    assert contract.run(job[1], into=url, storage_options=options).state == "published"
    assert contract.published(into=url, storage_options=options).collect().height == 4
    assert contract.check(job[1], into=url, storage_options=options).records == 9
    words = [w for name, value in options.items() for w in ("--storage-option", f"{name}={value}")]
    assert command(["report", "--into", url, *words, "--json"]) == 0
    assert command(["report", "--into", url, "--storage-option", "nonsense"]) == 2


def test_killed_at_any_object_the_store_serves_a_whole_version_and_any_host_goes_on(
    url: str, hosts: Hosts, job: list[str], tmp_path: Path
) -> None:
    first, second = tmp_path / "out", tmp_path / "second"
    shutil.copytree(first, second)
    run(job[0], more(tmp_path), into=second)
    drive = [sys.executable, str(DRIVER)]
    subprocess.run([*drive, f"{url}/count", str(first)], check=True)
    told = subprocess.run([*drive, f"{url}/count", str(second)], check=True, capture_output=True, text=True)
    writes = int(told.stdout)
    assert writes > 30
    chance = random.Random(20261123)
    for nth in sorted({0, 1, writes - 1, *chance.sample(range(2, writes - 1), 3)}):
        place = f"{url}/{nth}"
        hosts.go_to(f"one-{nth}")
        with opened(place, writes=True) as home:
            shutil.copytree(first, home, dirs_exist_ok=True)
        assert served(place) == OLD
        died = subprocess.run([*drive, place, str(second), str(nth)], check=False, capture_output=True)
        assert died.returncode == -9, died.stderr
        assert served(place) in (OLD, WHOLE), nth
        hosts.go_to(f"{'one' if nth % 2 else 'two'}-{nth}")
        with opened(place, writes=True) as home:
            run(job[0], tmp_path / "more.csv", into=home)
        assert_settled(place, tmp_path)


def test_who_was_slow_and_lost_its_place_shows_nothing_and_begins_anew(
    url: str, hosts: Hosts, job: list[str], tmp_path: Path
) -> None:
    more(tmp_path)
    with opened(url, writes=True) as home:
        run(*job, into=home)
    with pytest.raises(PublishError, match="OUT-014") as lost, opened(url, writes=True, lease_seconds=-1) as home:
        run(job[0], tmp_path / "more.csv", into=home)
        hosts.go_to("two")
        with opened(url, writes=True) as other:
            run(job[0], tmp_path / "more.csv", into=other)
    assert lost.value.findings[0].fix == code("OUT-014").fix
    hosts.go_to("one")
    mine = published_runs(working_folder(url))
    assert_settled(url, tmp_path)
    assert published_runs(working_folder(url)) != mine


def test_one_host_at_a_time(url: str, hosts: Hosts, job: list[str], tmp_path: Path) -> None:
    said: list[str] = []
    with opened(url, writes=True) as home:
        run(*job, into=home)
        hosts.go_to("two")
        with pytest.raises(PublishError, match=r"OUT-013.*process \d+ on ") as busy, \
                opened(url, writes=True, wait_seconds=0, say=said.append):  # fmt: skip
            raise AssertionError
        assert busy.value.findings[0].fix == code("OUT-013").fix
    assert "waiting for process" in said[0]
    with opened(url, writes=True, wait_seconds=0) as home:
        run(job[0], more(tmp_path), into=home)
    assert_settled(url, tmp_path)


def test_a_lease_is_renewed_while_its_holder_lives(url: str, hosts: Hosts, job: list[str]) -> None:
    with opened(url, writes=True, lease_seconds=1.0) as home:
        run(*job, into=home)
        hosts.go_to("two")
        time.sleep(1.5)
        with pytest.raises(PublishError, match="OUT-013"), opened(url, writes=True, wait_seconds=0):
            raise AssertionError
    assert served(url) == OLD


def test_many_at_once_wait_for_each_other(url: str, hosts: Hosts, job: list[str], tmp_path: Path) -> None:
    paths = []
    for n in range(3):
        paths.append(tmp_path / f"part{n}.csv")
        paths[n].write_text(f"id;name;zip;born;country;note\n{n + 200};Eve;10001;13/02/2001;DE;\n")
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda p=p: codes.append(command(["run", job[0], str(p), "--into", url, "--quiet"])))  # type: ignore[misc]
        for p in paths
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (codes, served(url)) == ([0, 0, 0], [200, 201, 202])


def test_who_is_erased_is_gone_from_the_store_and_from_a_host_that_looks_again(
    url: str, hosts: Hosts, job: list[str], tmp_path: Path
) -> None:
    assert command(["run", *job, "--into", url, "--quiet"]) == 0
    hosts.go_to("two")
    assert command(["runs", "--into", url, "--json"]) == 0
    where = ["--contract", "guests", "--subject", f"name={WHO}", "--by", "Ada", "--why", "asked", "--yes"]
    assert command(["erase", *where, "--into", url, "--json"]) == 0
    assert served(url) == [1, 9]
    hosts.go_to("one")
    assert command(["runs", "--into", url, "--json"]) == 0
    assert mentions(working_folder(url), WHO) == []
    hosts.go_to("three")
    assert command(["audit", "latest", "--into", url]) == 0
    assert mentions(working_folder(url), WHO) == []


def test_a_run_that_cannot_be_made_leaves_the_store_free(
    url: str, hosts: Hosts, job: list[str], tmp_path: Path
) -> None:
    assert command(["run", job[0], str(tmp_path / "none.csv"), "--into", url]) == 2
    hosts.go_to("two")
    with opened(url, writes=True, wait_seconds=0) as home:
        run(*job, into=home)
    assert served(url) == OLD


def test_a_place_that_is_taken_or_gone_or_written_by_others_is_refused(
    url: str, hosts: Hosts, job: list[str], tmp_path: Path
) -> None:
    assert command(["mirror", f"{url}/copy", "--into", str(tmp_path / "out")]) == 0
    with pytest.raises(PublishError, match="OUT-011") as taken, opened(f"{url}/copy", writes=True):
        raise AssertionError
    assert taken.value.findings[0].fix == code("OUT-011").fix
    place = f"{url}/own"
    assert command(["run", *job, "--into", place, "--quiet"]) == 0
    store = Store(place, {})
    entry = "published/guests/guests/_delta_log/00000000000000000009.json"
    (tmp_path / "alien.json").write_text("{}")
    store.put({entry: tmp_path / "alien.json"})
    with pytest.raises(PublishError, match=r"OUT-014.*another program"), opened(place, writes=True) as home:
        run(job[0], more(tmp_path), into=home)
    store.remove(store.files())
    with pytest.raises(PublishError, match=r"OUT-012.*is gone"), opened(place, writes=True):
        raise AssertionError
    with pytest.raises(LedgerError, match="RUN-008"), opened(place, writes=False):
        raise AssertionError


def test_what_is_not_safe_is_refused(
    url: str, job: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["review", "serve"], ["mirror", f"{url}/copy"]):
        assert command([*words, "--into", url]) == 2
        assert f"OUT-010 {code('OUT-010').title}" in capsys.readouterr().err
    for address in ("file:///tmp/x", "https://example.org/x"):
        assert command(["run", *job, "--into", address]) == 2
        assert f"OUT-010 {code('OUT-010').title}" in capsys.readouterr().err
    with pytest.raises(ArgumentError, match="OUT-010"):
        Store("s3://", {})
    assert command(["run", *job, "--into", "s3://PLANTEDUSER:PLANTEDWORD@bucket/x"]) == 2
    assert "PLANTED" not in capsys.readouterr().err
    monkeypatch.setenv(LEDGER_VARIABLE, "postgresql://db/x")
    assert command(["run", *job, "--into", url]) == 2
    assert f"unset {LEDGER_VARIABLE}" in capsys.readouterr().err


def test_a_store_that_is_not_there_is_told_without_the_key(
    hosts: Hosts, job: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--storage-option", "aws_secret_access_key=PLANTEDOTHERKEY"]
    assert command(["run", *job, "--into", "s3://no-such-bucket/x", *options]) == 2
    told = capsys.readouterr().err
    assert "OUT-012" in told
    assert "PLANTED" not in told
