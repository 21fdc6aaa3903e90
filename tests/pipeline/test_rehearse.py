"""What another version of the contract would have made of the last extract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pipeline.people import CONTRACT
from weighbridge.cli.app import run as command
from weighbridge.contract import load
from weighbridge.findings import LedgerError, Verdict, code
from weighbridge.pipeline.rehearse import rehearse
from weighbridge.pipeline.run import run


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(CONTRACT)
    new.write_text(CONTRACT.replace("maxLength: 10", "maxLength: 4").replace("version: 1.0.0", "version: 2.0.0"))
    (tmp_path / "a.csv").write_text("id,name,age\n1,Ada,36\n2,,41\n3,Grace,4\n4,Linus,21\n5,Bo,1\n6,Al,2\n")
    return old, new


def test_what_would_be_rejected_is_counted_by_check(
    versions: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "out"
    run(versions[0], tmp_path / "a.csv", into=into)
    (told,) = rehearse(load(versions[0]), load(versions[1]), into)
    assert told.before is not None
    assert told.after is not None
    assert (told.before.verdicts[Verdict.REJECTED], told.after.verdicts[Verdict.REJECTED]) == (1, 3)
    assert ("name|maxLength", 0, 2) in told.checks
    assert command(["diff", *map(str, versions), "--into", str(into)]) == 1
    said = capsys.readouterr().out
    assert "name|maxLength: 0 → 2 failed" in said
    assert "1 change, breaking" in said
    assert command(["diff", *map(str, versions), "--into", str(into), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["last_extracts"][0]["after"]["verdicts"]["rejected"] == 3
    assert [f["code"] for f in document["findings"]] == []


def test_an_extract_that_is_gone_or_changed_is_said_to_be(versions: tuple[Path, Path], tmp_path: Path) -> None:
    into, source = tmp_path / "out", tmp_path / "a.csv"
    run(versions[0], source, into=into)
    contracts = load(versions[0]), load(versions[1])
    source.write_text(source.read_text() + "7,Jo,1\n")
    (changed,) = rehearse(*contracts, into)
    source.unlink()
    (gone,) = rehearse(*contracts, into)
    for told in (changed, gone):
        assert told.after is None
        assert told.finding is not None
        assert told.finding.code == "CON-302"
        assert told.finding.fix == code("CON-302").fix


def test_a_folder_that_was_never_run_into_cannot_be_asked(versions: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        rehearse(load(versions[0]), load(versions[1]), tmp_path)


def test_the_same_contract_is_compatible_and_a_broken_one_cannot_be_compared(
    versions: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(["diff", str(versions[0]), str(versions[0])]) == 0
    assert "nothing changed, compatible" in capsys.readouterr().out
    assert command(["diff", str(versions[0]), str(tmp_path / "none.yaml")]) == 2


def test_the_last_extracts_are_asked_whether_they_were_held_or_published(
    versions: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into, held = tmp_path / "out", tmp_path / "b.csv"
    held.write_text("id,name,age\n7,Ada Lovelace,36\n8,Grace Hopper,41\n")
    run(versions[0], tmp_path / "a.csv", into=into)
    run(versions[0], tmp_path / "a.csv", into=into, again=True)
    assert run(versions[0], held, into=into).state == "held"
    looser = tmp_path / "looser.yaml"
    looser.write_text(CONTRACT.replace("maxLength: 10", "maxLength: 20").replace("version: 1.0.0", "version: 1.1.0"))
    told = rehearse(load(versions[0]), load(looser), into, extracts=5)
    assert [(t.before and t.before.decision.value, t.after and t.after.decision.value) for t in told] == [
        ("hold", "publish"),
        ("publish_with_warnings", "publish_with_warnings"),
    ]
    assert len(rehearse(load(versions[0]), load(looser), into)) == 1
    assert command(["diff", str(versions[0]), str(looser), "--into", str(into)]) == 0
    said = capsys.readouterr().out
    assert said.count("judged under 1.0.0") == 2
    assert "hold → publish" in said
    assert command(["diff", str(versions[0]), str(looser), "--into", str(into), "--extracts", "0"]) == 2
