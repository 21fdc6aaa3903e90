"""Epochs: each can be told from the others, and each leads to today's properties."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from weighbridge.contract.document import Path
from weighbridge.contract.epochs import expression_fault, expression_names, template_parts
from weighbridge.contract.lint.subject import Subject, extension_path
from weighbridge.contract.model import Belonging, Epoch, LogicalType, Migration, SchemaObject

_MOST = 200
_TAKEN = ("today", "today's", "cannot be told")
_ONE_OF = ("from", "position", "join", "absent")
_DATED = (LogicalType.DATE, LogicalType.TIMESTAMP)


def epochs(subject: Subject) -> None:
    """Epochs that cannot be told apart, name what is not there, or leave a required property without a value."""
    for index, schema in enumerate(subject.objects):
        if not schema.epochs:
            continue
        raw = subject.raw_object(index)
        base = extension_path(raw, ("schema", index), "epochs")
        entries = next(
            e["value"] for e in raw["customProperties"] if e["property"].removeprefix("weighbridge.") == "epochs"
        )
        if len(entries) > _MOST:
            subject.error("CON-065", base, f"{len(entries)} epochs", fix=f"an object may have {_MOST}")
        first: dict[str, int] = {}
        for number, (epoch, entry) in enumerate(zip(schema.epochs, entries, strict=True)):
            path = (*base, number)
            if epoch.name in first:
                subject.error("CON-064", path, f"`{epoch.name}`")
            first.setdefault(epoch.name, number)
            if epoch.name in _TAKEN or "@" in epoch.name:
                fix = "these words mean today's layout and none; no name may hold an @"
                subject.error("CON-064", path, f"`{epoch.name}` is no name of an earlier layout", fix=fix)
            _told(subject, schema, epoch, path)
            _migrations(subject, schema, epoch, entry, path)
        _overlaps(subject, schema, base)


def _known(subject: Subject, schema: SchemaObject, name: str, path: Path, what: str) -> bool:
    names = [p.name for p in schema.properties]
    if name in names:
        return True
    near = difflib.get_close_matches(name, names, n=1)
    fix = f"did you mean `{near[0]}`?" if near else ""
    subject.error("CON-060", path, f"{what} `{name}`", fix=fix)
    return False


def _told(subject: Subject, schema: SchemaObject, epoch: Epoch, path: Path) -> None:
    belongs, where = epoch.belongs, (*path, "when")
    dated = belongs.since or belongs.before or belongs.until
    if belongs.property is not None and _known(subject, schema, belongs.property, (*where, "property"), "`when` reads"):
        kind = schema.property_named(belongs.property).logical_type
        if kind not in _DATED:
            subject.error("CON-062", where, f"`{belongs.property}` is {kind}, no date and no timestamp")
        elif not dated:
            subject.error("CON-062", where, f"`{belongs.property}` is named, and no day")
    if dated and belongs.property is None:
        subject.error("CON-062", where, "days are given, and no property that holds them")
    span = _span(belongs)
    if span is not None and span[0] > span[1]:
        subject.error("CON-062", where, f"no day is both from {span[0]} and until {span[1]}")
    if belongs.expression is not None:
        try:
            names = expression_names(belongs.expression)
            fault = expression_fault(belongs.expression, names) if names else "the expression reads no column"
            if fault is not None:
                subject.error("CON-062", (*where, "expression"), fault)
        except ValueError as wrong:
            subject.error("CON-062", (*where, "expression"), f"it is no SQL expression: {wrong}")
    _listed(subject, schema, epoch, path)
    _cut_short(subject, schema, epoch, path)
    known = (belongs.property, belongs.column, belongs.length_bytes, belongs.fields, belongs.expression)
    if not dated and all(part is None for part in known):
        subject.error("CON-062", where, f"`{epoch.name}`")


def _listed(subject: Subject, schema: SchemaObject, epoch: Epoch, path: Path) -> None:
    """The columns of records that are told by their number of fields."""
    fields, columns = epoch.belongs.fields, epoch.columns
    if columns and fields != len(columns):
        told = f"{fields} fields" if fields else "no number of fields under `when`"
        fix = "list a column for each field of such a record, null for one of no interest, and say fields under `when`"
        subject.error("CON-065", (*path, "columns"), f"{len(columns)} columns and {told}", fix=fix)
    twice = sorted({c for c in columns if c is not None and columns.count(c) > 1})
    if twice:
        fix = "list each column once: `join` and `from` may read it for several properties"
        subject.error("CON-065", (*path, "columns"), f"`{twice[0]}` stands twice", fix=fix)
    for other in schema.epochs:
        if other is epoch:
            break
        if fields is not None and other.belongs.fields == fields and other.columns != columns:
            fix = "records with as many fields are taken apart alike: list the same columns, and tell them by a marker"
            detail = f"`{other.name}` has {fields} fields too, and other columns"
            subject.error("CON-065", (*path, "columns" if columns else "when"), detail, fix=fix)


def _cut_short(subject: Subject, schema: SchemaObject, epoch: Epoch, path: Path) -> None:
    """Properties of which a fixed-width record of the epoch has only the first bytes."""
    length = epoch.belongs.length_bytes
    for prop in schema.properties if length is not None else ():
        migration, place = epoch.migration_of(prop.name), prop.position
        if place is None or length is None or (migration is not None and migration.reads):
            continue
        last = place.start - 1 + place.length_bytes
        if place.start <= length < last:
            detail = f"`{prop.name}` stands at bytes {place.start} to {last}, the record has {length}"
            fix = "say under the epoch's properties where it stood, or that it is absent, or what it is assumed to be"
            subject.warn("CON-065", (*path, "when"), detail, fix=fix)


def _migrations(subject: Subject, schema: SchemaObject, epoch: Epoch, entry: Mapping[str, Any], path: Path) -> None:
    written, assumed = entry.get("properties") or {}, entry.get("assumes") or {}
    for name in written:
        _known(subject, schema, name, (*path, "properties", name), f"epoch `{epoch.name}` migrates")
    for name in assumed:
        _known(subject, schema, name, (*path, "assumes", name), f"epoch `{epoch.name}` assumes")
    for migration in epoch.migrations:
        name = migration.declared.name
        said = written.get(name, {})
        where: Path = (*path, "properties", name) if name in written else (*path, "assumes", name)
        _one_way(subject, migration, said, name in assumed, where)
        if migration.absent and migration.assumed is None and _required(schema, migration, said):
            subject.error("CON-063", where, f"`{name}` in epoch `{epoch.name}`")
        _rules(subject, migration, said, where)


def _required(schema: SchemaObject, migration: Migration, said: Mapping[str, Any]) -> bool:
    today = schema.property_named(migration.declared.name)
    return today.primary_key_position is not None or bool(said.get("required", today.required))


def _one_way(subject: Subject, migration: Migration, said: Mapping[str, Any], assumed: bool, where: Path) -> None:
    given = [key for key in _ONE_OF if said.get(key)] + ["assumes"] * assumed
    if len(given) > 1:
        subject.error("CON-065", where, f"{' and '.join(given)} stand together")
    part = said.get("part") or {}
    if said.get("part") is not None and bool(part.get("pattern")) == bool(part.get("start") or part.get("length")):
        subject.error("CON-065", (*where, "part"), "a part is told by start and length, or by a pattern")
    if part.get("pattern"):
        _pattern(subject, str(part["pattern"]), (*where, "part", "pattern"))
    if said.get("join") is not None and not migration.template:
        try:
            template_parts(said["join"])
        except ValueError as fault:
            subject.error("CON-065", (*where, "join"), f"the template: {fault}")


def _pattern(subject: Subject, pattern: str, where: Path) -> None:
    import polars as pl

    try:
        groups = pl.Series([""]).str.extract_groups(pattern).dtype
    except pl.exceptions.PolarsError as fault:
        subject.error("CON-065", where, f"the engine cannot use the pattern: {str(fault).splitlines()[0]}")
        return
    if not getattr(groups, "fields", ()):
        subject.error("CON-065", where, "the pattern has no group, which would be the part")


def _rules(subject: Subject, migration: Migration, said: Mapping[str, Any], where: Path) -> None:
    from weighbridge.legacy.rules import rule_named

    if "rules" not in said:
        return
    for index, spec in enumerate(migration.declared.rules):
        path = (*where, "rules", index)
        try:
            rule = rule_named(spec.name)
        except KeyError:
            subject.error("CON-023", path, f"`{spec.name}`")
            continue
        subject.reading.validated(rule.parameters, dict(spec.parameters), path, code="CON-024")
        if migration.declared.logical_type not in rule.logical_types:
            kind = migration.declared.logical_type
            subject.error("CON-025", path, f"`{spec.name}` does not read {kind}")
        if index and not rule_named(migration.declared.rules[index - 1].name).gives_text:
            subject.error("CON-026", path, f"`{spec.name}` stands after a rule that gives a value and no text")
            return


def _span(belongs: Belonging) -> tuple[date, date] | None:
    if belongs.property is None or not (belongs.since or belongs.before or belongs.until):
        return None
    ends = [belongs.until] if belongs.until else []
    ends += [belongs.before - timedelta(days=1)] if belongs.before and belongs.before > date.min else []
    return belongs.since or date.min, min(ends, default=date.max)


def _by_date_alone(schema: SchemaObject) -> Iterator[tuple[int, Epoch, tuple[date, date]]]:
    for number, epoch in enumerate(schema.epochs):
        belongs, span = epoch.belongs, _span(epoch.belongs)
        others = (belongs.column, belongs.length_bytes, belongs.fields, belongs.expression)
        if span and all(other is None for other in others):
            yield number, epoch, span


def _overlaps(subject: Subject, schema: SchemaObject, base: Path) -> None:
    for (_, one, a), (number, other, b) in combinations(_by_date_alone(schema), 2):
        first, last = max(a[0], b[0]), min(a[1], b[1])
        if one.belongs.property == other.belongs.property and first <= last:
            days = f"{first} to {last}" if first > date.min else f"all days to {last}"
            subject.error("CON-061", (*base, number, "when"), f"`{one.name}` and `{other.name}`: {days}")
