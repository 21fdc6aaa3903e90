"""The review queue at a million records: how long it takes in, and what pages, causes and words cost the database.

    python -m benchmarks.review_queue [--records 1000000] [--ledger postgresql+psycopg://…] [--folder DIR]

Prints one line a query: milliseconds at the median and at the 95th percentile of 40, first page, middle and end,
and the database's own plan of the slowest kind.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from sqlalchemy import text

from weighbridge.ledger import Ledger
from weighbridge.pipeline.output.ledgers import ledger_at, open_ledger
from weighbridge.pipeline.run import run
from weighbridge.review.queue import Filter, Queue

CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: load
version: 1.0.0
status: active
schema:
- name: load
  customProperties:
  - {property: breaker, vendor: weighbridge, value: {maxRejected: {rate: 1.0}}}
  properties:
  - {name: id, logicalType: integer, required: true}
  - {name: amount, logicalType: number}
  - {name: country, logicalType: string, logicalTypeOptions: {maxLength: 2}}
  - {name: day, logicalType: date}
"""
_REPEATS = 40


def made(folder: Path, records: int) -> tuple[Path, Path]:
    """Write the contract and an extract of which one record in a hundred holds."""
    contract = folder / "load.odcs.yaml"
    contract.write_text(CONTRACT)
    i = pl.int_range(pl.len())
    frame = pl.DataFrame({"id": range(records)}).with_columns(
        pl.when(i % 7 == 0).then(pl.lit("x") + pl.col("id").cast(pl.String)).otherwise("id").alias("id"),
        pl.when(i % 11 == 0).then(pl.lit("n/a")).otherwise(pl.lit("12.50")).alias("amount"),
        pl.when(i % 100 == 1).then(pl.lit("DE")).otherwise(pl.lit("GERMANY")).alias("country"),
        pl.when(i % 13 == 0).then(pl.lit("31.02.2001")).otherwise(pl.lit("2001-02-28")).alias("day"),
    )
    extract = folder / "load.csv"
    frame.write_csv(extract)
    return contract, extract


def timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Return the median and the 95th percentile of an answer's time, in milliseconds."""
    seconds = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1e3, sorted(seconds)[int(0.95 * _REPEATS)] * 1e3


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--ledger")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, ledger_at(given.ledger):
        folder = given.folder or Path(scratch)
        into = folder / "out"
        if not into.exists():
            start = time.perf_counter()
            result = run(*made(folder, given.records), into=into)
            print(f"run: {time.perf_counter() - start:.1f} s, {result.verdicts}")
        with open_ledger(into) as ledger:
            ask(ledger, into)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def ask(ledger: Ledger, into: Path) -> None:
    """Take in, and ask every kind of question."""
    queue = Queue(ledger)
    start = time.perf_counter()
    taken = queue.take_in(into, datetime.now(UTC))
    print(f"take in: {taken:,} records in {time.perf_counter() - start:.1f} s")
    if ledger.engine.dialect.name == "postgresql":
        with ledger.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    causes = queue.causes()
    largest, smallest = causes[0], causes[-1]
    last = max(i.id for i in queue.items(Filter(cause=largest.id), limit=1).items) + largest.items // 2
    questions: dict[str, Callable[[], object]] = {
        "causes": queue.causes,
        "states": queue.states,
        "first page": queue.items,
        "middle page": lambda: queue.items(after=last),
        "page of the largest cause": lambda: queue.items(Filter(cause=largest.id), after=last),
        "page of the smallest cause": lambda: queue.items(Filter(cause=smallest.id)),
        "page by code": lambda: queue.items(Filter(code=largest.parts[0].code), after=last),
        "page by property, two causes": lambda: queue.items(Filter(property="day"), after=last),
        "page of the contract": lambda: queue.items(Filter(contract="load", object_name="load"), after=last),
        "page of a state that nothing is in": lambda: queue.items(Filter(state="returned")),
        "a rare word": lambda: queue.items(Filter(text="x70007")),
        "a common word": lambda: queue.items(Filter(text="germany"), after=last),
        "two words": lambda: queue.items(Filter(text="germany x14"), after=0),
        "one item": lambda: queue.item(last),
    }
    for name, question in questions.items():
        median, most = timed(question)
        print(f"{name:36} {median:8.2f} ms   95 %: {most:8.2f} ms")


if __name__ == "__main__":
    main()
