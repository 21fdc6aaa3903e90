"""Earlier layouts as a contract writes them, to the plain model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from string import Formatter
from typing import Any

from weighbridge.contract.document import Path
from weighbridge.contract.model import (
    Belonging,
    EnumValue,
    Epoch,
    LogicalType,
    Migration,
    Position,
    Property,
)
from weighbridge.contract.reading import Reading
from weighbridge.contract.rule_specs import build_rules


def build_epochs(
    reading: Reading, members: Mapping[str, tuple[Any, Path]], properties: Sequence[Property]
) -> tuple[tuple[Epoch, ...], tuple[Property, ...]]:
    """Return the epochs of an object, and the columns that only they have.

    Migrations of properties that do not exist are left out; lint tells of them.
    """
    entries, path = members.get("epochs", (None, ()))
    columns = _Columns(properties)
    epochs = tuple(_epoch(reading, raw, (*path, i), columns) for i, raw in enumerate(entries or []))
    return epochs, tuple(columns.hidden.values())


def template_parts(template: str) -> list[tuple[str, str | None]]:
    """Return the texts of a template, each with the column that follows it.

    Raises:
        ValueError: its braces do not match, or hold no name.
    """
    parts: list[tuple[str, str | None]] = []
    for text, name, spec, conversion in Formatter().parse(template):
        if name is not None and (not name or spec or conversion):
            raise ValueError("between braces stands the name of a column, and nothing else")
        parts.append((text, name))
    if all(name is None for _, name in parts):
        raise ValueError("it names no column")
    return parts


def expression_fault(expression: str, names: Sequence[str]) -> str | None:
    """Return why an expression does not answer yes or no for each record's texts; None where it does."""
    import polars as pl

    try:
        told = pl.DataFrame({name: ["", ""] for name in names}).select(pl.sql_expr(expression).alias("told"))["told"]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as fault:
        return f"it cannot be asked of texts: {str(fault).splitlines()[0]}"
    if told.dtype != pl.Boolean:
        return "it is neither true nor false"
    return None if len(told) == len(("", "")) else "it looks at more than one record"


def expression_names(expression: str) -> list[str]:
    """Return the columns that Polars SQL reads.

    Raises:
        ValueError: it is no expression.
    """
    import polars as pl

    try:
        return list(dict.fromkeys(pl.sql_expr(expression).meta.root_names()))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, TypeError) as fault:
        raise ValueError(str(fault).splitlines()[0]) from fault


class _Columns:
    """Which raw column a name means, with those that the source must give beside the properties' own."""

    def __init__(self, properties: Sequence[Property]) -> None:
        self.today = {p.name: p for p in properties}
        self._named = {n: p.name for p in reversed(properties) for n in p.source_names} | {n: n for n in self.today}
        self.hidden: dict[str, Property] = {}

    def column(self, name: str) -> str:
        if name in self._named:
            return self._named[name]
        self.hidden.setdefault(name, Property(name, LogicalType.STRING, (name,)))
        return name

    def at(self, name: str, position: Mapping[str, Any]) -> str:
        place = Position(position["start"], position["length"])
        for known in (*self.today.values(), *self.hidden.values()):
            if known.position == place:
                return known.name
        self.hidden[name] = Property(name, LogicalType.STRING, (name,), position=place)
        return name


def _epoch(reading: Reading, raw: Mapping[str, Any], path: Path, columns: _Columns) -> Epoch:
    name = raw["name"]
    migrations = {
        today: _migration(reading, member, (*path, "properties", today), name, columns.today[today], columns)
        for today, member in (raw.get("properties") or {}).items()
        if today in columns.today
    }
    for today, assumed in (raw.get("assumes") or {}).items():
        if today in columns.today:
            said = assumed if isinstance(assumed, Mapping) else {"value": assumed}
            old = migrations.get(today) or Migration(columns.today[today])
            migrations[today] = replace(
                old,
                declared=replace(old.declared, rules=(), options=_without_format(old.declared.options)),
                reads=True,
                assumed=_as_text(said["value"]),
                because=said.get("because") or old.because,
                line=reading.document.line((*path, "assumes", today)),
            )
    return Epoch(
        name=name,
        belongs=_belonging(raw["when"], name, columns),
        columns=tuple(columns.column(c) if c else None for c in raw.get("columns") or ()),
        migrations=tuple(migrations.values()),
        waives=tuple(raw.get("waives") or ()),
        line=reading.document.line(path),
    )


def _belonging(raw: Mapping[str, Any], epoch: str, columns: _Columns) -> Belonging:
    marker = raw.get("marker") or {}
    column = None
    if marker.get("column"):
        column = columns.column(marker["column"])
    elif marker.get("position"):
        column = columns.at(f"{epoch}: marker", marker["position"])
    names: list[str] = []
    if raw.get("expression"):
        with suppress(ValueError):  # lint tells
            names = expression_names(raw["expression"])
    return Belonging(
        property=raw.get("property"),
        since=_day(raw.get("from")),
        before=_day(raw.get("before")),
        until=_day(raw.get("until")),
        column=column,
        values=tuple(marker.get("values") or ()),
        length_bytes=raw.get("length"),
        fields=raw.get("fields"),
        expression=raw.get("expression"),
        names={name: columns.column(name) for name in names},
    )


def _migration(
    reading: Reading, raw: Mapping[str, Any], path: Path, epoch: str, today: Property, columns: _Columns
) -> Migration:
    part = raw.get("part") or {}
    source = today.name
    if raw.get("position"):
        source = columns.at(f"{epoch}: {today.name}", raw["position"])
    elif raw.get("from"):
        source = columns.column(raw["from"])
    template: list[tuple[str, str | None]] = []
    if raw.get("join"):
        with suppress(ValueError):  # lint tells
            template = template_parts(raw["join"])
    rules = today.rules
    if "rules" in raw:
        rules = build_rules(reading, raw["rules"], (*path, "rules"))
    elif raw.get("join"):
        rules = ()
    options = {**today.options, **(raw.get("logicalTypeOptions") or {})}
    declared = replace(
        today,
        rules=rules,
        options={key: value for key, value in options.items() if value is not None},
        required=raw.get("required", today.required),
        enum=today.enum if raw.get("enum") is None else tuple(EnumValue(value) for value in raw["enum"]),
    )
    otherwise = ("from", "position", "rules", "part", "join", "recode", "absent")
    return Migration(
        declared=declared,
        reads=any(key in raw for key in otherwise) or "format" in (raw.get("logicalTypeOptions") or {}),
        checks=any(key in raw for key in ("required", "enum", "logicalTypeOptions", "absent")),
        source=source,
        start=part.get("start") or (1 if part.get("length") else None),
        length=part.get("length"),
        pattern=part.get("pattern"),
        template=tuple((text, columns.column(name) if name else None) for text, name in template),
        recode=dict(raw.get("recode") or {}),
        absent=bool(raw.get("absent")),
        because=raw.get("because") or "",
        line=reading.document.line(path),
    )


def _without_format(options: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key != "format"}


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _day(value: Any) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value)[:10])
