"""What a server knows of an intake afterwards: state, artifacts, events, and no value of any record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.intake import intake
from tests.flows.extracts import BAD, GOOD, HEADLESS, SECRET, SOME_BAD, drop, write_contract
from tests.flows.server import Server, until, using

HISTORY = [
    ("good.csv", GOOD, "Published", "COMPLETED"),
    ("again.csv", GOOD, "AlreadyPublished", "COMPLETED"),
    ("some.csv", SOME_BAD, "PublishedWithWarnings", "COMPLETED"),
    ("bad.csv", BAD, "Held", "FAILED"),
    ("headless.csv", HEADLESS, "Held", "FAILED"),
    ("none.csv", None, "CannotRun", "FAILED"),
]
CONTRACT_ID = "history"
RESOURCE = f"weighbridge.extract.{CONTRACT_ID}.people"
THRESHOLD = "two extracts in an hour of which more than a tenth was turned back"


@dataclass(frozen=True, slots=True)
class History:
    """A few extracts of one contract that went through the flow."""

    server: Server
    into: Path
    states: dict[str, Any]


@pytest.fixture(scope="module")
def history(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    folder = tmp_path_factory.mktemp("history")
    contract = write_contract(folder, CONTRACT_ID)
    states: dict[str, Any] = {}
    with using(server):
        automation = {
            "name": THRESHOLD,
            "trigger": {
                "type": "event",
                "posture": "Reactive",
                "expect": ["weighbridge.extract.quarantine-rate"],
                "match": {
                    "prefect.resource.id": "weighbridge.extract.*",
                    "weighbridge.quarantine.band": ["over-10-percent"],
                    "weighbridge.contract.id": CONTRACT_ID,
                },
                "threshold": 2,
                "within": 3600,
            },
            "actions": [{"type": "do-nothing"}],
        }
        server.ask("automations/", **automation)
        for name, text, _, _ in HISTORY:
            if text is not None:
                drop(folder, name, text)
            states[name] = intake(contract, str(folder / name), str(folder / "out"), return_state=True)
    yield History(server, folder / "out", states)


@pytest.mark.parametrize(("name", "text", "state", "kind"), HISTORY, ids=[h[0] for h in HISTORY])
def test_the_state_says_what_became_of_it(history: History, name: str, text: str, state: str, kind: str) -> None:
    assert (history.states[name].name, history.states[name].type.value) == (state, kind)
    run = {"id": {"any_": [str(history.states[name].state_details.flow_run_id)]}}
    (known,) = history.server.ask("flow_runs/filter", flow_runs=run)
    assert known["name"] == f"intake {name}"
    assert (known["state"]["name"], known["state"]["type"]) == (state, kind)
    assert known["state"]["message"]


def test_messages_carry_code_and_fix(history: History) -> None:
    assert "RUN-002" in history.states["bad.csv"].message
    assert "RDR-001" in history.states["none.csv"].message
    assert "check that the path exists" in history.states["none.csv"].message


def test_artifacts_are_there(history: History) -> None:
    def kept(part: str) -> list[dict[str, Any]]:
        key = {"key": {"any_": [f"{CONTRACT_ID}-people-{part}"]}}
        return list(history.server.ask("artifacts/filter", artifacts=key, sort="CREATED_DESC"))

    findings, summaries, links = kept("findings"), kept("summary"), kept("report")
    assert len(findings) == len(summaries) == len(links) == 5
    assert [a["type"] for a in (findings[0], summaries[0])] == ["table", "markdown"]
    assert "CHK-" in findings[1]["data"]
    bad = summaries[1]["data"]
    assert "## held: people" in bad
    assert "| rejected | 3 |" in bad
    assert "[the report](file:///" in links[0]["data"]
    assert "/report.html)" in links[0]["data"]


def test_events_are_told_once_for_each_extract_that_was_judged(history: History) -> None:
    names = [f"weighbridge.extract.{n}" for n in ("published", "held", "quarantine-rate")]

    def told() -> list[dict[str, Any]]:
        events = history.server.events(*names, resource={"id": [RESOURCE]})
        return events if len(events) >= 8 else []

    events = until(told)
    assert sorted(e["event"].rpartition(".")[2] for e in events) == [
        *["held"] * 2,
        *["published"] * 2,
        *["quarantine-rate"] * 4,
    ]
    rates = [e["payload"]["rate"] for e in events if e["event"].endswith("rate")]
    assert sorted(rates) == [0.0, 0.25, 1.0, 1.0]
    held = next(e for e in events if e["event"].endswith("held"))
    assert held["payload"]["verdicts"] == {"accepted": 0, "repaired": 0, "uncertain": 0, "rejected": 3}
    assert held["payload"]["codes"]
    assert any(r["prefect.resource.id"].startswith("prefect.flow-run.") for r in held["related"])


def test_an_automation_with_a_threshold_is_set_off_by_the_rates_band(history: History) -> None:
    def fired() -> list[dict[str, Any]]:
        events = history.server.events("prefect.automation.triggered")
        return [e for e in events if e["resource"]["prefect.resource.name"] == THRESHOLD]

    assert len(until(fired, 30)) == 1


def test_the_server_learns_no_value_of_any_record(history: History) -> None:
    until(lambda: history.server.events("weighbridge.extract.held", resource={"id": [RESOURCE]}))
    kept = [f for f in history.server.home.rglob("*") if f.is_file()]
    assert any(f.name.endswith(".db") for f in kept)
    assert [f for f in kept if SECRET.encode() in f.read_bytes()] == []
