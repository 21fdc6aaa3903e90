"""Options of our own checks: properties that are not there or of another type, checks that ask nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from weighbridge.contract.lint.subject import Asserted, Subject, extension_path
from weighbridge.contract.model import LogicalType

_NUMBERS = (LogicalType.INTEGER, LogicalType.NUMBER)
_TIMES = (LogicalType.DATE, LogicalType.TIMESTAMP)
_TEXTS = (LogicalType.STRING,)
_ANY = tuple(LogicalType)

_PROPERTIES: dict[str, dict[str, tuple[LogicalType, ...]]] = {
    "sequence": {"of": (LogicalType.INTEGER,), "by": _ANY},
    "timeline": {"of": _TIMES, "by": _ANY, "orderBy": _ANY},
    "rollForward": {
        "balance": _NUMBERS,
        "opening": _NUMBERS,
        "add": _NUMBERS,
        "subtract": _NUMBERS,
        "by": _ANY,
        "orderBy": _ANY,
    },
    "dependency": {"of": _ANY, "determines": _ANY},
    "uniqueTogether": {"of": _ANY},
    "inclusion": {"of": _ANY, "within": _ANY},
    "everyKeyOccurs": {"of": _ANY},
    "validAt": {"of": _ANY, "at": _TIMES},
    "reconciliation": {"by": _ANY, "sum": _NUMBERS},
    "perGroup": {"of": _ANY, "by": _ANY},
    "shape": {"of": _TEXTS},
    "script": {"of": _TEXTS},
    "drift": {"of": _ANY},
}
"""By check, the options that name properties, and the types those may have."""

OF_EXTRACT = frozenset({"everyKeyOccurs", "reconciliation", "perGroup", "drift", "history"})
_SUBJECT = {"rollForward": "balance"}
_NEEDS_NONE = frozenset({"reconciliation"})


def checks(subject: Subject) -> None:
    """Our checks that cannot be made of this object, or would ask nothing."""
    for item in subject.quality():
        said = item.quality.implementation
        ours = item.quality.kind == "custom" and (item.quality.engine or "").lower() == "weighbridge"
        check = said.get("check") if ours and isinstance(said, Mapping) else None
        if not isinstance(check, str) or check not in _PROPERTIES:
            continue
        _of_properties(subject, item, check, said)
        for detail, fix in _asks_nothing(item, check, said):
            subject.error("CON-043", (*item.path, "implementation"), detail, fix=fix)
        if check in OF_EXTRACT and "onFailure" in item.quality.options:
            path = extension_path(item.raw, item.path, "onFailure")
            subject.warn("CON-044", path, f"{check} holds the extract, or warns; it blames no record", fix="remove it")


def _of_properties(subject: Subject, item: Asserted, check: str, said: Mapping[str, Any]) -> None:
    declared = {p.name: p.logical_type for p in item.owner.properties}
    for option, types in _PROPERTIES[check].items():
        given = said.get(option)
        if option == "orderBy" and given == "file":
            continue
        for name in given if isinstance(given, list) else [given]:
            if not isinstance(name, str):
                continue
            path = (*item.path, "implementation", option)
            if name not in declared:
                near = difflib.get_close_matches(name, list(declared), n=1)
                fix = f"did you mean `{near[0]}`?" if near else f"it has {', '.join(declared)}"
                subject.error("CON-043", path, f"`{item.owner.name}` has no property `{name}`", fix=fix)
            elif declared[name] not in types:
                kinds = " or ".join(t.value for t in types)
                subject.error("CON-043", path, f"`{option}` of {check} is {kinds}; `{name}` is {declared[name].value}")


def _asks_nothing(item: Asserted, check: str, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    option = _SUBJECT.get(check, "of")
    counts = check == "perGroup" and said.get("metric", "rowCount") == "rowCount"
    if said.get(option) is None and item.property is None and not counts and check not in _NEEDS_NONE:
        yield f"{check} on the object names no property", f"add `{option}`"
    if check in ("everyKeyOccurs", "validAt", "reconciliation") and not (said.get("to") or said.get("reference")):
        yield f"{check} names nothing to compare with", "add `to`, another object, or `reference`, a file"
    if check == "perGroup" and sum(word.startswith("must") for word in said) != 1 and item.quality.comparison is None:
        yield "perGroup needs one mustBe… to hold against", "add for example `mustBeGreaterThan: 0`"
    if check == "rollForward" and not (said.get("add") or said.get("subtract")):
        yield "rollForward names no movements", "add `add` or `subtract`"
    if check == "rollForward" and not (said.get("orderBy") or said.get("opening")):
        yield "rollForward cannot know what there was before", "add `orderBy` or `opening`"
    if check == "timeline" and not (said.keys() & {"orderBy", "maxGap", "minGap"} or said.get("repeats") == "fail"):
        yield "timeline asks nothing", "add `orderBy`, `maxGap`, `minGap` or `repeats: fail`"
