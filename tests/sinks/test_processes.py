"""Publishers as processes: racing each other, and killed at any instant."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from tests.sinks.publisher import publish
from weighbridge.findings import PublishError
from weighbridge.sinks import TABLE_NAMES, Tables, scan_table, sweep

PUBLISHER = Path(__file__).parent / "publisher.py"


def start(*arguments: object) -> subprocess.Popen[str]:
    environment = os.environ | {"POLARS_MAX_THREADS": "2"}
    command = [sys.executable, str(PUBLISHER), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def once(table: Path, extract: str, run: str, publication: str, rows: int, value: int, *options: object) -> str:
    process = start("once", table, extract, run, publication, rows, value, *options)
    said = (process.communicate()[0] or "").split()
    return said[-1] if process.returncode == 0 else f"ended by {-process.returncode}"


def shown(table: Path) -> dict[str, tuple[int, int]]:
    """Rows and value by extract; the value must be the same in all rows of one."""
    rows = scan_table(table).group_by("_wb_extract").agg(pl.len(), pl.col("value").unique(), pl.col("n").n_unique())
    found = {}
    for extract, count, values, distinct in rows.collect().rows():
        assert len(values) == 1, "two publications are mixed"
        assert distinct == count, "a row is doubled"
        found[extract] = (count, values[0])
    return found


def race(table: Path, publications: list[tuple[str, str, str]]) -> list[str]:
    """Publish (extract, run, publication) of each from a process of its own, all at once."""
    go = table.parent / "go"
    racers = [start("once", table, e, r, p, 1000, 5, "--go", go) for e, r, p in publications]
    for racer in racers:
        assert racer.stdout is not None
        racer.stdout.readline()
    go.touch()
    states = []
    for racer in racers:
        out, _ = racer.communicate()
        assert racer.returncode == 0
        states.append(out.split()[-1])
    return states


def test_processes_that_publish_different_extracts_all_land(tmp_path: Path) -> None:
    states = race(tmp_path / "t", [(f"e{i}", f"r{i}", f"p{i}") for i in range(5)])
    assert states == ["committed"] * 5
    assert shown(tmp_path / "t") == {f"e{i}": (1000, 5) for i in range(5)}


def test_processes_that_publish_the_same_extract_land_once(tmp_path: Path) -> None:
    states = race(tmp_path / "t", [("e", f"r{i}", "p") for i in range(5)])
    assert sorted(states) == ["already"] * 4 + ["committed"]
    assert shown(tmp_path / "t") == {"e": (1000, 5)}


@pytest.mark.parametrize("step", ["started", "staged", "listed", "committed"])
def test_killed_between_any_two_steps_then_repeated(tmp_path: Path, step: str) -> None:
    tables = Tables(tmp_path, "c", "o")
    publish(tables.published, "e", "r0", "old", 10, 1)
    assert once(tables.published, "e", "r1", "new", 20, 2, "--die-after", step) == f"ended by {signal.SIGKILL.value}"
    assert shown(tables.published) == ({"e": (20, 2)} if step == "committed" else {"e": (10, 1)})

    removed = sweep(tables, ["r1"])
    assert [f.name for f in removed] == (["run-r1"] if step in ("staged", "listed") else [])
    assert publish(tables.published, "e", "r2", "new", 20, 2) == ("already" if step == "committed" else "committed")
    assert shown(tables.published) == {"e": (20, 2)}


def test_killed_at_random_instants_a_reader_always_sees_one_whole_generation(tmp_path: Path) -> None:
    table, rows, chance = tmp_path / "t", 30_000, random.Random(20261122)
    generation = 1
    for _ in range(3):
        process = start("forever", table, "e", generation, rows)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == str(generation)
        end = time.monotonic() + chance.uniform(0.05, 0.6)
        seen = [generation]
        while time.monotonic() < end:
            count, value = shown(table)["e"]
            assert count == rows
            seen.append(value)
        process.send_signal(signal.SIGKILL)
        published = [int(line) for line in process.communicate()[0].split()]
        assert seen == sorted(seen)
        count, value = shown(table)["e"]
        assert count == rows
        assert value in (last := max([generation, *published]), last + 1)
        generation = value + 1  # whatever the killed one left behind of its next, this one publishes it anew
    assert publish(table, "e", f"g{generation}", f"g{generation}", rows, generation) == "committed"
    assert shown(table) == {"e": (rows, generation)}


def test_a_sweep_takes_only_what_dead_runs_left_and_no_version_remembers(tmp_path: Path) -> None:
    tables = Tables(tmp_path, "c", "o")
    publish(tables.published, "e", "r1", "first", 5, 1)
    publish(tables.published, "e", "r2", "second", 5, 2)
    once(tables.published, "e", "dead", "third", 5, 3, "--die-after", "staged")
    once(tables.published, "e", "live", "third", 5, 3, "--die-after", "staged")
    once(tables.review, "e", "dead", "third", 5, 3, "--die-after", "staged")
    removed = sweep(tables, ["dead", "r1", "r2"])
    assert removed == [t / "_wb_extract=e" / "run-dead" for t in (tables.published, tables.review)]
    assert (tables.published / "_wb_extract=e" / "run-live").is_dir()
    assert shown(tables.published) == {"e": (5, 2)}
    assert scan_table(tables.published, version=1).collect()["value"].to_list() == [1] * 5
    with pytest.raises(PublishError, match="OUT-008"):
        scan_table(tables.review)
    assert set(TABLE_NAMES) >= {f.name for f in tmp_path.iterdir()}
