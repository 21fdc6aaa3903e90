"""Kept records put down for a replay: the same, however many are held in memory at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.test_replay import NOON, correct
from tests.review.waiting import LINES, contract, guests
from weighbridge.pipeline.again.gathering import Gathered, gather
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.run import run
from weighbridge.review.again import Terms
from weighbridge.review.settling import standing
from weighbridge.review.states import State
from weighbridge.sinks import Keyring, new_key
from weighbridge.sinks.seal import KEY_VARIABLE

OTHERS = ("x;Hal;13/02/2001;DE", "11;Ida;03/04/2001", "x;Jo;13/02/2001;BE", "13;Kim;01/02/2001;NLD")


def gathered(folder: Path, part_rows: int, keys: Keyring, closed: set[tuple[str, int]]) -> Gathered:
    into, scratch = folder / "out", folder / f"scratch{part_rows}"
    scratch.mkdir()
    with open_ledger(into) as ledger:
        (one,) = ledger.runs("guests", 1)
        decided = standing(ledger, one.id, (State.DECIDED,))
        told = gather(Terms.of(into, one, NOON), closed, decided, keys, scratch, part_rows)
    assert told is not None
    return told


@pytest.mark.parametrize("key", [True, False])
@pytest.mark.parametrize("classification", ["public", "pii"])
def test_the_size_of_the_parts_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, classification: str, key: bool
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    both = [guests(tmp_path, LINES, "a.csv"), guests(tmp_path, OTHERS, "b.csv")]
    run(contract(tmp_path, classification=classification), both, into=tmp_path / "out")
    assert correct(tmp_path, 3, id="3") == {"done": 2}  # one of each file
    keys = Keyring.from_settings() if key else Keyring()
    closed = {(str(both[0]), 4)}
    whole = gathered(tmp_path, 1_000, keys, closed)
    readable = key or classification == "public"
    assert (whole.kept, whole.count) == (9, 9 if readable else 0)
    assert len(whole.out) == (0 if readable else 2)
    assert whole.others.total() == (0 if readable else 7)
    for part_rows in (1, 2, 5):
        told = gathered(tmp_path, part_rows, keys, closed)
        assert told.rows.collect().equals(whole.rows.collect())
        assert told.texts.collect().equals(whole.texts.collect())
        assert (told.columns, told.names, told.kept, told.count, told.others) == (
            whole.columns, whole.names, whole.kept, whole.count, whole.others)  # fmt: skip
        assert {p: str(f) for p, f in told.out.items()} == {p: str(f) for p, f in whole.out.items()}


def test_a_decided_record_that_the_tables_hold_no_more_is_told(tmp_path: Path) -> None:
    run(contract(tmp_path), guests(tmp_path), into=tmp_path / "out")
    correct(tmp_path, 4, country="XX")
    with open_ledger(tmp_path / "out") as ledger:
        (one,) = ledger.runs("guests", 1)
        ((place, waiting),) = standing(ledger, one.id, (State.DECIDED,)).items()
        decided = {place: waiting, (place[0], 99): waiting}
        (tmp_path / "scratch").mkdir()
        told = gather(Terms.of(tmp_path / "out", one, NOON), set(), decided, Keyring(), tmp_path / "scratch")
    assert told is not None
    assert {p: f.code for p, f in told.out.items()} == {(place[0], 99): "REV-007"}
