"""logicalTypeOptions: bounds, lengths, patterns and formats."""

from __future__ import annotations

import re
from typing import Any

from weighbridge.contract.document import Path
from weighbridge.contract.lint.subject import Declared, Subject
from weighbridge.contract.lint.values import comparable, fits
from weighbridge.contract.model import LogicalType
from weighbridge.legacy.rules import format_fault

BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
TEMPORAL = (LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME)
_PATTERN_LIKE = {
    LogicalType.DATE: "yyyy-MM-dd",
    LogicalType.TIMESTAMP: "yyyy-MM-dd'T'HH:mm:ss",
    LogicalType.TIME: "HH:mm:ss",
}
_ORDERED = (LogicalType.INTEGER, LogicalType.NUMBER, *TEMPORAL)
_PAIRS = (("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"))
_OPTIONS: dict[LogicalType, tuple[str, ...]] = {
    LogicalType.STRING: ("minLength", "maxLength", "pattern", "format"),
    LogicalType.INTEGER: ("multipleOf", *BOUNDS, "format"),
    LogicalType.NUMBER: ("multipleOf", *BOUNDS, "format"),
    LogicalType.DATE: ("format", *BOUNDS),
    LogicalType.TIMESTAMP: ("format", *BOUNDS, "timezone", "defaultTimezone"),
    LogicalType.TIME: ("format", *BOUNDS, "timezone", "defaultTimezone"),
    LogicalType.OBJECT: ("maxProperties", "minProperties", "required"),
    LogicalType.ARRAY: ("maxItems", "minItems", "uniqueItems"),
}


def _at(item: Declared, option: str) -> Path:
    return (*item.path, "logicalTypeOptions", option)


def contradicting_bounds(subject: Subject) -> None:
    """A lower bound above the upper one: no value can be right."""
    for item in subject.properties():
        options = item.property.options
        for low, high in _PAIRS:
            if _is_number(options.get(low)) and _is_number(options.get(high)) and options[low] > options[high]:
                subject.error("CON-035", _at(item, low), f"{low} {options[low]} is more than {high} {options[high]}")
        if item.property.logical_type not in _ORDERED:
            continue
        for low in ("minimum", "exclusiveMinimum"):
            for high in ("maximum", "exclusiveMaximum"):
                least = comparable(options.get(low), item.property.logical_type)
                most = comparable(options.get(high), item.property.logical_type)
                if least is None or most is None:
                    continue
                strict = "exclusive" in low or "exclusive" in high
                if least > most or (strict and least == most):
                    words = "leaves no value below" if least == most else "is more than"
                    subject.error("CON-035", _at(item, low), f"{low} {options[low]} {words} {high} {options[high]}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def bounds_of_another_type(subject: Subject) -> None:
    """A bound that is no value of the property's type."""
    for item in subject.properties():
        kind = item.property.logical_type
        for option in BOUNDS:
            if option not in item.property.options or kind not in _ORDERED:
                continue
            value = item.property.options[option]
            if isinstance(value, bool):
                detail = f"{option}: {str(value).lower()} is how ODCS 3.0 wrote it"
                fix = f"write the number itself: `{option}: 10`"
                subject.warn("CON-012", _at(item, option), detail, fix=fix)
            elif kind in TEMPORAL and not fits(value, kind):
                fix = {LogicalType.DATE: "2024-01-31", LogicalType.TIME: "23:59:00"}.get(kind, "2024-01-31T23:59:00Z")
                subject.error(
                    "CON-036", _at(item, option), f"{option} of a {kind}", seen=str(value), fix=f"write it as {fix}"
                )
            elif kind in (LogicalType.INTEGER, LogicalType.NUMBER) and not fits(value, LogicalType.NUMBER):
                subject.error("CON-036", _at(item, option), f"{option} must be a finite number", seen=str(value))
        multiple: Any = item.property.options.get("multipleOf")
        if _is_number(multiple) and not (0 < multiple < float("inf")):
            subject.error("CON-036", _at(item, "multipleOf"), "multipleOf must be more than 0", seen=str(multiple))
        if kind is LogicalType.INTEGER and _is_number(multiple) and not float(multiple).is_integer():
            detail = f"multipleOf {multiple} of an integer: only whole multiples of it can be right"
            subject.warn("CON-036", _at(item, "multipleOf"), detail)


def options_without_type(subject: Subject) -> None:
    """Options beside no logicalType, which the standard's schema then cannot judge."""
    for item in subject.properties():
        if item.raw.get("logicalType"):
            continue
        allowed = _OPTIONS.get(item.property.logical_type)
        for option in item.property.options:
            if allowed is not None and option not in allowed:
                kind = item.property.logical_type
                detail = f"`{option}` does not belong to {kind}, which `{item.property.name}` is read as"
                subject.warn("CON-040", _at(item, option), detail, fix="write its logicalType")


def patterns(subject: Subject) -> None:
    """A pattern that is no regular expression, or one that cannot be searched without backtracking."""
    for item in subject.properties():
        pattern = item.property.options.get("pattern")
        if isinstance(pattern, str) and (why := pattern_fault(pattern)):
            subject.error("CON-037", _at(item, "pattern"), why, seen=pattern, fix=pattern_fix(why))


def pattern_fault(pattern: str) -> str | None:
    """Return why `pattern` cannot be used; None when it can."""
    bare = re.sub(r"\\\\", "", pattern)
    classless = re.sub(r"(?<!\\)\[(?:\\.|[^\]\\])*\]", "", bare)
    if re.search(r"(?<!\\)\(\?(?:=|!|<=|<!)", classless):
        return "look-around is not supported"
    if re.search(r"(?<!\\)\\(?:[1-9]|k<)", classless):
        return "back-references are not supported"
    import polars as pl

    try:
        pl.select(pl.lit("").str.contains(pattern))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as fault:
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError):
            lines = [line for line in str(fault).splitlines() if line.startswith("error:")]
            return lines[0].removeprefix("error:").strip() if lines else str(fault).splitlines()[0]
    return None


def pattern_fix(why: str) -> str:
    """Return what to do about a pattern that cannot be used."""
    if "not supported" in why:
        return (
            "patterns run on Rust's regular expressions, in linear time: rewrite it without, "
            "or write a quality check of `type: custom, engine: weighbridge`"
        )
    return "correct the regular expression"


def date_formats(subject: Subject) -> None:
    """A format of dates or times that is no pattern of Java's DateTimeFormatter, or is one of another type."""
    for item in subject.properties():
        pattern = item.property.options.get("format")
        if item.property.logical_type not in TEMPORAL or not isinstance(pattern, str):
            continue
        fault = format_fault(item.property.logical_type.value, pattern)
        if fault is not None:
            fix = f"write a pattern like {_PATTERN_LIKE[item.property.logical_type]}; until then ISO 8601 is read"
            if "%" in pattern:
                fix = "this is strftime's form; " + fix
            subject.warn("CON-039", _at(item, "format"), fault, seen=pattern, fix=fix)
