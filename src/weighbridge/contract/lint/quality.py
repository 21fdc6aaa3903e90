"""Quality entries: thresholds that cannot trip or always do, arguments, options, expressions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from weighbridge.contract.document import Path
from weighbridge.contract.lint.bounds import pattern_fault, pattern_fix
from weighbridge.contract.lint.checks import OF_EXTRACT
from weighbridge.contract.lint.expressions import expression_fault, query_fault
from weighbridge.contract.lint.subject import Asserted, Subject, extension_path
from weighbridge.contract.vocabulary import COUNT_UNITS, PERCENT_UNITS, engine_of

_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "nullValues": (),
    "missingValues": ("missingValues",),
    "invalidValues": (
        "validValues",
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
    ),
    "duplicateValues": ("properties",),
    "rowCount": (),
}


def thresholds(subject: Subject) -> None:
    """A comparison that every extract satisfies, or none."""
    for item in subject.quality():
        comparison, entry = item.quality.comparison, item.quality
        if comparison is None or entry.kind not in ("library", "sql"):
            continue
        path = (*item.path, comparison.operator)
        numbers = _numbers(comparison.operand)
        if any(not math.isfinite(number) for number in numbers):
            subject.error("CON-042", path, f"{comparison.operand} is no finite number")
            continue
        if comparison.operator.endswith("Between") and len(numbers) == 2 and numbers[0] > numbers[1]:
            subject.error(
                "CON-042", path, "the lower bound stands second", fix=f"write [{numbers[1]:g}, {numbers[0]:g}]"
            )
            continue
        if entry.kind != "library" or not numbers or len(numbers) != len(_listed(comparison.operand)):
            continue
        percent = (entry.unit or "").strip().lower() in PERCENT_UNITS and entry.metric != "rowCount"
        range_words = "a percentage, from 0 to 100" if percent else "a count, 0 or more"
        allowed, refused = _reach(comparison.operator, numbers, 100.0 if percent else math.inf)
        shown = f"{comparison.operator} {comparison.operand}"
        if not allowed:
            subject.error("CON-042", path, f"{shown}, but {entry.metric} is {range_words}")
        elif not refused:
            subject.warn("CON-041", path, f"{shown}, but {entry.metric} is {range_words}")
        elif percent and max(numbers) < 1 and max(numbers) > 0:
            detail = f"{shown} percent: less than one in a hundred"
            subject.note("CON-041", path, detail, fix=f"write {max(numbers) * 100:g} if a rate was meant")


def _listed(operand: Any) -> list[Any]:
    return operand if isinstance(operand, list) else [operand]


def _numbers(operand: Any) -> list[float]:
    return [v for v in _listed(operand) if isinstance(v, (int, float)) and not isinstance(v, bool)]


def _reach(operator: str, numbers: list[float], top: float) -> tuple[bool, bool]:
    """Return whether some value from 0 to `top` satisfies the comparison, and whether some does not."""
    least, most = min(numbers), max(numbers)
    inside = [n for n in numbers if 0 <= n <= top]
    match operator:
        case "mustBe":
            return bool(inside), True
        case "mustNotBe":
            return True, bool(inside)
        case "mustBeGreaterThan":
            return most < top, most >= 0
        case "mustBeGreaterOrEqualTo":
            return most <= top, most > 0
        case "mustBeLessThan":
            return most > 0, most <= top
        case "mustBeLessOrEqualTo":
            return most >= 0, most < top
        case "mustBeBetween":
            return most >= 0 and least <= top, least > 0 or most < top
    return least > 0 or most < top, most >= 0 and least <= top


def metric_arguments(subject: Subject) -> None:
    """Arguments a metric does not take, or needs; a unit that is neither rows nor percent."""
    for item in subject.quality():
        entry = item.quality
        if entry.kind != "library" or entry.metric not in _ARGUMENTS:
            continue
        known = _ARGUMENTS[entry.metric]
        for key in entry.arguments:
            if key not in known:
                takes = f"it takes {', '.join(known)}" if known else "it takes none"
                subject.warn("CON-043", (*item.path, "arguments", key), f"`{key}` of {entry.metric}", fix=takes)
        for key in ("validValues", "missingValues", "properties"):
            if key in known and key in entry.arguments and not isinstance(entry.arguments[key], list):
                subject.error("CON-043", (*item.path, "arguments", key), f"`{key}` must be a list")
        pattern = entry.arguments.get("pattern")
        if isinstance(pattern, str) and (why := pattern_fault(pattern)):
            path = (*item.path, "arguments", "pattern")
            subject.error("CON-037", path, why, seen=pattern, fix=pattern_fix(why))
        unit = (entry.unit or "").strip().lower()
        if unit and unit not in (*PERCENT_UNITS, *COUNT_UNITS):
            subject.warn(
                "CON-043",
                (*item.path, "unit"),
                f"the unit `{entry.unit}` is read as a count",
                fix="write rows or percent",
            )
        if item.property is None:
            _of_object(subject, item)
        elif entry.metric == "rowCount" and unit in PERCENT_UNITS:
            subject.warn("CON-043", (*item.path, "unit"), "a row count has no percentage")


def _of_object(subject: Subject, item: Asserted) -> None:
    entry = item.quality
    names = [p.name for p in item.owner.properties]
    if entry.metric == "rowCount":
        return
    if entry.metric != "duplicateValues":
        detail = f"{entry.metric} on the object `{item.owner.name}` names no property"
        subject.warn("CON-043", item.path, detail, fix="move it to the property it looks at")
        return
    written = entry.arguments.get("properties")
    if not written:
        detail = f"duplicateValues on the object `{item.owner.name}` names no properties"
        subject.warn("CON-043", item.path, detail, fix="add `arguments: {properties: [a, b]}`")
        return
    for index, name in enumerate(written if isinstance(written, list) else []):
        if name not in names:
            path = (*item.path, "arguments", "properties", index)
            subject.error(
                "CON-043", path, f"`{item.owner.name}` has no property `{name}`", fix=f"it has {', '.join(names)}"
            )


def options(subject: Subject) -> None:
    """Our options where they change nothing, or say nothing."""
    for item in subject.quality():
        given = item.quality.options
        row_check = item.quality.kind == "custom" and item.quality.engine == "weighbridge"
        if "onFailure" in given and not (item.quality.kind == "custom" and engine_of(item.quality.engine)):
            path = extension_path(item.raw, item.path, "onFailure")
            detail = "onFailure is for checks of each record; a metric holds the extract, or warns"
            subject.warn("CON-044", path, detail, fix="remove it, or write the check as `engine: weighbridge`")
        if "tolerance" in given and not given["tolerance"]:
            path = extension_path(item.raw, item.path, "tolerance")
            subject.warn("CON-044", path, "an empty tolerance tolerates nothing", fix="give a count or a rate")
        if row_check and given.get("scope") == "published" and not _of_extract(item):
            path = extension_path(item.raw, item.path, "scope")
            subject.warn("CON-044", path, "scope is for metrics; a check of each record asks every record")


def _of_extract(item: Asserted) -> bool:
    """Return whether a check of ours asks something of the extract, be it beside what it asks of records."""
    said = item.quality.implementation
    return isinstance(said, Mapping) and (said.get("check") in OF_EXTRACT or said.get("check") == "sequence")


def expressions(subject: Subject) -> None:
    """SQL of ours that does not parse or names unknown columns; a query Polars cannot run."""
    for item in subject.quality():
        name = item.property.name if item.property else None
        for text, path in _expressions(item):
            if why := expression_fault(text, item.owner, name):
                subject.error("CON-045", path, why, seen=text)
        query = item.quality.query
        if item.quality.kind != "sql" or not isinstance(query, str):
            continue
        if why := query_fault(query, item.owner, name, subject.objects):
            fix = "write it in Polars' SQL on this object and published ones; other dialects are not executed"
            subject.warn("CON-045", (*item.path, "query"), why, seen=" ".join(query.split())[:120], fix=fix)


def _expressions(item: Asserted) -> Iterator[tuple[str, Path]]:
    if isinstance(text := item.quality.options.get("filter"), str):
        yield text, extension_path(item.raw, item.path, "filter")
    if item.quality.kind != "custom" or (item.quality.engine or "").lower() != "weighbridge":
        return
    written = item.quality.implementation
    path = (*item.path, "implementation")
    if isinstance(written, str):
        yield written, path
    elif isinstance(written, Mapping):
        for key in ("expression", "when", "then"):
            if isinstance(written.get(key), str):
                yield written[key], (*path, key)
