"""Segments: which redefinition of a record is the one that holds, and which record belongs under which.

A segment field tells a record's kind; a map says which group that kind is laid out by. Where kinds
are parent and child, the records from one root to the next are one row, children in lists inside their parents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from weighbridge.findings import Finding, Place
from weighbridge.legacy.cobol import Cells, decode_field
from weighbridge.legacy.cobol.records import Rows
from weighbridge.legacy.copybook import Copybook, Item
from weighbridge.legacy.copybook.copybook import plain_name
from weighbridge.readers.mainframe.options import OptionError, Options


class Segments:
    """The segments of a file.

    Attributes:
        groups: group (plain name) by segment id.
        parents: the parent of each child group.
        children: the children of each group, in the order the options name them.
    """

    def __init__(self, copybook: Copybook, options: Options) -> None:
        self._options = options
        self._field = _field(copybook, options.segment_field)
        self.groups = {str(i).strip(): plain_name(group) for group, ids in options.segment_map.items() for i in ids}
        self.names = frozenset(self.groups.values()) if self._field is not None else frozenset[str]()
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
        if self.children and (self._field is None or not self.groups):
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
        if self._field is None:
            return None
        column = decode_field(cells.at(self._field.offset), self._field, self._options.conventions)
        if column.is_text:
            return [(text or "").strip() for text in column.values.to_list()]  # type: ignore[union-attr]
        null = column.null if column.null is not None else np.zeros(len(column), dtype=bool)
        return ["" if n else str(v) for v, n in zip(np.asarray(column.values).tolist(), null.tolist(), strict=True)]

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


class Assembly:
    """Puts records under each other: fed fragments in file order, it gives whole rows.

    Attributes:
        orphans: records that stood before any root.
    """

    def __init__(self, segments: Segments) -> None:
        self._segments = segments
        self._open: list[tuple[str, str]] = []
        self.orphans = 0

    def add(self, group: str | None, fragment: str) -> Iterator[str]:
        """Take a record: its group, and the JSON of its row (roots) or of its group (children)."""
        is_root = group is not None and group not in self._segments.parents
        if is_root:
            yield from self.finish()
        elif not self._open:
            self.orphans += 1
            return
        if group is not None:
            self._open.append((group, fragment))

    def finish(self) -> Iterator[str]:
        """Give the row that is still open, if any."""
        if self._open:
            row, _ = self._build(0)
            yield row
            self._open = []

    def _build(self, at: int) -> tuple[str, int]:
        """Return the JSON of record `at` with all below it, and the index behind the last of them."""
        group, fragment = self._open[at]
        kinds = self._segments.children.get(group, ())
        found: dict[str, list[str]] = {kind: [] for kind in kinds}
        end = at + 1
        while end < len(self._open):
            below = self._open[end][0]
            if below in found:
                built, end = self._build(end)
                found[below].append(built)
            elif self._is_above(below, group):
                break
            else:
                end += 1
        lists = "".join(f',"{self._name(kind)}":[{",".join(rows)}]' for kind, rows in found.items())
        mark = f"\0{group}\0"
        if mark + "}" in fragment and "{" + mark in fragment:
            lists = lists.lstrip(",")
        return fragment.replace(mark, lists), end

    def _is_above(self, other: str, group: str) -> bool:
        """Whether a record of `other` ends what is under `group`: the group itself, or a kind above it."""
        above: set[str] = {group}
        at: str | None = group
        while at is not None:
            parent = self._segments.parents.get(at)
            above.update(self._segments.children.get(parent, ()) if parent is not None else ())
            above.add(at)
            at = parent
        return other in above

    def _name(self, kind: str) -> str:
        return kind


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


def level_ids(options: Options, ids: Sequence[str], state: dict[str, int], record: int) -> list[list[str]]:
    """Return the generated segment ids of each record: the root's, then one a level below it."""
    out: list[list[str]] = []
    for at, one in enumerate(ids):
        level = next(
            (n for n, level in enumerate(options.segment_levels) if one in level or "*" in level or "_" in level), None
        )
        if level == 0:
            state.clear()
            state["root"] = record + at
        elif level is not None:
            state[f"L{level}"] = state.get(f"L{level}", 0) + 1
            for below in range(level + 1, len(options.segment_levels)):
                state.pop(f"L{below}", None)
        names = [f"A_{state.get('root', 0)}"]
        names += [
            f"{names[0]}_L{n}_{state[f'L{n}']}"
            for n in range(1, len(options.segment_levels))
            if f"L{n}" in state and (level or 0) >= n
        ]
        out.append(names)
    return out
