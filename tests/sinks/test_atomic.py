"""Small files: whole or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from weighbridge.findings import PublishError
from weighbridge.sinks import atomic_write


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
