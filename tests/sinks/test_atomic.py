"""Small files: whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from weighbridge.findings import Finding, PublishError
from weighbridge.sinks import atomic_write, writing


def test_content_is_written_and_replaced_and_nothing_else_stays(tmp_path: Path) -> None:
    target = tmp_path / "runs" / "r1" / "receipt.json"
    atomic_write(target, b"one")
    atomic_write(target, b"two")
    assert target.read_bytes() == b"two"
    assert list(target.parent.iterdir()) == [target]


def test_a_reader_never_sees_half(tmp_path: Path) -> None:
    target, sizes, stop = tmp_path / "f", set(), threading.Event()
    atomic_write(target, b"a" * 100_000)

    def read() -> None:
        while not stop.is_set():
            sizes.add(len(target.read_bytes()))

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(100):
        atomic_write(target, b"b" * (100_000 if i % 2 else 300_000))
    stop.set()
    reader.join()
    assert sizes <= {100_000, 300_000}


def test_what_cannot_be_written_is_a_finding_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(PublishError, match="OUT-001"):
        atomic_write(tmp_path / "taken", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


FULL_DISK = """
import resource, sys
from pathlib import Path
import polars as pl
from weighbridge.findings import PublishError
from weighbridge.sinks import *
table = Path(sys.argv[1])
rows = pl.LazyFrame({"x": range(100_000)})
folder = stage_folder(table, "e", "r1")
lazy_sink(rows, folder, {}).collect()
files = staged_files(folder)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))  # from here on no file may grow beyond ten bytes

def stage():
    with writing(folder):
        lazy_sink(rows, folder / "more", {}).collect()

for step in (
    stage,
    lambda: commit(table, pl.Schema({"x": pl.Int64()}), "e", files, "r1", "p", {}),
    lambda: atomic_write(table / "receipt.json", b"x" * 100),
):
    try:
        step()
    except PublishError as error:
        finding = error.findings[0]
        print(finding.code, finding.detail)
"""


def test_a_full_disk_is_a_finding_at_every_step(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "t")], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [line.split()[0] for line in told] == ["OUT-001"] * 3
    assert all("File too large" in line and "\x1b" not in line for line in told)


def test_other_errors_pass_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="os error 2"), writing(tmp_path):
        raise ValueError("not found (os error 2)")
    inner = PublishError(Finding("OUT-007", detail="(os error 28)"))
    with pytest.raises(PublishError, match="OUT-007"), writing(tmp_path):
        raise inner
