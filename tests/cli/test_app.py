"""The command line's shell: exit codes, faults, help, and what is not imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.people import contract
from weighbridge.cli.app import VERBS, run
from weighbridge.findings import code

HEAVY = ("polars", "pyarrow", "deltalake", "sqlalchemy", "pandera", "great_expectations", "prefect", "pandas", "jinja2")


def imported_by(*arguments: str) -> set[str]:
    """Run the command in a process of its own and return the heavy packages it imported."""
    script = (
        "import sys\n"
        "from weighbridge.cli.app import run\n"
        f"code = run({list(arguments)!r})\n"
        f"print('IMPORTED', *[m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 2), done.stderr
    return set(done.stderr.splitlines()[-1].split()[1:])


def test_help_teaches_every_verb_and_imports_nothing_heavy(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name, _, _ in VERBS)
    assert "Exit codes" in said
    assert imported_by("--help") == set()


@pytest.mark.parametrize("verb", [name for name, _, _ in VERBS])
def test_every_verb_has_help_and_json(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--help"]) == 0
    said = capsys.readouterr().out
    assert "--json" in said
    assert len(said) > 300, "help that does not teach"


def test_importing_the_package_imports_nothing_heavy() -> None:
    script = f"import sys, weighbridge; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_lint_imports_no_table_and_no_database(tmp_path: Path) -> None:
    heavy = imported_by("lint", str(contract(tmp_path)))
    assert not heavy & {"deltalake", "sqlalchemy", "pandera", "great_expectations", "prefect", "pandas", "jinja2"}


def test_a_check_imports_no_table_and_no_database(tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_text("id;name;age\n1;Ada;36\n")
    heavy = imported_by("check", str(contract(tmp_path)), str(source))
    assert not heavy & {"deltalake", "sqlalchemy", "pandera", "great_expectations", "prefect", "pandas", "jinja2"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["weigh"],
        ["run"],
        ["run", "c.yaml"],
        ["run", "c.yaml", "x.csv"],
        ["run", "c.yaml", "x.csv", "--into", "out", "--frobnicate"],
        ["runs", "--into", "out", "--limit", "many"],
        ["lint"],
    ],
    ids=" ".join,
)
def test_bad_arguments_end_with_2_and_say_what_to_do(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("ARG-001")
    assert f"fix: {code('ARG-001').fix}" in said


def test_a_fault_is_told_as_json_where_json_was_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", str(tmp_path / "none.yaml"), "x.csv", "--into", str(tmp_path), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["error"][0]["code"].startswith("CON-")
    assert told["error"][0]["fix"]


def test_a_time_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", str(contract(tmp_path)), "x.csv", "--as-of", "yesterday"]
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("ARG-005")
    assert code("ARG-005").fix in said


def test_a_folder_that_nothing_was_run_into_has_no_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "--into", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("RUN-008")
    assert code("RUN-008").fix in said


def broken(path: str = "") -> int:
    """A verb with a fault in it."""
    if path:
        Path(path).read_bytes()
    raise ZeroDivisionError("a value nobody should see")


@pytest.mark.parametrize(("words", "told"), [([], "ZeroDivisionError at "), (["/no/such"], "/no/such")])
def test_a_fault_of_our_own_is_never_taken_for_one_of_the_data(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    verbs = [("broken", f"{__name__}:broken", "breaks")]
    assert run(["broken", *words], verbs) == 2
    said = capsys.readouterr().err
    assert said.startswith("RUN-014")
    assert told in said
    assert "nobody should see" not in said
    assert code("RUN-014").fix in said


def test_a_name_that_is_no_utf_8_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = os.fsdecode(b"x\xff.csv")
    (tmp_path / name).write_text("id\n1\n")
    assert run(["check", str(contract(tmp_path)), str(tmp_path / name), "--json"]) == 2
    (told,) = json.loads(capsys.readouterr().out)["error"]
    assert told["detail"].endswith("x\\xff.csv' is not valid UTF-8; rename the file")


@pytest.mark.parametrize("words", [["--help"], ["lint", "people.odcs.yaml"], ["run", "--help"]], ids=" ".join)
def test_a_reader_that_goes_away_is_no_fault(words: list[str], tmp_path: Path) -> None:
    contract(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "weighbridge", *words], stdout=writing, stderr=subprocess.PIPE, cwd=tmp_path, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_a_terminal_cannot_show_stops_nothing(tmp_path: Path) -> None:
    path = contract(tmp_path)
    path.write_text(path.read_text().replace("name: age", "name: Größe"))
    (tmp_path / "x.csv").write_text("id,name,Größe\n1,Ada,\n", encoding="utf-8")
    words = [sys.executable, "-m", "weighbridge", "check", str(path), str(tmp_path / "x.csv"), "--json"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(words, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert b"Gr\\xf6\\xdfe" in done.stdout


def test_help_of_a_verb_says_what_it_does_and_how_it_ends(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("run", "check", "lint", "audit"):
        assert run([verb, "--help"]) == 0
        assert "Exit codes: 0" in capsys.readouterr().out
