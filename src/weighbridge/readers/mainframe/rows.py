"""Whole files to JSON lines: framing, segments, decoding, and what was doubtful on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from weighbridge.findings import Finding, Place, Severity
from weighbridge.legacy.cobol.options import Options
from weighbridge.legacy.cobol.records import Node, Part, Struct, Walk, decode_records
from weighbridge.legacy.cobol.segments import Segments, check_names
from weighbridge.legacy.copybook import Copybook, Item
from weighbridge.legacy.copybook.copybook import plain_name
from weighbridge.readers.mainframe.assembly import Assembly, level_ids
from weighbridge.readers.mainframe.batch import Batch
from weighbridge.readers.mainframe.doubts import Tally
from weighbridge.readers.mainframe.framing import Framer
from weighbridge.readers.mainframe.names import output_names
from weighbridge.readers.mainframe.picking import pick, split_batch
from weighbridge.readers.mainframe.render import Renderer
from weighbridge.readers.mainframe.stream import blocks_of

_ROWS_AT_ONCE = 8192


class Decoder:
    """Decodes files of one layout.

    Args:
        copybook: the layout.
        options: what the copybook does not say.
        tally: takes the findings on values and records.
    """

    def __init__(self, copybook: Copybook, options: Options, tally: Tally) -> None:
        self._copybook = copybook
        self._options = options
        self._tally = tally
        self._names = output_names(copybook, options)
        self._segments = Segments(copybook, options)
        holes = frozenset(self._segments.children) if self._segments.is_nested else frozenset[str]()
        self._renderer = Renderer(self._names, options, holes, frozenset(self._segments.parents))
        self._maps = _count_maps(copybook, options)
        check_names(copybook, options)

    def rows(self, source: str) -> Iterator[str]:
        """Give the records of one file as JSON texts, in file order.

        Raises:
            SourceError: the file cannot be read.
        """
        framer = Framer(source, self._copybook, self._options, blocks_of(source))
        assembly = Assembly(self._segments)
        levels: dict[str, int] = {}
        for batch in framer.batches():
            for part in split_batch(batch, _ROWS_AT_ONCE):
                yield from self._batch(part, source, assembly, levels)
        if self._segments.is_nested:
            yield from assembly.finish()
            if assembly.orphans:
                self._tally.add(
                    Finding("RDR-107", Place(source=source), f"{assembly.orphans} records", Severity.WARNING)
                )
        for finding in framer.findings:
            self._tally.add(finding)

    def _batch(self, batch: Batch, source: str, assembly: Assembly, levels: dict[str, int]) -> Iterator[str]:
        options, segments = self._options, self._segments
        dropped = {row for row, (code, _) in batch.faults.items() if not _is_shown(code, options)}
        cells = batch.cells(options.record_skip_head, options.record_skip_tail)
        ids = segments.ids(cells)
        if ids is not None and options.segment_filter:
            dropped |= {row for row, one in enumerate(ids) if one not in options.segment_filter}
        if dropped:
            keep = np.array([row for row in range(len(batch.starts)) if row not in dropped], dtype=np.int64)
            batch = pick(batch, keep)
            cells = batch.cells(options.record_skip_head, options.record_skip_tail)
            ids = [ids[row] for row in keep.tolist()] if ids is not None else None
        if not len(batch.starts):
            return
        active = segments.active(ids) if ids is not None else {}
        if ids is not None and options.segment_map:
            self._unmapped(ids, batch, source)
        walk = Walk(options.conventions, options.odo_variable_size, self._wanted, self._maps, active)
        records = decode_records(self._copybook.roots, cells, walk)
        self._tally.take(records, batch, source, options.conventions)
        self._long(batch, source)
        if segments.is_nested:
            assert ids is not None
            yield from self._nested(records, ids, assembly)
            return
        rows = self._renderer.rows(records)
        if options.segment_levels and ids is not None:
            named = level_ids(options, ids, levels, int(batch.numbers[0]) - 1)
            rows = [_with_levels(row, ids) for row, ids in zip(rows, named, strict=True)]
        yield from rows

    def _nested(self, records: Struct, ids: Sequence[str], assembly: Assembly) -> Iterator[str]:
        fragments = self._renderer.rows(records)
        groups = [self._segments.group_of(one) for one in ids]
        parts = {child: self._part(records, child) for child in self._segments.parents if child in groups}
        for row, group in enumerate(groups):
            fragment = parts[group][row] if group in self._segments.parents and group is not None else fragments[row]
            yield from assembly.add(group, fragment)

    def _part(self, records: Struct, name: str) -> dict[int, str]:
        """Return the JSON of one child segment by row."""
        node = _find(records, self._segments.items[name])
        if node is None:
            return {}
        return dict(enumerate(self._renderer.node(node)))

    def _wanted(self, item: Item) -> bool:
        return id(item) in self._names

    def _unmapped(self, ids: Sequence[str], batch: Batch, source: str) -> None:
        for row, one in enumerate(ids):
            if self._segments.group_of(one) is None:
                place = Place(source=source, record=int(batch.numbers[row]), offset_bytes=int(batch.offsets[row]))
                self._tally.add(Finding("RDR-106", place, f"{one!r}", Severity.WARNING))

    def _long(self, batch: Batch, source: str) -> None:
        around = self._options.record_skip_head + self._options.record_skip_tail
        longer = np.flatnonzero(batch.lengths - around > self._copybook.size)
        code = "RDR-109" if self._options.record_format == "lines" else "LEG-315"
        for row in (longer[:1] if batch.regular else longer).tolist():
            place = Place(source=source, record=int(batch.numbers[row]), offset_bytes=int(batch.offsets[row]))
            why = f"{int(batch.lengths[row]) - around} bytes, the layout has {self._copybook.size}"
            self._tally.add(Finding(code, place, why, Severity.WARNING))


def _is_shown(code: str, options: Options) -> bool:
    """Whether an unwhole record is still decoded: one that the end of its file cut short, if its start is certain."""
    return code == "RDR-102" and options.record_format != "fixed"


def _count_maps(copybook: Copybook, options: Options) -> dict[str, dict[str, int]]:
    maps = {name: dict(named) for name, named in options.count_map.items() if name != "*"}
    general = options.count_map.get("*")
    if general is not None:
        for item in copybook.items():
            if item.counter is not None:
                maps.setdefault(plain_name(item.name), dict(general))
    return maps


def _find(records: Struct, wanted: Item) -> Node | None:
    for item, node in records.fields:
        if item is wanted:
            return node
        inner = node.node if isinstance(node, Part) else node
        if isinstance(inner, Struct):
            found = _find(inner, wanted)
            if found is not None:
                return found
    return None


def _with_levels(row: str, ids: Sequence[str]) -> str:
    head = ",".join(f'"Seg_Id{n}":"{one}"' for n, one in enumerate(ids))
    return "{" + head + ("," if row != "{}" else "") + row[1:]
