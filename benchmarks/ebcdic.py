"""Fixed-length EBCDIC: how fast it is decoded, beside a NumPy pass that only translates the code page.

    python benchmarks/ebcdic.py [--megabytes 64] [--rounds 7]

The record has 20 fields: text, COMP, COMP-3, zoned numbers, dates. Measured in turn, in one process:

* decode: every field into a typed Polars column, every value judged (as the mainframe reader does), on one thread;
* decode, threads: the same, blocks on as many threads as Polars has;
* translate: ``table[bytes]`` over the same bytes, nothing more, on one thread;
* csv: `polars.read_csv` over the same records written as CSV, types given, on all threads (on one with
  POLARS_MAX_THREADS=1);
* reader: the same through the readers' door, with digests, framing, lineage and file reading.

CPU seconds are what to trust where others use the machine too: the work of all threads. Ratios are medians over the
rounds, with the worst round beside. Then the reader alone, in a process of its own, over a file and one eight times as
large: its memory does not grow with the file. Cobrix is measured by `spark-submit` where Spark is; where it is not, the
table says so.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from weighbridge.contract.model import LogicalType, Property, SchemaObject, Server
from weighbridge.legacy.cobol import SLACK, Cells, Conventions, decode_field, with_slack
from weighbridge.legacy.cobol.draft import logical_type
from weighbridge.legacy.cobol.encode import encode_field
from weighbridge.legacy.codepages import page_named
from weighbridge.legacy.copybook import Item, parse_copybook
from weighbridge.legacy.copybook.fields import fields
from weighbridge.readers.mainframe.reader import MainframeReader
from weighbridge.readers.mainframe.series import series_of, series_type

BLOCK_BYTES = 4_000_000
COPYBOOK = """
       01  TRANSACTION-RECORD.
           05  TXN-ID              PIC 9(12).
           05  ACCOUNT             PIC X(16).
           05  BRANCH              PIC X(4).
           05  CUSTOMER-NAME       PIC X(30).
           05  CITY                PIC X(20).
           05  COUNTRY             PIC X(2).
           05  CURRENCY-CODE       PIC X(3).
           05  AMOUNT              PIC S9(9)V99   COMP-3.
           05  FEE                 PIC S9(5)V99   COMP-3.
           05  BALANCE             PIC S9(13)V99  COMP-3.
           05  RATE                PIC 9(3)V9(6).
           05  QUANTITY            PIC S9(7).
           05  SEQUENCE-NO         PIC S9(9)      COMP.
           05  BATCH-NO            PIC 9(4)       COMP.
           05  BOOKING-DATE        PIC 9(8).
           05  VALUE-DATE          PIC 9(7)       COMP-3.
           05  TIME-STAMP          PIC 9(14).
           05  STATUS              PIC X.
           05  CHANNEL             PIC X(8).
           05  CHECK-DIGITS        PIC 9(2).
"""


def records(count: int) -> tuple[bytes, pl.DataFrame]:
    """Return `count` records and their values: 1,000 different ones, repeated."""
    layout, how = parse_copybook(COPYBOOK), Conventions()
    chance = np.random.default_rng(7)
    out = bytearray()
    rows = []
    for number in range(1000):
        row: dict[str, str | int] = {}
        for item, _ in fields(layout):
            if item.is_number:
                row[item.name] = int(
                    chance.integers(0, 10 ** min(item.digits, 15)) * (-1 if item.signed and number % 3 == 0 else 1)
                )
            else:
                word = "".join(chance.choice(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghij"), item.size))
                row[item.name] = word[: chance.integers(1, item.size + 1)].strip() or "A"
            out += encode_field(row[item.name], item, how)
        rows.append(row)
    shown = {
        item.name: [row[item.name] / 10**item.scale if item.scale > 0 else row[item.name] for row in rows]  # type: ignore[operator]
        for item, _ in fields(layout)
    }
    times = -(-count // 1000)
    return bytes(out) * times, pl.concat([pl.DataFrame(shown)] * times)


@dataclass(frozen=True)
class Took:
    """Seconds of one round: on the clock, and of the processors."""

    wall: float
    cpu: float


def clock(work: Callable[[], object]) -> Took:
    """Return the seconds that `work` takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def read(path: Path, items: Sequence[Item]) -> None:
    """Go through a file by the reader, all columns, nothing kept."""
    server = Server("s", "local", record_format={"kind": "mainframe", "copybook": "book.cpy"}, folder=str(path.parent))
    properties = [Property(i.name.lower().replace("-", "_"), LogicalType(logical_type(i)), (i.name,)) for i in items]
    extract = MainframeReader().open([str(path)], SchemaObject("t", "t", tuple(properties)), server)
    extract.scan().select(pl.exclude("__raw")).select(pl.all().null_count()).collect(engine="streaming")


