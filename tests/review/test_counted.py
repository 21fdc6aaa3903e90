"""A decision about many records says how far it has come."""

from __future__ import annotations

from weighbridge.cli.queue import counted


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        self.told.append(name)

    def advance(self, count_bytes: int) -> None:
        raise AssertionError("records are no bytes")


def test_every_thousand_records_are_told_and_none_is_left_out() -> None:
    picks, listener = [(n, 1) for n in range(2_500)], Listener()
    assert list(counted(picks, listener)) == picks
    assert listener.told == ["0 of 2,500 records", "1,000 of 2,500 records", "2,000 of 2,500 records"]
