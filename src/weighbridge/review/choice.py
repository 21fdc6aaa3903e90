"""What a person may decide about a record, and what each of its values becomes by it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place
from weighbridge.review.states import Kind
from weighbridge.sinks import Keyring
from weighbridge.sinks.seal import VALUES


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision, before it is taken; the same for one record or for many.

    Attributes:
        kind: what is decided.
        property: whose reading is accepted; None where the record has one ambiguous property.
        reading: which: its position, from 0, among the readings; or its text.
        values: for a correction, property → value as the contract's type writes it (an ISO date, plain
            digits, true or false); None means no value. Beside an accepted reading: what else is corrected.
    """

    kind: Kind
    property: str | None = None
    reading: int | str | None = None
    values: Mapping[str, str | None] = field(default_factory=dict)

    def faults(self, schema: SchemaObject) -> list[Finding]:
        """Return what is wrong with the choice whatever the record."""
        known = {p.name: p for p in schema.properties}
        named = [*self.values, *([self.property] if self.property is not None else [])]
        wrong = [
            Finding("REV-004", detail=f"no property {name!r}; there are {', '.join(known)}")
            for name in named
            if name not in known
        ]
        if self.kind is Kind.CORRECT and not self.values:
            wrong.append(Finding("REV-004", detail="a correction names at least one property and its value"))
        if self.kind is Kind.ACCEPT_READING and self.reading is None:
            wrong.append(Finding("REV-004", detail="say which reading is accepted"))
        wrong += [
            Finding("REV-004", detail=f"{name} has parts: it cannot be corrected as one text")
            for name in self.values
            if name in known and known[name].children
        ]
        return wrong

    def changes(self, kept: Mapping[str, Any], schema: SchemaObject) -> dict[str, str | None] | Finding:
        """Return the values that the choice gives a kept record, or why it gives none.

        Args:
            kept: its row of the quarantine or review table.
            schema: what it was held against.
        """
        if self.kind is Kind.CORRECT:
            return dict(self.values)
        if self.kind is not Kind.ACCEPT_READING:
            return {}
        place = Place(source=kept["source"], record=kept["record"])
        readings = readings_of(kept["findings"])
        name = self.property if self.property is not None else next(iter(readings), None)
        if name is None or name not in readings:
            return Finding("REV-006", place, f"{self.property or 'no property'} has competing readings in it")
        if next(p for p in schema.properties if p.name == name).is_masked:
            words = f"the readings of {name} are classified and were not kept"
            return Finding("REV-006", place, words, fix="correct the value instead")
        found = readings[name]
        if isinstance(self.reading, int):
            chosen = found[self.reading] if 0 <= self.reading < len(found) else None
        else:
            chosen = self.reading if self.reading in found else None
        if chosen is None:
            return Finding("REV-006", place, f"the readings of {name} are {' or '.join(found)}")
        return {**self.values, name: chosen}


def readings_of(findings: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the competing readings in a record's findings, by property."""
    return {f["property"]: list(f["readings"]) for f in findings if f["readings"] and f["property"]}


def sealed_changes(
    changes: Mapping[str, str | None], schema: SchemaObject, keys: Keyring, run_id: str, place: tuple[str, int]
) -> dict[str, Any] | Finding:
    """Return the changes as the ledger keeps them: classified values sealed.

    A finding instead where there is no key to seal them with.
    """
    masked = {p.name for p in schema.properties if p.is_masked}
    kept: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in masked:
            kept[name] = {"value": value}
        elif not keys:
            return Finding("REV-009", Place(source=place[0], record=place[1], path=(name,)))
        else:
            plain = json.dumps({name: value}).encode()
            (sealed,) = keys.seal(run_id, [place], [(VALUES, plain)])
            kept[name] = {"sealed": base64.b64encode(sealed or b"").decode()}
    return kept


def opened_changes(
    kept: Mapping[str, Any], keys: Keyring, run_id: str, place: tuple[str, int]
) -> dict[str, str | None]:
    """Return the changes that `sealed_changes` kept.

    Raises:
        PublishError: OUT-031, there is no key that opens them; OUT-033, they were altered.
    """
    changes: dict[str, str | None] = {}
    for name, told in kept.items():
        if "sealed" not in told:
            changes[name] = told["value"]
            continue
        opened = keys.open(base64.b64decode(told["sealed"]), run_id, *place)
        changes[name] = json.loads(opened.content)[name]
    return changes


def shown(value: str | None, *, masked: bool) -> str | None:
    """Return a value as people may see it: of a classified one its length alone."""
    return value if value is None or not masked else f"•••({len(value)})"


def before_of(kept: Mapping[str, Any], name: str) -> str | None:
    """Return the source text of a property in a kept record, masked where it is classified."""
    values = json.loads(kept["values"]) if kept["values"] else {}
    found = values.get(name)
    return None if found is None else str(found)


def row_of(kept: pl.DataFrame) -> dict[tuple[str, int], dict[str, Any]]:
    """Return kept records by source and number."""
    return {(row["source"], row["record"]): row for row in kept.iter_rows(named=True)}
