"""Every door that shows something, after a run and before one: none shows a classified value."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.masking.formats import delimited
from tests.masking.marks import NUMBER, TEXT, leaks_in
from weighbridge.cli.app import run
from weighbridge.sinks import new_key

SPANS = """
import json, sys
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
kept = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
trace.set_tracer_provider(provider)
from weighbridge.cli.app import run
code = run(sys.argv[1:])
print("SPANS" + "".join(span.to_json() for span in kept.get_finished_spans()))
sys.exit(code)
"""

Job = tuple[Path, Path, Path]


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Give a contract, its source, and a folder that the source was run into."""
    monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY", new_key())
    path, (source,) = delimited(tmp_path)
    assert run(["run", str(path), str(source), "--into", str(tmp_path / "out"), "--object", "people", "--quiet"]) == 0
    return path, source, tmp_path / "out"


def leaks(capfd: pytest.CaptureFixture[str]) -> list[str]:
    said = capfd.readouterr()
    return [*leaks_in("stdout", said.out.encode()), *leaks_in("stderr", said.err.encode())]


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["words", "json"])
def test_looking_at_a_file_with_its_contract(job: Job, more: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    path, source, into = job
    with_contract = ["--contract", str(path), "--object", "people"]
    assert run(["sniff", str(source), *with_contract, *more]) == 0
    assert run(["profile", str(source), *with_contract, *more]) == 0
    assert run(["profile", "--run", "latest", "--into", str(into), *more]) == 0
    assert run(["explain", str(path), str(source), "--object", "people", *more]) == 0
    assert run(["lint", str(path), *more]) in (0, 1)
    assert leaks(capfd) == []


def test_exported_checks_hold_no_value_of_a_record(job: Job, capfd: pytest.CaptureFixture[str]) -> None:
    path, _, _ = job
    for tool in ("pandera", "gx"):
        assert run(["export", str(path), "--to", tool, "--object", "people"]) == 0
    assert leaks(capfd) == []


def test_the_queue_and_its_accounts(job: Job, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, _, into = job
    for words in (["queue"], ["queue", "--state", "open"], ["queue", "show", "1"], ["queue", "--text", "x"]):
        for more in ([], ["--json"]):
            assert run([*words, "--into", str(into), *more]) in (0, 1), words
    assert run(["queue", "return", "1", "--into", str(into), "--by", "Ada", "--why", "as it is"]) == 0
    back = tmp_path / "back"
    assert run(["queue", "export", "--into", str(into), "--to", str(back)]) == 0
    assert leaks(capfd) == []


def test_the_site_and_the_alerts(job: Job, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, _, into = job
    site = tmp_path / "site"
    assert run(["site", "--into", str(into), "--to", str(site)]) == 0
    for more in ([], ["--json"]):
        assert run(["alerts", "list", "--into", str(into), "--all", *more]) in (0, 1)
    assert leaks(capfd) == []
    pages = [p for p in sorted(site.rglob("*")) if p.is_file()]
    assert pages
    assert [leak for page in pages for leak in leaks_in(page.name, page.read_bytes())] == []


def test_a_rehearsed_erasure_names_nobody(job: Job, capfd: pytest.CaptureFixture[str]) -> None:
    _, _, into = job
    words = ["erase", "--contract", "people", "--subject", f"code={TEXT}", "--into", str(into)]
    assert run(words) in (0, 1)
    assert run([*words, "--json"]) in (0, 1)
    assert leaks(capfd) == []


def test_an_error_of_a_command_quotes_no_value(job: Job, capfd: pytest.CaptureFixture[str]) -> None:
    path, source, into = job
    broken = source.with_name("broken.csv")
    broken.write_bytes(b"id,code\n1," + TEXT.encode() + b"\n")
    for words in (["run", str(path), str(broken), "--into", str(into)], ["check", str(path), str(broken)]):
        assert run([*words, "--object", "people"]) in (1, 2)
    assert leaks(capfd) == []


def test_spans_hold_no_value(job: Job) -> None:
    pytest.importorskip("opentelemetry.sdk", reason="opentelemetry-sdk is in the group dev")
    path, source, into = job
    words = [
        "run",
        str(path),
        str(source),
        "--into",
        str(into),
        "--object",
        "people",
        "--again",
        "--log-format",
        "json",
    ]
    done = subprocess.run([sys.executable, "-c", SPANS, *words], capture_output=True, check=True)
    told = done.stdout.partition(b"SPANS")[2]
    assert b"weighbridge.run" in told
    assert list(leaks_in("spans", told)) == []
    assert list(leaks_in("logs", done.stderr)) == []
    assert json.loads(done.stderr.splitlines()[0])["event"] == "began"
    assert str(NUMBER).encode() not in done.stdout
