"""Permitted values that the property's own constraints forbid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weighbridge.contract.lint.bounds import pattern_fault
from weighbridge.contract.lint.subject import Declared, Subject
from weighbridge.contract.lint.values import comparable, fits
from weighbridge.contract.model import LogicalType

_BOOL_WORDS = frozenset(["yes", "no", "on", "off", "y", "n"])


def enum_values(subject: Subject) -> None:
    """An enum value of another type than the property, or one that its pattern, length or bounds refuse."""
    for item in subject.properties():
        for index, entry in enumerate(item.property.enum):
            path = (*item.path, "enum", index, "value")
            spelled = subject.reading.document.spelled.get(path)
            if isinstance(entry.value, bool) and spelled and spelled.lower() in _BOOL_WORDS:
                detail = f"{spelled} is read as {str(entry.value).lower()}"
                subject.warn("CON-007", path, detail, seen=spelled, fix=f'write "{spelled}" in quotes')
            if entry.value is None:
                detail = "null in an enum: null passes every enum already"
                subject.warn("CON-038", path, detail, fix="remove it; `required: true` is what forbids null")
                continue
            for why in _faults(item, entry.value):
                shown = spelled if spelled is not None else str(entry.value)
                fix = f'write "{shown}" in quotes' if why.endswith("a string") else ""
                subject.error("CON-038", path, why, seen=shown, fix=fix)


def _faults(item: Declared, value: Any) -> Iterator[str]:
    kind, options = item.property.logical_type, item.property.options
    if not fits(value, kind):
        article = "an" if kind[0] in "aeio" else "a"
        yield (
            f"{value!r} is not a value of {article} {kind}"
            if kind is not LogicalType.STRING
            else f"{value!r} is not a string"
        )
        return
    if kind is LogicalType.STRING:
        yield from _text_faults(value, options)
        return
    for bound in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        limit = comparable(options.get(bound), kind)
        here = comparable(value, kind)
        if limit is None or here is None or isinstance(options[bound], bool):
            continue
        low = bound in ("minimum", "exclusiveMinimum")
        outside = here < limit if low else here > limit
        if outside or (bound.startswith("exclusive") and here == limit):
            yield f"{value!r} is outside {bound} {options[bound]}"


def _text_faults(value: str, options: Any) -> Iterator[str]:
    least, most = options.get("minLength"), options.get("maxLength")
    if isinstance(least, int) and len(value) < least:
        yield f"{value!r} has {len(value)} characters, minLength is {least}"
    if isinstance(most, int) and len(value) > most:
        yield f"{value!r} has {len(value)} characters, maxLength is {most}"
    pattern = options.get("pattern")
    if isinstance(pattern, str) and pattern_fault(pattern) is None and not _matches(value, pattern):
        yield f"{value!r} does not match the pattern {pattern}"


def _matches(value: str, pattern: str) -> bool:
    import polars as pl

    try:
        return bool(pl.select(pl.lit(value).str.contains(pattern)).item())
    except pl.exceptions.PolarsError:
        return True
