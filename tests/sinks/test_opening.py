"""Opened tables: kept by the thread that opened them, always at the newest version, never of a table that is gone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.sinks.test_commit import numbers, publish
from weighbridge.findings import PublishError
from weighbridge.sinks.opening import at_version, open_table


def version(path: Path) -> int | None:
    table = open_table(path)
    return None if table is None else table.version()


def test_a_table_is_opened_once_and_catches_up_with_what_others_commit(tmp_path: Path) -> None:
    path = tmp_path / "t"
    assert version(path) is None
    publish(path, numbers(1), extract="e1")
    first = open_table(path)
    other = threading.Thread(target=publish, args=(path, numbers(2)), kwargs={"extract": "e2"})
    other.start()
    other.join()
    again = open_table(path)
    assert again is first
    assert again is not None
    assert again.version() == 2
    script = f"from tests.sinks.test_commit import *; publish(Path({str(path)!r}), numbers(3), extract='e3')"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])
    assert version(path) == 3
    assert at_version(path, 1).version() == 1
    assert version(path) == 3


def test_a_folder_in_the_tables_place_is_another_table(tmp_path: Path) -> None:
    path, aside = tmp_path / "t", tmp_path / "aside"
    publish(path, numbers(1), extract="e1")
    publish(path, numbers(2), extract="e2")
    publish(aside, numbers(7), extract="e1")
    assert version(path) == 2
    shutil.rmtree(path)
    shutil.copytree(aside, path)
    assert version(path) == 1
    shutil.rmtree(path)
    assert version(path) is None


def test_a_log_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t"
    publish(path, numbers(1), extract="e1")
    assert version(path) == 1
    (path / "_delta_log" / f"{1:020}.json").write_text("{")
    with pytest.raises(PublishError, match="OUT-002"):
        open_table(path)
    with pytest.raises(PublishError, match="OUT-002"):
        at_version(path, 9)
