"""Who may watch a run: the command line's progress bar, a flow's log, a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from weighbridge.pipeline.telling import Telling

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult


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
    """Passes every stage on to another watcher, keeps how long each took, and tells log and spans.

    Args:
        watcher: the other one.
        clock: a monotonic clock.
        verb: what is done, as it is told: ``"run"`` or ``"check"``.
    """

    def __init__(self, watcher: Watcher, clock: Clock, verb: str = "run") -> None:
        self._watcher, self._clock = watcher, clock
        self._name: str | None = None
        self._began = self._since = clock()
        self._telling = Telling(verb)
        self.seconds: dict[str, float] = {}

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        """Close the stage before and begin this one."""
        self.stop()
        self._name, self._since = name, self._clock()
        self._telling.stage_began(name)
        self._watcher.stage(name, total_bytes)

    def advance(self, count_bytes: int) -> None:
        """Pass it on."""
        self._watcher.advance(count_bytes)

    def stop(self) -> None:
        """Close the stage that runs."""
        if self._name is not None:
            took = self._clock() - self._since
            self.seconds[self._name] = self.seconds.get(self._name, 0.0) + took
            self._telling.stage_ended(self._name, took)
            self._name = None

    def know(self, **facts: str) -> None:
        """Tell these facts with everything that follows: run id, contract, object."""
        self._telling.know(**facts)

    def over(self, work: Callable[[], RunResult]) -> RunResult:
        """Do the work that is watched, and tell how it ended."""
        try:
            result = work()
        except BaseException as error:
            self.stop()
            self._telling.failed(error, self._clock() - self._began)
            raise
        self.stop()
        self._telling.ended(result, self._clock() - self._began)
        return result


class Clock(Protocol):
    """A monotonic clock, in seconds."""

    def __call__(self) -> float:
        """Return the present second."""
        ...
