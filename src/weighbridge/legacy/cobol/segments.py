"""Segments: which redefinition of a record is the one that holds, and which kind of record belongs under which.

A segment field tells a record's kind; a map says which group that kind is laid out by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from weighbridge.findings import Finding, Place
from weighbridge.legacy.cobol.cells import Cells
from weighbridge.legacy.cobol.decode import decode_field
from weighbridge.legacy.cobol.options import OptionError, Options
from weighbridge.legacy.cobol.records import Rows
from weighbridge.legacy.copybook.copybook import Copybook, plain_name
from weighbridge.legacy.copybook.item import Item


class Segments:
    """The segments of a file.

    Attributes:
        field: the field that holds the segment id; None when there is none.
        groups: group (plain name) by segment id.
        groups_in_order: the groups, as the map names them.
        parents: the parent of each child group.
        children: the children of each group, in the order the options name them.
    """

    def __init__(self, copybook: Copybook, options: Options) -> None:
        self._options = options
        self.field = _field(copybook, options.segment_field)
        self.groups = {str(i).strip(): plain_name(group) for group, ids in options.segment_map.items() for i in ids}
        self.groups_in_order = tuple(dict.fromkeys(self.groups.values())) if self.field is not None else ()
        self.names = frozenset(self.groups.values()) if self.field is not None else frozenset[str]()
        self.children = {plain_name(p): tuple(map(plain_name, cs)) for p, cs in options.segment_children.items()}
        self.parents = {child: parent for parent, cs in self.children.items() for child in cs}
        self.items: dict[str, Item] = {}
        faults: list[Finding] = []
        for name in sorted({*self.names, *self.children, *self.parents}):
            item = copybook.find(name)
            if item is None or not item.is_group:
                faults.append(Finding("LEG-222", Place(path=("segment_map",)), f"{name} is no group of the copybook"))
            else:
                self.items[name] = item
        if self.children and (self.field is None or not self.groups):
            faults.append(
                Finding("LEG-220", Place(path=("segment_children",)), "it wants segment_field and segment_map")
            )
        if any(_circles(name, self.parents) for name in self.parents):
            faults.append(Finding("LEG-220", Place(path=("segment_children",)), "a segment is its own parent"))
        if faults:
            raise OptionError(faults)

    @property
    def is_nested(self) -> bool:
        """Whether records are put under each other."""
        return bool(self.children)

    def ids(self, cells: Cells) -> list[str] | None:
        """Return each record's segment id as text; None when there is no segment field."""
        if self.field is None:
            return None
        column = decode_field(cells.at(self.field.offset), self.field, self._options.conventions)
        if column.is_text:
            return [(text or "").strip() for text in column.values.to_list()]  # type: ignore[union-attr]
        null = column.null if column.null is not None else np.zeros(len(column), dtype=bool)
        return ["" if n else str(v) for v, n in zip(np.asarray(column.values).tolist(), null.tolist(), strict=True)]

    def coded(self, cells: Cells) -> tuple[list[str], npt.NDArray[np.int64]]:
        """Return the different segment ids as text, and which of them each record has."""
        assert self.field is not None
        at = cells.at(self.field.offset)
        if self.field.size > 8 or at.short(self.field.size) is not None:
            named = self.ids(cells) or []
            known: dict[str, int] = {}
            codes = np.array([known.setdefault(one, len(known)) for one in named], dtype=np.int64)
            return list(known), codes
        _, first, inverse = np.unique(at.words(self.field.size)[0], return_index=True, return_inverse=True)
        return self.ids(cells.take(first)) or [], inverse.astype(np.int64)

    def group_of(self, segment_id: str) -> str | None:
        """Return the group of a segment id, or None when the map does not have it."""
        return self.groups.get(segment_id, self.groups.get("_", self.groups.get("*")))

    def active(self, ids: Sequence[str]) -> dict[str, Rows]:
        """Return the rows of each group."""
        named = [self.group_of(one) for one in ids]
        rows: dict[str, list[int]] = {name: [] for name in self.names}
        for row, name in enumerate(named):
            if name is not None:
                rows[name].append(row)
        return {name: np.array(found, dtype=np.int64) for name, found in rows.items()}

    def group_called(self, *names: str) -> str | None:
        """Return the group that one of the names is, or None."""
        return next((plain for name in names if (plain := plain_name(name)) in self.names), None)

    def group_over(self, item: Item) -> str | None:
        """Return the group whose records alone have an item; None for one that all records have."""
        above: Item | None = item
        while above is not None:
            name = plain_name(above.name)
            if self.items.get(name) is above and name in self.names:
                return name
            above = above.parent
        return None

    def warnings(self, copybook: Copybook) -> list[Finding]:
        """Return the copybook's warnings but those of segments' lengths: a segment may be longer than another."""
        spots = {(item.spot.source, item.spot.line) for item in self.items.values()}
        return [w for w in copybook.warnings if w.code != "LEG-209" or (w.place.source, w.place.line) not in spots]

    def ancestors(self, group: str) -> Iterator[str]:
        """Give the groups that a group's records stand under, the nearest first."""
        above = self.parents.get(group)
        while above is not None:
            yield above
            above = self.parents.get(above)


def check_names(copybook: Copybook, options: Options) -> None:
    """Judge the field names that options use.

    Raises:
        OptionError: one is no item of the copybook.
    """
    texts = options.groups_also_as_text
    named = [("field_code_pages", name) for name in options.field_code_pages]
    named += [("count_map", name) for name in options.count_map if name != "*"]
    named += [] if isinstance(texts, bool) else [("groups_also_as_text", name) for name in texts]
    faults = [
        Finding("LEG-222", Place(path=(option,)), f"{name} is no item of the copybook")
        for option, name in named
        if copybook.find(name) is None
    ]
    if faults:
        raise OptionError(faults)


def _field(copybook: Copybook, name: str | None) -> Item | None:
    if name is None:
        return None
    item = copybook.find(name)
    if item is None or item.is_group:
        why = f"{name} is no field of the copybook"
        raise OptionError(Finding("LEG-222", Place(path=("segment_field",)), why))
    return item


def _circles(name: str, parents: Mapping[str, str]) -> bool:
    seen = {name}
    at = parents.get(name)
    while at is not None:
        if at in seen:
            return True
        seen.add(at)
        at = parents.get(at)
    return False
