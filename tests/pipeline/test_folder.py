"""A look into a drop folder: what is taken, what is left alone, what was judged before."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.flows.extracts import BAD, GOOD, drop, write_contract
from weighbridge.findings import ContractError, SourceError
from weighbridge.pipeline.folder import UNFINISHED_SUFFIXES, Waiting, waiting
from weighbridge.pipeline.run import run


class Desk:
    """A contract, a drop folder and an output folder."""

    def __init__(self, folder: Path) -> None:
        self.contract = Path(write_contract(folder))
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.into = folder / "out"

    def look(self, pattern: str = "*", settle_seconds: float = 0, later_seconds: float = 1) -> Waiting:
        return waiting(
            self.inbox,
            pattern,
            contract=self.contract,
            into=self.into,
            settle_seconds=settle_seconds,
            clock=lambda: time.time() + later_seconds,
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def names(found: tuple[Path, ...]) -> list[str]:
    return [f.name for f in found]


def test_new_files_come_oldest_first(desk: Desk) -> None:
    for name in ("b.csv", "a.csv"):
        drop(desk.inbox, name, GOOD)
        time.sleep(0.02)
    assert names(desk.look().new) == ["b.csv", "a.csv"]


@pytest.mark.parametrize("name", [".hidden.csv", *(f"a.csv{suffix}" for suffix in UNFINISHED_SUFFIXES), "A.CSV.PART"])
def test_unfinished_names_are_left_alone(desk: Desk, name: str) -> None:
    drop(desk.inbox, name, GOOD)
    (desk.inbox / "folder.csv").mkdir()
    assert desk.look() == Waiting((), (), 0)


def test_a_pattern_chooses(desk: Desk) -> None:
    drop(desk.inbox, "a.csv", GOOD)
    drop(desk.inbox, "a.txt", GOOD)
    assert names(desk.look("*.csv").new) == ["a.csv"]


@pytest.mark.parametrize(
    "sent_seconds_ago", [86_400, 0, -86_400], ids=["copied with its time", "written", "clock ahead"]
)
def test_a_file_is_taken_when_it_was_left_alone_whatever_time_its_sender_gave_it(
    desk: Desk, sent_seconds_ago: float
) -> None:
    file = drop(desk.inbox, "a.csv", GOOD, sent_seconds_ago)
    assert desk.look(settle_seconds=30, later_seconds=29).unsettled == (file,)
    assert desk.look(settle_seconds=30, later_seconds=31).new == (file,)


@pytest.mark.parametrize("text", [GOOD, BAD], ids=["published", "held"])
def test_what_was_judged_is_not_taken_again(desk: Desk, text: str) -> None:
    file = drop(desk.inbox, "a.csv", text)
    run(desk.contract, str(file), into=desk.into)
    assert desk.look() == Waiting((), (), 1)


def test_what_changed_after_it_was_judged_is_taken_even_if_it_looks_older(desk: Desk) -> None:
    file = drop(desk.inbox, "a.csv", BAD)
    run(desk.contract, str(file), into=desk.into)
    mended = BAD.replace("-1", "31")
    assert len(mended) == len(BAD)
    drop(desk.inbox, "a.csv", mended, age_seconds=3600)
    assert desk.look().new == (file,)


def test_a_contract_with_other_rules_judges_anew(desk: Desk) -> None:
    file = drop(desk.inbox, "a.csv", GOOD)
    run(desk.contract, str(file), into=desk.into)
    desk.contract.write_text(desk.contract.read_text().replace("maximum: 120", "maximum: 130"))
    assert desk.look().new == (file,)


def test_a_link_to_nowhere_is_no_extract(desk: Desk) -> None:
    (desk.inbox / "a.csv").symlink_to(desk.inbox / "gone")
    assert desk.look() == Waiting((), (), 0)


def test_a_folder_or_contract_that_is_not_there_is_said(desk: Desk) -> None:
    desk.inbox.rmdir()
    with pytest.raises(SourceError) as missing:
        desk.look()
    assert missing.value.findings[0].code == "RDR-001"
    desk.contract.unlink()
    with pytest.raises(ContractError):
        desk.look()
