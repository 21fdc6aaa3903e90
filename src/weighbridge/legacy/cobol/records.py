"""Whole records, column by column: groups, tables, redefinitions and segments over many records at once.

The result is a tree shaped as the copybook: a `Struct` for a group, a `Table` for OCCURS (its
elements of all records stand behind each other in one column), a `Leaf` for a field, a `Part` for
a segment that only some records have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from weighbridge.legacy.cobol.cells import Cells, Flags, Integers
from weighbridge.legacy.cobol.column import Column, Doubt
from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.cobol.decode import decode_field
from weighbridge.legacy.copybook.copybook import plain_name
from weighbridge.legacy.copybook.item import Item

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Leaf:
    """A field's values; `rows` says which record each belongs to (None: the i-th to the i-th)."""

    item: Item
    cells: Cells
    column: Column
    rows: Rows | None


@dataclass(frozen=True, eq=False)
class Struct:
    """A group: its fields by item, `count` of them."""

    item: Item | None
    fields: tuple[tuple[Item, Node], ...]
    count: int
    cells: Cells


@dataclass(frozen=True, eq=False)
class Table:
    """A table: how many elements each record has, the elements, and where the count was doubtful."""

    item: Item
    counts: Integers
    element: Node
    doubtful: Flags | None
    rows: Rows | None
    cells: Cells


@dataclass(frozen=True, eq=False)
class Part:
    """A node that only `rows` of `count` records have."""

    rows: Rows
    node: Node
    count: int


Node = Leaf | Struct | Table | Part


@dataclass(frozen=True, slots=True)
class Walk:
    """What is decoded, and how.

    Attributes:
        how: what the copybook leaves open.
        variable: tables that depend on a count take only the room of their elements.
        wanted: whether a field's values are needed; counts of tables are read whatever it says.
        count_maps: numbers by text of a count, by plain name of the table or of its count.
        active: of a segment, the rows that have it, by plain name of its group.
    """

    how: Conventions
    variable: bool = False
    wanted: Callable[[Item], bool] = lambda item: True
    count_maps: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    active: Mapping[str, Rows] = field(default_factory=dict)


@dataclass(slots=True)
class _Frame:
    cells: Cells
    rows: Rows | None
    counters: dict[int, Integers]
    texts: dict[int, npt.NDArray[np.object_]] = field(default_factory=dict)

    def inner(
        self, cells: Cells, rows: Rows | None, taken: npt.NDArray[np.int64] | npt.NDArray[np.intp] | None = None
    ) -> _Frame:
        """Return a frame of other cells; `taken` says of which records of this one."""
        if taken is None:
            return _Frame(cells, rows, self.counters, self.texts)
        counters = {key: values[taken] for key, values in self.counters.items()}
        return _Frame(cells, rows, counters, {key: values[taken] for key, values in self.texts.items()})


Shift = int | Integers


def decode_records(roots: Sequence[Item], cells: Cells, walk: Walk) -> Struct:
    """Return the fields of all records.

    Args:
        roots: the copybook's records, laid out.
        cells: where each record's layout starts.
        walk: what is decoded, and how.
    """
    frame = _Frame(cells, None, {})
    fields, _ = _group(roots, frame, 0, walk)
    return Struct(None, fields, cells.count, cells)


def record_sizes(roots: Sequence[Item], cells: Cells, walk: Walk) -> Integers:
    """Return the bytes that each record takes when its tables shrink to their counts."""
    only_counts = Walk(walk.how, True, lambda item: False, walk.count_maps)
    frame = _Frame(cells, None, {})
    _, shift = _group(roots, frame, 0, only_counts)
    size = sum(root.room for root in roots if root.target is None)
    return np.full(cells.count, size, dtype=np.int64) + shift


def leaves(node: Node) -> Iterator[tuple[Leaf | Table, Rows | None]]:
    """Give every leaf and table of a tree."""
    if isinstance(node, Leaf):
        yield node, node.rows
    elif isinstance(node, Struct):
        for _, child in node.fields:
            yield from leaves(child)
    elif isinstance(node, Table):
        yield node, node.rows
        yield from leaves(node.element)
    else:
        yield from leaves(node.node)


def _group(
    children: Sequence[Item], frame: _Frame, origin: int, walk: Walk
) -> tuple[tuple[tuple[Item, Node], ...], Shift]:
    """Return the fields of a group, and by how many bytes it is longer than at its greatest (never positive)."""
    shift: Shift = 0
    shifts: dict[int, Shift] = {}
    fields: list[tuple[Item, Node]] = []
    for child in children:
        moved = shifts.get(id(child.target), shift) if child.target is not None else shift
        shifts[id(child)] = moved
        at = frame.cells.at(child.offset - origin)
        if not isinstance(moved, int) or moved:
            at = at.at(moved)
        node, change = _node(child, at, frame, walk)
        if node is not None:
            fields.append((child, node))
        if walk.variable and child.target is None and not child.redefined:
            shift = shift + change
    return tuple(fields), shift


def _node(item: Item, cells: Cells, frame: _Frame, walk: Walk) -> tuple[Node | None, Shift]:
    rows = walk.active.get(plain_name(item.name)) if walk.active and item.is_group else None
    if rows is not None:
        here = rows if frame.rows is None else np.flatnonzero(np.isin(frame.rows, rows))
        if len(here) < cells.count:
            part = frame.inner(cells.take(here), rows if frame.rows is None else frame.rows[here], here)
            node, _ = _whole(item, part.cells, part, walk)
            return (Part(here, node, cells.count) if node is not None else None), 0
    return _whole(item, cells, frame, walk)


def _whole(item: Item, cells: Cells, frame: _Frame, walk: Walk) -> tuple[Node | None, Shift]:
    if item.occurs is not None:
        return _table(item, cells, frame, walk)
    return _single(item, cells, frame, walk)