def measured(data: bytes, frame: pl.DataFrame, path: Path, rounds: int) -> tuple[dict[str, list[Took]], int]:
    """Return the seconds of each way, round by round, and the CSV's bytes."""
    layout, how = parse_copybook(COPYBOOK), Conventions()
    size, items = layout.size, [item for item, _ in fields(layout)]
    count, block = len(data) // size, BLOCK_BYTES // size
    plain, buffer = np.frombuffer(data, dtype=np.uint8), with_slack(data)
    table = page_named("cp037").ascii_or_high
    csv = io.BytesIO()
    frame.write_csv(csv)
    text = csv.getvalue()
    types = {item.name: pl.Float64() if item.scale > 0 else series_type(item, how) for item in items}
    types = {name: pl.Int64() if isinstance(t, pl.Decimal) else t for name, t in types.items()}
    starts = range(0, count, block)

    def part(start: int) -> None:
        cells = Cells(buffer, min(block, count - start), SLACK + start * size, size)
        pl.DataFrame(
            [series_of(decode_field(cells.at(item.offset), item, how), item, how).alias(item.name) for item in items]
        )

    def decode() -> None:
        for start in starts:
            part(start)

    def decode_on_threads() -> None:
        with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
            for _ in pool.map(part, starts):
                pass

    ways: dict[str, Callable[[], object]] = {
        "decode": decode,
        "decode, threads": decode_on_threads,
        "translate": lambda: table[plain],
        "csv": lambda: pl.read_csv(text, schema=types),
        "reader": lambda: read(path, items),
    }
    took: dict[str, list[Took]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, work in ways.items():
            took[name].append(clock(work))
    return took, len(text)


def memory(megabytes: int) -> float:
    """Return the peak MiB of a process that reads a file of so many megabytes."""
    words = [sys.executable, "-m", "benchmarks.ebcdic", "--peak", str(megabytes)]
    told = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    return float(told.stdout)


def peak(megabytes: int) -> None:
    """Read a file of so many megabytes and print this process's peak MiB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.ebc"
        (Path(folder) / "book.cpy").write_text(COPYBOOK)
        one, _ = records(1000)
        with path.open("wb") as file:
            for _ in range(megabytes * 1_000_000 // len(one)):
                file.write(one)
        read(path, [item for item, _ in fields(parse_copybook(COPYBOOK))])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--megabytes", type=int, default=64)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--peak", type=int, default=0)
    given = arguments.parse_args()
    if given.peak:
        peak(given.peak)
        return
    data, frame = records(given.megabytes * 1_000_000 // parse_copybook(COPYBOOK).size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.ebc"
        path.write_bytes(data)
        (Path(folder) / "book.cpy").write_text(COPYBOOK)
        took, csv_bytes = measured(data, frame, path, given.rounds)
    print(f"{frame.height:,} records, {frame.width} fields: {len(data) / 1e6:.0f} MB, CSV {csv_bytes / 1e6:.0f} MB")
    print(f"{pl.thread_pool_size()} threads, {os.cpu_count()} processors")
    print(f"  {'':16} {'seconds':>8} {'CPU':>8}  MB of EBCDIC a second, of CPU")
    for name, rounds in took.items():
        wall, cpu = (statistics.median(values) for values in zip(*((t.wall, t.cpu) for t in rounds), strict=True))
        print(f"  {name:16} {wall:8.3f} {cpu:8.3f} {len(data) / 1e6 / wall:10.0f} {len(data) / 1e6 / cpu:10.0f}")
    if shutil.which("spark-submit") is None:
        print("  cobrix           not measured: this machine has no Spark")

    def compare(what: str, one: str, other: str, seconds: Callable[[Took], float]) -> None:
        ratios = [seconds(b) / seconds(a) for a, b in zip(took[one], took[other], strict=True)]
        print(f"{what}: {statistics.median(ratios):.2f} of its speed, {min(ratios):.2f} in the worst round")

    compare("decode / translate, CPU", "decode", "translate", lambda t: t.cpu)
    compare("decode / csv, CPU", "decode", "csv", lambda t: t.cpu)
    compare("decode on all threads / translate, seconds", "decode, threads", "translate", lambda t: t.wall)
    compare("decode on all threads / csv, seconds", "decode, threads", "csv", lambda t: t.wall)
    small = max(given.megabytes, 32)
    print(f"reader's peak memory: {memory(small):.0f} MiB of {small} MB, {memory(8 * small):.0f} MiB of {8 * small} MB")


if __name__ == "__main__":
    main()
