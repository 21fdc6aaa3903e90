"""Who may watch a run: the command line's progress bar, a flow's log, a test."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Someone told how far the work has come. Called from the run's own thread or a reader's."""

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        """A stage begins; `total_bytes` is what it will go through, when known."""
        ...

    def advance(self, count_bytes: int) -> None:
        """So many bytes more have been gone through."""
        ...


class Nobody:
    """The watcher of runs that nobody watches."""

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        """Do nothing."""

    def advance(self, count_bytes: int) -> None:
        """Do nothing."""


class Stopwatch:
    """Passes every stage on to another watcher and keeps how long each took."""

    def __init__(self, watcher: Watcher, clock: Clock) -> None:
        self._watcher, self._clock = watcher, clock
        self._name: str | None = None
        self._since = clock()
        self.seconds: dict[str, float] = {}

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        """Close the stage before and begin this one."""
        self.stop()
        self._name, self._since = name, self._clock()
        self._watcher.stage(name, total_bytes)

    def advance(self, count_bytes: int) -> None:
        """Pass it on."""
        self._watcher.advance(count_bytes)

    def stop(self) -> None:
        """Close the stage that runs."""
        if self._name is not None:
            self.seconds[self._name] = self.seconds.get(self._name, 0.0) + self._clock() - self._since
            self._name = None


class Clock(Protocol):
    """A monotonic clock, in seconds."""

    def __call__(self) -> float:
        """Return the present second."""
        ...
