"""A fault: a broken extract, how it is declared, and what must become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ID = {"name": "id", "logicalType": "integer", "required": True, "primaryKey": True}
WHO = {"name": "who", "logicalType": "string"}


@dataclass(frozen=True, slots=True)
class Expected:
    """What must become of an extract.

    Attributes:
        decision: ``publish``, ``publish_with_warnings``, ``hold``, or ``error``: it cannot be read at all.
        codes: of the findings about the extract and of the checks that fail, in order, no others.
        accepted: records published.
        rejected: record number → its bytes as quarantine keeps them; None where the format has no bytes of records.
        controls: bytes that are no record, by kind; None where it is not looked at.
        uncertain: records that wait for a person.
    """

    decision: str
    codes: tuple[str, ...] = ()
    accepted: int = 0
    rejected: Mapping[int, bytes | None] = field(default_factory=dict)
    controls: Mapping[str, int] | None = None
    uncertain: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the corpus.

    Attributes:
        files: name → bytes; the first one is the extract, others stand beside it.
        server: keys of the contract's server; ``recordFormat`` among them.
        properties: of the object.
    """

    name: str
    says: str
    files: Mapping[str, bytes]
    expected: Expected
    server: Mapping[str, Any] | None = None
    properties: tuple[Mapping[str, Any], ...] = (ID, WHO)

    def contract(self) -> dict[str, Any]:
        """Return the contract's document."""
        document: dict[str, Any] = {
            "apiVersion": "v3.2.0",
            "kind": "DataContract",
            "id": "things",
            "version": "1.0.0",
            "status": "active",
        }
        if self.server is not None:
            given = dict(self.server)
            layout = given.pop("recordFormat", None)
            described: dict[str, Any] = {"server": "here", "type": "local", "path": next(iter(self.files)), **given}
            if layout is not None:
                described["customProperties"] = [
                    {"vendor": "weighbridge", "property": "recordFormat", "value": dict(layout)}
                ]
            document["servers"] = [described]
        document["schema"] = [{"name": "things", "properties": [dict(p) for p in self.properties]}]
        return document


def published(accepted: int, *codes: str, controls: Mapping[str, int] | None = None) -> Expected:
    """All is published; the codes are of notes."""
    return Expected("publish", codes, accepted, controls=controls)


def warned(
    accepted: int,
    rejected: Mapping[int, bytes | None],
    *codes: str,
    controls: Mapping[str, int] | None = None,
) -> Expected:
    """The sound records are published, the others kept out."""
    return Expected("publish_with_warnings", codes, accepted, rejected, controls)


def held(
    accepted: int,
    rejected: Mapping[int, bytes | None],
    *codes: str,
    controls: Mapping[str, int] | None = None,
) -> Expected:
    """Nothing is published, and what was read is kept."""
    return Expected("hold", codes, accepted, rejected, controls)


def refused(*codes: str) -> Expected:
    """It cannot be read: an error with these findings."""
    return Expected("error", codes)
