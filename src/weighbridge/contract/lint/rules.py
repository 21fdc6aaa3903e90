"""Legacy rules: known, with the right parameters, on types they read, in an order that works."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from weighbridge.contract.document import Path
from weighbridge.contract.lint.subject import Declared, Subject, extension_path
from weighbridge.contract.model import LogicalType, Property, RuleSpec


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
            parameters = subject.reading.validated(rule.parameters, dict(spec.parameters), path, code="CON-024")
            if not parameters:
                continue
            _neighbours(subject, item, spec, parameters.neighbours, path)
            if item.property.logical_type not in rule.logical_types:
                _wrong_type(subject, item, spec, path, sorted(rule.logical_types))
            if ended_by is not None:
                detail = f"`{spec.name}` stands after `{ended_by}`, which gives a value and no text to read"
                subject.error("CON-026", path, detail)
            if not rule.gives_text:
                ended_by = spec.name


_DATED = frozenset((LogicalType.DATE, LogicalType.TIMESTAMP))


def _neighbours(subject: Subject, item: Declared, spec: RuleSpec, names: tuple[str, ...], path: Path) -> None:
    """Report properties that a rule reads beside its own text, but cannot."""
    beside = {p.property.name: p.property for p in subject.properties() if p.path[:-1] == item.path[:-1]}
    for name in names:
        if not item.top:
            subject.error("CON-024", path, f"`{spec.name}` reads `{name}`, which a part of a property cannot see")
        elif name not in beside:
            near = difflib.get_close_matches(name, list(beside), n=1)
            hint = f"; the nearest is `{near[0]}`" if near else ""
            subject.error("CON-024", path, f"`{spec.name}` reads `{name}`, which is no property of this object{hint}")
        elif beside[name].logical_type not in _DATED:
            kind = beside[name].logical_type
            subject.error("CON-024", path, f"`{spec.name}` reads `{name}`, which is {kind}, no date and no timestamp")
        elif _waits_for(name, item.property.name, beside, frozenset()):
            subject.error(
                "CON-024", path, f"`{spec.name}` reads `{name}`, which itself waits for `{item.property.name}`"
            )


def _waits_for(name: str, wanted: str, beside: Mapping[str, Property], seen: frozenset[str]) -> bool:
    """Return whether property `name` is read only after `wanted`, or is it."""
    if name == wanted:
        return True
    if name in seen or name not in beside:
        return False
    ahead = [n for spec in beside[name].rules for n in _read_beside(spec)]
    return any(_waits_for(n, wanted, beside, seen | {name}) for n in ahead)


def _read_beside(spec: RuleSpec) -> tuple[str, ...]:
    from weighbridge.legacy.rules import rule_named

    try:
        return rule_named(spec.name).parameters.model_validate(dict(spec.parameters)).neighbours
    except (KeyError, ValueError):  # told where that rule stands
        return ()


def _unknown(subject: Subject, spec: RuleSpec, path: Path) -> None:
    from weighbridge.legacy.rules import RULES

    known = sorted(RULES)
    near = difflib.get_close_matches(spec.name, known, n=1)
    hint = f"did you mean `{near[0]}`? " if near else ""
    subject.error("CON-023", path, f"`{spec.name}`", fix=f"{hint}the rules are {', '.join(known)}")


def _wrong_type(subject: Subject, item: Declared, spec: RuleSpec, path: Path, kinds: list[str]) -> None:
    detail = f"`{spec.name}` reads {', '.join(kinds)}; `{item.property.name}` is {item.property.logical_type}"
    subject.error("CON-025", path, detail)
