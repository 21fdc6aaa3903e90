"""The report as a message of Bitol's Open Observability Results Standard, of its draft v0.8.1.

Source: the standard's pages Fundamentals, Results and Run Lifecycle, and their examples
(https://bitol-io.github.io/open-observability-results-standard/). It is a draft: the form may change with every
version of it until 1.0. Only fields whose meaning those pages state are given; what is ours stands under
``customProperties``.
"""

from __future__ import annotations

import uuid
from datetime import UTC
from typing import TYPE_CHECKING, Any

from weighbridge.findings import Severity
from weighbridge.report.text import clip, every_text, visible

if TYPE_CHECKING:
    from weighbridge.outcome.result import CheckResult, RunResult

API_VERSION = "v0.8.1"
_NAMESPACE = uuid.UUID("6f2b8f0e-6f5e-5d0c-9a3c-0d6d1b7a2f55")
_ORDER = ("error", "fail", "warn", "pass", "skip")


def oors(result: RunResult) -> dict[str, Any]:
    """Return the message as JSON values: one result a check, one a promise that was not executed.

    Texts never hold ``${``: a reader of the message would put values of its own environment there.
    """
    results = [_result(c, result) for c in result.checks]
    results += [
        {"id": f"not-executed-{i}", "type": "check", "name": part.what, "status": "skip", "message": part.why}
        for i, part in enumerate(p for p in result.not_executed if p.asserts)
    ]
    met = {r["status"] for r in results}
    contract: dict[str, Any] = {
        "contractId": result.contract.id,
        "standard": "ODCS",
        "version": result.contract.version,
    }
    if result.server is not None:
        contract["server"] = result.server
    message = {
        "apiVersion": API_VERSION,
        "kind": "ObservabilityResults",
        "id": str(uuid.uuid5(_NAMESPACE, result.run_id)),
        "observedAt": _moment(result.finished),
        "source": {"process": "weighbridge", "runId": result.run_id, "vendor": "weighbridge"},
        "run": {"state": "completed", "startedAt": _moment(result.started)},
        "contract": contract,
        "status": next((status for status in _ORDER if status in met), "unknown"),
        "results": results,
        "customProperties": [
            {"property": "weighbridge.decision", "value": result.decision.value},
            {"property": "weighbridge.rulesFingerprint", "value": result.contract.rules_fingerprint},
            *({"property": f"weighbridge.{v.value}", "value": n} for v, n in result.verdicts.items()),
        ],
    }
    safe: dict[str, Any] = every_text(message, lambda text: visible(clip(text)).replace("${", "$ {"))
    return safe


def _result(check: CheckResult, result: RunResult) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": check.name,
        "type": "check",
        "name": check.name,
        "status": _status(check),
        "target": {"resourceType": "table", "resourceIdentifier": result.contract.object},
    }
    if check.failed_records is not None:
        told["measure"] = {
            "metric": "failedRecords",
            "value": check.failed_records,
            "unit": "rows",
            "rowCount": result.records,
            "failedRowCount": check.failed_records,
        }
    if not check.holds:
        told["message"] = f"{check.title}: {check.observed or check.expected}"
    own = {"code": check.code, "severity": check.severity.value, "expected": check.expected, "contractLine": check.line}
    told["customProperties"] = [
        {"property": f"weighbridge.{name}", "value": value} for name, value in own.items() if value is not None
    ]
    return told


def _status(check: CheckResult) -> str:
    if check.holds:
        return "pass"
    return "fail" if check.severity is Severity.ERROR else "warn"


def _moment(at: Any) -> str:
    return str(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
