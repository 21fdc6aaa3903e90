"""The whole story as a user tells it: run, look, report, audit; with exit codes, JSON and words for people."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.pipeline.people import CONTRACT, contract, people
from weighbridge.cli.app import run
from weighbridge.findings import code
from weighbridge.sinks import scan_published

DRIVER = Path(__file__).parents[1] / "pipeline" / "run_and_die.py"
GOOD = ["1,Ada,36", "2,Eve,41", "3,Grace,85"]
FAULTY = [*GOOD, "4,,20", "x,Linus,21", "6,Ken"]


class Teller:
    """Speaks to the command line and hears what it says, in one folder.

    Attributes:
        into: the output folder.
        source: the extract, as it is named on the command line.
        path: the contract.
    """

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.path = contract(folder)
        self.into = folder / "out put"
        self.source = folder / "people.csv"

    def write(self, lines: list[str]) -> None:
        self.source.write_text("\n".join(["id,name,age", *lines, ""]))

    def say(self, *words: object, ends_with: int = 0) -> str:
        """Run a verb and return its standard output; the other stream must be silent unless it fails to run."""
        assert run([str(w) for w in words]) == ends_with
        said = self._capsys.readouterr()
        if ends_with < 2:
            assert said.err == ""
            return said.out
        assert said.out == ""
        return said.err

    def tell(self, *words: object, ends_with: int = 0) -> Any:
        """Run a verb with ``--json`` and return what it printed."""
        assert run([*(str(w) for w in words), "--json"]) == ends_with
        said = self._capsys.readouterr()
        assert said.err == ""
        return json.loads(said.out)

    def job(self, verb: str = "run") -> list[object]:
        return [verb, self.path, self.source, "--into", self.into]


@pytest.fixture
def teller(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Teller:
    return Teller(tmp_path, capsys)


def test_the_story_of_an_extract_that_is_published(teller: Teller) -> None:
    teller.write(FAULTY)
    assert teller.say(*teller.job("check")).startswith("WOULD BE PUBLISHED, WITH WARNINGS")
    assert not teller.into.exists()

    said = teller.say(*teller.job())
    assert said.startswith("PUBLISHED WITH WARNINGS  people")
    assert "rejected" in said
    assert "receipt     balances" in said
    assert scan_published(teller.into, "people", "people").collect().height == 3

    (listed,) = teller.tell("runs", "--into", teller.into)
    assert (listed["state"], listed["accepted"], listed["rejected"], listed["alive"]) == ("published", 3, 3, False)
    words = teller.say("runs", "--into", teller.into).splitlines()
    assert words[1].split()[:4] == [listed["id"], "people.people", "1.0.0", "published"]

    kept = teller.say("quarantine", "--into", teller.into)
    assert "CHK-001 name|required: expected a value" in kept
    assert "saw 'x'" in kept
    assert f"{listed['id']}: 3 of 3 quarantined records shown" in kept
    one = teller.tell("quarantine", listed["id"][:18], "--into", teller.into, "--code", "RDR-010")
    assert [r["record"] for r in one["records"]] == [6]
    assert one["records"][0]["raw_base64"] == "NixLZW4="
    assert teller.tell("quarantine", "--into", teller.into, "--check", "name|required", "-n", "1")["total"] == 1
    assert teller.tell("quarantine", "--into", teller.into, "--uncertain")["records"] == []
    table = teller.into / "kept.csv"
    teller.say("quarantine", "--into", teller.into, "--csv", table)
    assert pl.read_csv(table).select("record", "codes").rows() == [(4, "CHK-001"), (5, "LEG-001"), (6, "RDR-010")]

    assert teller.say("report", "--into", teller.into).startswith("PUBLISHED WITH WARNINGS")
    report = Path(teller.say("report", "--into", teller.into, "--format", "path").strip())
    assert teller.say("report", "--into", teller.into, "--format", "html").strip() == report.read_text().strip()
    assert teller.say("report", "--into", teller.into, "--format", "markdown").startswith("# ")
    assert teller.tell("report", "--into", teller.into)["run_id"] == listed["id"]
    teller.say("report", "--into", teller.into, "--to", teller.into / "copy", "--format", "path")
    assert {f.name for f in (teller.into / "copy").iterdir()} == {"report.html", "report.md", "report.json"}

    audited = teller.tell("audit", "--into", teller.into)
    assert (audited["stands"], audited["compared_records"], audited["findings"]) == (True, 3, [])
    assert audited["receipt"]["records_in"] == audited["receipt"]["records_out"] == 6
    assert teller.say("audit", "--into", teller.into).endswith("the receipt stands\n")


def test_the_same_extract_again_says_so_and_writes_nothing(teller: Teller) -> None:
    teller.write(GOOD)
    first = teller.tell(*teller.job())
    assert (first["state"], first["decision"], first["exit_code"]) == ("published", "publish", 0)
    renamed = teller.source.rename(teller.source.with_name("renamed.csv"))
    again = teller.tell("run", teller.path, renamed, "--into", teller.into)
    assert (again["state"], again["earlier_run"]) == ("already_published", first["run_id"])
    assert again["reasons"] == [
        f"this extract was published under this contract by run {first['run_id']}, as {teller.source}; "
        "nothing was written"
    ]
    assert teller.say("run", teller.path, renamed, "--into", teller.into, "--quiet") == ""
    assert teller.tell("audit", "--into", teller.into, ends_with=2)["error"][0]["fix"].startswith("say where it is now")
    moved = f"{teller.source}={renamed}"
    assert teller.tell("audit", "--into", teller.into, "--source", moved)["run_id"] == first["run_id"]
    assert scan_published(teller.into, "people", "people").collect().height == 3


def test_the_story_of_an_extract_that_is_held(teller: Teller) -> None:
    teller.path.write_text(CONTRACT.replace("rate: 0.5", "rate: 0.1"))
    teller.write(FAULTY)
    assert teller.say(*teller.job("check"), ends_with=1).startswith("WOULD BE HELD")
    said = teller.say(*teller.job(), ends_with=1)
    assert said.startswith("HELD  people")
    assert "Nothing of this extract was published" in said
    told = teller.tell(*teller.job(), ends_with=1)
    assert (told["state"], told["decision"], told["exit_code"]) == ("held", "hold", 1)
    assert told["reasons"] == [
        "RUN-002 more records were rejected than the contract allows: 3 of 6 records, 50.00% (limit 10.00%) rejected"
    ]
    assert not (teller.into / "published/people/people/_delta_log").exists()
    assert len(teller.tell("quarantine", "--into", teller.into)["records"]) == 3
    audited = teller.say("audit", "--into", teller.into)
    assert "6 records in = 3 quarantine + 3 withheld" in audited
    assert audited.endswith("the receipt stands\n")
    first = teller.tell("runs", "--into", teller.into)[1]["id"]
    assert "judged this extract again" in teller.say("quarantine", first, "--into", teller.into)
    assert "RUN-013" in teller.say("audit", first, "--into", teller.into)


def test_a_table_that_was_tampered_with_ends_an_audit_with_1(teller: Teller) -> None:
    from deltalake import DeltaTable

    teller.write(GOOD)
    teller.say(*teller.job())
    DeltaTable(str(teller.into / "published/people/people")).delete("id = 1")
    assert "RUN-010" in teller.say("audit", "--into", teller.into, ends_with=1)
    told = teller.tell("audit", "--into", teller.into, ends_with=1)
    assert (told["stands"], told["receipt"]) == (False, None)
    assert told["findings"][0]["code"] == "RUN-010"


def test_what_cannot_run_ends_with_2_and_publishes_nothing(teller: Teller, tmp_path: Path) -> None:
    assert "RDR-001" in teller.say(*teller.job(), ends_with=2)
    teller.write(GOOD)
    assert teller.say(*teller.job(), "--server", "nowhere", ends_with=2).startswith("ARG-003")
    assert teller.say(*teller.job(), "--object", "nothing", ends_with=2).startswith("ARG-002")
    twice = ["run", teller.path, teller.source, teller.source, "--into", teller.into]
    assert teller.tell(*twice, ends_with=2)["error"][0]["code"] == "ARG-004"
    teller.path.write_text(CONTRACT.replace("logicalType: integer", "logicalType: whole"))
    assert "CON-002" in teller.say(*teller.job(), ends_with=2)
    assert not list(tmp_path.rglob("*.parquet"))


def test_lint_ends_with_0_or_2(teller: Teller) -> None:
    assert "0 faults" in teller.say("lint", teller.path)
    (told,) = teller.tell("lint", teller.path)
    assert (told["path"], told["findings"]) == (str(teller.path), [])
    teller.path.write_text(CONTRACT.replace("maxLength", "maxLenght"))
    assert run(["lint", str(teller.path)]) == 2


def test_a_run_that_was_killed_is_listed_so_and_has_nothing_to_show(teller: Teller, tmp_path: Path) -> None:
    extract = tmp_path / "people.parquet"
    people(1, 50).write_parquet(extract)
    command = [sys.executable, str(DRIVER), str(teller.path), str(extract), str(teller.into), "2"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == -9
    assert "running (killed)" in teller.say("runs", "--into", teller.into)
    for verb in ("report", "quarantine", "audit"):
        said = teller.say(verb, "--into", teller.into, ends_with=2)
        assert said.startswith("RUN-016")
        assert "is running (killed)" in said
        assert code("RUN-016").fix in said
    teller.write(GOOD)
    teller.say(*teller.job(), "--quiet")
    assert [r["state"] for r in teller.tell("runs", "--into", teller.into)] == ["published", "abandoned"]


def test_a_run_that_failed_says_why_when_it_is_asked_for(teller: Teller) -> None:
    teller.write(GOOD)
    teller.say(*teller.job())
    teller.path.write_text(CONTRACT.replace("name: age\n    logicalType: integer", "name: age\n    logicalType: string")
                           .replace("    logicalTypeOptions: {minimum: 0, maximum: 120}\n", "")
                           .replace("where age > 100", ""))  # fmt: skip
    assert "OUT-003" in teller.say(*teller.job(), ends_with=2)
    assert teller.tell("runs", "--into", teller.into)[0]["state"] == "failed"
    said = teller.say("report", "--into", teller.into, ends_with=2)
    assert "is failed: OUT-003 the contract's columns no longer fit" in said
