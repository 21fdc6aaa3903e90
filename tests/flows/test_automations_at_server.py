"""Automations that call people: made by a command, made once, and set off by what the flows tell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from prefect.blocks.notifications import CustomWebhookNotificationBlock

from flows.intake import intake
from tests.alert.receiver import listening
from tests.flows.extracts import BAD, SECRET, drop, write_contract
from tests.flows.server import Server, until

ROOT = Path(__file__).parents[2]


def _make(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.automations", *words]
    return subprocess.run(
        command, cwd=ROOT, env=server.environment, capture_output=True, text=True, timeout=200, check=False
    )


def test_automations_are_made_once_and_call_people_with_nothing_of_the_data(at_server: Server, tmp_path: Path) -> None:
    contract = write_contract(tmp_path, "called-for")
    with listening() as receiver:
        CustomWebhookNotificationBlock(
            name="oncall",
            url=f"http://127.0.0.1:{receiver.port}/hook",
            json_data={"title": "{{subject}}", "message": "{{body}}"},
        ).save("oncall")
        words = ("custom-webhook/oncall", "--contract", "called-for")
        first = _make(at_server, *words)
        second = _make(at_server, *words, "--reports-url", "https://reports.example/runs/")
        assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
        assert [line.split()[0] for line in (first.stdout + second.stdout).splitlines()] == ["created"] * 3 + [
            "updated"
        ] * 3
        ours = [a for a in at_server.ask("automations/filter", limit=100) if a["name"].endswith("(called-for)")]
        assert len(ours) == 3
        file = drop(tmp_path, "people.csv", BAD)
        assert intake(contract, str(file), str(tmp_path / "out"), site=False, return_state=True).name == "Held"
        until(lambda: len(receiver.received) >= 2, 60)
    said = {one["title"]: one["message"] for one in receiver.received}
    assert set(said) == {"Held: People (people)", "Many records turned back: People (people)"}
    assert all("https://reports.example/runs/" in text and "/report.html" in text for text in said.values())
    assert "RUN-002" in said["Held: People (people)"]
    assert SECRET not in json.dumps(receiver.received)


def test_a_block_that_is_not_there_is_said(server: Server) -> None:
    done = _make(server, "custom-webhook/nobody")
    assert done.returncode == 2
    assert "ARG-001" in done.stderr
    assert "prefect block ls" in done.stderr
    assert "Traceback" not in done.stderr
