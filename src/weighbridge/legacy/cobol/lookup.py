"""Which field of a copybook a property is read from, in files whose records are of several kinds too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from weighbridge.legacy.cobol.segments import Segments
from weighbridge.legacy.copybook.copybook import Copybook
from weighbridge.legacy.copybook.fields import Field, field_keys, fields, tables_over
from weighbridge.legacy.copybook.item import Item


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
        self._copybook = copybook
        self._known: dict[str, list[tuple[Item, str | None]]] = {}
        for item in copybook.items():
            if not item.is_group and not item.filler:
                group = segments.group_over(item)
                for key in dict.fromkeys(field_keys(item)):
                    self._known.setdefault(key, []).append((item, group))

    def fields_of(self, group: str | None) -> Iterator[Found]:
        """Give the fields that a segment's records have, in source order; without a segment, all."""
        for item, subscripts in fields(self._copybook):
            over = self._segments.group_over(item)
            if group is None or over in (None, group):
                yield Found(Field(item.name, item, subscripts), over)

    def find(self, names: Iterable[str], group: str | None = None) -> Found | None:
        """Return the field that the first of the names to mean any means.

        In a segment that is one of its own, else one that every record has, else one of the nearest record above
        it; never one of another segment. Without a segment it is the first of the copybook.

        Args:
            names: of the property, the best first; case does not matter, nor whether ``-`` or ``_`` is written.
            group: the segment whose records are read.
        """
        for name in names:
            found = list(self._called(name.upper().replace("-", "_")))
            if group is None:
                if found:
                    return found[0]
                continue
            for wanted in (group, None, *self._segments.ancestors(group)):
                hit = next((one for one in found if one.group == wanted), None)
                if hit is not None:
                    return hit
        return None

    def _called(self, key: str) -> Iterator[Found]:
        for stem, subscripts in _readings(key):
            for item, group in self._known.get(stem, ()):
                sizes = tables_over(item)
                if len(sizes) == len(subscripts) and all(
                    1 <= n <= most for n, most in zip(subscripts, sizes, strict=True)
                ):
                    yield Found(Field(item.name, item, subscripts), group)


def _readings(key: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Give what a name can mean: a name alone, or one with subscripts: ``RATE(2,1)``, ``RATE_2_1``."""
    yield key, ()
    bracketed = re.fullmatch(r"(.+)\((\d{1,9}(?:,\d{1,9})*)\)", key)
    if bracketed:
        yield bracketed[1], tuple(map(int, bracketed[2].split(",")))
        return
    subscripts: tuple[int, ...] = ()
    while ended := re.fullmatch(r"(.+)_(\d{1,9})", key):
        key, subscripts = ended[1], (int(ended[2]), *subscripts)
        yield key, subscripts
