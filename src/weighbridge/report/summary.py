"""The report in a few lines, for terminals."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weighbridge.report.model import model
from weighbridge.report.numbers import count, plural, rate
from weighbridge.report.text import clip, every_text, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from weighbridge.outcome.result import RunResult

_MOST_FINDINGS = 6
_WIDTH = 100
_SETTLES = "REV-014"
"""What a new version of the contract would settle: the one note that asks for a step beyond this run."""


def summary(result: RunResult) -> str:
    """Return decision and reasons, verdicts, the gravest findings with an example, tables, and the report's place.

    Plain text without colours; nothing from the data can steer a terminal.
    """
    shown = every_text(model(result), visible)
    return "\n".join(_lines(shown, result))


def _lines(shown: dict[str, Any], result: RunResult) -> Iterator[str]:
    decided = shown["decision"]
    more = f" and {plural(decided['more_sources'], 'more file')}" if decided["more_sources"] else ""
    yield f"{decided['words'].upper()}  {shown['title']}  {decided['source'] or '(no source)'}{more}"
    if decided["state"] != "published" or decided["tone"] == "bad":
        yield f"  {decided['meaning']}"
    for reason in decided["reasons"]:
        yield from _wrapped(clip(reason, 300), "  - ", "    ")
    if decided["reasons_not_shown"]:
        yield f"  - and {plural(decided['reasons_not_shown'], 'more reason')}"
    yield ""
    for entry in shown["verdicts"]["verdicts"]:
        share = rate(entry["share"]) if entry["share"] is not None else ""
        yield f"  {entry['verdict']:<10}{count(entry['count']):>14}  {share:>10}"
    yield f"  {'records':<10}{count(shown['verdicts']['records']):>14}"
    yield from _findings(shown)
    if result.outputs:
        yield ""
        for table in shown["facts"]["tables"]:
            at = "" if table["version"] is None else f" (version {table['version']})"
            yield f"  {table['name']:<12}{plural(table['rows'], 'row'):>14}  {table['path']}{at}"
    sure = shown["certainty"]
    yield ""
    yield f"  receipt     {'balances' if sure['receipt_balances'] else 'DOES NOT BALANCE'}"
    if sure["not_executed"]:
        yield f"  not executed: {plural(sure['not_executed'], 'promise')} of the contract"
    for finding in result.findings:
        if finding.code == _SETTLES:
            yield from _wrapped(f"{finding.title}: {finding.detail}; {finding.fix}", "  earlier     ", "              ")
    if result.folder:
        yield f"  report      {visible(str(Path(result.folder) / 'report.html'))}"


def _findings(shown: dict[str, Any]) -> Iterator[str]:
    part = shown.get("findings")
    if part is None:
        return
    yield ""
    leading = [f for f in part["findings"] if f["follows"] is None]
    for finding in leading[:_MOST_FINDINGS]:
        how_often = f"{count(finding['failed_records'])} {finding['what_becomes']}"
        line = f"{how_often} ({rate(finding['failed_rate'])}): {finding['name']}, {finding['title']}"
        yield from _wrapped(line, "  ", "    ")
        for example in finding["examples"][:1]:
            seen = "" if example["seen"] is None else f", saw: {_edged(clip(example['seen'], 80))}"
            yield f"    e.g. {example['source']} record {count(example['record'])}{seen}"
        for found in finding["concentrates"][:1]:
            yield from _wrapped(found["words"], "    ", "    ")
    left = len(leading) + part["findings_not_shown"] - _MOST_FINDINGS
    if left > 0:
        yield f"  and {plural(left, 'more kind', 'more kinds')} of finding in the report"


def _edged(seen: str) -> str:
    """Return a value in quotes where one could not see where it begins and ends."""
    return seen if seen and seen == seen.strip() else f'"{seen}"'


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
