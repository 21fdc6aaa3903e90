"""The proof behind the receipt: staged files are read again and every identity is ticked off.

Counting alone proves nothing (a row lost and another doubled still add up). So each record
framed gets one bit; the outputs tick the bits of the records they hold. As many rows as
records, and every bit set, means: each record exactly once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from weighbridge.outcome.receipt import OutputTotals, Receipt, SourceTotals, draw_up
from weighbridge.readers.door import SourceAccount

_BATCH_ROWS = 1 << 18


@dataclass(frozen=True, slots=True)
class IdentityColumns:
    """The names under which a file holds source name, record number and byte length."""

    source: str
    record: str
    length: str


@dataclass(frozen=True, slots=True)
class StagedOutput:
    """The files of one output, and what they are called."""

    name: str
    files: Sequence[Path]
    columns: IdentityColumns
    root: Path


def prove(accounts: Sequence[SourceAccount], outputs: Sequence[StagedOutput]) -> Receipt:
    """Return the receipt of what was framed against what stands in the files.

    Reads three columns of every file, a batch at a time; memory is one byte a record.
    """
    ticks = {a.source.name: np.zeros(a.records + 1, dtype=np.bool_) for a in accounts}
    totals, strangers = [], 0
    for output in outputs:
        measured, unknown = _tick(output, ticks)
        totals.append(measured)
        strangers += unknown
    records = sum(a.records for a in accounts)
    ticked = sum(int(t[1:].sum()) for t in ticks.values())
    exact = not strangers and ticked == records == sum(t.records for t in totals)
    return draw_up(tuple(_source_totals(a) for a in accounts), tuple(totals), exact)


def _tick(output: StagedOutput, ticks: Mapping[str, np.ndarray]) -> tuple[OutputTotals, int]:
    records, record_bytes, without_bytes, strangers = 0, 0, 0, 0
    files: dict[str, int] = {}
    only = next(iter(ticks)) if len(ticks) == 1 else None
    names = output.columns
    wanted = [names.record, names.length] if only is not None else [names.source, names.record, names.length]
    for path in output.files:
        with pq.ParquetFile(path) as file:
            files[path.relative_to(output.root).as_posix()] = file.metadata.num_rows
            for batch in file.iter_batches(_BATCH_ROWS, columns=wanted):
                records += batch.num_rows
                lengths = batch.column(names.length)
                without_bytes += lengths.null_count
                record_bytes += int(np.sum(_numbers(lengths)))
                strangers += _tick_batch(batch, names, only, ticks)
    has_bytes = not without_bytes and records
    return OutputTotals(output.name, records, record_bytes if has_bytes or not records else None, files), strangers


def _tick_batch(
    batch: pa.RecordBatch, names: IdentityColumns, only: str | None, ticks: Mapping[str, np.ndarray]
) -> int:
    numbers = _numbers(batch.column(names.record))
    if only is not None:
        return _tick_numbers(numbers, ticks[only])
    encoded = batch.column(names.source).dictionary_encode()
    indices = np.asarray(encoded.indices)
    strangers = 0
    for i, name in enumerate(encoded.dictionary.to_pylist()):
        mine = numbers[indices == i]
        strangers += _tick_numbers(mine, ticks[name]) if name in ticks else len(mine)
    return strangers


def _tick_numbers(numbers: np.ndarray, ticked: np.ndarray) -> int:
    known = (numbers >= 1) & (numbers < len(ticked))
    ticked[numbers[known]] = True
    return int(len(numbers) - known.sum())


def _numbers(column: pa.Array) -> np.ndarray:
    filled = column.fill_null(0) if column.null_count else column
    return np.asarray(filled.cast(pa.int64()))


def _source_totals(account: SourceAccount) -> SourceTotals:
    controls: dict[str, int] = {}
    for span in account.controls:
        controls[span.kind] = controls.get(span.kind, 0) + span.length_bytes
    source = account.source
    return SourceTotals(
        name=source.name,
        sha256=source.sha256,
        size_bytes=source.size_bytes,
        content_bytes=None if account.record_bytes is None else source.content_bytes,
        records=account.records,
        record_bytes=account.record_bytes,
        control_bytes=controls,
    )
