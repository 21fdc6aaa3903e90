"""One item in full: what is shown of it, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.review.waiting import judged
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import decide, picks_of, preview
from weighbridge.review.item import ItemDetail, detail
from weighbridge.review.queue import Filter, Queue
from weighbridge.review.states import Kind
from weighbridge.sinks import Keyring, new_key
from weighbridge.sinks.seal import KEY_VARIABLE

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def shown(folder: Path, record: int, *, may_see_raw: bool = False, keys: Keyring | None = None) -> ItemDetail:
    with open_ledger(folder / "out") as ledger:
        queue = Queue(ledger)
        queue.take_in(folder / "out", NOON)
        item = next(i for i in queue.items().items if i.record == record)
        return detail(ledger, folder / "out", item, may_see_raw=may_see_raw, at=NOON, keys=keys)


def test_a_record_is_shown_with_bytes_readings_neighbours_and_the_contracts_words(tmp_path: Path) -> None:
    judged(tmp_path)
    told = shown(tmp_path, 2)
    born = next(f for f in told.fields if f.name == "born")
    assert (born.text, born.value, born.is_offending) == ("03/04/2001", None, True)
    assert [r.text for r in born.readings] == ["2001-04-03", "2001-03-04"]
    assert all("it lies" in r.evidence[-1] for r in born.readings)
    assert "a date that only one of the formats reads" in born.words
    assert told.raw.content is not None
    assert [told.raw.content[a:b] for a, b in told.raw.marks] == [b"03/04/2001"]
    assert told.previous is not None
    assert told.following is not None
    assert (told.previous.where, told.previous.values["name"]) == ("published", "Ada")
    assert (told.following.where, told.following.values["id"]) == ("quarantine", "x")


def test_a_record_that_could_not_be_taken_apart_has_its_bytes(tmp_path: Path) -> None:
    judged(tmp_path)
    told = shown(tmp_path, 7)
    assert told.raw.content == b"7;Gus;17/04/2001"
    assert all(f.text is None and f.value is None for f in told.fields)


@pytest.mark.parametrize("sealed", [True, False])
def test_classified_values_are_hidden_from_who_may_not_see_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sealed: bool
) -> None:
    if sealed:
        monkeypatch.setenv(KEY_VARIABLE, new_key())
    judged(tmp_path, classification="pii")
    hidden = shown(tmp_path, 2)
    assert hidden.raw.content is None
    assert "Bob" not in repr(hidden)
    assert "Ada" not in repr(hidden)
    assert next(f for f in hidden.fields if f.name == "name").text == "•••(3)"
    seen = shown(tmp_path, 2, may_see_raw=True)
    assert seen.raw.content == (b"2;Bob;03/04/2001;FR" if sealed else None)
    if not sealed:
        assert "no key" in seen.raw.hidden
    foreign = shown(tmp_path, 2, may_see_raw=True, keys=Keyring((b"k" * 32,)))
    assert foreign.raw.content is None


def test_a_classified_value_is_not_kept_in_a_decision_without_a_key(tmp_path: Path) -> None:
    judged(tmp_path, classification="pii")
    with open_ledger(tmp_path / "out") as ledger:
        queue = Queue(ledger)
        queue.take_in(tmp_path / "out", NOON)
        items = queue.items(Filter(text="ITA")).items
        choice = Choice(Kind.CORRECT, values={"country": "IT"})
        (told,) = preview(ledger, tmp_path / "out", items, choice, at=NOON)
        assert [f.code for f in told.findings] == ["REV-007"]
        assert "what was withheld is only in the source" in told.findings[0].fix
        done = decide(ledger, tmp_path / "out", picks_of(items), choice, by="Ada", why="x", at=NOON)
        assert done.counts == {"refused": 1}
