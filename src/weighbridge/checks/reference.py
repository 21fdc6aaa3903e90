"""The users' page of all checks, made from their docstrings: `docs/checks.md`.

`python -m weighbridge.checks.reference > docs/checks.md` writes it; a test holds it current.
"""

from __future__ import annotations

import inspect
import sys
from typing import Any

from weighbridge.checks.check import Case, Check, Target
from weighbridge.checks.registry import CHECKS
from weighbridge.contract.model import ForeignKey, Quality, SchemaObject, SlaProperty
from weighbridge.findings.codes.checks import CODES

_HEADINGS: tuple[tuple[type, str, str], ...] = (
    (Target, "Checks of a property", "Asked of each record; stand on the property itself."),
    (SchemaObject, "Keys of the object", "Asked of each record, against all others."),
    (ForeignKey, "Relationships", "Asked of each record, against another object."),
    (Quality, "Entries of `quality`", "Asked of each record (`custom`) or of the extract (`library`, `sql`)."),
    (SlaProperty, "Entries of `slaProperties`", "Asked of the extract."),
)
_INTRODUCTION = """# Checks

<!-- made from the docstrings by `python -m weighbridge.checks.reference`; edit those -->

A check of a record that fails rejects the record when its severity is error, warns when it is
warning, notes when it is info. A check of the extract that fails holds the extract, or warns.
What cannot be executed is listed as *not executed*, never skipped in silence.
"""


def page() -> str:
    """Return the page in Markdown."""
    parts = [_INTRODUCTION]
    for part, heading, says in _HEADINGS:
        parts.append(f"## {heading}\n\n{says}\n")
        parts += [_section(check) for check in CHECKS if check.part is part]
    parts.append("## Codes\n\n| code | what is wrong | what to do |\n|---|---|---|")
    parts += [f"| {entry.code} | {_cell(entry.title)} | {_cell(entry.fix)} |" for entry in CODES]
    return "\n".join(parts) + "\n"


def document(check: Check[Any]) -> str:
    """Return the docstring of the file a check stands in."""
    module = inspect.getmodule(check.make)
    return inspect.cleandoc((module and module.__doc__) or "")


def _section(check: Check[Any]) -> str:
    shown = [f"- {_case(case)}" for case in check.cases()]
    return "\n".join([f"### {check.name}\n", document(check), "", "Its cases, each run by a test:\n", *shown, ""])


def _case(case: Case) -> str:
    outcome = [f"`{name}` fails for {len(rows)} of {case.rows.height}" for name, rows in case.fails.items() if rows]
    outcome += [f"`{name}` {'holds' if ok else 'fails'}: {words}" for name, (ok, words) in case.answers.items()]
    outcome += [f"reports {code}" for code in sorted(set(case.amiss))]
    return f"{case.says}: {'; '.join(outcome) or 'nothing fails'}"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


if __name__ == "__main__":
    sys.stdout.write(page())
