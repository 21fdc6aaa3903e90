"""One case: a broken extract goes through its reader, and the reader keeps its promises within bounds."""

from __future__ import annotations

import random
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import polars as pl

from tests.fuzz.samples import Sample
from weighbridge.findings import InternalError, SourceError
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract, Verifiable

MOST_SECONDS = 20
MOST_GROWTH_BYTES = 768 << 20
"""How much higher one case may raise the process's peak of resident memory."""


class HungError(BaseException):
    """A case took longer than it may."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a series of cases came to."""

    cases: int
    read: int
    refused: int
    seconds: float


def content_of(sample: Sample, seed: int) -> bytes:
    """Return the broken extract of a seed."""
    return sample.wrap(sample.change(sample.content, random.Random(f"{sample.name}/{seed}"), sample.tokens))


def series(sample: Sample, seeds: range, folder: Path) -> Tally:
    """Run the cases of some seeds.

    Raises:
        AssertionError: a promise is broken; the message names the seed.
    """
    begun, read = time.perf_counter(), 0
    for name, beside in sample.beside.items():
        (folder / name).write_bytes(beside)
    for seed in seeds:
        read += case(sample, content_of(sample, seed), folder, seed)
    return Tally(len(seeds), read, len(seeds) - read, time.perf_counter() - begun)


def case(sample: Sample, content: bytes, folder: Path, seed: int) -> bool:
    """Read one broken extract; return whether it could be read, with faults or without.

    Raises:
        AssertionError: it gave a traceback, hung, took too much memory, or lost a byte.
    """
    path = folder / f"things{sample.suffix}"
    path.write_bytes(content)
    peak = _peak_bytes()
    told = f"{sample.name}, seed {seed}"
    try:
        with _within(MOST_SECONDS):
            conserves(open_extract([str(path)], sample.schema, sample.server), sample.plain(content))
            read = True
    except SourceError as error:
        assert error.findings and all(f.code and f.fix for f in error.findings), told
        read = False
    except (Exception, pl.exceptions.PanicException, HungError) as error:
        raise AssertionError(f"{told}: {type(error).__name__}: {error}") from error
    grown = _peak_bytes() - peak
    assert grown < MOST_GROWTH_BYTES, f"{told}: the peak of memory rose by {grown:,} bytes"
    return read


def conserves(extract: RawExtract, content: bytes | None) -> None:
    """Scan an extract and hold its account against it: identities are dense, every byte is in one span.

    Args:
        extract: opened.
        content: what records have their bytes from; None where it is packed.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        frame = extract.scan().collect(engine="streaming")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, InternalError):
        if isinstance(extract, Verifiable):
            extract.verify()
        raise
    accounts = extract.account()
    extract.late_findings()
    assert frame["__framing"].null_count() == 0
    assert sum(a.records for a in accounts) == frame.height
    assert len(accounts) == len(extract.sources)
    for account in accounts:
        mine = frame.filter(pl.col("__source") == account.source.index)
        assert mine["__record"].to_list() == list(range(1, account.records + 1))
        if account.source.content_rows is not None:
            assert account.records + sum(s.rows for s in account.controls) == account.source.content_rows
        if account.record_bytes is None:
            continue
        assert account.record_bytes == mine["__length"].sum()
        spans = list(mine.select("__offset", "__length").iter_rows())
        spans += [(s.offset_bytes, s.length_bytes) for s in account.controls if s.length_bytes]
        position = 0
        for offset, length in sorted(spans):
            assert offset == position, f"bytes {position} to {offset} are in no span, or in two"
            position += length
        assert position == account.source.content_bytes
        if content is not None:
            assert position == len(content)
            for offset, length, raw in mine.select("__offset", "__length", "__raw").iter_rows():
                assert raw is None or raw in content[offset : offset + length]


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise HungError(f"it took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
