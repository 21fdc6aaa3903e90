"""`weighbridge queue`: from the causes to an export, by commands alone."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.review.waiting import judged
from weighbridge.cli.app import run as command


def test_records_are_settled_by_commands_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged(tmp_path)
    into = ["--into", str(tmp_path / "out")]
    who = ["--by", "Ada", "--why", "so it is", *into]
    assert command(["queue", *into]) == 0
    said = capsys.readouterr().out
    assert "CHK-004 country|maxLength" in said.splitlines()[0]
    assert "6 open" in said
    assert command(["queue", *into, "--json"]) == 0
    causes = json.loads(capsys.readouterr().out)
    assert causes[0]["items"] == 2
    assert command(["queue", *into, "--cause", str(causes[0]["id"])]) == 0
    assert "2 records, 2 shown" in capsys.readouterr().out
    assert command(["queue", "show", "1", *into]) == 0
    said = capsys.readouterr().out
    assert "2. 2001-03-04" in said
    assert "run " in said
    assert command(["queue", "accept", "1", "--reading", "2", *who]) == 0
    assert command(["queue", "correct", "--cause", str(causes[0]["id"]), "--set", "country=DE", *who]) == 0
    assert "2 done" in capsys.readouterr().out
    assert command(["queue", "correct", "2", "--set", "id=x", *who]) == 1
    assert "REV-005" in capsys.readouterr().out
    assert command(["queue", "return", "--code", "RDR-010", *who]) == 0
    assert command(["queue", "export", "--to", str(tmp_path / "back.zip"), *into]) == 0
    assert zipfile.ZipFile(tmp_path / "back.zip").read("records/001.bin") == b"7;Gus;17/04/2001\n"
    assert command(["queue", "withdraw", "1", *who]) == 0
    assert command(["replay", *into, "--by", "Ada"]) == 0
    assert "2 records judged again: 2 published" in capsys.readouterr().out


@pytest.mark.parametrize(("longest", "late"), [("PT0M", True), ("P9D", False)])
def test_the_queue_says_what_waits_longer_than_its_contract_lets_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], longest: str, late: bool
) -> None:
    judged(tmp_path, review=f"{{maxAge: {longest}}}")
    into = ["--into", str(tmp_path / "out")]
    assert command(["queue", *into]) == 0
    assert ("guests.guests: 6 of them longer than PT0M, the oldest since " in capsys.readouterr().out) is late
    assert command(["queue", *into, "--contract-id", "others"]) == 0
    assert "longer than" not in capsys.readouterr().out
    assert command(["queue", *into, "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)


@pytest.mark.parametrize(
    "words",
    [["reject"], ["17"], ["shout", "1"], ["--state", "lost"], ["correct", "1", "--set", "country"], ["show", "99"],
     ["export"], ["reject", "1"]],
)  # fmt: skip
def test_what_cannot_be_meant_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    judged(tmp_path)
    assert command(["queue", *words, "--into", str(tmp_path / "out")]) == 2
    assert "fix:" in capsys.readouterr().err
