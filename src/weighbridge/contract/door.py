"""The two doors of this room: `load`, which gives a contract or raises, and `lint`, which tells everything."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from weighbridge.contract.building import build_objects, build_servers, build_sla
from weighbridge.contract.document import MAX_BYTES, Document, from_mapping, from_text
from weighbridge.contract.faults import standard_faults
from weighbridge.contract.fingerprint import fingerprint, rules_fingerprint
from weighbridge.contract.keys import askable_keys, named_keys
from weighbridge.contract.lint import LINTS, Subject
from weighbridge.contract.model import Contract, NotExecuted
from weighbridge.contract.not_executed import not_executed
from weighbridge.contract.reading import Reading, stray_extensions
from weighbridge.contract.versions import from_version_2, is_version_2, left_open, version_findings
from weighbridge.findings import ContractError, Finding, Place, Severity
from weighbridge.quick import dataclass

Source = str | os.PathLike[str] | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LintReport:
    """Everything there is to say about a contract.

    Attributes:
        contract: the contract; None when an error forbids its use.
        findings: every fault at once, in the order of its lines, warnings included.
        not_executed: what Weighbridge reads but does not act on, and why.
        path: the file; None when it was given as text or values.
    """

    contract: Contract | None
    findings: tuple[Finding, ...]
    not_executed: tuple[NotExecuted, ...] = ()
    path: str | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that forbid the contract's use."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def ok(self) -> bool:
        """Whether the contract may be used."""
        return self.contract is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form of ``weighbridge lint --json``."""
        contract = self.contract
        return {
            "path": self.path,
            "ok": self.ok,
            "contract": None
            if contract is None
            else {
                "id": contract.id,
                "name": contract.name,
                "version": contract.version,
                "apiVersion": contract.api_version,
                "fingerprint": contract.fingerprint,
                "rulesFingerprint": contract.rules_fingerprint,
                "objects": [schema.name for schema in contract.objects],
            },
            "findings": [finding.to_dict() for finding in self.findings],
            "notExecuted": [{"what": n.what, "why": n.why, "line": n.line} for n in self.not_executed],
        }


def load(source: Source, *, text: str | bytes | None = None) -> Contract:
    """Return the contract in `source`.

    Args:
        source: the path of a YAML file; a str with a line break in it is the YAML itself; a
            mapping is the document as plain values (then findings have no lines).
        text: the YAML, when it was read already; `source` then only names it.

    Raises:
        ContractError: it cannot be used; `findings` holds every fault at once, warnings included.
    """
    report = lint(source, text=text)
    if report.contract is None:
        raise ContractError(report.findings)
    return report.contract


def lint(source: Source, *, text: str | bytes | None = None) -> LintReport:
    """Return everything there is to say about the contract in `source`; arguments as of `load`. Never raises."""
    document = _document(source, text)
    if document.value is None or (document.findings and _has_error(document.findings)):
        findings = document.findings + (list(_standard(document)) if isinstance(document.value, dict) else [])
        return LintReport(None, _in_order(findings), (), document.source)
    return _judge(document)


def _has_error(findings: list[Finding] | tuple[Finding, ...]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.place.line or 0, f.place.column or 0, f.code)))


def _document(source: Source, text: str | bytes | None) -> Document:
    if isinstance(source, Mapping):
        return from_mapping(source)
    name = os.fspath(source)
    if text is not None:
        return from_text(text, name)
    if "\n" in name:
        return from_text(name)
    try:
        path = FilePath(name)
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            return from_text(b" " * (MAX_BYTES + 1), name)
        return from_text(path.read_bytes(), name)
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or str(fault)
        return Document(source=name, findings=[Finding("CON-003", Place(name), why)])


def _standard(document: Document) -> tuple[Finding, ...]:
    """Return the document's faults against the standard; what its version left open is a warning."""
    declared = str(document.value.get("apiVersion") or "")
    if not declared.startswith("v3.0"):
        return standard_faults(document)
    faults = standard_faults(document)
    if not faults:
        return ()
    real = standard_faults(document, open_as_3_0=True)
    return real or tuple(left_open(document))


def _judge(document: Document) -> LintReport:
    translated = is_version_2(document.value)
    if translated:
        document = from_version_2(document)
    findings = [*document.findings, *_standard(document)]
    if _has_error(findings):
        return LintReport(None, _in_order(findings), (), document.source)
    reading = Reading(document, [*findings, *version_findings(document)])
    value = document.value
    objects = named_keys(build_objects(reading), value.get("schema") or [])
    subject = Subject(reading, objects, build_servers(reading), build_sla(reading))
    stray_extensions(reading)
    for judge in LINTS:
        judge(subject)
    ordered = _in_order(reading.findings)
    left = not_executed(subject)
    if translated:
        left = (
            *(NotExecuted(f.detail, "ODCS 2.2 is no longer executed as a whole", 1) for f in document.findings[-1:]),
            *left,
        )
    if _has_error(ordered):
        return LintReport(None, ordered, left, document.source)
    contract = _contract(document, subject, ordered, left)
    return LintReport(contract, ordered, left, document.source)


def _contract(
    document: Document, subject: Subject, warnings: tuple[Finding, ...], left: tuple[NotExecuted, ...]
) -> Contract:
    value = document.value
    description = value.get("description")
    objects = askable_keys(subject.objects)
    return Contract(
        id=value["id"],
        version=value["version"],
        api_version=value["apiVersion"],
        name=value.get("name") or value.get("dataProduct") or value["id"],
        fingerprint=fingerprint(value),
        rules_fingerprint=rules_fingerprint(objects, subject.servers, subject.sla),
        objects=objects,
        servers=subject.servers,
        sla=subject.sla,
        status=value.get("status"),
        description=description.get("purpose") if isinstance(description, Mapping) else None,
        path=document.source,
        raw=value,
        warnings=warnings,
        not_executed=left,
    )
