"""Records of several kinds in one file: which of them an object has, and which stand above each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from weighbridge.legacy.cobol import Cells, with_slack
from weighbridge.legacy.cobol.cells import SLACK, Integers
from weighbridge.readers.mainframe.batch import Batch
from weighbridge.readers.mainframe.layout import Layout, Seen
from weighbridge.readers.mainframe.picking import pick

ANOTHER = "another segment"
LEFT_OUT = "left out by segment_filter"
UNKNOWN_CODE = "RDR-106"

Spans = list[tuple[str, int, int]]


@dataclass(frozen=True, eq=False)
class Kin:
    """The records of a batch that the object has, the others as spans, and the records above those it has."""

    batch: Batch
    controls: Spans
    others: Mapping[str, Seen]


@dataclass(slots=True)
class _Last:
    """The last record of a kind: its number in the file (-1: there was none) and its bytes."""

    number: int = -1
    payload: bytes = b""


@dataclass(slots=True)
class Family:
    """Follows one source from its first record to its last.

    Attributes:
        orphans: records of a child kind without a record above them.
        strangers: records whose id is in no group, left to the run of another object.
    """

    layout: Layout
    orphans: int = 0
    strangers: int = 0
    _lasts: dict[str, _Last] = field(default_factory=dict)
    _records: int = 0

    def chosen(self, batch: Batch) -> Kin:
        """Return what the object has of a batch; batches come in file order."""
        layout = self.layout
        options, segments = layout.options, layout.segments
        cells = batch.cells(options.record_skip_head, options.record_skip_tail)
        if segments.field is None or not len(batch.starts):
            return Kin(batch, [], {})
        kinds, filtered = self._kinds(cells)
        count = len(batch.starts)
        faulty = np.zeros(count, dtype=bool)
        faulty[list(batch.faults)] = True
        names = tuple(segments.groups_in_order)
        unknown = (kinds < 0) & ~filtered & ~faulty if names else np.zeros(count, dtype=bool)
        keep = ~filtered
        if layout.own is not None:
            own = names.index(layout.own)
            keep &= kinds == own
            if own == 0:
                keep |= unknown
            else:
                self.strangers += int(unknown.sum())
        keep |= faulty
        for row in np.flatnonzero(unknown & keep).tolist():
            batch.faults[row] = (UNKNOWN_CODE, "its segment id is in no group of segment_map")
        others = self._above(batch, cells, kinds, names, keep, unknown | faulty)
        if layout.own is None:
            others = {g: Seen(cells.take(np.flatnonzero(keep)), (kinds == n)[keep]) for n, g in enumerate(names)}
        self._records += count
        if bool(keep.all()):
            return Kin(batch, [], others)
        dropped = np.flatnonzero(~keep)
        controls = [
            (LEFT_OUT if out else ANOTHER, offset, span)
            for out, offset, span in zip(
                filtered[dropped].tolist(),
                batch.offsets[dropped].tolist(),
                batch.spans[dropped].tolist(),
                strict=True,
            )
        ]
        return Kin(pick(batch, np.flatnonzero(keep)), controls, others)

    def _kinds(self, cells: Cells) -> tuple[Integers, npt.NDArray[np.bool_]]:
        """Return the number of each record's group, -1 for none, and which records the filter leaves out."""
        segments, wanted = self.layout.segments, self.layout.options.segment_filter
        ids, codes = segments.coded(cells)
        names = {name: number for number, name in enumerate(segments.groups_in_order)}
        groups = [segments.group_of(one) for one in ids]
        kinds = np.array([-1 if group is None else names[group] for group in groups], dtype=np.int64)[codes]
        out = np.array([bool(wanted) and one not in wanted for one in ids], dtype=bool)[codes]
        return kinds, out

    def _above(
        self,
        batch: Batch,
        cells: Cells,
        kinds: Integers,
        names: tuple[str, ...],
        keep: npt.NDArray[np.bool_],
        unlike: npt.NDArray[np.bool_],
    ) -> dict[str, Seen]:
        """Return, for each record that is kept, the records above it."""
        layout = self.layout
        if layout.own is None or layout.own not in layout.segments.parents:
            return {}
        options = layout.options
        rows = np.flatnonzero(keep)
        numbers = self._records + np.arange(len(kinds), dtype=np.int64)
        over = np.full(len(kinds), -1, dtype=np.int64)
        whole = np.ones(len(kinds), dtype=bool)
        found: dict[str, Seen] = {}
        for group in reversed(tuple(layout.segments.ancestors(layout.own))):
            last = self._lasts.setdefault(group, _Last())
            mine = kinds == names.index(group) if group in names else np.zeros(len(kinds), dtype=bool)
            at = np.maximum.accumulate(np.where(mine, numbers, last.number))
            whole = whole & (at > over)
            over = at
            if group in layout.inherited:
                found[group] = self._seen(batch, cells, at[rows], whole[rows], last.payload)
            if bool(mine.any()):
                row = int(np.flatnonzero(mine)[-1])
                head, tail = options.record_skip_head, options.record_skip_tail
                payload = batch.raw(row)
                last.number, last.payload = int(numbers[row]), payload[head : len(payload) - tail]
        self.orphans += int((~whole[rows] & ~unlike[rows]).sum())
        return found

    def _seen(self, batch: Batch, cells: Cells, at: Integers, there: npt.NDArray[np.bool_], payload: bytes) -> Seen:
        """Place the records numbered `at`: those of earlier batches stand as `payload` behind the batch's bytes."""
        before = at < self._records
        buffer = cells.buffer
        positions, ends = cells.positions, cells.ends
        local = np.where(before, 0, at - self._records)
        starts = positions[local]
        stops = ends[local] if ends is not None else starts + self.layout.copybook.size
        if bool(before.any()):
            start = buffer.size + SLACK
            buffer = np.concatenate([buffer, with_slack(payload)])
            starts = np.where(before, start, starts)
            stops = np.where(before, start + len(payload), stops)
        return Seen(Cells(buffer, len(at), 0, 0, starts, stops), there)
