"""By mail: what a real SMTP server gets, and what is said of one that refuses."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from email import policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.alert.test_sender import ENTRY
from weighbridge.alert import Sender, Settings


class Box:
    """Keeps what it is sent, or refuses it."""

    def __init__(self) -> None:
        self.takes = True
        self.letters: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the server's name for it
        if not self.takes:
            return "550 no such box"
        self.letters.append((envelope, email.message_from_bytes(envelope.content, policy=policy.default)))
        return "250 taken"


@pytest.fixture
def box() -> Iterator[tuple[Box, Settings]]:
    """A mail server on this machine, and settings that name it."""
    kept = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        url = f"mailto://127.0.0.1:{port}?smtp=127.0.0.1&mode=insecure&from=robot@example.org&to=ada@example.org&format=text"
        yield kept, Settings((url,), reports_url="https://reports.example/runs")
    finally:
        controller.stop()


def test_an_alert_comes_as_a_letter_with_its_link(box: tuple[Box, Settings]) -> None:
    kept, settings = box
    assert Sender(settings).tell(ENTRY) == ()
    ((envelope, letter),) = kept.letters
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert letter["Subject"] == "people is held"
    text = letter.get_body(("plain",)).get_content()
    assert "9 rejected" in text
    assert "https://reports.example/runs/r1/report.html" in text


def test_a_server_that_refuses_is_a_warning(box: tuple[Box, Settings]) -> None:
    kept, settings = box
    kept.takes = False
    assert [f.code for f in Sender(settings).tell(ENTRY)] == ["ALT-001"]
    assert kept.letters == []
