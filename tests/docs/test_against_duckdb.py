"""The comparison with DuckDB says what is so: all is right, and everything of a broken record is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.store_rejects import File, by_duckdb, by_weighbridge, files, score


@pytest.mark.parametrize("file", files(), ids=lambda f: f.name)
def test_every_record_is_right_and_kept(file: File, tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_bytes(file.content)
    count = score(file, by_weighbridge(path, tmp_path))
    assert count["right"] == count["records"]
    assert count["bytes"] == count["offset"] == count["reason"] == count["broken"]
    assert count["loaded wrong"] == count["lost"] == 0
    assert score(file, by_duckdb(path))["lost"] == 0
