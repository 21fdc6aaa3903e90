"""The receipt: the conservation proof of a run, from bytes to tables.

It is arithmetic over what was measured, independently, on the two sides: what the reader
framed from the sources, and what stands in the staged files. It knows no I/O.
"""

from __future__ import annotations

from dataclasses import asdict, field
from typing import Any

from weighbridge.quick import dataclass


@dataclass(frozen=True, slots=True)
class SourceTotals:
    """What was framed from one source.

    Attributes:
        name, sha256, size_bytes: of the stored file.
        content_bytes: bytes that spans must cover; None where the format has no byte ranges.
        records, record_bytes: framed and unframeable records, and their bytes.
        control_bytes: bytes of header, footer, blank lines, padding, by kind.
        content_rows: rows of a sheet or table, which records and control rows must cover; None
            where bytes are what is covered.
        control_rows: rows that are no records, by kind.
    """

    name: str
    sha256: str
    size_bytes: int
    content_bytes: int | None
    records: int
    record_bytes: int | None
    control_bytes: dict[str, int]
    content_rows: int | None = None
    control_rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutputTotals:
    """What stands in one staged output, counted by reading its files again.

    Attributes:
        name: ``"published"``, ``"quarantine"`` or ``"review"``.
        records: rows.
        record_bytes: sum of their byte lengths; None where records have no byte range.
        files: relative path → rows.
    """

    name: str
    records: int
    record_bytes: int | None
    files: dict[str, int]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Conservation, stated and checked.

    Attributes:
        sources: what came in.
        outputs: what went out.
        identity_exact: whether the record identities in the outputs are exactly those
            framed, each once (proved on the identities themselves, not on counts).
        imbalances: every law that does not hold, in words; empty when it balances.
    """

    sources: tuple[SourceTotals, ...]
    outputs: tuple[OutputTotals, ...]
    identity_exact: bool
    imbalances: tuple[str, ...]

    @property
    def balances(self) -> bool:
        """Whether every record and byte is accounted for."""
        return not self.imbalances

    @property
    def records_in(self) -> int:
        """Records framed from all sources."""
        return sum(s.records for s in self.sources)

    @property
    def records_out(self) -> int:
        """Records in all outputs."""
        return sum(o.records for o in self.outputs)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form written beside the report."""
        return {
            "balances": self.balances,
            "records_in": self.records_in,
            "records_out": self.records_out,
            **asdict(self),
        }


def draw_up(sources: tuple[SourceTotals, ...], outputs: tuple[OutputTotals, ...], identity_exact: bool) -> Receipt:
    """Return the receipt of what was measured, with every imbalance named."""
    wrong: list[str] = []
    for s in sources:
        rows = s.records + sum(s.control_rows.values())
        if s.content_rows is not None and rows != s.content_rows:
            wrong.append(f"{s.name}: {s.content_rows} rows came in, {rows} are accounted for")
        if s.content_bytes is None or s.record_bytes is None:
            continue
        covered = s.record_bytes + sum(s.control_bytes.values())
        if covered != s.content_bytes:
            wrong.append(f"{s.name}: {s.content_bytes} bytes came in, {covered} are accounted for")
    records_in, records_out = sum(s.records for s in sources), sum(o.records for o in outputs)
    if records_in != records_out:
        wrong.append(f"{records_in} records came in, {records_out} went out")
    if not identity_exact:
        wrong.append("the record identities that went out are not those that came in, each once")
    with_bytes = [s.record_bytes for s in sources if s.record_bytes is not None]
    out_bytes = [o.record_bytes for o in outputs if o.record_bytes is not None]
    if with_bytes and sum(with_bytes) != sum(out_bytes):
        wrong.append(f"records of {sum(with_bytes)} bytes came in, of {sum(out_bytes)} bytes went out")
    return Receipt(sources, outputs, identity_exact, tuple(wrong))
