"""Drift through the door: what is compared with what, what is said, and what is listed where nothing can be."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import yaml

from tests.pipeline.people import contract, people
from weighbridge.cli.app import run as command
from weighbridge.findings import ArgumentError, LedgerError
from weighbridge.outcome.result import CheckResult, RunResult
from weighbridge.pipeline.check import check
from weighbridge.pipeline.intake import now
from weighbridge.pipeline.pinned import unpin
from weighbridge.pipeline.pinning import pin
from weighbridge.pipeline.run import run


def watching(folder: Path, severity: str = "warning", classification: str = "public", **drift: object) -> Path:
    path = contract(folder)
    document = yaml.safe_load(path.read_text())
    table = document["schema"][0]
    table["properties"][2]["classification"] = classification
    table["quality"].append(
        {"name": "as before", "type": "custom", "engine": "weighbridge", "severity": severity,
         "implementation": {"check": "drift", "of": "age", **drift}}
    )  # fmt: skip
    path.write_text(yaml.safe_dump(document))
    return path


def aged(first: int, shift: int = 0) -> pl.DataFrame:
    return people(first, 100).with_columns((pl.int_range(pl.len()) % 50 + shift).alias("age"))


def drift_of(result: RunResult) -> CheckResult | None:
    return next((c for c in result.checks if c.code == "CHK-070"), None)


def open_of(result: RunResult) -> list[str]:
    return [n.why for n in result.not_executed if n.what.endswith(": drift")]


def test_an_extract_is_compared_with_the_one_published_before(tmp_path: Path) -> None:
    ours, into = watching(tmp_path), tmp_path / "out"
    first = run(ours, aged(0), into=into)
    assert drift_of(first) is None
    assert open_of(first) == ["no run that was published before left a profile"]
    same = drift_of(run(ours, aged(100), into=into))
    assert same is not None
    assert same.holds
    assert str(same.observed).startswith("psi 0 (100 values beside 100) from run ")
    moved = run(ours, aged(200, shift=30), into=into)
    found = drift_of(moved)
    assert found is not None
    assert not found.holds
    assert found.fix.startswith("look at the profiles of both runs")
    assert moved.decision.value == "publish_with_warnings"
    back = drift_of(run(ours, aged(300), into=into))
    assert back is not None
    assert not back.holds, "it is compared with the extract before, which had moved"


def test_an_error_holds_the_extract_and_what_is_held_is_nothing_to_compare_with(tmp_path: Path) -> None:
    ours, into = watching(tmp_path, severity="error", measure="wasserstein", atMost=0.5), tmp_path / "out"
    run(ours, aged(0), into=into)
    assert run(ours, aged(100, shift=30), into=into).state == "held"
    assert run(ours, aged(200, shift=30), into=into).state == "held"
    assert run(ours, aged(300), into=into).state == "published"


def test_several_runs_are_compared_with_together_and_the_same_bytes_not_twice(tmp_path: Path) -> None:
    ours, into = watching(tmp_path, against=3, measure="kolmogorovSmirnov"), tmp_path / "out"
    for first in (0, 100, 200, 300):
        run(ours, aged(first), into=into)
    run(ours, aged(300), into=into, again=True)
    found = drift_of(run(ours, aged(400), into=into))
    assert found is not None
    assert "100 values beside 300" in str(found.observed)
    assert "3 runs since" in str(found.observed)


def test_a_baseline_stays_when_its_run_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours, into = watching(tmp_path, against="baseline"), tmp_path / "out"
    first = run(ours, aged(0), into=into)
    assert "no baseline is pinned" in open_of(first)[0]
    words = ["baseline", "pin", "latest", "--into", str(into), "--by", "Ada", "--why", "a good month"]
    assert command(words) == 0
    assert "a good month" in capsys.readouterr().out
    shutil.rmtree(into / "runs" / first.run_id)
    run(ours, aged(100, shift=30), into=into)
    found = drift_of(run(ours, aged(200), into=into))
    assert found is not None
    assert found.holds
    assert f"the baseline, run {first.run_id}" in str(found.observed)
    assert command(["baseline", "--into", str(into), "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["by"], listed["records"]) == ("Ada", 100)
    assert command(["baseline", "unpin", "--into", str(into), "--contract", "people", "--object", "people"]) == 0
    capsys.readouterr()
    assert command(["baseline", "--into", str(into)]) == 0
    assert capsys.readouterr().out == "no baseline is pinned\n"


def test_what_cannot_be_compared_is_listed_and_passes_nothing(tmp_path: Path) -> None:
    ours, into = watching(tmp_path, classification="pii"), tmp_path / "out"
    run(ours, aged(0), into=into)
    hidden = run(ours, aged(100), into=into)
    assert drift_of(hidden) is None
    assert open_of(hidden) == ["age is classified: no profile has its values"]
    assert open_of(check(watching(tmp_path), aged(0))) == ["no run that was published before left a profile"]
    looked = check(watching(tmp_path), aged(200, shift=30), into=into)
    assert drift_of(looked) is None
    assert open_of(looked) == ["no profile has the values of age"]


def test_baselines_that_cannot_be_pinned_are_refused(tmp_path: Path) -> None:
    ours, into = watching(tmp_path), tmp_path / "out"
    result = run(ours, aged(0), into=into)
    with pytest.raises(ArgumentError) as nobody:
        pin(into, "latest", by=" ", why="x", at=now())
    assert [(f.code, f.fix) for f in nobody.value.findings] == [("RUN-034", "say --by NAME and --why REASON")]
    with pytest.raises(LedgerError) as none:
        unpin(into, "people", "people")
    assert [f.code for f in none.value.findings] == ["RUN-035"]
    assert "lists those there are" in none.value.findings[0].fix
    held = run(ours, people(0, 50, faulty=40), into=into)
    assert held.state == "held"
    with pytest.raises(ArgumentError) as refused:
        pin(into, held.run_id, by="Ada", why="x", at=now())
    assert [f.code for f in refused.value.findings] == ["RUN-036"]
    assert "name another run" in refused.value.findings[0].fix
    (into / "runs" / result.run_id / "profile.parquet").write_bytes(b"no profile")
    with pytest.raises(LedgerError) as damaged:
        pin(into, result.run_id, by="Ada", why="x", at=now())
    assert [f.code for f in damaged.value.findings] == ["RUN-032"]


def test_a_count_is_compared_with_that_of_runs_of_the_same_weekday(tmp_path: Path) -> None:
    path, into = contract(tmp_path), tmp_path / "out"
    document = yaml.safe_load(path.read_text())
    document["schema"][0]["quality"].append(
        {"name": "as many", "type": "custom", "engine": "weighbridge",
         "implementation": {"check": "history", "season": "weekday", "runs": 3}}
    )  # fmt: skip
    path.write_text(yaml.safe_dump(document))

    def of(day: int, first: int, count: int) -> RunResult:
        return run(path, people(first, count), into=into, as_of=datetime(2024, 1, day, 6, tzinfo=UTC))

    for week in range(3):
        monday, sunday = of(1 + 7 * week, 1000 * week, 100 + week), of(7 + 7 * week, 1000 * week + 500, 20)
        assert "3 are needed" in next(n.why for n in monday.not_executed if n.what == "as many: history")
        assert sunday.state == "published"
    usual = next(c for c in of(22, 5000, 99).checks if c.code == "CHK-071")
    assert usual.holds
    assert usual.observed == "observed 99 records; usual are 101, of 3 runs of this weekday"
    short = of(29, 6000, 20)
    assert short.state == "held"
    assert "usual are 100, of 4 runs of this weekday" in "".join(c.observed or "" for c in short.checks if not c.holds)
    assert of(28, 7000, 20).state == "published", "as many as on other Sundays"
