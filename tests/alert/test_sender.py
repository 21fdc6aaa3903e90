"""Telling: what a receiver gets, and what is said of one that cannot be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.alert.receiver import Receiver
from weighbridge.alert import Entry, Sender, Settings
from weighbridge.findings import ArgumentError

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENTRY = Entry("k", "held", "people", "people", "people is held", "9 rejected", "r1", NOON, NOON, 3, None, None, 0)


def test_an_alert_says_what_how_often_and_where_to_look(receiver: Receiver) -> None:
    settings = Settings((receiver.url,), reports_url="https://reports.example/runs/", review_url="https://q.example")
    assert Sender(settings).tell(ENTRY) == ()
    assert Sender(settings).tell(replace(ENTRY, over=NOON)) == ()
    assert Sender(settings).tell(replace(ENTRY, kind="waiting", times=1)) == ()
    held, over, waiting = receiver.received
    assert held["title"] == "people is held"
    assert held["message"].splitlines() == [
        "9 rejected",
        "Seen 3 times since 2026-05-01 12:00 UTC.",
        "https://reports.example/runs/r1/report.html",
    ]
    assert (held["type"], over["type"]) == ("warning", "success")
    assert over["title"] == "Over: people is held"
    assert waiting["message"].splitlines() == ["9 rejected", "https://q.example"]


def test_a_receiver_that_fails_is_a_warning_without_its_secrets(receiver: Receiver) -> None:
    receiver.takes = False
    secret = receiver.url.replace("json://", "json://robot:hunter2@")
    sender = Sender(Settings((secret, "nonsense://hunter2", "hunter2", "json://127.0.0.1:9/hunter2")))
    findings = sender.send("title", "body")
    assert [f.code for f in findings] == ["ALT-001", "ALT-003", "ALT-003", "ALT-001"]
    assert "weighbridge alerts test" in findings[0].fix
    assert "as Apprise does" in findings[1].fix
    assert "hunter2" not in repr(findings) + "".join(map(str, findings)) + repr(sender.settings)


def test_settings_come_from_the_environment_and_a_file(tmp_path: Path) -> None:
    listed = tmp_path / "addresses"
    listed.write_text("# ours\njson://a\n\n  json://b\njson://a\n")
    environment = {"WEIGHBRIDGE_ALERTS": "json://c json://a", "WEIGHBRIDGE_ALERTS_FILE": str(listed)}
    settings = Settings.from_environment(environment | {"WEIGHBRIDGE_ALERTS_AGAIN": "PT12H"})
    assert settings.urls == ("json://c", "json://a", "json://b")
    assert settings.again_after == timedelta(hours=12)
    assert Settings.from_environment({}) == Settings()


@pytest.mark.parametrize(
    ("environment", "code", "fix"),
    [
        ({"WEIGHBRIDGE_ALERTS_FILE": "/nowhere/at/all"}, "ALT-002", "that this user may read"),
        ({"WEIGHBRIDGE_ALERTS_AGAIN": "a day"}, "ALT-004", "ISO 8601"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(environment: dict[str, str], code: str, fix: str) -> None:
    with pytest.raises(ArgumentError) as error:
        Settings.from_environment(environment)
    (finding,) = error.value.findings
    assert (finding.code, fix in finding.fix) == (code, True)
