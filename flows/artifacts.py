"""What stands beside a flow run in Prefect's pages: a summary table, the verdicts, a link to the report."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from flows.states import reasons_of
from weighbridge import RunResult, Verdict

REPORTS_URL = "WEIGHBRIDGE_REPORTS_URL"
"""The environment's name for where a web server serves the output folder's ``runs/``."""

_MOST_CHECKS = 50


def leave(result: RunResult) -> None:
    """Leaving the artifacts of a run; their keys are one a contract's object, so that they form a history."""
    key = artifact_key(result.contract.id, result.contract.object)
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
    verdicts = "\n".join(f"| {verdict.value} | {result.verdicts.get(verdict, 0):,} |" for verdict in Verdict)
    reasons = "\n".join(f"- {reason}" for reason in reasons_of(result))
    create_markdown_artifact(
        f"## {result.state.replace('_', ' ')}: {result.contract.object}\n\n{reasons}\n\n"
        f"| verdict | records |\n|---|---:|\n{verdicts}\n",
        key=f"{key}-summary",
        description=f"run {result.run_id}",
    )
    link = report_link(result.folder, os.environ.get(REPORTS_URL))
    if link is not None:
        create_link_artifact(link=link, link_text="the report", key=f"{key}-report")


def report_link(folder: str | None, reports_url: str | None) -> str | None:
    """Return where the report of a run's folder can be read; None when there is none.

    Args:
        folder: the run's own folder.
        reports_url: what serves the folder above it; without it the link is a ``file:`` one.
    """
    if folder is None or not (report := Path(folder).resolve() / "report.html").is_file():
        return None
    if reports_url:
        return f"{reports_url.rstrip('/')}/{report.parent.name}/{report.name}"
    return report.as_uri()


def artifact_key(contract_id: str, object_name: str) -> str:
    """Return the beginning of the artifacts' keys: lower-case letters, digits and dashes; no two pairs share one."""
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", contract_id) and re.fullmatch(r"[a-z0-9]+", object_name):
        return f"{contract_id}-{object_name}"
    tidy = re.sub(r"[^a-z0-9]+", "-", f"{contract_id}-{object_name}".lower()).strip("-")[:80]
    return f"{tidy}-{hashlib.sha256(f'{contract_id}/{object_name}'.encode()).hexdigest()[:8]}".strip("-")
