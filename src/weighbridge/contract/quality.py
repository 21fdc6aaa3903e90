"""The `quality` lists of a contract, as the model holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.contract.document import Path
from weighbridge.contract.model import Comparison, Quality
from weighbridge.contract.reading import Reading
from weighbridge.contract.severity import severity_of
from weighbridge.contract.vocabulary import COMPARISONS
from weighbridge.findings import Severity

_RULES_OF_3_0 = {
    "duplicateCount": "duplicateValues",
    "rowCount": "rowCount",
    "nullValues": "nullValues",
    "nullCheck": "nullValues",
    "validValues": "invalidValues",
}
"""Library rules of ODCS 3.0 that 3.2 knows as metrics; the others are not acted on."""
_NONE_ALLOWED = ("nullCheck", "validValues")
"""Rules of ODCS 3.0 that need no limit: by their name there must be none."""


def build_quality(
    reading: Reading, entries: Sequence[Mapping[str, Any]], path: Path, property_name: str | None
) -> tuple[Quality, ...]:
    """Return the quality entries at `path`, which stand on `property_name` or, if None, on the object."""
    built: list[Quality] = []
    for index, raw in enumerate(entries):
        where = (*path, index)
        quality = _entry(reading, raw, where, property_name, {q.name for q in built})
        if quality.engine == "weighbridge" and not isinstance(quality.implementation, str):
            _check_implementation(reading, quality.implementation, (*where, "implementation"))
        built.append(quality)
    return tuple(built)


def _entry(reading: Reading, raw: Mapping[str, Any], path: Path, property_name: str | None, taken: set[str]) -> Quality:
    members = reading.extensions(raw, path, "quality")
    operator = next((key for key in COMPARISONS if key in raw), None)
    kind = quality_kind(raw)
    rule = str(raw.get("rule")) if kind == "library" and "metric" not in raw else ""
    metric = raw.get("metric") or _RULES_OF_3_0.get(rule)
    comparison = Comparison(operator, raw[operator]) if operator else None
    arguments = dict(raw.get("arguments") or {})
    if rule in _NONE_ALLOWED:
        comparison = comparison or Comparison("mustBe", 0)
    if rule == "validValues" and isinstance(raw.get(rule), list):
        arguments.setdefault(rule, raw[rule])
    severity = severity_of(raw.get("severity"))
    if severity is None:
        word = str(raw["severity"])
        where = (*path, "severity")
        reading.report("CON-030", where, f"{word!r} is read as error", Severity.WARNING, seen=word)
    return Quality(
        name=_unused(raw.get("name") or raw.get("id") or _made_name(raw, kind, metric, operator), taken),
        kind=kind,
        property=property_name,
        metric=metric if kind == "library" else None,
        arguments=arguments,
        unit=raw.get("unit"),
        comparison=comparison,
        query=raw.get("query"),
        engine=raw.get("engine"),
        implementation=raw.get("implementation"),
        severity=severity or Severity.ERROR,
        dimension=raw.get("dimension"),
        description=raw.get("description"),
        options={name: value for name, (value, _) in members.items()},
        line=reading.document.line(path),
    )


def quality_kind(raw: Mapping[str, Any]) -> str:
    """Return the kind of a quality entry; one without `type`, metric or rule is a text."""
    if isinstance(kind := raw.get("type"), str):
        return kind
    return "library" if "metric" in raw or "rule" in raw else "text"


def _made_name(raw: Mapping[str, Any], kind: str, metric: str | None, operator: str | None) -> str:
    if kind == "library":
        words = [metric or str(raw.get("rule", "library"))]
    elif kind == "custom":
        words = [str(raw.get("engine", "custom"))]
    else:
        words = [kind]
    if operator:
        operand = raw[operator]
        shown = "..".join(map(str, operand)) if isinstance(operand, list) else str(operand)
        words += [operator, shown[:40]]
    if isinstance(unit := raw.get("unit"), str) and unit:
        words.append(unit)
    return " ".join(words)


def _unused(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


def _check_implementation(reading: Reading, implementation: Any, path: Path) -> None:
    from weighbridge.contract.implementations import IMPLEMENTATIONS

    if not isinstance(implementation, Mapping):
        return
    check = implementation.get("check")
    model = IMPLEMENTATIONS.get(check) if isinstance(check, str) else None
    if model is None:
        known = ", ".join(f"`check: {name}`" for name in IMPLEMENTATIONS)
        reading.report("CON-021", path, f"no check {check!r}", fix=f"write an SQL text, or a mapping with {known}")
        return
    reading.validated(model, dict(implementation), path)
