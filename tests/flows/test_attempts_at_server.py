"""Attempts as Prefect makes them: a fake that fails as told, in place of the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from prefect import flow

from flows.attempts import DELAYS_SECONDS, attempting, ended
from flows.intake import weigh
from tests.flows.server import Server
from weighbridge import ArgumentError, ContractError, Finding, LedgerError, PublishError, SourceError

ALWAYS = 99


class Fails:
    """Something that fails so many times, then goes well."""

    def __init__(self, error: Exception, times: int) -> None:
        self._error = error
        self._times = times
        self.calls = 0

    def weigh(self) -> str:
        self.calls += 1
        if self.calls <= self._times:
            raise self._error
        return "weighed"


@flow(name="trying")
def trying(function: Callable[[], str]) -> Any:
    return ended(attempting(function, name="try", delays_seconds=(0, 0, 0))(return_state=True))


@pytest.mark.parametrize(
    "error",
    [LedgerError(Finding("LED-004")), PublishError(Finding("OUT-009")), OSError(5, "Input/output error")],
    ids=lambda e: type(e).__name__,
)
def test_what_fails_twice_and_heals_goes_well_at_the_third_attempt(at_server: Server, error: Exception) -> None:
    fake = Fails(error, times=2)
    state = trying(fake.weigh, return_state=True)
    assert (state.name, fake.calls) == ("Completed", 3)


@pytest.mark.parametrize(
    "error",
    [
        ContractError(Finding("CON-001")),
        SourceError(Finding("RDR-001")),
        ArgumentError(Finding("ARG-002")),
        PublishError(Finding("OUT-003", detail="amount was integer and is string")),
    ],
    ids=lambda e: type(e).__name__,
)
def test_what_does_not_heal_is_tried_once(at_server: Server, error: Exception) -> None:
    fake = Fails(error, times=ALWAYS)
    state = trying(fake.weigh, return_state=True)
    assert (state.name, state.type.value, fake.calls) == ("CannotRun", "FAILED", 1)
    assert error.args[0].split("\n")[0].split()[0] in (state.message or "")


def test_what_never_heals_ends_after_the_last_attempt(at_server: Server) -> None:
    fake = Fails(PublishError(Finding("OUT-001", detail="No space left on device")), times=ALWAYS)
    state = trying(fake.weigh, return_state=True)
    assert (state.name, state.type.value, fake.calls) == ("GaveUp", "FAILED", 4)
    assert "No space left on device" in (state.message or "")


def test_a_fault_of_ours_stays_one(at_server: Server) -> None:
    fake = Fails(ValueError("a bug"), times=ALWAYS)
    state = trying(fake.weigh, return_state=True)
    assert (state.name, fake.calls) == ("Failed", 1)


def test_the_intakes_own_attempts() -> None:
    assert weigh.retries == len(DELAYS_SECONDS) == 3
    assert weigh.retry_delay_seconds == [10, 30, 90]
