"""Doubtful values of decoded records as findings: which field, which record, which bytes, which readings compete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from weighbridge.findings import Finding, Place, Severity
from weighbridge.legacy.cobol import DOUBT_CODES, Conventions, Doubt, readings_of
from weighbridge.legacy.cobol.records import Leaf, Node, Table, doubtful_counts, leaves
from weighbridge.legacy.reading import Certainty
from weighbridge.readers.mainframe.batch import Batch

_SEVERITY = {
    Certainty.NORMALISED: Severity.INFO,
    Certainty.REPAIRED: Severity.WARNING,
    Certainty.AMBIGUOUS: Severity.WARNING,
    Certainty.UNREADABLE: Severity.ERROR,
}


class Tally:
    """Collects findings on values.

    Args:
        every: called with each finding; None keeps examples only.
        examples: how many of a kind are kept.

    Attributes:
        kept: the first findings of each kind (code and field), in the order they were met.
        counts: how many of each kind there were.
    """

    def __init__(self, every: Callable[[Finding], None] | None = None, examples: int = 3) -> None:
        self._every = every
        self._examples = examples
        self.kept: list[Finding] = []
        self.counts: Counter[tuple[str, tuple[str, ...]]] = Counter()

    def add(self, finding: Finding) -> None:
        """Take one finding."""
        kind = (finding.code, finding.place.path)
        self.counts[kind] += 1
        if self.counts[kind] <= self._examples:
            self.kept.append(finding)
        if self._every is not None:
            self._every(finding)

    def take(self, records: Node, batch: Batch, source: str, how: Conventions) -> None:
        """Take all doubts of a batch of decoded records."""
        for node, _ in leaves(records):
            for code, count, some in _doubts(node, batch, source, how, None if self._every else self._examples):
                kind = (code, node.item.path)
                room = self._examples - self.counts[kind]
                for finding in some:
                    if room > 0:
                        self.kept.append(finding)
                        room -= 1
                    if self._every is not None:
                        self._every(finding)
                self.counts[kind] += count


def _doubts(
    node: Leaf | Table, batch: Batch, source: str, how: Conventions, most: int | None
) -> Iterator[tuple[str, int, list[Finding]]]:
    doubts = doubtful_counts(node) if isinstance(node, Table) else node.column.doubts
    if doubts is None:
        return
    for number in np.unique(doubts).tolist():
        doubt = Doubt(number)
        if doubt is Doubt.NONE:
            continue
        places = np.flatnonzero(doubts == number)
        code, certainty = DOUBT_CODES[doubt]
        some = [_finding(node, int(at), batch, source, how, doubt, code, certainty) for at in places[:most].tolist()]
        yield code, len(places), some


def _finding(
    node: Leaf | Table,
    at: int,
    batch: Batch,
    source: str,
    how: Conventions,
    doubt: Doubt,
    code: str,
    certainty: Certainty,
) -> Finding:
    row = at if node.rows is None else int(node.rows[at])
    item = node.item
    readings: tuple[str, ...] = ()
    if isinstance(node, Table):
        assert item.occurs is not None
        detail = f"{item.occurs.depending} is outside {item.occurs.minimum} to {item.occurs.maximum}"
        offset, raw = int(batch.offsets[row]), b""
    else:
        raw = node.cells.raw(at, item.size)
        start = int(node.cells.positions[at]) - int(batch.starts[row])
        header = int(batch.spans[row]) - int(batch.lengths[row])
        offset = int(batch.offsets[row]) + (0 if batch.regular else min(header, 4096) if start >= 0 else 0) + start
        readings = readings_of(raw, item, how, doubt)
        detail = f"PIC {item.picture.text}" if item.picture is not None else str(item.usage)
        if readings:
            detail += f"; it could be {' or '.join(readings)}"
    place = Place(source=source, record=int(batch.numbers[row]), offset_bytes=offset, path=item.path)
    return Finding(code, place, detail, _SEVERITY[certainty], f"X'{raw[:64].hex().upper()}'" if raw else None)
