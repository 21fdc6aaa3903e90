"""For machines: JUnit XML, and messages of the Open Observability Results Standard."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.report import made
from weighbridge.cli import app
from weighbridge.findings import Effect, Finding, Severity
from weighbridge.report import oors, render_junit

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: c
name: c
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - {name: n, logicalType: integer, logicalTypeOptions: {minimum: 1}}
"""


def suite_of(text: str) -> ElementTree.Element:
    suite = ElementTree.fromstring(text).find("testsuite")
    assert suite is not None
    return suite


@pytest.mark.parametrize("name", made.ALL)
def test_every_check_is_one_case_and_the_counts_are_right(name: str) -> None:
    result = made.ALL[name]()
    suite = suite_of(render_junit(result))
    cases = Counter(case.attrib["name"] for case in suite if case.attrib["classname"].endswith(".checks"))
    assert cases == Counter(c.name for c in result.checks)
    assert int(suite.attrib["tests"]) == len(suite)
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))


def test_errors_fail_and_warnings_pass_with_a_word() -> None:
    checks = (
        made.check("bad|type"),
        made.check("odd|type", severity=Severity.WARNING, effect=Effect.WARN),
        made.check("good|type", holds=True, failed_records=0, examples=()),
    )
    suite = suite_of(render_junit(made.published(checks=checks)))
    by = {case.attrib["name"]: case for case in suite}
    failure = by["bad|type"].find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "LEG-001", "message": "the value cannot be read as its type: 20 records (0.20 %)"}
    assert "contract line: 17" in str(failure.text)
    assert "e.g. cust.csv record 1234, saw 2024-01-32" in str(failure.text)
    assert by["odd|type"].find("failure") is None
    assert "warning: " in str(by["odd|type"].findtext("system-out"))
    assert len(by["good|type"]) == 0
    assert by["roles"].find("skipped") is not None


def test_a_held_extract_fails_and_so_do_errors_about_it() -> None:
    held = suite_of(render_junit(made.held()))
    assert held[0].attrib["name"] == "decision"
    assert held[0].find("failure") is not None
    with_error = made.published(findings=(Finding("RDR-025", severity=Severity.ERROR, fix="send it again"),))
    case = next(c for c in suite_of(render_junit(with_error)) if c.attrib["name"].startswith("RDR-025"))
    assert "send it again" in str(case.findtext("failure"))


def test_whatever_stands_in_the_data_it_is_xml() -> None:
    hostile = "\x00\x1b]]>&<\ud800\u202e\n\"'"
    result = made.published(checks=(made.check(hostile, expected=hostile, examples=(made.example(seen=hostile),)),))
    names = [case.attrib["name"] for case in suite_of(render_junit(result))]
    assert any("␀␛]]>&<⟨U+D800⟩⟨U+202E⟩" in name for name in names)


@pytest.mark.parametrize("name", made.ALL)
def test_an_oors_message_has_what_the_draft_requires(name: str) -> None:
    result = made.ALL[name]()
    message = json.loads(json.dumps(oors(result), allow_nan=False))
    assert {"apiVersion", "kind", "id", "observedAt", "source", "results"} <= set(message)
    assert (message["apiVersion"], message["kind"]) == ("v0.8.1", "ObservabilityResults")
    assert message["source"] == {"process": "weighbridge", "runId": result.run_id, "vendor": "weighbridge"}
    statuses = {"pass", "fail", "warn", "error", "skip", "unknown"}
    assert all({"id", "type", "name", "status"} <= set(r) and r["status"] in statuses for r in message["results"])
    order = [s for s in ("error", "fail", "warn", "pass", "skip") if any(r["status"] == s for r in message["results"])]
    assert message["status"] == (order[0] if order else "unknown")
    assert oors(result) == oors(result)


def test_nobody_puts_values_of_their_environment_into_an_oors_message() -> None:
    result = made.published(checks=(made.check("${HOME}", expected="${SECRET}"),))
    assert "${" not in json.dumps(oors(result))


def test_masked_values_stay_masked() -> None:
    result = made.masked()
    assert "078-05-1120" not in render_junit(result) + json.dumps(oors(result))


def test_the_doors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contract, extract, out = tmp_path / "c.odcs.yaml", tmp_path / "t.csv", tmp_path / "out"
    contract.write_text(CONTRACT)
    extract.write_text("n\n0\n1\n2\n" + "3\n" * 97)
    junit = tmp_path / "ci" / "junit.xml"
    assert app.run(["check", str(contract), str(extract), "--junit", str(junit), "--quiet"]) == 0
    assert suite_of(junit.read_text(encoding="utf-8")).attrib["failures"] == "1"
    assert app.run(["run", str(contract), str(extract), "--into", str(out), "--quiet"]) == 0
    assert app.run(["report", "--into", str(out), "--format", "junit"]) == 0
    assert suite_of(capsys.readouterr().out).attrib["name"] == "c.t"
    assert app.run(["report", "--into", str(out), "--format", "oors"]) == 0
    assert json.loads(capsys.readouterr().out)["contract"]["contractId"] == "c"
