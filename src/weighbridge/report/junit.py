"""The report as JUnit XML, for continuous integration: one test case a check.

A check that does not hold is a failure where its severity is error; a warning or a note passes and says so in its
output. Findings of severity error about the extract are cases of their own, and so is the decision, which fails when
the extract is held. Promises that are not executed are skipped cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from weighbridge.findings import Decision, Severity
from weighbridge.report.explaining import concentrates, showable
from weighbridge.report.numbers import plural, rate
from weighbridge.report.text import clip, visible

if TYPE_CHECKING:
    from weighbridge.outcome.result import CheckResult, RunResult

_MOST_SKIPPED = 200
_MOST_FINDINGS = 200


def render_junit(result: RunResult) -> str:
    """Return the JUnit XML of a run; nothing classified stands in it."""
    name = f"{result.contract.id}.{result.contract.object}"
    suite = ElementTree.Element("testsuite", name=_text(name), id="0", package=_text(result.contract.id))
    _decision(suite, result, name)
    can_be_shown = showable(result)
    for check in result.checks:
        case = _case(suite, f"{name}.checks", check.name)
        if check.holds:
            continue
        told = _told(check, can_be_shown)
        if check.severity is Severity.ERROR:
            _failure(case, check.code, _outcome(check), told)
        else:
            ElementTree.SubElement(case, "system-out").text = _text(f"{check.severity}: {_outcome(check)}\n{told}")
    for finding in [f for f in result.findings if f.severity is Severity.ERROR][:_MOST_FINDINGS]:
        case = _case(suite, f"{name}.extract", f"{finding.code} {finding.place}".strip())
        _failure(case, finding.code, finding.message, f"fix: {finding.fix}")
    for part in [p for p in result.not_executed if p.asserts][:_MOST_SKIPPED]:
        case = _case(suite, f"{name}.not_executed", part.what)
        ElementTree.SubElement(case, "skipped", message=_text(part.why))
    _count(suite, result)
    whole = ElementTree.Element("testsuites", {k: suite.attrib[k] for k in ("tests", "failures", "errors", "time")})
    whole.set("name", "weighbridge")
    whole.append(suite)
    ElementTree.indent(whole)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(whole, encoding="unicode")}\n'


def _decision(suite: ElementTree.Element, result: RunResult, name: str) -> None:
    case = _case(suite, name, "decision")
    if result.decision is Decision.HOLD:
        _failure(case, "held", "the extract is held", "\n".join(result.reasons))
    else:
        ElementTree.SubElement(case, "system-out").text = _text("\n".join((result.decision.value, *result.reasons)))


def _case(suite: ElementTree.Element, group: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=visible(group), name=visible(name), time="0")


def _failure(case: ElementTree.Element, kind: str, message: str, told: str) -> None:
    failure = ElementTree.SubElement(case, "failure", type=kind, message=visible(message))
    failure.text = "\n".join(_text(line) for line in told.split("\n"))


def _outcome(check: CheckResult) -> str:
    if check.failed_records is None:
        return f"{check.title}: {check.observed or check.expected}"
    return f"{check.title}: {plural(check.failed_records, 'record')} ({rate(check.failed_rate)})"


def _told(check: CheckResult, can_be_shown: frozenset[str]) -> str:
    lines = [f"expected: {check.expected}"]
    if check.line is not None:
        lines.append(f"contract line: {check.line}")
    for example in check.examples[:3]:
        seen = "" if example.seen is None else f", saw {clip(example.seen, 160)}"
        lines.append(f"e.g. {example.source} record {example.record}{seen}")
    lines += [str(found["words"]) for found in concentrates(check, can_be_shown)]
    return "\n".join([*lines, f"fix: {check.fix}"])


def _count(suite: ElementTree.Element, result: RunResult) -> None:
    failures = sum(case.find("failure") is not None for case in suite)
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failures))
    suite.set("errors", "0")
    suite.set("skipped", str(sum(case.find("skipped") is not None for case in suite)))
    suite.set("time", f"{(result.finished - result.started).total_seconds():.3f}")
    suite.set("timestamp", f"{result.started:%Y-%m-%dT%H:%M:%S}")


def _text(text: str) -> str:
    """Return text that XML can hold: what cannot be seen is spelled out."""
    return "\n".join(visible(line) for line in text.split("\n"))
