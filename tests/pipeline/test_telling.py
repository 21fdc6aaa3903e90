"""A run as machines are told of it: log lines and spans, with ids, stages, seconds and counts, and no value."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.people import contract, people
from weighbridge.cli.app import run as command
from weighbridge.findings import SourceError
from weighbridge.pipeline.check import check
from weighbridge.pipeline.run import run

SPANS = """
import json, sys
from pathlib import Path
import polars as pl
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
kept = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
trace.set_tracer_provider(provider)
from weighbridge.pipeline.run import run
from weighbridge.findings import WeighbridgeError
with trace.get_tracer("caller").start_as_current_span("job"):
    try:
        run(sys.argv[1], pl.read_parquet(sys.argv[2]), into=Path(sys.argv[3]))
    except WeighbridgeError:
        pass
print(json.dumps([
    {"name": s.name, "id": s.context.span_id, "parent": s.parent and s.parent.span_id,
     "status": s.status.status_code.name, "attributes": dict(s.attributes)} for s in kept.get_finished_spans()
]))
"""


def spans(*words: Path) -> list[dict[str, object]]:
    pytest.importorskip("opentelemetry.sdk", reason="opentelemetry-sdk is in the group dev")
    done = subprocess.run([sys.executable, "-c", SPANS, *map(str, words)], capture_output=True, text=True, check=True)
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def test_a_run_is_a_span_with_its_stages_below_it(tmp_path: Path) -> None:
    people(1, 30, faulty=2).write_parquet(tmp_path / "p.parquet")
    told = spans(contract(tmp_path), tmp_path / "p.parquet", tmp_path / "out")
    *stages, whole, job = told
    assert (whole["name"], whole["parent"], job["name"]) == ("weighbridge.run", job["id"], "job")
    attributes = whole["attributes"]
    assert isinstance(attributes, dict)
    assert attributes["weighbridge.contract"] == "people"
    assert (attributes["weighbridge.records"], attributes["weighbridge.rejected"]) == (30, 2)
    assert attributes["weighbridge.state"] == "published"
    assert [s["name"] for s in stages][1:4] == ["comparing keys", "weighing", "telling findings"]
    assert {s["parent"] for s in stages} == {whole["id"]}
    for stage in stages[1:]:
        own = stage["attributes"]
        assert isinstance(own, dict)
        assert own["weighbridge.run_id"] == attributes["weighbridge.run_id"]


def test_a_run_that_fails_is_a_span_that_says_by_which_code(tmp_path: Path) -> None:
    people(1, 3).write_parquet(tmp_path / "p.parquet")
    (tmp_path / "out").write_text("a file where the folder should be")
    told = {str(s["name"]): s for s in spans(contract(tmp_path), tmp_path / "p.parquet", tmp_path / "out")}
    assert told["weighbridge.run"]["status"] == "ERROR"
    attributes = told["weighbridge.run"]["attributes"]
    assert isinstance(attributes, dict)
    assert attributes["weighbridge.codes"] == ["OUT-001"]


def job(folder: Path) -> list[str]:
    (folder / "people.csv").write_text("id,name,age\n1,Ada,36\n2,Eve,41\n3,,50\n")
    return [str(contract(folder)), str(folder / "people.csv")]


def test_log_lines_as_json_tell_of_every_stage_and_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", *job(tmp_path), "--into", str(tmp_path / "out"), "--quiet"]
    assert command([*words, "--log-format", "json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (began,) = [line for line in lines if line["event"] == "began"]
    ended = lines[-1]
    assert ended["event"] == "ended"
    assert (ended["records"], ended["accepted"], ended["rejected"], ended["exit_code"]) == (3, 2, 1, 0)
    assert ended["run_id"] == began["run_id"]
    assert ended["time"].endswith("Z")
    stages = [line["stage"] for line in lines if line["event"] == "stage"]
    assert "weighing" in stages
    assert stages[-1] == "closing the ledger"
    assert all(line["seconds"] >= 0 for line in lines if line["event"] == "stage")
    assert command(words) == 0
    assert capsys.readouterr().err == ""


def test_log_lines_as_text_are_asked_for_by_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_LOG", "text")
    assert command(["check", *job(tmp_path), "--quiet"]) == 0
    said = capsys.readouterr().err
    assert " INFO stage verb=check run_id=" in said
    assert 'stage="comparing keys"' in said
    assert command(["check", "none.yaml", "none.csv", "--quiet"]) == 2
    assert "ERROR failed verb=check error=" in capsys.readouterr().err
    monkeypatch.setenv("WEIGHBRIDGE_LOG", "xml")
    assert command(["check", *job(tmp_path), "--quiet"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("ARG-001")
    assert "WEIGHBRIDGE_LOG is json or text" in said


def test_a_library_says_nothing_until_it_is_asked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    check(contract(tmp_path), people(1, 3))
    assert caplog.records == []
    with caplog.at_level("INFO", logger="weighbridge"):
        check(contract(tmp_path), people(1, 3))
        run(contract(tmp_path), people(1, 3, faulty=2), into=tmp_path / "out")
        with pytest.raises(SourceError):
            check(contract(tmp_path), tmp_path / "none.csv")
    assert [r.getMessage() for r in caplog.records if "stage" not in r.getMessage()] == [
        "check began", "check ended", "run began", "run ended", "check failed"]  # fmt: skip
    assert [r.levelname for r in caplog.records if "stage" not in r.getMessage()][3:] == ["WARNING", "ERROR"]
