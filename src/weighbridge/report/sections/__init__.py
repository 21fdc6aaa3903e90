"""The sections of the report, in the order they are read."""

from __future__ import annotations

from weighbridge.report.section import Section
from weighbridge.report.sections.causes import causes
from weighbridge.report.sections.certainty import certainty
from weighbridge.report.sections.checks import checks
from weighbridge.report.sections.decision import decision
from weighbridge.report.sections.drift import drift
from weighbridge.report.sections.extract import extract
from weighbridge.report.sections.facts import facts
from weighbridge.report.sections.findings import findings
from weighbridge.report.sections.next_steps import next_steps
from weighbridge.report.sections.not_executed import not_executed
from weighbridge.report.sections.profile import profile
from weighbridge.report.sections.receipt import receipt
from weighbridge.report.sections.sources import sources
from weighbridge.report.sections.verdicts import verdicts

SECTIONS = (
    Section("decision", "Decision", decision, first_screen=True),
    Section("verdicts", "Records by verdict", verdicts, first_screen=True),
    Section("certainty", "How sure this is", certainty, first_screen=True),
    Section("next_steps", "What to do next", next_steps, first_screen=True),
    Section("causes", "Failures with one cause", causes),
    Section("findings", "Findings in records", findings),
    Section("extract", "Findings about the whole extract", extract),
    Section("drift", "Drift: beside what was before", drift),
    Section("receipt", "Receipt", receipt),
    Section("profile", "Columns: declared and observed", profile),
    Section("checks", "All checks", checks),
    Section("sources", "Sources and how they were read", sources),
    Section("not_executed", "Not executed", not_executed),
    Section("facts", "About this run", facts),
)
