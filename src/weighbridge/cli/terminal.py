"""What people see while they wait, and how results are printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from weighbridge.pipeline.watcher import Nobody, Watcher

if TYPE_CHECKING:
    from rich.progress import Progress


class ProgressBar:
    """A watcher that draws one bar on a terminal's error stream."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("opening", total=None)

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        """Start the bar anew under another name."""
        self._progress.reset(self._task, total=total_bytes, description=name)

    def advance(self, count_bytes: int) -> None:
        """Move the bar on."""
        self._progress.advance(self._task, count_bytes)


@contextmanager
def watching(enabled: bool) -> Iterator[Watcher]:
    """Give a progress bar while a person watches the error stream; else somebody who does not care."""
    if not enabled or not sys.stderr.isatty():
        yield Nobody()
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield ProgressBar(progress)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))
