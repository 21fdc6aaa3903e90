"""Every check of our own heeds filter, severity and tolerance, and names the columns it is about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.checks.test_cases import also, lowered
from weighbridge.checks.check import Case, Check
from weighbridge.checks.registry import CHECKS
from weighbridge.contract.model import Quality
from weighbridge.findings import Effect, Severity
from weighbridge.probe import BesideProbe, FrameProbe, Probe, ScalarProbe

ABOUT_REFERENCES = {"CHK-065"}
WITH_RUNS_BEFORE = {"drift", "history"}  # of all their records: what does not apply is listed, which is asked below
OWN = [check for check in CHECKS if check.part is Quality and check.name not in WITH_RUNS_BEFORE]


def first(check: Check[Any]) -> Case:
    """Return the first case that fails something and finds no fault with the contract."""
    return next(
        case
        for case in check.cases()
        if set(case.amiss) <= ABOUT_REFERENCES
        and (any(case.fails.values()) or any(not holds for holds, _ in case.answers.values()))
    )


def with_parts(case: Case, **parts: Any) -> Case:
    """Return a case whose entries say something more."""

    def said(entries: tuple[Quality, ...]) -> tuple[Quality, ...]:
        options = parts.get("options", {})
        severity = parts.get("severity")
        return tuple(replace(q, options={**q.options, **options}, severity=severity or q.severity) for q in entries)

    schema = case.schema
    properties = tuple(replace(p, quality=said(p.quality)) for p in schema.properties)
    return replace(case, schema=replace(schema, properties=properties, quality=said(schema.quality)))


def probes(case: Case) -> tuple[Probe, ...]:
    made = lowered(case)
    assert {f.code for f in made.findings} <= ABOUT_REFERENCES
    return (*made.probes, *(told for probe in made.probes for told in also(probe, case.rows)))


@pytest.mark.parametrize("check", OWN, ids=lambda check: check.name)
def test_severity_is_what_a_failure_does(check: Check[Any]) -> None:
    for severity, effect in ((Severity.WARNING, Effect.WARN), (Severity.INFO, Effect.NOTE)):
        case = with_parts(first(check), severity=severity)
        for probe in probes(case):
            if isinstance(probe, ScalarProbe | FrameProbe):
                assert probe.severity is severity
            elif "onFailure" not in str(case.schema):
                assert probe.effect is effect or probe.effect is Effect.WARN


@pytest.mark.parametrize("check", OWN, ids=lambda check: check.name)
def test_a_filter_is_named_with_its_columns(check: Check[Any]) -> None:
    case = first(check)
    name = case.schema.properties[0].name
    text = f"{name} IS NOT NULL"
    for probe in probes(with_parts(case, options={"filter": text})):
        assert name in probe.properties
        assert probe.expected.endswith(f"where {text}")


@pytest.mark.parametrize("check", OWN, ids=lambda check: check.name)
def test_a_tolerance_of_all_bears_all(check: Check[Any]) -> None:
    case = with_parts(first(check), options={"tolerance": {"rate": 1}})
    made = lowered(case)
    if {f.code for f in made.findings} - ABOUT_REFERENCES:
        assert {f.code for f in made.findings} == {"CHK-036"}, "what has nothing to bear says so"
        return
    told = probes(case)
    of_extract = [p for p in told if isinstance(p, ScalarProbe | FrameProbe)]
    assert of_extract, "there is something that holds or does not"
    words = " ".join(f"{p.name} {p.expected}" for p in of_extract)
    assert "tolerance" in words or "at most 100 %" in words, words


@pytest.mark.parametrize("check", OWN, ids=lambda check: check.name)
def test_a_check_names_the_columns_that_fail(check: Check[Any]) -> None:
    for case in check.cases():
        for probe in lowered(case).probes:
            assert set(probe.properties) <= set(case.rows.columns)
            if not isinstance(probe, ScalarProbe | FrameProbe):
                assert probe.properties, probe.name


@pytest.mark.parametrize("check", [c for c in CHECKS if c.name in WITH_RUNS_BEFORE], ids=lambda check: check.name)
def test_what_does_not_apply_to_runs_before_is_listed(check: Check[Any]) -> None:
    options = {"filter": "a IS NOT NULL", "tolerance": {"rate": 1}, "onFailure": "warn", "scope": "published"}
    made = lowered(with_parts(check.cases()[0], options=options, severity=Severity.WARNING))
    listed = {n.what.rpartition(": ")[2] for n in made.not_executed}
    assert set(options) <= listed
    for probe in made.probes:
        assert isinstance(probe, ScalarProbe | BesideProbe)
        assert probe.severity is Severity.WARNING
