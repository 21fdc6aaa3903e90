"""What an undo that was killed leaves is found, and ended or removed; what people had done stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.test_undo import DRIVER, STAGES, ran, take_back
from weighbridge.findings import code
from weighbridge.pipeline.again.undone import STANDING
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.doctor import examine
from weighbridge.pipeline.output.history import find_run, folder_of
from weighbridge.sinks import UNDONE, Tables, scan_table


def codes(into: Path, *, fix: bool = False) -> list[str]:
    return [f.code for f in examine(into, fix=fix).findings if str(into) in str(f.place.source)]


def killed(into: Path, stage: str) -> None:
    words = [sys.executable, str(DRIVER), str(into), str(STAGES.index(stage))]
    assert subprocess.run(words, capture_output=True, check=False).returncode == -9


def test_an_undo_that_was_committing_is_ended(tmp_path: Path) -> None:
    into = ran(tmp_path)
    killed(into, "committing undone")
    found = [f for f in examine(into).findings if f.code == "OPS-018"]
    assert [f.fix for f in found] == [code("OPS-018").fix]
    health = examine(into, fix=True)
    assert any(words.startswith("ended what was begun of run") for words in health.mended)
    assert codes(into) == []
    assert scan_table(Tables(into, "letters", "letters").path(UNDONE)).collect().height
    assert audit(into, "latest").stands


def test_what_an_undo_staged_that_never_began_to_commit_is_removed(tmp_path: Path) -> None:
    into = ran(tmp_path)
    killed(into, "writing the manifest")
    left = [p for p in into.rglob("run-*.undo-*") if p.is_dir()]
    assert left
    assert set(codes(into)) == {"OPS-010"}
    assert codes(into, fix=True) == []
    assert not any(p.exists() for p in left)
    assert audit(into, "latest").stands


def test_a_folder_in_which_repairs_were_taken_back_has_nothing_and_keeps_all(tmp_path: Path) -> None:
    into = ran(tmp_path)
    take_back(into, property_name="zip")
    take_back(into, property_name="zip", redo=True)
    before = sorted(into.rglob("*.parquet"))
    assert codes(into, fix=True) == []
    assert sorted(into.rglob("*.parquet")) == before


@pytest.mark.parametrize("damage", ["not JSON", ""])
def test_a_damaged_record_of_what_stands_is_found(tmp_path: Path, damage: str) -> None:
    into = ran(tmp_path)
    take_back(into, property_name="zip")
    (folder_of(into, find_run(into, "latest").id) / STANDING).write_text(damage)
    assert "OPS-015" in codes(into)


def test_the_table_of_what_was_undone_is_looked_at(tmp_path: Path) -> None:
    into = ran(tmp_path)
    take_back(into, property_name="zip")
    for file in Tables(into, "letters", "letters").path(UNDONE).rglob("_wb_extract=*/*/*.parquet"):
        file.unlink()
    assert codes(into) == ["OPS-009"]
