"""The server's concurrency limits: one extract of a contract at a time, unless an operator says otherwise."""

from __future__ import annotations

import contextvars
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate

from flows.intake import intake
from flows.limits import limit_name, one_at_a_time
from tests.flows.extracts import GOOD, drop, write_contract
from tests.flows.server import Server, until


class Desk:
    """Starts intakes of one good extract under contracts of any id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._extract = str(drop(folder, "good.csv", GOOD))
        self.into = folder / "out"

    def intake(self, contract_id: str) -> Any:
        contract = write_contract(self._folder, contract_id)
        return intake(contract, self._extract, str(self.into), return_state=True).name

    def start(self, pool: ThreadPoolExecutor, contract_id: str) -> Future[Any]:
        return pool.submit(contextvars.copy_context().run, self.intake, contract_id)


def waits(server: Server, contract_id: str) -> bool:
    logs = server.ask("logs/filter", sort="TIMESTAMP_DESC")
    return any(
        f"waiting for a slot of the concurrency limit {limit_name(contract_id)}" in log["message"] for log in logs
    )


def test_extracts_of_one_contract_wait_and_those_of_others_do_not(at_server: Server, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        with one_at_a_time("busy", desk.into, print):
            waiting = desk.start(pool, "busy")
            until(lambda: waits(at_server, "busy"))
            assert desk.intake("idle") == "Published"
            assert not waiting.done()
            assert not (desk.into / "published" / "busy").exists()
        assert waiting.result(60) == "Published"


def test_a_limit_that_an_operator_changed_stays_so(at_server: Server, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    name = limit_name("wide")
    assert desk.intake("wide") == "Published"
    with get_client(sync_client=True) as client:
        assert client.read_global_concurrency_limit_by_name(name).limit == 1
        client.update_global_concurrency_limit(name, GlobalConcurrencyLimitUpdate(name=name, limit=2))
        with one_at_a_time("wide", desk.into, print):
            assert desk.intake("wide") == "AlreadyPublished"
        known = client.read_global_concurrency_limit_by_name(name)
    assert (known.limit, known.active_slots) == (2, 0)
