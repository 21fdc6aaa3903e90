"""Decoded columns as JSON text: one fragment a record and node, put together from the leaves upward.

Numbers are written as exact decimals, never through a binary float.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence

import numpy as np

from weighbridge.legacy.cobol import Cells, Column, Conventions, decode_field
from weighbridge.legacy.cobol.decode import scaled_text
from weighbridge.legacy.cobol.options import Options
from weighbridge.legacy.cobol.records import Leaf, Node, Part, Struct, Table
from weighbridge.legacy.copybook import Item, Storage
from weighbridge.legacy.copybook.copybook import plain_name

_dumps = json.JSONEncoder(ensure_ascii=False).encode


class Renderer:
    """Writes nodes as JSON.

    Args:
        names: output names by ``id(item)``.
        options: what is shown beside the values.
        holes: groups whose JSON ends with a place for child segments (see `hole_of`).
        apart: groups that are left out, because they stand inside of their parents.
    """

    def __init__(
        self,
        names: Mapping[int, str],
        options: Options,
        holes: frozenset[str] = frozenset(),
        apart: frozenset[str] = frozenset(),
    ) -> None:
        self._names = names
        self._options = options
        self._holes = holes
        self._apart = apart
        texts = options.groups_also_as_text
        self._as_text = frozenset() if isinstance(texts, bool) else frozenset(map(plain_name, texts))
        self._all_as_text = texts is True

    def rows(self, records: Struct) -> list[str]:
        """Return each record as a JSON object, its roots collapsed where the options say so."""
        roots = [(item, node) for item, node in records.fields if id(item) in self._names]
        flat = any(not item.is_group for item, _ in roots)
        if self._options.collapse_root and not flat and not any(self._has_hole(item) for item, _ in roots):
            columns: list[tuple[str, list[str]]] = []
            for item, node in roots:
                inner = node.node if isinstance(node, Part) else node
                if isinstance(inner, Struct):
                    own = self._fields(inner)
                    columns += [(n, _spread(c, node)) for n, c in own] if isinstance(node, Part) else own
                else:
                    columns.append((self._names[id(item)], self.node(node)))
            return _objects(columns, records.count, "")
        return _objects(self._fields(records), records.count, "")

    def node(self, node: Node) -> list[str]:
        """Return one JSON fragment a value."""
        if isinstance(node, Leaf):
            return self._values(node.column, node.item)
        if isinstance(node, Struct):
            hole = hole_of(node.item) if node.item is not None and plain_name(node.item.name) in self._holes else ""
            return _objects(self._fields(node), node.count, hole)
        if isinstance(node, Table):
            elements = self.node(node.element)
            ends = np.cumsum(node.counts).tolist()
            return [
                f"[{','.join(elements[end - count : end])}]"
                for end, count in zip(ends, node.counts.tolist(), strict=True)
            ]
        return _spread(self.node(node.node), node)

    def _fields(self, struct: Struct) -> list[tuple[str, list[str]]]:
        columns: list[tuple[str, list[str]]] = []
        for item, node in struct.fields:
            name = self._names.get(id(item))
            if name is None or plain_name(item.name) in self._apart:
                continue
            columns.append((name, self.node(node)))
            if not item.is_group and (self._options.raw_hex or self._options.raw_base64):
                columns.append((f"{name}_debug", self._raw(node)))
            if item.is_group and (self._all_as_text or plain_name(item.name) in self._as_text):
                columns.append((f"{name}_NT", self._group_text(item, node)))
        return columns

    def _has_hole(self, item: Item) -> bool:
        return plain_name(item.name) in self._holes

    def _values(self, column: Column, item: Item) -> list[str]:
        if column.is_text:
            return [
                "null" if text is None or (not text.strip() and self._options.blank_is_null) else _dumps(text)
                for text in column.values.to_list()  # type: ignore[union-attr]
            ]
        values = np.asarray(column.values)
        if values.dtype == np.float64:
            out = [_float_text(v, item.storage is Storage.FLOAT) for v in values.tolist()]
        elif column.scale == 0:
            out = list(map(str, values.tolist()))
        else:
            out = [scaled_text(number, column.scale) for number in values.tolist()]
        if column.null is not None:
            for row in np.flatnonzero(column.null).tolist():
                out[row] = "null"
        return out

    def _raw(self, node: Node) -> list[str]:
        if isinstance(node, Part):
            return _spread(self._raw(node.node), node)
        if isinstance(node, Table):
            elements = self._raw(node.element)
            ends = np.cumsum(node.counts).tolist()
            return [f"[{','.join(elements[e - c : e])}]" for e, c in zip(ends, node.counts.tolist(), strict=True)]
        assert isinstance(node, Leaf)
        return [self._shown(raw) for raw in raw_values(node.cells, node.item.size)]

    def _shown(self, raw: bytes) -> str:
        if not raw:
            return "null"
        return f'"{raw.hex().upper()}"' if self._options.raw_hex else f'"{base64.b64encode(raw).decode()}"'

    def _group_text(self, item: Item, node: Node) -> list[str]:
        if isinstance(node, Part):
            return _spread(self._group_text(item, node.node), node)
        if isinstance(node, Table):
            elements = self._group_text(item, node.element)
            ends = np.cumsum(node.counts).tolist()
            return [f"[{','.join(elements[e - c : e])}]" for e, c in zip(ends, node.counts.tolist(), strict=True)]
        assert isinstance(node, Struct)
        return self._values(group_text(item, node.cells, self._options.conventions), item)


def group_text(item: Item, cells: Cells, how: Conventions) -> Column:
    """Return the bytes of a whole group read as one text field."""
    whole = Item(item.level, item.name, item.spot, size=item.size, storage=Storage.TEXT)
    return decode_field(cells, whole, how)


def raw_values(cells: Cells, width: int) -> list[bytes]:
    """Return the bytes of each cell that its record has."""
    matrix = cells.matrix(width)
    if cells.ends is None:
        return [row.tobytes() for row in matrix]
    return [row.tobytes()[:length] for row, length in zip(matrix, cells.lengths(width).tolist(), strict=True)]


def hole_of(group: Item | None) -> str:
    """Return the mark that stands in a group's JSON where its child segments go."""
    return f"\0{plain_name(group.name)}\0" if group is not None else ""


def _objects(columns: Sequence[tuple[str, list[str]]], count: int, hole: str) -> list[str]:
    if not columns:
        return ["{" + hole + "}"] * count
    template = "{" + ",".join(f"{_dumps(name).replace('%', '%%')}:%s" for name, _ in columns) + hole + "}"
    return [template % values for values in zip(*[values for _, values in columns], strict=True)]


def _float_text(value: float, single: bool) -> str:
    """Return the shortest text that is read back as the same number, of single precision where it has no more."""
    short = np.float32(value) if single and abs(value) < 1e38 else value
    return str(short) if float(short) == value else repr(value)


def _spread(fragments: list[str], part: Part) -> list[str]:
    out = ["null"] * part.count
    for row, fragment in zip(part.rows.tolist(), fragments, strict=True):
        out[row] = fragment
    return out
