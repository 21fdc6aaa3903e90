"""Which column of a source is which property of the contract: by name, by nearly that name, or by position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as ByKey
from collections.abc import Sequence

from weighbridge.contract.model import Property, SchemaObject
from weighbridge.findings import Finding, Place, Severity
from weighbridge.quick import dataclass


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which field of a record is which property's.

    Attributes:
        fields: property name → index of its field, from 0.
        findings: what is missing, extra, doubled or found under another spelling.
    """

    fields: dict[str, int]
    findings: tuple[Finding, ...]


_MOST_TOLD, _LONGEST_TOLD = 20, 100


def plain(name: str) -> str:
    """Return a name without case, surrounding blanks, and a difference between blank, dash and underscore."""
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def known_names(names: Sequence[str], schema: SchemaObject) -> int:
    """Return how many of `names` are the contract's, spelling aside."""
    ours = {plain(n) for p in schema.properties for n in p.source_names}
    return sum(plain(n) in ours for n in set(names) if n.strip())


def by_name(
    names: Sequence[str], schema: SchemaObject, source: str, twins: ByKey[str, tuple[int, str]] | None = None
) -> Mapping:
    """Return the mapping of a header; names are taken exactly first, then spelling aside.

    Args:
        names: of the columns, in order.
        schema: whose properties they may be.
        source: for findings.
        twins: of names that stand more than once, the column to read and why; else the first is read.
    """
    fields: dict[str, int] = {}
    findings: list[Finding] = []
    taken: set[int] = set()
    chosen = twins or {}
    first: dict[str, int] = {}
    by_spelling: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        first.setdefault(name, i)
        by_spelling.setdefault(plain(name), []).append(i)
    for p in schema.properties:
        exact = next((chosen[n][0] if n in chosen else first[n] for n in p.source_names if n in first), None)
        if exact is not None:
            fields[p.name] = exact
            taken.add(exact)
    for p in schema.properties:
        if p.name in fields:
            continue
        near = _near(by_spelling, p, taken)
        if near is not None:
            fields[p.name] = near
            taken.add(near)
            seen = f"{p.name} is called {names[near]!r} in the header"
            findings.append(Finding("RDR-023", Place(source=source, path=(p.name,)), seen, Severity.INFO))
    if not fields and any(n.strip() for n in names):
        return Mapping({}, (Finding("RDR-024", Place(source=source), f"it has {_told(names, names, fields, schema)}"),))
    findings += [missing(p, source) for p in schema.properties if p.name not in fields]
    findings += _doubled(names, fields, schema, source, chosen)
    unnamed = [n for i, n in enumerate(names) if i not in taken and first[n] == i]
    if unnamed:
        findings.append(Finding("RDR-021", Place(source=source), _told(unnamed, names, fields, schema), Severity.INFO))
    return Mapping(fields, tuple(findings))


def by_position(schema: SchemaObject) -> Mapping:
    """Return the mapping of a source without a header: the contract's order."""
    return Mapping({p.name: i for i, p in enumerate(schema.properties)}, ())


def missing(p: Property, source: str) -> Finding:
    """Return the finding of a property that has no column: an error when it is required."""
    needed = p.required or p.primary_key_position is not None
    severity = Severity.ERROR if needed else Severity.WARNING
    return Finding("RDR-020", Place(source=source, path=(p.name,)), p.name, severity)


def _near(by_spelling: ByKey[str, Sequence[int]], p: Property, taken: set[int]) -> int | None:
    for wanted in map(plain, p.source_names):
        for i in by_spelling.get(wanted, ()):
            if i not in taken:
                return i
    return None


def _doubled(
    names: Sequence[str],
    fields: dict[str, int],
    schema: SchemaObject,
    source: str,
    chosen: ByKey[str, tuple[int, str]],
) -> list[Finding]:
    read = {names[i] for i in fields.values()}
    twice = [(name, count) for name, count in Counter(names).items() if count > 1 and name.strip()]
    findings = []
    for name, count in sorted(twice, key=lambda item: item[0] not in read)[:_MOST_TOLD]:
        column, why = chosen.get(name, (0, ""))
        words = f"; column {column + 1} was read, as {why}" if why else ""
        severity = Severity.ERROR if name in read and not why else Severity.WARNING
        fix = "have the columns named apart" if why else ""
        shown = repr(name) if name in read else _one_told(name, names, fields, schema)
        findings.append(
            Finding("RDR-022", Place(source=source), f"{shown} stands {count} times{words}", severity, fix=fix)
        )
    return findings


def _told(shown: Sequence[str], names: Sequence[str], fields: dict[str, int], schema: SchemaObject) -> str:
    """Return some of the names in words; only their number where they may be values that nobody must see."""
    if _may_be_classified(names, fields, schema):
        return f"{len(shown)} texts that are not shown: some of the contract's values are classified"
    return _listed(shown)


def _one_told(name: str, names: Sequence[str], fields: dict[str, int], schema: SchemaObject) -> str:
    return "a text that is not shown" if _may_be_classified(names, fields, schema) else repr(name)


def _may_be_classified(names: Sequence[str], fields: dict[str, int], schema: SchemaObject) -> bool:
    """Whether what was taken for a header may be, or go on with, a record, and values are classified.

    It has few of the names then, or at least as many others: a header whose line end was lost runs into a record.
    """
    is_mixed = 2 * len(fields) < len(schema.properties) or len(names) >= 2 * len(fields)
    return is_mixed and any(p.is_masked for p in schema.properties)


def _listed(names: Sequence[str]) -> str:
    shown = [_shortened(n) if n.strip() else "(no name)" for n in names[:_MOST_TOLD]]
    more = f" and {len(names) - _MOST_TOLD:,} more" if len(names) > _MOST_TOLD else ""
    return ", ".join(shown) + more


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_TOLD else f"{name[:_LONGEST_TOLD]}…"
