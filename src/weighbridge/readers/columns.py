"""Which column of a source is which property of the contract: by name, by nearly that name, or by position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from weighbridge.contract.model import Property, SchemaObject
from weighbridge.findings import Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which field of a record is which property's.

    Attributes:
        fields: property name → index of its field, from 0.
        findings: what is missing, extra, doubled or found under another spelling.
    """

    fields: dict[str, int]
    findings: tuple[Finding, ...]


def plain(name: str) -> str:
    """Return a name without case, surrounding blanks, and a difference between blank, dash and underscore."""
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def known_names(names: Sequence[str], schema: SchemaObject) -> int:
    """Return how many of `names` are the contract's, spelling aside."""
    ours = {plain(n) for p in schema.properties for n in p.source_names}
    return sum(plain(n) in ours for n in set(names) if n.strip())


def by_name(names: Sequence[str], schema: SchemaObject, source: str) -> Mapping:
    """Return the mapping of a header; names are taken exactly first, then spelling aside."""
    fields: dict[str, int] = {}
    findings: list[Finding] = []
    taken: set[int] = set()
    for p in schema.properties:
        exact = next((names.index(n) for n in p.source_names if n in names), None)
        if exact is not None:
            fields[p.name] = exact
            taken.add(exact)
    for p in schema.properties:
        if p.name in fields:
            continue
        near = _near(names, p, taken)
        if near is not None:
            fields[p.name] = near
            taken.add(near)
            seen = f"{p.name} is called {names[near]!r} in the header"
            findings.append(Finding("RDR-023", Place(source=source, path=(p.name,)), seen, Severity.INFO))
    if not fields and any(n.strip() for n in names):
        return Mapping({}, (Finding("RDR-024", Place(source=source), f"it has {_listed(names)}"),))
    findings += [missing(p, source) for p in schema.properties if p.name not in fields]
    findings += _doubled(names, fields, source)
    unnamed = [n for i, n in enumerate(names) if i not in taken and names.index(n) == i]
    if unnamed:
        findings.append(Finding("RDR-021", Place(source=source), _listed(unnamed), Severity.INFO))
    return Mapping(fields, tuple(findings))


def by_position(schema: SchemaObject) -> Mapping:
    """Return the mapping of a source without a header: the contract's order."""
    return Mapping({p.name: i for i, p in enumerate(schema.properties)}, ())


def missing(p: Property, source: str) -> Finding:
    """Return the finding of a property that has no column: an error when it is required."""
    needed = p.required or p.primary_key_position is not None
    severity = Severity.ERROR if needed else Severity.WARNING
    return Finding("RDR-020", Place(source=source, path=(p.name,)), p.name, severity)


def _near(names: Sequence[str], p: Property, taken: set[int]) -> int | None:
    for wanted in map(plain, p.source_names):
        for i, name in enumerate(names):
            if i not in taken and plain(name) == wanted:
                return i
    return None


def _doubled(names: Sequence[str], fields: dict[str, int], source: str) -> list[Finding]:
    read = {names[i] for i in fields.values()}
    return [
        Finding(
            "RDR-022",
            Place(source=source),
            f"{name!r} stands {count} times",
            Severity.ERROR if name in read else Severity.WARNING,
        )
        for name, count in Counter(names).items()
        if count > 1 and name.strip()
    ]


def _listed(names: Sequence[str]) -> str:
    shown = [n if n.strip() else "(no name)" for n in names]
    more = f" and {len(shown) - 20} more" if len(shown) > 20 else ""
    return ", ".join(shown[:20]) + more
