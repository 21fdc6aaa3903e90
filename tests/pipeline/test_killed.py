"""A run killed at any instant: nothing lost, nothing doubled, the earlier version served meanwhile."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.people import contract, people
from weighbridge.ledger import Ledger
from weighbridge.pipeline.run import run
from weighbridge.sinks import TABLE_NAMES, Tables, scan_published, scan_table
from weighbridge.sinks.shown import files_shown

DRIVER = Path(__file__).with_name("run_and_die.py")
STAGES = [
    "opening",
    "comparing keys",
    "weighing",
    "telling findings",
    "proving the receipt",
    "explaining findings",
    "writing the receipt",
    "committing quarantine",
    "committing quarantine",
    "committing review",
    "committing review",
    "committing repairs",
    "committing warnings",
    "committing published",
    "writing the report",
    "closing the ledger",
]


def drive(extract: Path, path: Path, into: Path, *last: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DRIVER), str(path), str(extract), str(into), *last]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def ids(into: Path) -> list[int]:
    return scan_published(into, "people", "people").select("id").collect()["id"].sort().to_list()


def orphans(into: Path) -> list[Path]:
    """Parquet files in the tables' folders that no table shows."""
    tables = Tables(into, "people", "people")
    shown = {file for name in TABLE_NAMES for file in files_shown(tables.path(name))}
    found = [f for name in TABLE_NAMES for f in tables.path(name).rglob("*.parquet") if "_delta_log" not in f.parts]
    return [f for f in found if f.resolve() not in shown]


def assert_settled(into: Path, old: list[int], new: list[int], quarantined: list[int]) -> None:
    assert ids(into) == sorted(old + new)
    kept = scan_table(Tables(into, "people", "people").quarantine).collect()
    assert sorted(int(v) for v in kept["values"].str.json_path_match("$.id")) == quarantined
    with Ledger.open(into / "ledger.db") as ledger:
        assert ledger.unfinished() == []
    assert orphans(into) == []


def test_the_stages_of_a_run_are_the_ones_it_is_killed_at(tmp_path: Path) -> None:
    extract = tmp_path / "b.parquet"
    people(100, 50, faulty=5).write_parquet(extract)
    done = drive(extract, contract(tmp_path), tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [*STAGES, "= published"]


@pytest.mark.parametrize("at", range(len(STAGES)), ids=[f"{i}-{s.replace(' ', '-')}" for i, s in enumerate(STAGES)])
def test_killed_at_a_stage_then_run_again(tmp_path: Path, at: int) -> None:
    path, into, extract = contract(tmp_path), tmp_path / "out", tmp_path / "b.parquet"
    run(path, people(1, 20), into=into)
    old, new = list(range(1, 21)), list(range(100, 145))
    people(100, 50, faulty=5).write_parquet(extract)

    died = drive(extract, path, into, str(at))

    assert died.returncode == -signal.SIGKILL, died.stderr
    assert ids(into) in (old, old + new), "half an extract is served"
    if STAGES.index("committing published") >= at:
        assert ids(into) == old, "rows are served before they were committed"

    again = run(path, pl.read_parquet(extract), into=into)

    assert again.decision == "publish_with_warnings"
    assert_settled(into, old, new, [*range(145, 150)])


def test_killed_at_any_moment_again_and_again(tmp_path: Path) -> None:
    """Whatever instant it is that the process dies in; the seed is printed by pytest on failure."""
    path, into, extract = contract(tmp_path), tmp_path / "out", tmp_path / "b.parquet"
    run(path, people(1, 20), into=into)
    people(100, 20_000, faulty=50).write_parquet(extract)
    old, new = list(range(1, 21)), list(range(100, 20_050))
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    command = [sys.executable, str(DRIVER), str(path), str(extract), str(into)]
    for _ in range(8):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        process.stdout.readline()  # imports are done: from here on it works
        time.sleep(rng.uniform(0.0, 0.6))
        process.kill()
        process.wait()
        process.stdout.close()
        assert ids(into) in (old, old + new)
    run(path, pl.read_parquet(extract), into=into)
    assert_settled(into, old, new, [*range(20_050, 20_100)])


def test_two_runs_at_once_on_the_same_contract_both_end_right(tmp_path: Path) -> None:
    path, into = contract(tmp_path), tmp_path / "out"
    extracts = []
    for i in range(4):
        extract = tmp_path / f"{i}.parquet"
        people(1000 * i, 300, faulty=3).write_parquet(extract)
        extracts.append(extract)
    command = [sys.executable, str(DRIVER), str(path)]
    twice = [*extracts, *extracts[:2]]  # two of them by two processes each
    running = [
        subprocess.Popen([*command, str(e), str(into)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for e in twice
    ]
    ends = []
    for process in running:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        ends.append(out.splitlines()[-1])
    assert sorted(ends) == ["= already_published"] * 2 + ["= published"] * 4
    expected = [i for n in range(4) for i in range(1000 * n, 1000 * n + 297)]
    assert_settled(into, [], expected, sorted(i for n in range(4) for i in range(1000 * n + 297, 1000 * n + 300)))
