"""Many extracts through a drop folder, the worker killed on the way; see `python -m benchmarks.long_run`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.long_run import growth_bytes_per_extract, long_run, table


def test_each_extract_is_published_once_however_often_the_worker_is_killed(tmp_path: Path) -> None:
    extracts, seed = 50, 4
    outcome = long_run(tmp_path, extracts, kill_seconds=8.0, seed=seed, workers=2)
    print(f"seed {seed}, {outcome.kills} kills\n{table(outcome, steps=2)}")
    assert outcome.faults == ()
    assert outcome.kills >= 1
    assert growth_bytes_per_extract(outcome.samples, warm_up=10) < 4 << 20
