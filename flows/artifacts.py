"""What stands beside a flow run in Prefect's pages: a summary table, the verdicts, a link to the report."""

from __future__ import annotations

import re
from pathlib import Path

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from weighbridge import RunResult

_MOST_CHECKS = 50


def leave(result: RunResult) -> None:
    """Create the artifacts of a finished run; their keys are one a contract's object, so that they form a history."""
    key = _key(f"{result.contract.id}-{result.contract.object}")
    failing = [c for c in result.checks if not c.holds]
    failing.sort(key=lambda c: (c.severity.value, -(c.failed_records or 0)))
    rows = [
        {
            "check": c.name,
            "code": c.code,
            "severity": c.severity.value,
            "expected": c.expected,
            "records": c.failed_records if c.failed_records is not None else "",
            "observed": c.observed or "",
        }
        for c in failing[:_MOST_CHECKS]
    ]
    create_table_artifact(
        table=rows or [{"check": "every check holds"}],
        key=f"{key}-findings",
        description=f"{len(failing)} of {len(result.checks)} checks found something",
    )
    verdicts = "\n".join(f"| {verdict.value} | {count:,} |" for verdict, count in result.verdicts.items())
    reasons = "\n".join(f"- {reason}" for reason in result.reasons)
    create_markdown_artifact(
        f"## {result.state.replace('_', ' ')}: {result.contract.object}\n\n{reasons}\n\n"
        f"| verdict | records |\n|---|---:|\n{verdicts}\n",
        key=f"{key}-summary",
        description=f"run {result.run_id}",
    )
    if result.folder is not None:
        report = Path(result.folder).resolve() / "report.html"
        create_link_artifact(link=report.as_uri(), link_text="the report", key=f"{key}-report")


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
