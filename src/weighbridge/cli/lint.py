"""`weighbridge lint`."""

from __future__ import annotations

from pathlib import Path

from weighbridge.cli.terminal import print_json
from weighbridge.findings import ArgumentError, Finding, Severity


def lint(*contracts: Path, strict: bool = False, json: bool = False) -> int:
    """Judge contracts: every fault at once, each with its line, its code and its fix.

    First the Open Data Contract Standard's own schema, then Weighbridge's extensions, then
    what a schema cannot see: a rule on a type it cannot read, an enum that contradicts a
    pattern, a threshold that cannot trip, an expectation of Great Expectations that does not
    exist or does not fit the object. What a contract asks for and Weighbridge does not
    execute is listed: nothing is skipped in silence.

    Exit codes: 0 usable · 2 not usable (or, with --strict, anything was found).

    Parameters
    ----------
    contracts
        ODCS YAML files.
    strict
        Treat warnings as faults.
    json
        Print the judgements as JSON.
    """
    from weighbridge.pipeline.lint_checks import lint as judge

    if not contracts:
        raise ArgumentError(Finding("ARG-001", detail="no contract is named; name at least one file"))
    reports = [(path, judge(path)) for path in contracts]
    if json:
        print_json([{"path": str(path), **report.to_dict()} for path, report in reports])
    else:
        for path, report in reports:
            for finding in report.findings:
                print(finding, end="\n\n")
            for part in report.not_executed:
                if part.asserts:
                    line = f":{part.line}" if part.line is not None else ""
                    print(f"not executed: {part.what} ({part.why})\n  at:  {path}{line}\n")
            if describing := [part.what for part in report.not_executed if not part.asserts]:
                print(f"read, and nothing to execute: {'; '.join(describing)}\n")
            errors = sum(f.severity is Severity.ERROR for f in report.findings)
            others = len(report.findings) - errors
            print(f"{path}: {_count(errors, 'fault')}, {_count(others, 'warning')}, "
                  f"{_count(sum(part.asserts for part in report.not_executed), 'promise')} not executed")  # fmt: skip
    bad = any(f.severity is Severity.ERROR or strict for _, report in reports for f in report.findings)
    return 2 if bad else 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
