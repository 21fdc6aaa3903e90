"""The proof behind the receipt: staged files are read again and every identity is ticked off.

Counting alone proves nothing (a row lost and another doubled still add up). So each record
framed gets one bit; the outputs tick the bits of the records they hold. As many rows as
records, and every bit set, means: each record exactly once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from weighbridge.outcome.receipt import OutputTotals, Receipt, SourceTotals, draw_up
from weighbridge.quick import dataclass
from weighbridge.readers.door import SourceAccount

Ticks = npt.NDArray[np.bool_]
_BATCH_ROWS = 1 << 18


@dataclass(frozen=True, slots=True)
class IdentityColumns:
    """The names under which a file holds source name, record number and byte length."""

    source: str
    record: str
    length: str

    @property
    def names(self) -> tuple[str, str, str]:
        """All three."""
        return self.source, self.record, self.length


@dataclass(frozen=True, slots=True)
class StagedOutput:
    """The files of one output, and what they are called."""

    name: str
    files: Sequence[Path]
    columns: IdentityColumns
    root: Path


def prove(
    accounts: Sequence[SourceAccount], outputs: Sequence[StagedOutput], *, withheld: str | None = None
) -> Receipt:
    """Return the receipt of what was framed against what stands in the files.

    Reads three columns of every file, a batch at a time; memory is one byte a record.

    Args:
        accounts: what was framed.
        outputs: where it should stand.
        withheld: name of an output without files, which takes every record that stands in none:
            what a held run could have published and did not. Doubled and unknown records
            are found all the same; how many are withheld is for the caller to judge.
    """
    ticks = {a.source.name: np.zeros(a.records + 1, dtype=np.bool_) for a in accounts}
    totals, strangers = [], 0
    for output in outputs:
        measured, unknown = _tick(output, ticks)
        totals.append(measured)
        strangers += unknown
    records = sum(a.records for a in accounts)
    ticked = sum(int(t[1:].sum()) for t in ticks.values())
    if withheld is not None:
        totals.append(_rest(withheld, accounts, totals, records - ticked))
        ticked = records
    exact = not strangers and ticked == records == sum(t.records for t in totals)
    return draw_up(tuple(_source_totals(a) for a in accounts), tuple(totals), exact)


def _rest(name: str, accounts: Sequence[SourceAccount], totals: Sequence[OutputTotals], records: int) -> OutputTotals:
    framed = [a.record_bytes for a in accounts]
    record_bytes = None
    if None not in framed:
        record_bytes = sum(n or 0 for n in framed) - sum(t.record_bytes or 0 for t in totals)
    return OutputTotals(name, records, record_bytes, {})


def _tick(output: StagedOutput, ticks: Mapping[str, Ticks]) -> tuple[OutputTotals, int]:
    records, record_bytes, without_bytes, strangers = 0, 0, 0, 0
    files: dict[str, int] = {}
    only = next(iter(ticks)) if len(ticks) == 1 else None
    names = output.columns
    wanted = [names.record, names.length] if only is not None else [names.source, names.record, names.length]
    for path in output.files:
        rows = 0
        staged = pl.scan_parquet(path, hive_partitioning=False, glob=False).select(wanted)
        for batch in staged.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=False):
            rows += batch.height
            lengths = batch[names.length]
            without_bytes += lengths.null_count()
            record_bytes += int(lengths.sum() or 0)
            strangers += _tick_batch(batch, names, only, ticks)
        files[path.relative_to(output.root).as_posix()] = rows
        records += rows
    has_bytes = not without_bytes and records
    return OutputTotals(output.name, records, record_bytes if has_bytes or not records else None, files), strangers


def _tick_batch(batch: pl.DataFrame, names: IdentityColumns, only: str | None, ticks: Mapping[str, Ticks]) -> int:
    if only is not None:
        return _tick_numbers(batch[names.record], ticks[only])
    strangers = 0
    for part in batch.partition_by(names.source):
        name = part[names.source][0]
        strangers += _tick_numbers(part[names.record], ticks[name]) if name in ticks else part.height
    return strangers


def _tick_numbers(column: pl.Series, ticked: Ticks) -> int:
    numbers = column.fill_null(0).to_numpy()
    known = (numbers >= 1) & (numbers < len(ticked))
    ticked[numbers[known]] = True
    return int(len(numbers) - known.sum())


def _source_totals(account: SourceAccount) -> SourceTotals:
    controls: dict[str, int] = {}
    rows: dict[str, int] = {}
    for span in account.controls:
        counted, amount = (rows, span.rows) if span.rows else (controls, span.length_bytes)
        counted[span.kind] = counted.get(span.kind, 0) + amount
    source = account.source
    return SourceTotals(
        name=source.name,
        sha256=source.sha256,
        size_bytes=source.size_bytes,
        content_bytes=None if account.record_bytes is None else source.content_bytes,
        records=account.records,
        record_bytes=account.record_bytes,
        control_bytes=controls,
        content_rows=source.content_rows,
        control_rows=rows,
    )
