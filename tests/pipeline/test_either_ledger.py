"""One life of an output folder, with either database for its ledger: every verb says the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.test_erase import WHO, judged
from tests.support.postgres import Server
from weighbridge.cli.app import run as command
from weighbridge.pipeline.output.ledgers import LEDGER_VARIABLE, open_ledger
from weighbridge.review.accounts import Accounts

BY = ["--by", "Ada", "--why", "as the sender says"]
VOLATILE = re.compile(
    r"\d{8}T\d{9}Z-[0-9a-f]{10}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(Z|\+00:00)?|[0-9a-f]{8,64}"
    r'|"(id|item)": \d+'  # PostgreSQL leaves numbers out where an entry was there already
    r'|"(seconds|[a-z_]*seconds|bytes|copied_bytes|size_bytes|pid|free)": [\d.]+|\d+(\.\d+)? (MB|MiB|seconds?)'
)


def life(folder: Path, newer: Path) -> Iterator[list[str]]:
    into = ["--into", str(folder / "out")]
    job = [str(folder / "guests.odcs.yaml"), str(folder / "guests.csv"), *into]
    yield ["run", *job]
    yield ["baseline", "pin", "latest", *into, *BY]
    yield ["baseline", *into]
    yield ["alerts", "list", "--all", *into]
    yield ["queue", *into]
    yield ["queue", "--state", "all", *into]
    yield ["queue", "--text", "mill", "--state", "all", *into]
    yield ["queue", "--code", "CHK-004", *into]
    yield ["queue", "show", "1", *into]
    yield ["queue", "accept", "--property", "born", "--reading", "1", *BY, *into]
    yield ["queue", "return", "--code", "RDR-010", *BY, *into]
    yield ["queue", "export", "--to", str(folder / "back"), *into]
    yield ["replay", "--dry-run", *into]
    yield ["replay", "--by", "Ada", *into]
    yield ["replay", "--contract", str(newer), "--by", "Ada", *into]
    yield ["replay", "--list", *into]
    yield ["repairs", "undo", "latest", "--property", "zip", *BY, *into]
    yield ["repairs", "redo", "latest", "--property", "zip", *BY, *into]
    yield ["repairs", "latest", *into]
    yield ["run", *job, "--again"]
    yield ["queue", "--state", "all", *into]
    yield ["diff", str(folder / "guests.odcs.yaml"), str(newer), *into]
    yield ["quarantine", "latest", *into]
    yield ["audit", "latest", *into]
    yield ["retain", "--dry-run", *into]
    yield ["erase", "--contract", "guests", "--subject", f"name={WHO}", *into]
    yield ["erase", "--contract", "guests", "--subject", f"name={WHO}", *BY, "--yes", *into]
    yield ["retain", *into]
    yield ["alerts", "send", *into]
    yield ["site", *into]
    yield ["runs", *into]
    yield ["audit", "latest", *into]
    yield ["profile", "--run", "latest", *into]


def contract_with(folder: Path) -> Path:
    """Give the contract a retention and alerts, and return a next version of it that lets more pass."""
    path = folder / "guests.odcs.yaml"
    kept = "- {property: retention, vendor: weighbridge, value: {quarantine: 3650}}"
    told = "- {property: alerts, vendor: weighbridge, value: {rejected: {rate: 0.01}}}"
    text = path.read_text().replace("  customProperties:\n  - {", f"  customProperties:\n  {kept}\n  {told}\n  - {{", 1)
    path.write_text(text)
    newer = folder / "newer.odcs.yaml"
    newer.write_text(text.replace("version: 1.0.0", "version: 1.1.0").replace("maxLength: 2}", "maxLength: 3}"))
    return newer


def steady(said: str, folder: Path) -> str:
    return VOLATILE.sub("…", said.replace(str(folder), "HERE"))


def lived(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[Any]:
    folder.mkdir()
    judged(folder, name="other.csv")  # another extract, which stays as it is
    newer = contract_with(folder)
    (folder / "guests.csv").write_text((folder / "other.csv").read_text() + "\n")
    said: list[Any] = []
    capsys.readouterr()
    for words in life(folder, newer):
        ended = command([*words, "--json"])
        told = capsys.readouterr()
        said.append((words[0], steady(words[1], folder), ended, steady(told.out, folder), steady(told.err, folder)))
    with open_ledger(folder / "out") as ledger:
        accounts = Accounts(ledger)
        accounts.add("ada", "reviewer", "a long enough password", datetime(2026, 11, 23, tzinfo=UTC))
        said.append([(a.name, a.role.value) for a in accounts.all()])
    return said


def test_every_verb_says_the_same_with_either_ledger(
    postgres_server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = lived(tmp_path / "a", capsys)
    monkeypatch.setenv(LEDGER_VARIABLE, postgres_server.url())
    theirs = lived(tmp_path / "b", capsys)
    refused = [one[:2] for one in ours[:-1] if one[2] == 2]
    assert refused == [("alerts", "send"), ("profile", "--run")]  # there is no address; what was erased has no profile
    for one, other in zip(ours, theirs, strict=True):
        assert one == other
    assert (tmp_path / "a" / "out" / "ledger.db").exists()
    assert not (tmp_path / "b" / "out" / "ledger.db").exists()
    assert json.dumps(ours).count("CHK-004") > 5
