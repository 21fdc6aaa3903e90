"""Which field of a copybook a property is read from, in files whose records are of several kinds too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from weighbridge.legacy.cobol.segments import Segments
from weighbridge.legacy.copybook.copybook import Copybook
from weighbridge.legacy.copybook.fields import Field, field_keys, fields


@dataclass(frozen=True, slots=True)
class Found:
    """A property's field.

    Attributes:
        field: where it stands.
        group: the segment that has it; None when every record does.
    """

    field: Field
    group: str | None


class FieldIndex:
    """The fields of a copybook by every name that a property may call them by."""

    def __init__(self, copybook: Copybook, segments: Segments) -> None:
        self._segments = segments
        self._known: dict[str, list[Found]] = {}
        self._all: list[Found] = []
        for item, subscripts in fields(copybook):
            found = Found(Field(item.name, item, subscripts), segments.group_over(item))
            self._all.append(found)
            for key in dict.fromkeys(field_keys(item, subscripts)):
                self._known.setdefault(key, []).append(found)

    def fields_of(self, group: str | None) -> Iterator[Found]:
        """Give the fields that a segment's records have, in source order; without a segment, all."""
        for found in self._all:
            if group is None or found.group in (None, group):
                yield found

    def find(self, names: Iterable[str], group: str | None = None) -> Found | None:
        """Return the field that the first of the names to mean any means.

        In a segment that is one of its own, else one that every record has, else one of the nearest record above
        it; never one of another segment. Without a segment it is the first of the copybook.

        Args:
            names: of the property, the best first; case does not matter, nor whether ``-`` or ``_`` is written.
            group: the segment whose records are read.
        """
        for name in names:
            found = self._known.get(name.upper().replace("-", "_"), [])
            if group is None:
                if found:
                    return found[0]
                continue
            for wanted in (group, None, *self._segments.ancestors(group)):
                hit = next((one for one in found if one.group == wanted), None)
                if hit is not None:
                    return hit
        return None
