"""Legacy rules: known, with the right parameters, on types they read, in an order that works."""

from __future__ import annotations

import difflib

from weighbridge.contract.document import Path
from weighbridge.contract.lint.subject import Declared, Subject, extension_path
from weighbridge.contract.model import RuleSpec


def rules(subject: Subject) -> None:
    """An unknown rule, parameters it does not take, a type it does not read, a rule that nothing reaches."""
    for item in subject.properties():
        if not item.property.rules:
            continue
        from weighbridge.legacy.rules import rule_named

        base = extension_path(item.raw, item.path, "rules")
        ended_by: str | None = None
        for index, spec in enumerate(item.property.rules):
            path = (*base, index)
            try:
                rule = rule_named(spec.name)
            except KeyError:
                _unknown(subject, spec, path)
                continue
            if not subject.reading.validated(rule.parameters, dict(spec.parameters), path, code="CON-024"):
                continue
            if item.property.logical_type not in rule.logical_types:
                _wrong_type(subject, item, spec, path, sorted(rule.logical_types))
            if ended_by is not None:
                detail = f"`{spec.name}` stands after `{ended_by}`, which gives a value and no text to read"
                subject.error("CON-026", path, detail)
            if not rule.gives_text:
                ended_by = spec.name


def _unknown(subject: Subject, spec: RuleSpec, path: Path) -> None:
    from weighbridge.legacy.rules import RULES

    known = sorted(rule.name for rule in RULES)
    near = difflib.get_close_matches(spec.name, known, n=1)
    hint = f"did you mean `{near[0]}`? " if near else ""
    subject.error("CON-023", path, f"`{spec.name}`", fix=f"{hint}the rules are {', '.join(known)}")


def _wrong_type(subject: Subject, item: Declared, spec: RuleSpec, path: Path, kinds: list[str]) -> None:
    detail = f"`{spec.name}` reads {', '.join(kinds)}; `{item.property.name}` is {item.property.logical_type}"
    subject.error("CON-025", path, detail)
