"""Who is called, and when: after runs, after runs that could not be made, when records wait too long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from tests.alert.receiver import Receiver, listening
from tests.pipeline.people import contract, people
from tests.review.waiting import judged
from weighbridge.cli.app import run as command
from weighbridge.findings import SourceError
from weighbridge.pipeline.alerting import remind
from weighbridge.pipeline.intake import now
from weighbridge.pipeline.run import run


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver that this process's settings name."""
    with listening() as there:
        monkeypatch.setenv("WEIGHBRIDGE_ALERTS", there.url)
        yield there


def wanting(folder: Path, **alerts: object) -> Path:
    path = contract(folder)
    document = yaml.safe_load(path.read_text())
    document["schema"][0]["customProperties"].append({"property": "alerts", "vendor": "weighbridge", "value": alerts})
    path.write_text(yaml.safe_dump(document))
    return path


def test_a_held_extract_is_told_once_until_one_is_published(tmp_path: Path, receiver: Receiver) -> None:
    ours, into = contract(tmp_path), tmp_path / "out"
    assert run(ours, people(0, 50), into=into).state == "published"
    assert receiver.received == []
    assert run(ours, people(100, 50, faulty=40), into=into).state == "held"
    assert run(ours, people(200, 50, faulty=40), into=into).state == "held"
    (told,) = receiver.received
    assert told["title"] == "People (people) is held"
    assert "40 rejected" in told["message"]
    assert "RUN-002" in told["message"]
    assert run(ours, people(300, 50), into=into).state == "published"
    assert receiver.titles[1:] == ["Over: People (people) is held"]


def test_rates_and_warnings_are_told_where_the_contract_asks(tmp_path: Path, receiver: Receiver) -> None:
    ours, into = wanting(tmp_path, rejected={"rate": 0.05, "count": 100}, warnings=True), tmp_path / "out"
    run(ours, people(0, 100, faulty=5), into=into)
    assert receiver.titles == []
    run(ours, people(200, 100, faulty=6), into=into)
    assert receiver.titles == ["People (people): 6 records rejected"]
    assert "more than 100 or more than 5.00%" in receiver.received[0]["message"]
    run(ours, people(400, 100), into=into)
    assert receiver.titles[1:] == ["Over: People (people): 6 records rejected"]


def test_a_dataset_check_that_warns_is_told_where_the_contract_asks(tmp_path: Path, receiver: Receiver) -> None:
    ours = wanting(tmp_path, warnings=True)
    ours.write_text(ours.read_text().replace("mustBeLessThan: 1000000", "mustBeLessThan: 1"))
    run(ours, people(0, 130), into=tmp_path / "out")
    assert [title for title in receiver.titles if "does not hold" in title]


def test_a_run_that_cannot_be_made_is_told_by_code_alone(tmp_path: Path, receiver: Receiver) -> None:
    ours, into = contract(tmp_path), tmp_path / "out"
    secret = tmp_path / "patient-4711.csv"
    with pytest.raises(SourceError):
        run(ours, secret, into=into)
    assert receiver.received == [], "nothing was ever run here: a wrong path is nobody's night"
    run(ours, people(0, 10), into=into)
    with pytest.raises(SourceError):
        run(ours, secret, into=into)
    (told,) = receiver.received
    assert told["title"] == "people.odcs.yaml cannot run"
    assert "RDR-001" in told["message"]
    assert "4711" not in json.dumps(told)
    run(ours, people(20, 10), into=into)
    assert receiver.titles[1:] == ["Over: people.odcs.yaml cannot run"]


def test_no_value_and_no_file_name_is_in_an_alert(tmp_path: Path, receiver: Receiver) -> None:
    ours, into = wanting(tmp_path, rejected={"count": 0}, uncertain={"count": 0}, warnings=True), tmp_path / "out"
    marked = pl.DataFrame(
        {"id": ["MARKER1", "1", "1"], "name": ["MARKER2 far too long", "b", "c"], "age": ["MARKER3", "1", "2"]}
    )
    source = tmp_path / "MARKER4.csv"
    marked.write_csv(source)
    run(ours, source, into=into)
    assert receiver.received
    assert "MARKER" not in json.dumps(receiver.received)


