"""The copy in an object store: readable at any instant, equal in the end, whole when it is brought back."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.test_erase import WHO, forget, judged, mentions
from tests.support import s3
from weighbridge.cli.app import run as command
from weighbridge.findings import ArgumentError, LedgerError, PublishError, code
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.doctor import examine
from weighbridge.pipeline.output.history import find_run
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.output.mirror import mirror, restore
from weighbridge.pipeline.quarantine import kept_records
from weighbridge.pipeline.run import run
from weighbridge.review.queue import Queue
from weighbridge.sinks.remote import Remote

DRIVER = Path(__file__).with_name("mirror_and_die.py")


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, str]]:
    with s3.running() as settings:
        yield settings


@pytest.fixture
def url(server: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    return f"s3://{s3.BUCKET}/{tmp_path.name}"


def served(url: str) -> list[int]:
    """Return what anybody reads of the published table in the store, by polars' own reader."""
    options = {"aws_allow_http": "true", "aws_endpoint_url": os.environ["AWS_ENDPOINT_URL"]}
    rows = pl.scan_delta(f"{url}/published/guests/guests", storage_options=options)
    return sorted(rows.collect()["id"].to_list())


def files(folder: Path) -> dict[str, bytes]:
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {p: b for p, b in found.items() if p.split("/")[0] not in ("locks", "mirror") and "ledger.db" not in p}


def test_a_reader_of_the_store_sees_what_is_published_and_the_copy_can_be_worked_with(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    into = judged(tmp_path)
    assert command(["mirror", url, "--into", str(into)]) == 0
    assert "files copied" in capsys.readouterr().out
    assert served(url) == [1, 2, 3, 9]
    again = mirror(into, url)
    assert (again.copied, again.removed) == (1, 0)  # the ledger
    new = tmp_path / "new"
    assert command(["mirror", url, "--into", str(new), "--restore", "--json"]) == 0
    assert files(new) == files(into)
    assert audit(new, "latest").stands
    assert [f for f in examine(new).findings if str(new) in str(f.place.source)] == []
    assert kept_records(new, "latest").total == 3
    with open_ledger(new) as ledger:
        assert Queue(ledger).take_in(new, find_run(new, "latest").started) == 5
    assert command(["report", "--into", str(new), "--format", "markdown"]) == 0
    assert run(tmp_path / "guests.odcs.yaml", tmp_path / "guests.csv", into=new).state == "already_published"


def test_what_is_erased_here_is_erased_there(tmp_path: Path, url: str) -> None:
    into = judged(tmp_path)
    mirror(into, url)
    forget(into)
    done = mirror(into, url)
    assert done.removed >= 4
    assert served(url) == [1, 9]
    restore(tmp_path / "new", url)
    assert mentions(tmp_path / "new", WHO) == []
    assert audit(tmp_path / "new", "latest").stands


def test_killed_at_random_files_the_store_serves_a_whole_version_and_the_next_call_goes_on(
    tmp_path: Path, url: str
) -> None:
    into = judged(tmp_path)
    mirror(into, url)
    chance = random.Random(20261123)
    lines = "\n".join(f"{n};Eve;10001;13/02/2001;DE;" for n in range(100, 130))
    (tmp_path / "more.csv").write_text(f"id;name;zip;born;country;note\n{lines}\n")
    run(tmp_path / "guests.odcs.yaml", tmp_path / "more.csv", into=into)
    assert served(url) == [1, 2, 3, 9]
    whole = [1, 2, 3, 9, *range(100, 130)]
    for _ in range(3):
        words = [sys.executable, str(DRIVER), str(into), url, str(chance.randrange(0, 12))]
        ended = subprocess.run(words, capture_output=True, check=False)
        assert ended.returncode in (0, -9), ended.stderr
        assert served(url) in ([1, 2, 3, 9], whole)
    mirror(into, url)
    assert served(url) == whole
    restore(tmp_path / "new", url)
    assert files(tmp_path / "new") == files(into)


def test_a_place_belongs_to_one_folder_and_a_restored_folder_is_new(tmp_path: Path, url: str) -> None:
    into = judged(tmp_path)
    mirror(into, url)
    (tmp_path / "b").mkdir()
    other = judged(tmp_path / "b")
    with pytest.raises(PublishError, match="OUT-011") as refused:
        mirror(other, url)
    assert refused.value.findings[0].fix == code("OUT-011").fix
    with pytest.raises(PublishError, match="OUT-011"):
        restore(into, url)
    with pytest.raises(PublishError, match=r"OUT-011.*other objects"):
        mirror(other, url.rpartition("/")[0])
    with pytest.raises(LedgerError, match="RUN-008"):
        mirror(tmp_path / "none", url)


def test_a_store_that_is_not_there_is_told_without_the_key(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = judged(tmp_path)
    with pytest.raises(PublishError, match="OUT-012") as refused:
        mirror(into, "s3://no-such-bucket/x")
    assert refused.value.findings[0].fix == code("OUT-012").fix
    assert "PLANTED" not in str(refused.value)
    with pytest.raises(PublishError, match=r"OUT-012.*no whole copy"):
        restore(tmp_path / "new", url)
    with pytest.raises(PublishError, match="OUT-012"):
        mirror(into, "nosuchscheme://x/y")


def test_an_address_is_no_output_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    into = judged(tmp_path)
    job = [str(tmp_path / "guests.odcs.yaml"), str(tmp_path / "guests.csv")]
    monkeypatch.chdir(tmp_path)
    for words in (["run", *job], ["report"], ["audit"], ["quarantine"], ["runs"], ["doctor"], ["queue"]):
        assert command([*words, "--into", "ftp://bucket/out"]) == 2, words
        assert f"OUT-010 {code('OUT-010').title}" in capsys.readouterr().err, words
    assert not (tmp_path / "ftp:").exists()
    with pytest.raises(ArgumentError, match="OUT-010"):
        mirror(Path("s3://bucket/out"), "s3://bucket/x")
    assert command(["mirror", "file:///x", "--into", str(into), "--storage-option", "nonsense"]) == 2


def test_a_run_may_bring_its_copy_up_to_date(tmp_path: Path, url: str) -> None:
    into = judged(tmp_path)
    job = [str(tmp_path / "guests.odcs.yaml"), str(tmp_path / "guests.csv"), "--into", str(into), "--quiet"]
    assert command(["run", *job, "--mirror", url]) == 0
    assert served(url) == [1, 2, 3, 9]
    assert command(["run", *job, "--mirror", "s3://no-such-bucket/x"]) == 2


def test_a_folder_is_a_place_too(tmp_path: Path) -> None:
    into = judged(tmp_path)
    target = tmp_path / "copy"
    mirror(into, f"file://{target}")
    assert pl.scan_delta(str(target / "published/guests/guests")).collect().height == 4
    assert set(Remote(f"file://{target}", {}).files()) >= set(files(into))
