"""How faults are planted: which records carry them, and the truth list of where they stand."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

Make = Callable[[list[str]], Sequence[bytes]]


@dataclass(frozen=True)
class Truth:
    """What must become of one record, and why.

    Attributes:
        property: the property to blame; empty when the record cannot be taken apart.
        verdict: rejected, uncertain, repaired or accepted.
    """

    property: str
    kind: str
    verdict: str
    why: str


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        make: given the fields of a real record, returns the lines to write for it, line ends included.
        times: how many records it is planted on.
        records: how many records these lines are; 0 for lines that are no record.
        beside: whether the real record stays, untouched, before what was planted.
        also_blamed: the real record beside it shares the verdict (the other half of a duplicate).
    """

    kind: str
    property: str
    verdict: str
    why: str
    make: Make
    times: int = 9
    records: int = 1
    beside: bool = False
    also_blamed: bool = False

    @property
    def truth(self) -> Truth:
        """The entry of the truth list."""
        return Truth(self.property, self.kind, self.verdict, self.why)


def plant(
    rows: Sequence[list[str]],
    write: Callable[[list[str]], bytes],
    faults: Iterable[Fault],
    fits: Callable[[list[str]], bool],
    seed: str,
) -> tuple[bytes, list[tuple[int, Truth]]]:
    """Return the lines of all rows with the faults planted, and the truth by record number.

    Args:
        rows: the real records, in order.
        write: a real record as a line.
        faults: each is planted on so many rows of its own.
        fits: rows that may carry a fault.
        seed: draws the rows; another seed draws others.
    """
    drawn = sorted(
        (i for i, row in enumerate(rows) if fits(row)),
        key=lambda i: hashlib.sha256(f"{seed}:{i}".encode()).digest(),
    )
    planted: dict[int, Fault] = {}
    for fault in faults:
        for _ in range(fault.times):
            planted[drawn.pop()] = fault
    lines: list[bytes] = []
    truth: list[tuple[int, Truth]] = []
    record = 0
    for i, row in enumerate(rows):
        fault = planted.get(i)
        if fault is None or fault.beside:
            lines.append(write(row))
            record += 1
            if fault is not None and fault.also_blamed:
                truth.append((record, fault.truth))
        if fault is None:
            continue
        lines += fault.make(list(row))
        for _ in range(fault.records):
            record += 1
            truth.append((record, fault.truth))
    return b"".join(lines), truth


def write_truth(path: Path, truth: Iterable[tuple[int, Truth]]) -> None:
    """Write the truth list as CSV, LF line ends."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("record", "property", "kind", "verdict", "why"))
    out.writerows((record, t.property, t.kind, t.verdict, t.why) for record, t in truth)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
