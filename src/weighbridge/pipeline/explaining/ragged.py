"""What is likely behind records with another number of fields: torn apart, run together, or of another table.

Nothing is mended: a record that is put together by guess would be nobody's. The words tell where to look.

    torn         consecutive lines that have together as many fields as one record: a line break in a value
                 without quotes cut it
    run_together a line with as many fields as two records or more, the last of one and the first of the next
                 joined or not: a line end is lost
    other_table  several lines in a row with the same other number of fields: another table stands in the file
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from weighbridge.outcome.explained import Cause
from weighbridge.readers.lineage import FRAMING, FRAMING_FAULTS, FRAMING_SEEN, RECORD, SOURCE

RAGGED = "RDR-010"
_CHECK = f"framing|{RAGGED}"
_LEAST_OF_A_TABLE = 3
_MOST_JOINED = 8
_MOST_LOOKED_AT = 100_000
_Line = tuple[int, int, int]


def ragged(suspects: Path) -> tuple[Cause, ...]:
    """Return what is likely behind records with another number of fields, by how many records it explains.

    Args:
        suspects: the folder the plan wrote them to; of very many, the first are looked at.
    """
    counts = pl.col(FRAMING_SEEN).str.extract_groups(r"^(?<fields>\d+) fields?, expected (?<expected>\d+)$")
    rows = (
        pl.scan_parquet(suspects)
        .filter(pl.col(FRAMING) == FRAMING_FAULTS.index(RAGGED))
        .head(_MOST_LOOKED_AT)
        .select(SOURCE, RECORD, counts.alias("counts"))
        .unnest("counts")
        .drop_nulls()
        .cast({"fields": pl.Int64, "expected": pl.Int64})
        .sort(SOURCE, RECORD)
        .collect()
    )
    if rows.is_empty():
        return ()
    expected = int(rows["expected"][0])
    found: dict[str, int] = {"torn": 0, "run_together": 0, "other_table": 0}
    for stretch in _stretches(rows.select(SOURCE, RECORD, "fields").rows()):
        for kind, lines in _told(stretch, expected):
            found[kind] += lines
    words = {
        "torn": f"lines that follow each other have together the {expected} fields of one record: "
        "a line break in a value without quotes cut it",
        "run_together": f"a line has as many fields as several records of {expected}: a line end between them is lost",
        "other_table": f"several lines in a row have the same number of fields, but not {expected}: "
        "another table stands in the file",
    }
    kinds = sorted((k for k, n in found.items() if n), key=lambda k: -found[k])
    return tuple(Cause(kind, _CHECK, (), found[kind], words[kind]) for kind in kinds)


def _stretches(lines: Sequence[_Line]) -> Iterator[list[int]]:
    """Yield the numbers of fields of records that follow each other in a source."""
    stretch: list[int] = []
    before = (-1, -1)
    for source, record, fields in lines:
        if (source, record) != (before[0], before[1] + 1) and stretch:
            yield stretch
            stretch = []
        stretch.append(fields)
        before = (source, record)
    if stretch:
        yield stretch


def _told(stretch: Sequence[int], expected: int) -> Iterator[tuple[str, int]]:
    """Yield what lines of a stretch are, and how many."""
    at = 0
    while at < len(stretch):
        same = next((i for i in range(at, len(stretch)) if stretch[i] != stretch[at]), len(stretch)) - at
        torn = _torn(stretch[at:], expected)
        if same >= _LEAST_OF_A_TABLE and stretch[at] > 1 and torn != same:
            yield "other_table", same
            at += same
        elif torn:
            yield "torn", torn
            at += torn
        else:
            if _run_together(stretch[at], expected):
                yield "run_together", 1
            at += 1


def _torn(stretch: Sequence[int], expected: int) -> int:
    """Return how many lines from the first on are one record, cut within values; 0 when they are none."""
    fields = stretch[0]
    for lines, more in enumerate(stretch[1:], 2):
        fields += more - 1  # the last value of one line goes on in the next
        if fields == expected:
            return lines
        if fields > expected:
            return 0
    return 0


def _run_together(fields: int, expected: int) -> bool:
    return expected > 1 and any(fields in (n * expected, n * expected - (n - 1)) for n in range(2, _MOST_JOINED + 1))
