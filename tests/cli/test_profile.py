"""`weighbridge profile` through its own door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pipeline.people import CONTRACT
from weighbridge.cli.app import run as command
from weighbridge.cli.profile import sparkline
from weighbridge.contract import lint

ROWS = "".join(f"{n},{'ab'[n % 2]},{n * n % 97}\n" for n in range(1, 201))


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "things.csv"
    path.write_text(f"id,kind,size\n{ROWS}")
    return path


def told(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict:
    assert command([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_file_without_a_contract_shows_its_columns(csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["profile", str(csv)]) == 0
    shown = capsys.readouterr().out
    assert "200 records, 3 columns" in shown
    assert "key: id (every value counted once)" in shown
    assert "id: strictly rising" in shown
    assert "a 100, b 100" in shown


def test_several_files_are_told_as_one(csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = csv.with_name("more.csv")
    other.write_text("id,kind,size\n900,a,5\n901,c,7\n")
    figures = told(["profile", str(csv), str(other)], capsys)
    assert figures["records"] == 202
    assert figures["columns"]["kind"]["distinct"] == 3
    assert figures["columns"]["id"]["max"] == 901


def test_a_draft_promises_what_was_seen_and_can_be_used(csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["profile", str(csv), "--draft"]) == 0
    draft = csv.with_name("draft.yaml")
    draft.write_text(capsys.readouterr().out)
    report = lint(draft)
    assert report.ok and not report.findings
    properties = {p.name: p for p in report.contract.objects[0].properties}
    assert properties["id"].unique and properties["id"].required
    assert [e.value for e in properties["kind"].enum] == ["a", "b"]
    assert not properties["size"].unique
    assert command(["check", str(draft), str(csv)]) == 0


def test_the_profiles_of_runs_are_merged_without_their_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = tmp_path / "people.yaml"
    masked = CONTRACT.replace("  - name: name\n", "  - name: name\n    classification: restricted\n")
    contract.write_text(masked)
    for name, text in (("a", "1,Ada,36\n2,Rosalind,41\n"), ("b", "3,Grace,80\n")):
        (tmp_path / f"{name}.csv").write_text(f"id,name,age\n{text}")
        assert command(["run", str(contract), str(tmp_path / f"{name}.csv"), "--into", str(tmp_path / "out")]) == 0
        (tmp_path / f"{name}.csv").unlink()
    capsys.readouterr()
    runs = sorted(p.name for p in (tmp_path / "out" / "runs").iterdir())
    words = ["profile", *(w for run in runs for w in ("--run", run)), "--into", str(tmp_path / "out")]
    figures = told(words, capsys)
    assert figures["records"] == 3
    assert (figures["columns"]["age"]["min"], figures["columns"]["age"]["max"]) == (36, 80)
    assert figures["columns"]["name"]["distinct_is"] == "between"
    assert command(words) == 0
    shown = capsys.readouterr().out
    assert "masked" in shown
    assert not any(secret in shown + json.dumps(figures) for secret in ("Ada", "Rosalind", "Grace"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no file is named"),
        (["--run", "latest"], "--into"),
        (["x.csv", "--run", "latest", "--into", "."], "not both"),
        (["x.csv", "--into", "."], "name one with --run"),
        (["x.csv", "--contract", "c.yaml", "--draft"], "without a contract"),
        (["nowhere.csv"], "RDR-001"),
    ],
)
def test_what_cannot_be_shown_is_told(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["profile", *words]) == 2
    assert said in capsys.readouterr().err


def test_runs_of_other_columns_are_refused_by_name(csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = csv.with_name("out")
    for columns in ("id,kind,size", "id,kind,length"):
        csv.write_text(f"{columns}\n{ROWS}")
        capsys.readouterr()
        command(["profile", str(csv), "--draft"])
        draft = csv.with_name("draft.yaml")
        draft.write_text(capsys.readouterr().out)
        assert command(["run", str(draft), str(csv), "--into", str(into), "--again"]) == 0
    capsys.readouterr()
    runs = sorted(p.name for p in (into / "runs").iterdir())
    assert command(["profile", "--run", runs[0], "--run", runs[1], "--into", str(into)]) == 2
    assert "length, size differ" in capsys.readouterr().err


def test_control_characters_of_values_do_not_reach_the_terminal(csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    csv.write_text("a,b\n" + "[red]\x1b[31m\u202e,x\n" * 3)
    assert command(["profile", str(csv)]) == 0
    shown = capsys.readouterr().out
    assert "[red]" in shown
    assert "\x1b" not in shown and "\u202e" not in shown


def test_a_sparkline_shows_nothing_only_where_nothing_is() -> None:
    assert sparkline([0, 1, 1_000_000]) == " ▂█"
    assert sparkline([]) == ""