def _single(item: Item, cells: Cells, frame: _Frame, walk: Walk) -> tuple[Node | None, Shift]:
    if item.is_group:
        inner = frame.inner(cells, frame.rows)
        fields, change = _group(item.children, inner, item.offset, walk)
        node = Struct(item, fields, cells.count, cells) if fields or walk.wanted(item) else None
        return node, change
    needed = walk.wanted(item)
    if not needed and not item.is_counter:
        return None, 0
    column = decode_field(cells, item, walk.how)
    if item.is_counter:
        frame.counters[id(item)] = _counts(column, item, walk)
        if column.is_text:
            texts: npt.NDArray[np.object_] = np.empty(len(column), dtype=np.object_)
            texts[:] = column.values.to_list()  # type: ignore[union-attr]
            frame.texts[id(item)] = texts
    return (Leaf(item, cells, column, frame.rows) if needed else None), 0


def _counts(column: Column, item: Item, walk: Walk) -> Integers:
    """Return a count field's values as numbers of elements; -1 where it has none."""
    if column.is_text:
        named = walk.count_maps.get(plain_name(item.name), {})
        texts = column.values.to_list()  # type: ignore[union-attr]
        return np.array([_count_of(text, named) for text in texts], dtype=np.int64)
    values = np.asarray(column.values)
    limit = 10**9
    if values.dtype == object:
        values = np.array([v if abs(v) < limit else -1 for v in values], dtype=np.int64)
    elif values.dtype == np.float64:
        values = np.where(np.abs(values) < limit, values, -1).astype(np.int64)
    if column.scale > 0:
        values = np.where(values % 10**column.scale == 0, values // 10**column.scale, -1)
    counts = values.astype(np.int64)
    return np.where(column.null, -1, counts) if column.null is not None else counts


def _count_of(text: str | None, named: Mapping[str, int]) -> int:
    word = (text or "").strip()
    if word in named:
        return named[word]
    return int(word) if word.isdecimal() and len(word) < 10 else -1


def _table(item: Item, cells: Cells, frame: _Frame, walk: Walk) -> tuple[Node | None, Shift]:
    assert item.occurs is not None
    low, high = item.occurs.minimum, item.occurs.maximum
    doubtful: Flags | None = None
    counts = np.full(cells.count, high, dtype=np.int64)
    if item.counter is not None and id(item.counter) in frame.counters:
        given = _mapped(item, frame.counters[id(item.counter)], frame, walk)
        outside = (given < low) | (given > high)
        counts = np.where(outside, high, given)
        doubtful = outside if bool(outside.any()) else None
    room = counts
    if cells.ends is not None:
        left = np.maximum(cells.ends - cells.positions, 0)
        counts = np.minimum(counts, -(-left // max(_least(item), 1)))
    total = int(counts.sum())
    owners = np.repeat(np.arange(cells.count), counts)
    index = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    change: Shift = 0
    if walk.variable and _shrinks(item):
        offsets, taken = _uneven(item, cells, counts, frame, walk)
        offsets = offsets[owners, index] if total else np.zeros(0, dtype=np.int64)
        change = taken - item.room
    else:
        offsets = index * item.size
        if walk.variable and item.counter is not None:
            change = room * item.size - item.room
    wanted = walk.wanted(item) or any(walk.wanted(child) for child in item.walk())
    if not wanted:
        return None, change
    rows = owners if frame.rows is None else frame.rows[owners]
    inner = frame.inner(cells.take(owners).at(offsets), rows, owners)
    element, _ = _single(item, inner.cells, inner, walk)
    if element is None:
        return None, change
    return Table(item, counts, element, doubtful, frame.rows, cells), change


def _mapped(item: Item, counts: Integers, frame: _Frame, walk: Walk) -> Integers:
    """Put a count through the map of its own table, where there is one."""
    named = walk.count_maps.get(plain_name(item.name))
    if named is None or item.counter is None:
        return counts
    texts = frame.texts.get(id(item.counter))
    if texts is None:
        return np.array([named.get(str(c), c) for c in counts.tolist()], dtype=np.int64)
    return np.array([_count_of(text, named) for text in texts.tolist()], dtype=np.int64)


def _least(item: Item) -> int:
    """Return the least bytes that one element can take."""
    if not item.is_group:
        return item.size
    least = 0
    for child in item.children:
        if child.target is None:
            times = (
                1
                if child.occurs is None
                else (child.occurs.minimum if child.counter is not None else child.occurs.maximum)
            )
            least += _least(child) * times
    return least


def _shrinks(item: Item) -> bool:
    return any(child.counter is not None for inner in item.children for child in inner.walk())


def _uneven(item: Item, cells: Cells, counts: Integers, frame: _Frame, walk: Walk) -> tuple[Integers, Integers]:
    """Place elements that differ in length: offsets [record, element], and the bytes of all elements of each record."""
    most = int(counts.max(initial=0))
    offsets = np.zeros((cells.count, most), dtype=np.int64)
    at = np.zeros(cells.count, dtype=np.int64)
    only_counts = Walk(walk.how, True, lambda _: False, walk.count_maps)
    for element in range(most):
        rows = np.flatnonzero(counts > element)
        offsets[rows, element] = at[rows]
        here = cells.take(rows).at(at[rows])
        inner = frame.inner(here, None, rows)
        _, change = _group(item.children, inner, item.offset, only_counts)
        at[rows] += item.size + change
    return offsets, at


def doubtful_counts(table: Table) -> npt.NDArray[np.uint8] | None:
    """Return the doubts of a table's counts."""
    if table.doubtful is None:
        return None
    return np.where(table.doubtful, np.uint8(Doubt.COUNT), np.uint8(0)).astype(np.uint8)
