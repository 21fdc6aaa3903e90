"""What changed between two versions of a contract, for whom it breaks, and what the version number says."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Any

from weighbridge.contract.model import Contract
from weighbridge.findings import Finding, Place


class Kind(enum.StrEnum):
    """In which way something changed."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    CHANGED = "changed"
    WORDING = "wording"


class Breaks(enum.StrEnum):
    """For whom a change breaks: what the producer sends may be rejected; what the consumer reads is not the same."""

    PRODUCER = "producer"
    CONSUMER = "consumer"


class Level(enum.IntEnum):
    """How far a change moves the version number."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    Attributes:
        path: where, from the outside in, e.g. ``("flights", "dep_time", "maximum")``.
        words: what, e.g. ``"2400 → 2359"``.
        breaks: for whom; empty when for nobody.
        line: in the new version, else in the old one.
    """

    kind: Kind
    path: tuple[str, ...]
    words: str
    breaks: frozenset[Breaks] = frozenset()
    line: int | None = None

    @property
    def level(self) -> Level:
        """How far it moves the version number: what breaks is major, wording a patch, all else minor."""
        if self.breaks:
            return Level.MAJOR
        return Level.PATCH if self.kind is Kind.WORDING else Level.MINOR

    def __str__(self) -> str:
        whom = f"  [breaks {', '.join(sorted(self.breaks))}]" if self.breaks else ""
        return f"{self.kind:<10} {' > '.join(self.path)}: {self.words}{whom}"

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "kind": self.kind.value,
            "path": list(self.path),
            "words": self.words,
            "breaks": sorted(self.breaks),
            "level": self.level.name.lower(),
            "line": self.line,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that changed from one version to the other."""

    old: Contract
    new: Contract
    changes: tuple[Change, ...]

    @property
    def level(self) -> Level:
        """How far the version number has to move."""
        return max((c.level for c in self.changes), default=Level.NONE)

    @property
    def is_breaking(self) -> bool:
        """Whether it breaks for anybody."""
        return self.level is Level.MAJOR

    @property
    def findings(self) -> tuple[Finding, ...]:
        """CON-300 when the version number does not say as much, CON-301 when it cannot be read."""
        place = Place(source=self.new.path, path=("version",))
        numbers = []
        for contract in (self.old, self.new):
            if (parts := _numbers(contract.version)) is None:
                return (Finding("CON-301", place, f"{contract.version!r}"),)
            numbers.append(parts)
        old, new = numbers
        said = _said(old, new)
        if said is None:
            return (Finding("CON-300", place, f"{self.new.version} comes before {self.old.version}"),)
        wanted = self.level
        if old[0] == new[0] == 0 and wanted:  # before 1.0.0 every number means one less
            wanted = Level.MINOR if wanted is Level.MAJOR else Level.PATCH
        if said >= wanted:
            return ()
        needed = _raised(old, wanted)
        what = "it breaks" if self.is_breaking else ("additions" if self.level is Level.MINOR else "wording")
        detail = f"{self.old.version} → {self.new.version}; {what}, so at least {needed}"
        return (Finding("CON-300", place, detail),)


def _numbers(version: str) -> tuple[int, int, int] | None:
    found = re.fullmatch(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:[-+][0-9A-Za-z.+-]*)?", version.strip())
    return (int(found[1]), int(found[2] or 0), int(found[3] or 0)) if found else None


def _said(old: tuple[int, int, int], new: tuple[int, int, int]) -> Level | None:
    """Return how far the number moved; None when it moved back."""
    if new < old:
        return None
    levels = (Level.MAJOR, Level.MINOR, Level.PATCH)
    return next((level for level, a, b in zip(levels, old, new, strict=True) if a != b), Level.NONE)


def _raised(old: tuple[int, int, int], level: Level) -> str:
    major, minor, patch = old
    if level is Level.MAJOR:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if level is Level.MINOR else f"{major}.{minor}.{patch + 1}"
