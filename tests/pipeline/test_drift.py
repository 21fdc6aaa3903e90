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
from weighbridge.pipeline.output.pinned import unpin
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


def figured(folder: Path, **history: object) -> Path:
    path = contract(folder)
    document = yaml.safe_load(path.read_text())
    document["schema"][0]["quality"].append(
        {"name": "as usual", "type": "custom", "engine": "weighbridge", "severity": "warning",
         "implementation": {"check": "history", "runs": 3, **history}}
    )  # fmt: skip
    path.write_text(yaml.safe_dump(document))
    return path


def usual_of(result: RunResult) -> CheckResult | None:
    return next((c for c in result.checks if c.code == "CHK-072"), None)


def on(day: int, hour: int = 6) -> datetime:
    return datetime(2024, 1, day, hour, tzinfo=UTC)


def test_a_mean_is_compared_with_that_of_runs_before_and_a_trend_is_no_surprise(tmp_path: Path) -> None:
    still, into = figured(tmp_path, metric="mean", of="age", within=1, atLeast=0.01), tmp_path / "out"
    for day in range(1, 6):
        found = usual_of(run(still, aged(100 * day, shift=2 * day), into=into, as_of=on(day)))
        assert found is None or not found.holds, "it grows by two a day"
    grown = run(still, aged(900, shift=12), into=into, as_of=on(6))
    surprised = usual_of(grown)
    assert surprised is not None
    assert not surprised.holds
    assert surprised.fix.endswith("widen `within` if this is how it is to be")
    assert grown.decision.value == "publish_with_warnings"
    (tmp_path / "b").mkdir()
    trended = figured(tmp_path / "b", metric="mean", of="age", within=1, atLeast=0.01, trend=True)
    expected = usual_of(run(trended, aged(1000, shift=14), into=into, as_of=on(7)))
    assert expected is not None
    assert expected.holds, expected.observed
    assert expected.measured == pytest.approx({"figure": 38.5, "usual": 38.5, "least": 38.115, "most": 38.885})


def test_rates_of_verdicts_and_of_nulls_are_compared_by_the_hour_of_the_day(tmp_path: Path) -> None:
    ours, into = figured(tmp_path, metric="nullRate", of="age", season="hour"), tmp_path / "out"

    def some(day: int, hour: int, nulls: int) -> CheckResult | None:
        rows = aged(1000 * day + 100 * hour).with_columns(
            pl.when(pl.int_range(pl.len()) < nulls).then(None).otherwise("age").alias("age")
        )
        return usual_of(run(ours, rows, into=into, as_of=on(day, hour)))

    for day in (1, 2, 3):
        assert some(day, 3, 40) is None
        assert some(day, 9, 2) is None
    night, morning = some(4, 3, 40), some(4, 9, 40)
    assert night is not None
    assert night.holds
    assert morning is not None
    assert not morning.holds
    assert morning.observed == ("nullRate 40.000%; usual are 1.800% to 2.200%, of 3 runs of this hour")


def test_a_verdicts_rate_counts_this_extracts_own(tmp_path: Path) -> None:
    ours, into = figured(tmp_path, metric="acceptedRate"), tmp_path / "out"
    for day in (1, 2, 3):
        run(ours, aged(100 * day), into=into, as_of=on(day))
    found = usual_of(run(ours, aged(900), into=into, as_of=on(4)))
    assert found is not None
    assert found.holds
    assert str(found.observed).startswith("acceptedRate 100.000%")


def test_what_runs_before_left_no_profile_of_is_not_compared(tmp_path: Path) -> None:
    ours, into = figured(tmp_path, metric="stdDev", of="age"), tmp_path / "out"
    results = [run(ours, aged(100 * day), into=into, as_of=on(day)) for day in (1, 2, 3)]
    for result in results:
        (into / "runs" / result.run_id / "profile.parquet").write_bytes(b"damaged")
    alone = run(ours, aged(900), into=into, as_of=on(4))
    assert [n.why for n in alone.not_executed if n.what.endswith(": history")] == [
        "there are 0 runs to compare with, and 3 are needed"
    ]


def test_a_profile_beside_the_contract_is_compared_with(tmp_path: Path) -> None:
    ours, into = watching(tmp_path, reference="kept/january.parquet", minValues=60), tmp_path / "out"
    first = run(ours, aged(0), into=into)
    assert open_of(first) == ["kept/january.parquet cannot be read as a profile (FileNotFoundError)"]
    (tmp_path / "kept").mkdir()
    shutil.copy(into / "runs" / first.run_id / "profile.parquet", tmp_path / "kept" / "january.parquet")
    moved = drift_of(run(ours, aged(100, shift=30), into=into))
    assert moved is not None
    assert not moved.holds
    assert str(moved.observed).endswith("from kept/january.parquet")
    few = run(ours, aged(200).head(20), into=into)
    assert open_of(few) == ["20 values beside 100 of age: at least 60 are needed on both sides"]
    (tmp_path / "kept" / "january.parquet").write_bytes(b"nothing")
    assert open_of(run(ours, aged(300), into=into)) == ["kept/january.parquet cannot be read as a profile (ValueError)"]


def test_a_baseline_is_shown_and_a_folder_of_nothing_is_no_folder_without_baselines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(["baseline", "--into", str(tmp_path / "nowhere")]) == 2
    assert "RUN-008" in "".join(capsys.readouterr())
    ours, into = watching(tmp_path), tmp_path / "out"
    run(ours, aged(0), into=into)
    assert command(["baseline", "show", "--into", str(into)]) == 2
    assert "none is pinned" in "".join(capsys.readouterr())
    pin(into, "latest", by="Ada", why="a good month", at=now())
    assert command(["baseline", "show", "--into", str(into)]) == 0
    shown = capsys.readouterr().out
    assert "100 records" in shown
    assert "by Ada: a good month" in shown
    words = ["baseline", "show", "--into", str(into), "--contract", "people", "--object", "people", "--json"]
    assert command(words) == 0
    assert json.loads(capsys.readouterr().out)["profile"]["columns"]["age"]["max"] == 49
    assert command([*words[:-2], "other"]) == 2
    assert "RUN-035" in "".join(capsys.readouterr())
