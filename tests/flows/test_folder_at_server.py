"""The drop folder's flow: each extract once, and none keeps the others from their turn."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.intake_folder import intake_folder
from flows.limits import one_at_a_time
from tests.flows.extracts import BAD, GOOD, SOME_BAD, drop, write_contract
from tests.flows.server import Server, until
from tests.flows.test_limits_at_server import waits


class Desk:
    """A drop folder and the flow that looks into it."""

    def __init__(self, folder: Path, contract_id: str) -> None:
        self.contract = write_contract(folder, contract_id, layout=False)
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.into = folder / "out"

    def look(self, settle_seconds: float = 0, refused_again: bool = False) -> Any:
        return intake_folder(
            self.contract,
            str(self.inbox),
            str(self.into),
            settle_seconds=settle_seconds,
            refused_again=refused_again,
            return_state=True,
        )


def test_each_extract_once_and_none_keeps_the_others(at_server: Server, tmp_path: Path) -> None:
    desk = Desk(tmp_path, "dropped")
    drop(desk.inbox, "1_bad.csv", BAD)
    broken = desk.inbox / "2_broken.parquet"
    broken.write_bytes(b"PAR1, cut short")
    drop(desk.inbox, "3_good.csv", GOOD)
    drop(desk.inbox, "4_renamed.csv", GOOD)
    drop(desk.inbox, "5_some.csv", SOME_BAD)
    drop(desk.inbox, "6_unfinished.csv.part", GOOD)
    drop(desk.inbox, ".7_hidden.csv", GOOD)

    growing = desk.look(settle_seconds=3600)
    assert (growing.name, growing.message) == ("NothingNew", "nothing new")

    first = desk.look()
    assert (first.name, first.type.value) == ("CannotRun", "FAILED")
    for words in ("1 Held", "1 CannotRun", "1 Published", "1 AlreadyPublished", "1 PublishedWithWarnings"):
        assert words in first.message
    assert "2_broken.parquet: CannotRun" in first.message

    second = desk.look()
    assert (second.name, second.type.value) == ("NothingNew", "COMPLETED")
    assert "1 refused before" in second.message

    assert desk.look(refused_again=True).name == "CannotRun"
    pl.DataFrame({"id": [9], "name": ["Alan"], "age": [41]}).write_parquet(broken)
    (desk.inbox / "6_unfinished.csv.part").rename(desk.inbox / "6_finished.csv")
    third = desk.look()
    assert third.name == "Published"
    assert sorted(third.message.split(", ")) == ["1 AlreadyPublished", "1 Published"]


def test_a_file_that_is_taken_away_before_its_turn_is_no_failure(at_server: Server, tmp_path: Path) -> None:
    desk = Desk(tmp_path, "taken")
    going = drop(desk.inbox, "going.csv", GOOD)
    with ThreadPoolExecutor(1) as pool:
        with one_at_a_time("taken", desk.into, print):
            looking = pool.submit(contextvars.copy_context().run, desk.look)
            until(lambda: waits(at_server, "taken"))
            going.unlink()
        state = looking.result(60)
    assert (state.name, state.message) == ("NothingNew", "nothing new")


@pytest.mark.parametrize("missing", ["inbox", "contract"])
def test_a_folder_or_contract_that_is_not_there_cannot_run(at_server: Server, tmp_path: Path, missing: str) -> None:
    desk = Desk(tmp_path, "missing")
    desk.inbox.rmdir() if missing == "inbox" else Path(desk.contract).unlink()
    state = desk.look()
    assert (state.name, state.type.value) == ("CannotRun", "FAILED")
    assert "check that the path exists" in state.message
