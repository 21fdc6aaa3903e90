"""From what a contract promises of one object to the probes that ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import polars as pl
from polars.datatypes import DataTypeClass

from weighbridge.checks.check import Bench, Product, Target
from weighbridge.checks.context import CheckContext, Lowered
from weighbridge.checks.registry import CHECKS
from weighbridge.contract.model import NotExecuted, Property, Quality, SchemaObject, SlaProperty
from weighbridge.findings import Finding
from weighbridge.probe import Probe

_MOST_SHOWN = 3
_SAYS_NO_CONSTRAINT = frozenset(
    {"timezone", "defaultTimezone", "elementType", "distanceMetric", "embeddingModel", "embeddingModelVersion"}
)


def lower(contract_object: SchemaObject, context: CheckContext, *, sla: Iterable[SlaProperty] = ()) -> Lowered:
    """Return the probes of everything `contract_object` asserts of records of today's layout.

    What cannot become a probe is a finding where the contract is at fault, and stands in
    `not_executed` either way. Nothing is read but the distinct keys of reference frames, which
    are held as long as the probes are.

    Args:
        contract_object: the object of the contract that the extract is an extract of.
        context: clock, references and column types.
        sla: the contract's `slaProperties`; those about another object are passed over.
    """
    bench = Bench(contract_object, context)
    products = [
        *_of_properties(contract_object, bench),
        *_ask(contract_object, bench),
        *(p for relation in contract_object.foreign_keys for p in _ask(relation, bench)),
        *(p for declared in contract_object.properties for p in _of_quality(_all_quality(declared), bench)),
        *_of_quality(contract_object.quality, bench),
        *(p for entry in sla for p in _of_sla(entry, bench)),
    ]
    return Lowered(
        _named_apart([p for p in products if not isinstance(p, Finding | NotExecuted)]),
        tuple(dict.fromkeys(p for p in products if isinstance(p, Finding))),
        tuple(dict.fromkeys(p for p in products if isinstance(p, NotExecuted))),
    )


def _ask(part: Any, bench: Bench) -> Iterator[Product]:
    for check in CHECKS:
        if check.part is type(part) and check.claims(part):
            yield from check.make(part, bench)


def _of_properties(schema: SchemaObject, bench: Bench) -> Iterator[Product]:
    for declared in schema.properties:
        if declared.name not in bench.dtypes:
            yield NotExecuted(f"{declared.name}: its checks", "the extract has no such column", declared.line)
            continue
        column = Target(declared, declared.name, declared.name, pl.col(declared.name), bench.dtypes[declared.name])
        for target in targets(column):
            yield from _ask(target, bench)
            yield from _unanswered(target)


def targets(target: Target) -> Iterator[Target]:
    """Yield a target and, from the outside in, the members and items of it that the contract declares."""
    yield target
    children = target.declared.children
    if isinstance(target.dtype, pl.Struct):
        types = {field.name: field.dtype for field in target.dtype.fields}
        for child in children:
            if child.name in types:
                yield from targets(_member(target, child, _instance(types[child.name])))
    elif isinstance(target.dtype, pl.List | pl.Array) and len(children) == 1:
        yield from targets(_item(target, children[0]))


def _member(target: Target, child: Property, dtype: pl.DataType) -> Target:
    return Target(
        replace(child, severity=min(child.severity, target.declared.severity, key=_gravity)),
        f"{target.path}.{child.name}",
        target.root,
        target.value.struct.field(child.name),
        dtype,
        target.lift,
        target.value.is_not_null(),
        target.show,
    )


def _item(target: Target, child: Property) -> Target:
    assert isinstance(target.dtype, pl.List | pl.Array)
    listed = target.value.arr.to_list() if isinstance(target.dtype, pl.Array) else target.value

    def lift(failed: pl.Expr) -> pl.Expr:
        return target.lift(listed.list.eval(failed).list.any().fill_null(False))

    def show(texts: pl.Expr) -> pl.Expr:
        return target.show(listed.list.eval(texts).list.drop_nulls().list.head(_MOST_SHOWN).list.join(", "))

    return Target(
        replace(child, severity=target.declared.severity),
        f"{target.path}[]",
        target.root,
        pl.element(),
        _instance(target.dtype.inner),
        lift,
        None,
        show,
    )


def _gravity(severity: Any) -> int:
    return ("error", "warning", "info").index(severity.value)


def _instance(dtype: DataTypeClass | pl.DataType) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype


def _unanswered(target: Target) -> Iterator[Product]:
    """Yield what of a property's options no check answers for its type."""
    answered = {option for check in CHECKS if check.part is Target and check.claims(target) for option in check.options}
    for option in target.options:
        if option in answered or option in _SAYS_NO_CONSTRAINT:
            continue
        if option == "format" and target.dtype.is_temporal():
            continue
        if option == "uniqueItems" and target.options[option] is False:
            continue
        yield NotExecuted(f"{target.path}: {option}", f"no check of it for {target.dtype}", target.declared.line)


def _all_quality(declared: Property) -> Iterator[Quality]:
    yield from declared.quality
    for child in declared.children:
        yield from _all_quality(child)


def _of_quality(entries: Iterable[Quality], bench: Bench) -> Iterator[Product]:
    for quality in entries:
        if quality.kind == "library" and quality.metric is None:
            continue  # the contract says itself that this is not executed, and why
        made = list(_ask(quality, bench))
        yield from made or [_not_run(quality)]


def _not_run(quality: Quality) -> NotExecuted:
    what = f"{quality.property}: {quality.name}" if quality.property else quality.name
    if quality.kind == "text":
        why = "text is for people to read"
    elif quality.kind == "custom" and (quality.engine or "").lower() == "weighbridge":
        why = "engine weighbridge runs an expression, or one of the checks of docs/checks.md"
    elif quality.kind == "custom":
        why = f"Weighbridge does not run the engine {quality.engine}"
    else:
        why = f"{quality.metric} is no metric of the library"
    return NotExecuted(what, why, quality.line)


def _of_sla(entry: SlaProperty, bench: Bench) -> Iterator[Product]:
    claimed = [check for check in CHECKS if check.part is SlaProperty and check.claims(entry)]
    if not claimed:
        yield NotExecuted(f"slaProperties: {entry.name}", "an extract alone cannot show it", entry.line)
    for check in claimed:
        yield from check.make(entry, bench)


def _named_apart(probes: list[Probe]) -> tuple[Probe, ...]:
    """Return the probes with a number behind every name that was given before."""
    given: set[str] = set()
    apart: list[Probe] = []
    for probe in probes:
        name, n = probe.name, 2
        while name in given:
            name, n = f"{probe.name}#{n}", n + 1
        given.add(name)
        apart.append(probe if name == probe.name else replace(probe, name=name))
    return tuple(apart)
