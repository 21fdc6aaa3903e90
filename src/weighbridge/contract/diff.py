"""Compare two versions of a contract, part by part.

A constraint that lets less through is tightened, and breaks for the producer; one that lets more through is
loosened. Loosening breaks for the consumer where it takes away what a model is built on: a value
in every record, a key that stands once, a column, its type. What cannot be ordered, such as two patterns, counts as
tightened. Anything that reads other values from the same bytes breaks for the consumer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from weighbridge.contract.change import Breaks, Change, Difference, Kind
from weighbridge.contract.model import (
    Breaker,
    Contract,
    Limit,
    LogicalType,
    Property,
    Quality,
    SchemaObject,
    Server,
    SlaProperty,
)
from weighbridge.findings import Effect, Severity

PRODUCER, CONSUMER = frozenset({Breaks.PRODUCER}), frozenset({Breaks.CONSUMER})
BOTH = PRODUCER | CONSUMER

_UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_WEIGHT = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}
_STRICTNESS = {Effect.NOTE: 0, Effect.WARN: 1, Effect.REPAIR: 2, Effect.REVIEW: 3, Effect.REJECT: 4}
_WIDER = {(LogicalType.INTEGER, LogicalType.NUMBER), (LogicalType.DATE, LogicalType.TIMESTAMP)}
_COMPARED = frozenset(
    {"apiVersion", "kind", "id", "version", "schema", "servers", "slaProperties", "slaDefaultElement"}
)
_SHOWN = 80


def diff(old: Contract, new: Contract) -> Difference:
    """Return everything that changed from `old` to `new`, in the order of the document."""
    changes = tuple(_contract(old, new))
    if old.rules_fingerprint != new.rules_fingerprint and all(c.kind is Kind.WORDING for c in changes):
        changes += (Change(Kind.CHANGED, ("contract",), "something in it decides otherwise"),)
    return Difference(old, new, changes)


def _contract(old: Contract, new: Contract) -> Iterator[Change]:
    if old.id != new.id:
        yield Change(Kind.CHANGED, ("id",), _arrow(old.id, new.id) + ": published into another table", CONSUMER)
    for key in dict.fromkeys((*old.raw, *new.raw)):
        before, after = old.raw.get(key), new.raw.get(key)
        if key not in _COMPARED and before != after:
            yield Change(Kind.WORDING, (str(key),), _arrow(before, after))
    yield from _servers(old.servers, new.servers)
    before_objects, after_objects = ({o.name: o for o in c.objects} for c in (old, new))
    for name, gone in before_objects.items():
        if name not in after_objects:
            yield Change(Kind.REMOVED, (name,), "the object is gone", BOTH, gone.line)
    for name, now in after_objects.items():
        if name in before_objects:
            yield from _object(before_objects[name], now)
        else:
            yield Change(Kind.ADDED, (name,), "an object", line=now.line)
    yield from _sla(old.sla, new.sla)


def _object(old: SchemaObject, new: SchemaObject) -> Iterator[Change]:
    at = (new.name,)
    if old.description != new.description:
        yield _wording((*at, "description"), old.description, new.description, new.line)
    if old.primary_key != new.primary_key:
        words = _arrow(", ".join(old.primary_key) or None, ", ".join(new.primary_key) or None)
        yield Change(Kind.CHANGED, (*at, "primary key"), words, BOTH if new.primary_key else CONSUMER, new.line)
    yield from _properties(old.properties, new.properties, at)
    yield from _quality(old.quality, new.quality, at)
    yield from _relationships(old, new)
    if any(old.extensions.get(key) != new.extensions.get(key) for key in ("epochs", "epochsExhaustive")):
        words = "records of earlier layouts are told or read otherwise"
        yield Change(Kind.CHANGED, (*at, "epochs"), words, CONSUMER, new.line)
    kept = [o.extensions.get("retention") for o in (old, new)]
    if kept[0] != kept[1]:
        yield Change(Kind.CHANGED, (*at, "retention"), _arrow(*kept), line=new.line)
    yield from _breaker(old.breaker, new.breaker, (*at, "breaker"), new.line)


def _properties(old: Sequence[Property], new: Sequence[Property], at: tuple[str, ...]) -> Iterator[Change]:
    before, after = {p.name: p for p in old}, {p.name: p for p in new}
    gone = {name: p for name, p in before.items() if name not in after}
    for p in new:
        was = before.get(p.name)
        if was is None and (was := _renamed_from(p, gone)) is not None:
            del gone[was.name]
            yield Change(Kind.RENAMED, (*at, p.name), f"was {was.name}", CONSUMER, p.line)
        if was is None:
            needed = p.required and p.severity is Severity.ERROR
            words = f"{'a required' if needed else 'an optional'} {p.logical_type}"
            yield Change(Kind.ADDED, (*at, p.name), words, PRODUCER if needed else frozenset(), p.line)
        else:
            yield from _property(was, p, (*at, p.name))
    for p in gone.values():
        yield Change(Kind.REMOVED, (*at, p.name), "nobody reads it any more", CONSUMER, p.line)
    order = [n for n in before if n in after], [n for n in after if n in before]
    if order[0] != order[1]:
        yield Change(Kind.CHANGED, at, "properties stand in another order")


def _renamed_from(new: Property, gone: Mapping[str, Property]) -> Property | None:
    """Return the property whose source name the new one reads as well."""
    known = {name.lower() for name in new.source_names}
    return next((p for p in gone.values() if known & {p.name.lower(), *(n.lower() for n in p.source_names)}), None)


def _property(old: Property, new: Property, at: tuple[str, ...]) -> Iterator[Change]:
    def change(kind: Kind, part: str, words: str, breaks: frozenset[Breaks] = frozenset()) -> Change:
        return Change(kind, (*at, part), words, breaks, new.line)

    if old.logical_type is not new.logical_type:
        takes_all = (old.logical_type, new.logical_type) in _WIDER or new.logical_type is LogicalType.STRING
        words = _arrow(old.logical_type.value, new.logical_type.value)
        yield change(Kind.CHANGED, "type", words, CONSUMER if takes_all else BOTH)
    if lost := [n for n in old.source_names if n not in new.source_names and n != old.name]:
        yield change(Kind.TIGHTENED, "source names", f"no longer {', '.join(lost)}", PRODUCER)
    if won := [n for n in new.source_names if n not in old.source_names and n != new.name]:
        yield change(Kind.LOOSENED, "source names", f"also {', '.join(won)}")
    if old.required != new.required:
        kind, whom = (Kind.TIGHTENED, PRODUCER) if new.required else (Kind.LOOSENED, CONSUMER)
        yield change(kind, "required", _arrow(old.required, new.required), whom)
    if old.unique != new.unique:
        kind, whom = (Kind.TIGHTENED, PRODUCER) if new.unique else (Kind.LOOSENED, CONSUMER)
        yield change(kind, "unique", _arrow(old.unique, new.unique), whom)
    if old.severity is not new.severity:
        yield _by_weight(_WEIGHT[old.severity], _WEIGHT[new.severity], (*at, "severity"), old.severity, new.severity)
    yield from _options(old.options, new.options, at, new.line)
    yield from _enum(old, new, at)
    yield from _reading(old, new, at)
    if old.classification != new.classification:
        masked = " and masked" if new.is_masked else " and shown in reports" if old.is_masked else ""
        yield change(Kind.CHANGED, "classification", _arrow(old.classification, new.classification) + masked)
    if old.description != new.description:
        yield _wording((*at, "description"), old.description, new.description, new.line)
    if old.physical_type != new.physical_type:
        yield _wording((*at, "physicalType"), old.physical_type, new.physical_type, new.line)
    yield from _quality(old.quality, new.quality, at)
    yield from _properties(old.children, new.children, at)


def _reading(old: Property, new: Property, at: tuple[str, ...]) -> Iterator[Change]:
    if [(r.name, r.parameters) for r in old.rules] != [(r.name, r.parameters) for r in new.rules]:
        words = _arrow(_names(old), _names(new)) + ": the same bytes are read otherwise"
        yield Change(Kind.CHANGED, (*at, "rules"), words, CONSUMER, new.line)
    for part in ("on_repaired", "on_ambiguous", "on_unreadable"):
        before, after = getattr(old.policy, part), getattr(new.policy, part)
        if before is not after:
            yield _by_weight(_STRICTNESS[before], _STRICTNESS[after], (*at, "readingPolicy", part), before, after)
    if old.position != new.position:
        yield Change(Kind.CHANGED, (*at, "position"), "it stands elsewhere in the record", PRODUCER, new.line)


def _options(old: Mapping[str, Any], new: Mapping[str, Any], at: tuple[str, ...], line: int | None) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        if before != after:
            yield _ordered(before, after, (*at, key), line, larger_is_looser=_direction(key))


def _direction(key: str) -> bool | None:
    return True if key in _UPPER else False if key in _LOWER else None


def _ordered(
    before: Any, after: Any, at: tuple[str, ...], line: int | None, *, larger_is_looser: bool | None
) -> Change:
    """Return how a limit changed. None is no limit; what cannot be ordered counts as tightened."""
    if after is None:
        tighter = False
    elif before is None or larger_is_looser is None:
        tighter = True
    else:
        try:
            tighter = (after < before) is larger_is_looser
        except TypeError:
            tighter = True
    return Change(
        Kind.TIGHTENED if tighter else Kind.LOOSENED,
        at,
        _arrow(before, after),
        PRODUCER if tighter else frozenset(),
        line,
    )


def _enum(old: Property, new: Property, at: tuple[str, ...]) -> Iterator[Change]:
    before, after = (
        {json.dumps(e.value, ensure_ascii=False, default=str): e.label for e in p.enum} for p in (old, new)
    )
    place = (*at, "enum")
    if bool(before) != bool(after):
        yield _ordered(", ".join(before) or None, ", ".join(after) or None, place, new.line, larger_is_looser=None)
        return
    if gone := [v for v in before if v not in after]:
        yield Change(Kind.TIGHTENED, place, f"no longer {', '.join(gone)}", PRODUCER, new.line)
    if come := [v for v in after if v not in before]:
        yield Change(Kind.LOOSENED, place, f"also {', '.join(come)}", line=new.line)
    if any(before[v] != after[v] for v in before if v in after):
        yield Change(Kind.WORDING, place, "labels", line=new.line)


def _quality(old: Sequence[Quality], new: Sequence[Quality], at: tuple[str, ...]) -> Iterator[Change]:
    before, after = ({(q.name, q.property): q for q in qs} for qs in (old, new))
    for key, q in after.items():
        breaks = PRODUCER if q.severity is Severity.ERROR and q.kind != "text" else frozenset[Breaks]()
        if key not in before:
            yield Change(Kind.ADDED, (*at, q.name), f"a check, severity {q.severity}", breaks, q.line)
        elif _asked(before[key]) != _asked(q):
            yield _another_check(before[key], q, (*at, q.name), breaks)
        elif before[key].severity is not q.severity:
            was = before[key].severity
            yield _by_weight(_WEIGHT[was], _WEIGHT[q.severity], (*at, q.name, "severity"), was, q.severity)
        elif (before[key].description, before[key].dimension) != (q.description, q.dimension):
            yield _wording((*at, q.name), before[key].description, q.description, q.line)
    for key, q in before.items():
        if key not in after:
            yield Change(Kind.REMOVED, (*at, q.name), "the check is gone", line=q.line)


def _another_check(old: Quality, new: Quality, at: tuple[str, ...], breaks: frozenset[Breaks]) -> Change:
    """Return how a check changed: looser only where nothing but one threshold moved outwards."""
    a, b = old.comparison, new.comparison
    words = "it asks something else"
    if a is not None and b is not None and a.operator == b.operator and _asked(old)[1:] == _asked(new)[1:]:
        words = f"{a.operator} {_arrow(a.operand, b.operand)}"
        looser = _moved_outwards(a.operator, a.operand, b.operand)
        if looser and _WEIGHT[new.severity] <= _WEIGHT[old.severity]:
            return Change(Kind.LOOSENED, at, words, line=new.line)
    return Change(Kind.TIGHTENED, at, words, breaks, new.line)


def _moved_outwards(operator: str, old: Any, new: Any) -> bool:
    try:
        if operator in ("mustBeLessThan", "mustBeLessOrEqualTo"):
            return bool(new > old)
        if operator in ("mustBeGreaterThan", "mustBeGreaterOrEqualTo"):
            return bool(new < old)
        if operator == "mustBeBetween":
            return bool(new[0] <= old[0] and new[1] >= old[1])
    except (TypeError, IndexError):
        pass
    return False


def _asked(q: Quality) -> tuple[Any, ...]:
    rest = (q.kind, q.metric, dict(q.arguments), q.unit, q.query, q.engine, q.implementation, dict(q.options))
    return (q.comparison, *rest)


def _relationships(old: SchemaObject, new: SchemaObject) -> Iterator[Change]:
    def told(of: SchemaObject) -> dict[str, tuple[Severity, int | None]]:
        return {
            f"{', '.join(k.properties)} in {k.reference or k.to_contract or ''}"
            f" {k.to_object}.{', '.join(k.to_properties)}".replace("  ", " "): (k.severity, k.line)
            for k in of.foreign_keys
        }

    before, after = told(old), told(new)
    at = (new.name, "relationship")
    for words, (severity, line) in after.items():
        if words not in before:
            breaks = PRODUCER if severity is Severity.ERROR else frozenset[Breaks]()
            yield Change(Kind.ADDED, at, words, breaks, line)
        elif (was := before[words][0]) is not severity:
            yield _by_weight(_WEIGHT[was], _WEIGHT[severity], (*at, words, "severity"), was, severity)
    for words, (_, line) in before.items():
        if words not in after:
            yield Change(Kind.REMOVED, at, words, line=line)


def _breaker(old: Breaker, new: Breaker, at: tuple[str, ...], line: int | None) -> Iterator[Change]:
    whole = ("max_rejected", "max_uncertain", "max_repaired")
    limits = [(name, getattr(old, name), getattr(new, name)) for name in whole]
    named = dict.fromkeys((*old.per_check, *new.per_check))
    limits += [(name, old.per_check.get(name, Limit()), new.per_check.get(name, Limit())) for name in named]
    for name, before, after in limits:
        for part in ("count", "rate"):
            was, now = getattr(before, part), getattr(after, part)
            if was != now:
                yield _ordered(was, now, (*at, name, part), line, larger_is_looser=True)
    if old.min_records != new.min_records:
        yield _ordered(old.min_records, new.min_records, (*at, "minRecords"), line, larger_is_looser=True)
    if old.allow_empty != new.allow_empty:
        yield _by_weight(old.allow_empty, new.allow_empty, (*at, "allowEmpty"), old.allow_empty, new.allow_empty, True)


def _servers(old: Sequence[Server], new: Sequence[Server]) -> Iterator[Change]:
    before, after = {s.name: s for s in old}, {s.name: s for s in new}
    for name, s in after.items():
        at = ("servers", name)
        if (was := before.get(name)) is None:
            yield Change(Kind.ADDED, at, f"a server, {s.type}", line=s.line)
            continue
        for part in ("type", "path", "connection"):
            if getattr(was, part) != getattr(s, part):
                yield Change(Kind.CHANGED, (*at, part), "extracts come from elsewhere", line=s.line)
        for part in ("format", "delimiter", "encoding"):
            if getattr(was, part) != getattr(s, part):
                words = _arrow(getattr(was, part), getattr(s, part))
                yield Change(Kind.CHANGED, (*at, part), words, PRODUCER, s.line)
        for key in dict.fromkeys((*was.record_format, *s.record_format)):
            is_now, was_then = s.record_format.get(key), was.record_format.get(key)
            if is_now != was_then:
                words = _arrow(was_then, is_now)
                yield Change(Kind.CHANGED, (*at, "recordFormat", key), words, PRODUCER, s.line)
    for name, s in before.items():
        if name not in after:
            yield Change(Kind.REMOVED, ("servers", name), "the server is gone", PRODUCER, s.line)


def _sla(old: Sequence[SlaProperty], new: Sequence[SlaProperty]) -> Iterator[Change]:
    before, after = ({(s.name, s.element): s for s in entries} for entries in (old, new))
    for key, s in after.items():
        at = ("slaProperties", *(part for part in key if part))
        was = before.get(key)
        if was is None:
            yield Change(Kind.ADDED, at, _said(s), line=s.line)
        elif (was.value, was.unit) != (s.value, s.unit) or dict(was.options) != dict(s.options):
            yield Change(Kind.CHANGED, at, _arrow(_said(was), _said(s)), line=s.line)
    for key, s in before.items():
        if key not in after:
            yield Change(Kind.REMOVED, ("slaProperties", *(part for part in key if part)), _said(s), line=s.line)


def _said(s: SlaProperty) -> str:
    return f"{s.value} {s.unit or ''}".strip()


def _by_weight(
    before: int, after: int, at: tuple[str, ...], was: object, now: object, more_is_looser: bool = False
) -> Change:
    tighter = (after > before) is not more_is_looser
    return Change(
        Kind.TIGHTENED if tighter else Kind.LOOSENED, at, _arrow(was, now), PRODUCER if tighter else frozenset()
    )


def _wording(at: tuple[str, ...], before: object, after: object, line: int | None) -> Change:
    return Change(Kind.WORDING, at, _arrow(before, after), line=line)


def _names(p: Property) -> str | None:
    return ", ".join(r.name for r in p.rules) or None


def _arrow(before: object, after: object) -> str:
    return f"{_text(before)} → {_text(after)}"


def _text(value: object) -> str:
    """Return a value in one line: nothing as a dash, what is long cut."""
    if value is None:
        return "–"
    plain: Callable[[Any], str] = str
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=plain)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
