"""What is tried again: a busy ledger, a table that moved on, a disk or a share that hung.

A contract that is wrong, a source that is not there and data that is bad stay so, and so does
a table that a contract's columns no longer fit: they end at once, as the state `CannotRun`.
"""

from __future__ import annotations

import errno
import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.client.schemas.objects import State, TaskRun

from flows.states import CANNOT_RUN, cannot_run, gave_up, named
from weighbridge import SourceError, WeighbridgeError

P = ParamSpec("P")
R = TypeVar("R")

DELAYS_SECONDS: Sequence[float] = (10, 30, 90)

HEALING = frozenset(
    {
        "LED-001",  # cannot be opened: a share that is not mounted yet, a database that restarts
        "LED-004",  # cannot be read or written: held by another for long
        "LED-005",  # taken for dead by another process
        "OUT-001",  # cannot be written: a full disk that somebody is clearing
        "OUT-002",  # cannot be read or committed: storage that does not answer
        "OUT-006",  # another run holds the lock
        "OUT-013",  # another host works in the store
        "OUT-007",  # a staged file is missing
        "OUT-009",  # others were faster at every attempt to commit
        "RDR-350",  # a database that restarts, a network that is down
        "RDR-353",  # a database that has too much to do
        "RDR-354",  # a connection that was lost
    }
)


HUNG = frozenset(
    {
        errno.EIO,
        errno.ESTALE,
        errno.ETIMEDOUT,
        errno.EAGAIN,
        errno.EBUSY,
        errno.ENOTCONN,
        errno.ECONNRESET,
        errno.EHOSTDOWN,
        errno.EHOSTUNREACH,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
    }
)
"""What the operating system says of a share that hung, or of a machine that has too much to do."""


def heals(error: object) -> bool:
    """Say whether the same call may go well a little later."""
    if isinstance(error, SourceError):
        hung = isinstance(error.__cause__, OSError) and error.__cause__.errno in HUNG
        return hung or all(finding.code in HEALING for finding in error.findings)
    if isinstance(error, WeighbridgeError):
        return all(finding.code in HEALING for finding in error.findings)
    return isinstance(error, OSError)


def attempting(
    function: Callable[P, R], *, name: str, delays_seconds: Sequence[float] = DELAYS_SECONDS
) -> Task[P, R | State[Any]]:
    """Return a task that tries again what heals, after each of the delays.

    What does not heal makes it end as `CannotRun`, told in findings and without a traceback.

    Args:
        function: what to do; may raise WeighbridgeError or OSError.
        name: the task's name.
        delays_seconds: how long to wait before each further attempt.
    """

    @task(
        name=name,
        retries=len(delays_seconds),
        retry_delay_seconds=list(delays_seconds),
        retry_condition_fn=_helps,
        persist_result=False,
    )
    @functools.wraps(function)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> R | State[Any]:
        try:
            return function(*args, **kwargs)
        except WeighbridgeError as error:
            if heals(error):
                raise
            return cannot_run(error)

    return attempt


def ended(state: State[R | State[Any]]) -> R | State[Any]:
    """Return what such a task returned; what its flow ends with when its last attempt failed.

    Raises:
        Exception: what the task raised, when it is neither an error of the family nor the
            operating system's: a fault of Weighbridge's own.
    """
    if state.name == CANNOT_RUN:
        return named(CANNOT_RUN, state.message or "")
    error = state.result(raise_on_failure=False)
    if isinstance(error, Exception) and heals(error):
        return gave_up(error)
    return state.result()


def _helps(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return state.name != CANNOT_RUN and heals(state.result(raise_on_failure=False))
