"""What is likely behind failures that come together: one cause, not thirty findings.

A check follows another, no less grave one when it fails nearly only in records in which the other fails,
and in a good part of them: far more often than by chance. Who follows nobody leads. Where the checks of a
group are of many properties, and their neighbours' values would fit, the values have shifted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.findings import Effect
from weighbridge.outcome.explained import Cause
from weighbridge.pipeline.explaining.chance import tail
from weighbridge.pipeline.weighing.plan import failed_in_mask
from weighbridge.probe import RowProbe
from weighbridge.readers.lineage import raw_name

GRAVITY = {e: i for i, e in enumerate((Effect.REJECT, Effect.REVIEW, Effect.REPAIR, Effect.WARN, Effect.NOTE))}
_CONTAINED = 0.9
_GOOD_PART = 0.3
_ALPHA = 1e-6
_LEAST_RECORDS = 3
_MOST_CAUSES = 20
_MOST_LOOKED_AT = 200
_LEAST_PROPERTIES_SHIFTED = 3
_SHIFTED = 0.7
_NUMBER = re.compile(r"\s*[-+]?\d{1,3}(?:,?\d{3})*(?:\.\d+)?\s*|\s*[-+]?\d*\.?\d+\s*")
_WHOLE = re.compile(r"\s*[-+]?\d+\s*")
_DATE = re.compile(r"\s*\d{1,4}[-./]?\d{1,2}[-./]?\d{1,4}(?:[T ]\d{1,2}:\d{2}.*)?\s*")
_TIME = re.compile(r"\s*\d{1,2}:?\d{2}(?::?\d{2}.*)?\s*")
_BOOLEAN = re.compile(r"\s*(?:true|false|yes|no|[yntf01jx])\s*", re.IGNORECASE)
_FORMS = {
    LogicalType.INTEGER: _WHOLE,
    LogicalType.NUMBER: _NUMBER,
    LogicalType.DATE: _DATE,
    LogicalType.TIMESTAMP: _DATE,
    LogicalType.TIME: _TIME,
    LogicalType.BOOLEAN: _BOOLEAN,
}


def causes(
    suspects: Path,
    schema: SchemaObject,
    columns: Sequence[str],
    probes: Sequence[RowProbe],
    failures: Mapping[str, int],
    together: Mapping[tuple[str, str], int],
    records: int,
) -> tuple[Cause, ...]:
    """Return the groups of checks that fail in the same records, the most frequent first.

    Args:
        suspects: the folder the plan wrote them to.
        schema: the contract's object.
        columns: properties that have a raw column, in the order of the source.
        probes: the row probes in the bit order of the mask.
        failures: how many records failed each.
        together: how many records failed each pair, the earlier of the plan first.
        records: how many records there are.
    """
    place = {p.name: i for i, p in enumerate(probes)}
    leads = _leaders(probes, failures, together, records)
    groups: dict[str, list[str]] = defaultdict(list)
    for name in leads:
        top, seen = leads[name], {name}
        while top in leads and top not in seen:
            seen.add(top)
            top = leads[top]
        groups[top].append(name)
    found = []
    for leader, followers in groups.items():
        if leader in followers:
            continue
        followers.sort(key=lambda name: (-failures[name], place[name]))
        members = [probes[place[name]] for name in (leader, *followers)]
        shared = max(
            together[_pair(leader, name, place)] for name in followers if _pair(leader, name, place) in together
        )
        kind, words = _explained(suspects, schema, columns, members, [place[m.name] for m in members])
        found.append(Cause(kind, leader, tuple(followers), shared, words))
    found.sort(key=lambda c: (-c.records, place[c.leader]))
    return tuple(found[:_MOST_CAUSES])


def _leaders(
    probes: Sequence[RowProbe], failures: Mapping[str, int], together: Mapping[tuple[str, str], int], records: int
) -> dict[str, str]:
    """Return, for each check that follows another, the nearest one that it follows."""
    place = {p.name: i for i, p in enumerate(probes)}
    rank = {p.name: (GRAVITY[p.effect], -failures[p.name], i) for i, p in enumerate(probes)}
    candidates: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for (a, b), both in together.items():
        if both < _LEAST_RECORDS:
            continue
        if tail(both, failures[a], failures[b], max(records, failures[a], failures[b])) > _ALPHA:
            continue
        for name, other in ((a, b), (b, a)):
            close = both >= _CONTAINED * failures[name] and both >= _GOOD_PART * failures[other]
            if close and rank[other] < rank[name]:
                candidates[name].append((failures[other], place[other], other))
    return {name: min(found)[2] for name, found in candidates.items()}


def _pair(a: str, b: str, place: Mapping[str, int]) -> tuple[str, str]:
    return (a, b) if place[a] < place[b] else (b, a)


def _explained(
    suspects: Path, schema: SchemaObject, columns: Sequence[str], members: Sequence[RowProbe], bits: Sequence[int]
) -> tuple[str, str]:
    names = list(dict.fromkeys(p.properties[0] for p in members if p.properties))
    if len(names) == 1 and all(len(p.properties) == 1 for p in members):
        return "one_value", f"the value of {names[0]} breaks {len(members)} checks at once"
    shift = _shift(suspects, schema, columns, names, bits)
    if shift is not None:
        first, step = shift
        where = "one place to the right" if step > 0 else "one place to the left"
        return "shifted", f"values from {first} on stand {where} of where the contract has them"
    listed = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    if not names:
        return "together", "these checks fail in the same records"
    return "together", f"these checks fail in the same records; they look at {listed}"


def _shift(
    suspects: Path, schema: SchemaObject, columns: Sequence[str], names: Sequence[str], bits: Sequence[int]
) -> tuple[str, int] | None:
    """Return from which property on values stand beside their place, and in which direction; None where they do not.

    Looked at are some of the records that fail at least three checks of the group: do the values of the
    neighbouring columns fit the failing properties, where their own do not?
    """
    properties = {p.name: p for p in schema.properties}
    order = {name: i for i, name in enumerate(columns)}
    tested = [n for n in names if n in order and _can_tell(properties[n])]
    if len(tested) < _LEAST_PROPERTIES_SHIFTED:
        return None
    failing = pl.sum_horizontal([failed_in_mask(i).cast(pl.Int32) for i in bits])
    rows = pl.scan_parquet(suspects).filter(failing >= _LEAST_PROPERTIES_SHIFTED)
    some = rows.select(raw_name(n) for n in columns).head(_MOST_LOOKED_AT).collect()
    if not some.height:
        return None
    for step in (1, -1):
        fits = 0
        asked = 0
        for name in tested:
            at = order[name] + step
            if not 0 <= at < len(columns):
                continue
            texts = some[raw_name(columns[at])].cast(pl.String, strict=False).drop_nulls().to_list()
            own = some[raw_name(name)].cast(pl.String, strict=False).to_list()
            broken = sum(text is None or not _fits(text, properties[name]) for text in own)
            asked += broken
            fits += min(sum(_fits(text, properties[name]) for text in texts), broken)
        if asked >= _LEAST_PROPERTIES_SHIFTED and fits >= _SHIFTED * asked:
            return min(tested, key=order.__getitem__), step
    return None


def _can_tell(p: Property) -> bool:
    return p.logical_type in _FORMS or bool(p.enum)


def _fits(text: str, p: Property) -> bool:
    """Return whether a source text looks like a value of the property: by its permitted values, or its type's form."""
    if p.enum:
        return text.strip() in {str(e.value) for e in p.enum}
    form = _FORMS.get(p.logical_type)
    return bool(text.strip()) and form is not None and form.fullmatch(text) is not None
