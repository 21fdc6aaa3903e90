"""SLA elements and the breaker's limits."""

from __future__ import annotations

import difflib

from weighbridge.contract.age import period_of
from weighbridge.contract.document import Path
from weighbridge.contract.lint.subject import Subject, extension_path
from weighbridge.contract.model import Limit, LogicalType
from weighbridge.contract.references import elements, parse_reference
from weighbridge.contract.vocabulary import FRESHNESS

_DATED = (LogicalType.DATE, LogicalType.TIMESTAMP)


def _types(subject: Subject) -> dict[str, dict[str, LogicalType]]:
    known: dict[str, dict[str, LogicalType]] = {}
    for schema in subject.objects:
        types = {name: p.logical_type for p in schema.properties for name in (p.name, *p.source_names)}
        for name in (schema.name, schema.physical_name):
            known[name] = types
    return known


def freshness_elements(subject: Subject) -> None:
    """The element of a freshness entry is missing, unknown, or neither a date nor a timestamp."""
    known = _types(subject)
    for index, entry in enumerate(subject.sla):
        if entry.name.strip().lower() not in FRESHNESS:
            continue
        path: Path = ("slaProperties", index, "element")
        if not entry.element:
            detail = f"{entry.name} names no element to look at"
            subject.warn("CON-053", path[:-1], detail, fix="add `element: object.property`, a date or timestamp")
            continue
        for text in elements(entry.element):
            reference = parse_reference(text)
            owners = [reference.object] if reference.object else list(known)
            types = [known[o][reference.property] for o in owners if reference.property in known.get(o, {})]
            if not types:
                names = [f"{owner}.{name}" for owner, members in known.items() for name in members]
                near = difflib.get_close_matches(text, names, n=1)
                fix = f"did you mean `{near[0]}`?" if near else "name an object and property of this contract"
                subject.warn("CON-053", path, f"`{text}` does not exist", fix=fix)
            elif not any(kind in _DATED for kind in types):
                detail = f"`{text}` is of type {types[0]}, neither a date nor a timestamp"
                subject.warn("CON-053", path, detail)


def retention(subject: Subject) -> None:
    """A period that is none, or of an object that is not there: what it is to limit would be kept for ever."""
    known = [name for schema in subject.objects for name in (schema.name, schema.physical_name) if name]
    for index, entry in enumerate(subject.sla):
        if entry.name.strip().lower() != "retention":
            continue
        path: Path = ("slaProperties", index)
        if period_of(entry.value, entry.unit) is None:
            said = f"{entry.value} {entry.unit or ''}".strip()
            subject.warn("CON-059", path, f"`{said}` is no number of days, weeks, months or years")
        for text in elements(entry.element or ""):
            name = text.partition(".")[0]
            if name not in (schema.name for schema in subject.objects):
                near = difflib.get_close_matches(name, known, n=1)
                fix = f"did you mean `{near[0]}`?" if near else "name an object of this contract"
                subject.warn("CON-059", (*path, "element"), f"no object `{name}`", fix=fix)


def breaker(subject: Subject) -> None:
    """Limits of a breaker that never trip, or that stand against each other."""
    for index, schema in enumerate(subject.objects):
        if not schema.breaker.declared:
            continue
        path = extension_path(subject.raw_object(index), ("schema", index), "breaker")
        limits: dict[str, Limit] = {
            "maxRejected": schema.breaker.max_rejected,
            "maxUncertain": schema.breaker.max_uncertain,
            "maxRepaired": schema.breaker.max_repaired,
        }
        written = subject.reading.document.at(path) or {}
        for key, limit in limits.items():
            if key in written:
                _limit(subject, limit, (*path, key))
        for name, limit in schema.breaker.per_check.items():
            _limit(subject, limit, (*path, "perCheck", name))
            own = [p.name for p in schema.properties]
            head = name.partition("|")[0].partition(".")[0]
            if "|" in name and head not in own:
                near = difflib.get_close_matches(head, own, n=1)
                fix = f"did you mean `{near[0]}`?" if near else "write `property|check` or a finding's code"
                subject.warn("CON-057", (*path, "perCheck", name), f"no property `{head}`", fix=fix)


def _limit(subject: Subject, limit: Limit, path: Path) -> None:
    if limit.count is None and limit.rate is None:
        subject.warn("CON-057", path, "it gives neither a count nor a rate: nothing trips it")
    elif limit.rate == 1 and limit.count is None:
        subject.warn("CON-057", path, "a rate of 1 is never exceeded")
