"""Lays a folder's files over the working folder of a store, in a process of its own that kills itself at a write.

python stored_and_die.py URL FOLDER N    at the n-th object that is written, copied, removed or replaced

It prints how many there were.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from weighbridge.pipeline.output.stored import opened
from weighbridge.sinks.store import Store, Version

LEFT = [int(sys.argv[3]) if len(sys.argv) > 3 else 10**9]
LEASE_SECONDS = 1.0 if len(sys.argv) > 3 else 600.0
"""Who only counts does not renew its lease: how often that comes depends on the hour."""


def step() -> None:
    LEFT[0] -= 1
    if LEFT[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)


class Dying(Store):
    """A store whose user dies at one of its objects."""

    def put(self, files: Mapping[str, Path]) -> None:
        for path, file in files.items():
            step()
            super().put({path: file})

    def copy(self, pairs: Iterable[tuple[str, str]]) -> None:
        for pair in pairs:
            step()
            super().copy([pair])

    def remove(self, paths: Iterable[str]) -> None:
        for path in paths:
            step()
            super().remove([path])

    def swap(self, path: str, content: bytes, version: Version | None) -> Version | None:
        step()
        return super().swap(path, content, version)


if __name__ == "__main__":
    begun = LEFT[0]
    with opened(sys.argv[1], writes=True, lease_seconds=LEASE_SECONDS, make=Dying) as home:
        shutil.copytree(sys.argv[2], home, dirs_exist_ok=True)
    print(begun - LEFT[0])
