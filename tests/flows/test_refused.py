"""What could not be read is remembered until it, or the contract, changes."""

from __future__ import annotations

from pathlib import Path

from flows.refused import FILE, Refused
from tests.flows.extracts import drop


def test_a_file_is_known_as_it_was_refused(tmp_path: Path) -> None:
    file = drop(tmp_path / "inbox", "a.csv", "x")
    refused = Refused(tmp_path / "out", "sha256:1")
    assert not refused.knows(refused.look(file))
    refused.remember(refused.look(file), "unreadable")
    assert refused.knows(refused.look(file))
    other = Refused(tmp_path / "out", "sha256:2")
    assert not other.knows(other.look(file))
    file.write_text("xy")
    assert not refused.knows(refused.look(file))


def test_a_file_that_changed_while_it_was_tried_is_tried_again(tmp_path: Path) -> None:
    file = drop(tmp_path / "inbox", "a.csv", "x")
    refused = Refused(tmp_path, "sha256:1")
    before = refused.look(file)
    file.write_text("xy")
    refused.remember(before, "it changed while it was read")
    assert not refused.knows(refused.look(file))


def test_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    refused = Refused(tmp_path, "sha256:1")
    one, other = drop(tmp_path / "inbox", "a.csv", "x"), drop(tmp_path / "inbox", "b.csv", "x")
    refused.remember(refused.look(one), "unreadable")
    one.unlink()
    assert refused.look(one) is None
    assert not refused.knows(None)
    refused.remember(None, "unreadable")
    refused.remember(refused.look(other), "unreadable")
    refused.remember(refused.look(other), "unreadable")
    assert (tmp_path / FILE).read_text().count('"path"') == 1


def test_a_damaged_memory_costs_an_attempt_only(tmp_path: Path) -> None:
    file = drop(tmp_path / "inbox", "a.csv", "x")
    refused = Refused(tmp_path, "sha256:1")
    for damage in ("{", "7", "[7]", '[{"path": null}]'):
        (tmp_path / FILE).write_text(damage)
        assert not refused.knows(refused.look(file))
    refused.remember(refused.look(file), "unreadable")
    assert refused.knows(refused.look(file))