def test_a_receiver_that_fails_fails_no_run_and_is_told_later(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    ours, into = contract(tmp_path), tmp_path / "out"
    receiver.takes = False
    assert run(ours, people(0, 50, faulty=40), into=into).state == "held"
    assert "ALT-001" in caplog.text
    receiver.takes = True
    assert run(ours, people(100, 50, faulty=40), into=into).state == "held"
    assert "Seen 2 times" in receiver.received[0]["message"]


def test_records_that_wait_too_long_are_told_until_somebody_settles_them(
    tmp_path: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(tmp_path, review="{maxAge: P2D}")
    into, begun = tmp_path / "out", now()
    assert remind(into, begun + timedelta(days=1)) == ()
    assert receiver.received == []
    remind(into, begun + timedelta(days=3))
    remind(into, begun + timedelta(days=3, hours=1))
    (told,) = receiver.received
    assert told["title"] == "guests (guests): 6 records wait too long"
    assert "the contract lets a record wait for 2 days" in told["message"]
    assert command(["alerts", "--into", str(into), "--json"]) == 1
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["kind"], entry["times"]) == ("waiting", 2)


def test_the_verb_lists_tests_and_sends(
    tmp_path: Path, receiver: Receiver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    into = tmp_path / "out"
    judged(tmp_path)
    assert command(["alerts", "--into", str(into)]) == 0
    assert capsys.readouterr().out == "nothing is wrong\n"
    assert command(["alerts", "test"]) == 0
    assert receiver.titles == ["Weighbridge can reach you"]
    capsys.readouterr()
    assert command(["alerts", "send", "--into", str(into), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"addresses": 1, "failed": []}
    monkeypatch.setenv("WEIGHBRIDGE_ALERTS", "nonsense://x")
    assert command(["alerts", "test"]) == 2
    monkeypatch.delenv("WEIGHBRIDGE_ALERTS")
    assert command(["alerts", "test"]) == 2
    assert "ALT-005" in capsys.readouterr().err
    assert command(["alerts", "send"]) == 2
    assert "--into" in capsys.readouterr().err


def test_guests_without_a_longest_wait_are_nobodys_trouble(tmp_path: Path, receiver: Receiver) -> None:
    judged(tmp_path)
    remind(tmp_path / "out", now() + timedelta(days=999))
    assert receiver.received == []


def promising(folder: Path) -> Path:
    path = contract(folder)
    document = yaml.safe_load(path.read_text())
    document["slaProperties"] = [{"property": "frequency", "value": 1, "unit": "d"}]
    path.write_text(yaml.safe_dump(document))
    return path


def test_that_nothing_arrived_by_the_promised_time_is_told_until_something_does(
    tmp_path: Path, receiver: Receiver
) -> None:
    ours, into, begun = promising(tmp_path), tmp_path / "out", now()
    run(ours, people(0, 50), into=into)
    remind(into, begun + timedelta(hours=23))
    assert receiver.received == []
    remind(into, begun + timedelta(hours=25))
    remind(into, begun + timedelta(hours=26))
    (told,) = receiver.received
    assert told["title"] == "people (people): nothing arrived by the promised time"
    assert f"promised another by {begun + timedelta(days=1):%Y-%m-%d}" in told["message"]
    run(ours, people(100, 50), into=into)
    assert receiver.titles[1:] == ["Over: people (people): nothing arrived by the promised time"]


def test_that_the_newest_value_is_stale_is_told_without_the_value(tmp_path: Path, receiver: Receiver) -> None:
    path, into, begun = contract(tmp_path), tmp_path / "out", now()
    document = yaml.safe_load(path.read_text())
    document["schema"][0]["properties"].append({"name": "seen", "logicalType": "date"})
    document["slaProperties"] = [{"property": "freshness", "value": 2, "unit": "d", "element": "people.seen"}]
    path.write_text(yaml.safe_dump(document))
    run(path, people(0, 5).with_columns(seen=pl.lit(begun.date())), into=into)
    remind(into, begun + timedelta(days=1))
    assert receiver.received == []
    remind(into, begun + timedelta(days=4))
    (told,) = receiver.received
    assert told["title"] == "people (people) is stale"
    assert "older than the contract promises" in told["message"]


def test_records_that_will_soon_wait_too_long_are_told_before_they_do(tmp_path: Path, receiver: Receiver) -> None:
    judged(tmp_path, review="{maxAge: P10D}")
    into, begun = tmp_path / "out", now()
    remind(into, begun + timedelta(days=7))
    assert receiver.received == []
    remind(into, begun + timedelta(days=9))
    remind(into, begun + timedelta(days=11))
    assert sorted(receiver.titles) == [
        "Over: guests (guests): 6 records will soon wait too long",
        "guests (guests): 6 records wait too long",
        "guests (guests): 6 records will soon wait too long",
    ]
