"""Fixed-length EBCDIC: how fast it is decoded, beside a NumPy pass that only translates the code page.

    python benchmarks/ebcdic.py [--megabytes 64] [--rounds 5]

The record has 20 fields: text, COMP, COMP-3, zoned numbers, dates. Measured in turn, in one process:

* decode: every field into a typed Polars column, every value judged (as the mainframe reader does), on one thread;
* translate: ``table[bytes]`` over the same bytes, nothing more;
* csv: `polars.read_csv` over the same records written as CSV, types given, on all threads (on one with
  POLARS_MAX_THREADS=1);
* reader: the same through the readers' door, with framing, lineage and file reading.

Ratios are medians over the rounds.
"""

from __future__ import annotations

import argparse
import io
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from weighbridge.contract.model import LogicalType, Property, SchemaObject, Server
from weighbridge.legacy.cobol import SLACK, Cells, Conventions, decode_field, with_slack
from weighbridge.legacy.cobol.draft import logical_type
from weighbridge.legacy.cobol.encode import encode_field
from weighbridge.legacy.codepages import page_named
from weighbridge.legacy.copybook import parse_copybook
from weighbridge.legacy.copybook.fields import fields
from weighbridge.readers.mainframe.reader import MainframeReader
from weighbridge.readers.mainframe.series import series_of, series_type

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


def clock(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--megabytes", type=int, default=64)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    layout, how = parse_copybook(COPYBOOK), Conventions()
    size = layout.size
    data, frame = records(given.megabytes * 1_000_000 // size)
    count = len(data) // size
    plain = np.frombuffer(data, dtype=np.uint8)
    buffer = with_slack(data)
    table = page_named("cp037").ascii_or_high
    csv = io.BytesIO()
    frame.write_csv(csv)
    text = csv.getvalue()
    items = [item for item, _ in fields(layout)]
    types = {item.name: pl.Float64() if item.scale > 0 else series_type(item, how) for item in items}
    types = {name: pl.Int64() if isinstance(t, pl.Decimal) else t for name, t in types.items()}
    block = max(2_000_000 // size, 1)

    def part(start: int) -> pl.DataFrame:
        rows = min(block, count - start)
        cells = Cells(buffer, rows, SLACK + start * size, size)
        return pl.DataFrame(
            [series_of(decode_field(cells.at(item.offset), item, how), item, how).alias(item.name) for item in items]
        )

    def decode() -> None:
        for start in range(0, count, block):
            part(start)

    schema = SchemaObject(
        "t",
        "t",
        tuple(Property(i.name.lower().replace("-", "_"), LogicalType(logical_type(i)), (i.name,)) for i in items),
    )
    with tempfile.TemporaryDirectory() as folder:
        path, book = Path(folder) / "records.ebc", Path(folder) / "book.cpy"
        path.write_bytes(data)
        book.write_text(COPYBOOK)
        server = Server("s", "local", record_format={"kind": "mainframe", "copybook": str(book)})

        def read() -> None:
            extract = MainframeReader().open([str(path)], schema, server)
            extract.scan().select(pl.exclude("__raw")).select(pl.all().null_count()).collect(engine="streaming")

        ways: dict[str, Callable[[], object]] = {
            "decode": decode,
            "translate": lambda: table[plain],
            "csv": lambda: pl.read_csv(text, schema=types),
            "reader": read,
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(given.rounds):
            for name, work in ways.items():
                seconds[name].append(clock(work))
    middle = {name: statistics.median(times) for name, times in seconds.items()}
    print(
        f"{count:,} records, {size} bytes, {len(items)} fields: {len(data) / 1e6:.0f} MB, CSV {len(text) / 1e6:.0f} MB"
    )
    for name, took in middle.items():
        print(f"  {name:10} {took:7.3f} s  {len(data) / 1e6 / took:8.1f} MB/s of EBCDIC")
    print(f"decode / translate: {middle['translate'] / middle['decode']:.2f} of its speed")
    print(f"decode / csv:       {middle['csv'] / middle['decode']:.2f} of its speed ({pl.thread_pool_size()} threads)")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
