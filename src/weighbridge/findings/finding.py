"""A finding: one code of the catalogue, at a place, with what was seen there."""

from __future__ import annotations

import enum
from dataclasses import field, replace
from typing import Any

from weighbridge.findings.catalogue import code as look_up
from weighbridge.quick import dataclass


class Severity(enum.StrEnum):
    """How much a finding weighs. Only an error can reject a record or hold an extract."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding was met, from the outside in. Every part may be absent.

    Attributes:
        source: file path, URL or query the bytes came from; for a contract, its path.
        line: line in a YAML or copybook source, counted from 1.
        column: column in that line, counted from 1.
        record: record number in the source, counted from 1.
        offset_bytes: byte offset in the source, counted from 0.
        path: steps inside the document or record, e.g. ``("schema", "flights", "dep_time")``.
    """

    source: str | None = None
    line: int | None = None
    column: int | None = None
    record: int | None = None
    offset_bytes: int | None = None
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = self.source or ""
        if self.line is not None:
            where += f":{self.line}" + (f":{self.column}" if self.column is not None else "")
        steps = [where] if where else []
        if self.record is not None:
            steps.append(f"record {self.record}")
        if self.offset_bytes is not None:
            steps.append(f"byte {self.offset_bytes}")
        return " > ".join([*steps, *self.path])

    def within(self, *steps: str) -> Place:
        """Return the same place with `steps` put before its path; paths grow outward."""
        return replace(self, path=(*steps, *self.path))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule, a check, a reader or the contract's lint reports.

    Attributes:
        code: a code of the catalogue, e.g. ``"CHK-003"``. An unknown code raises `KeyError`.
        place: where it was met.
        detail: what is particular about this one, e.g. ``"nibble A at byte 7"``.
        severity: error, warning or info.
        seen: the offending text or value, already masked where the contract classifies it.
        fix: what to do; the catalogue's text unless a better one is known here.
    """

    code: str
    place: Place = field(default_factory=Place)
    detail: str = ""
    severity: Severity = Severity.ERROR
    seen: str | None = None
    fix: str = ""

    def __post_init__(self) -> None:
        entry = look_up(self.code)
        if not self.fix:
            object.__setattr__(self, "fix", entry.fix)

    @property
    def title(self) -> str:
        """The catalogue's title of this code."""
        return look_up(self.code).title

    @property
    def message(self) -> str:
        """Title and detail in one line, without code and place."""
        return f"{self.title}: {self.detail}" if self.detail else self.title

    def __str__(self) -> str:
        lines = [f"{self.code} {self.message}"]
        if self.seen is not None:
            lines.append(f"  saw: {self.seen}")
        if str(self.place):
            lines.append(f"  at:  {self.place}")
        lines.append(f"  fix: {self.fix}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form used by ``--json`` and by the report model."""
        place = {
            "source": self.place.source,
            "line": self.place.line,
            "column": self.place.column,
            "record": self.place.record,
            "offset_bytes": self.place.offset_bytes,
            "path": list(self.place.path) or None,
        }
        return {
            "code": self.code,
            "title": self.title,
            "detail": self.detail or None,
            "severity": self.severity.value,
            "seen": self.seen,
            "place": {k: v for k, v in place.items() if v is not None},
            "fix": self.fix,
        }
