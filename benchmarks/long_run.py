"""Many small extracts through a drop folder, with the working process killed again and again.

python -m benchmarks.long_run --extracts 10000 [--workers 2] [--kill-seconds 20] [--seed 1] [--folder DIR]

A worker looks into the folder and runs what is new, as the flow `intake_folder` does, without Prefect; of several each
takes its part of the files, into the same tables. Their parent kills each with SIGKILL after a random time, and starts
another in its place, until nothing is left to do. Then all is counted:
every extract published once, the ledger's counts equal to the tables' rows, every record in exactly
one of published and quarantined. The table shows seconds and resident memory along the way.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from weighbridge.findings import PublishError
from weighbridge.ledger import RunState
from weighbridge.pipeline.folder import waiting
from weighbridge.pipeline.output.ledgers import ledger_of
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables
from weighbridge.sinks.reading import scan_table

ROOT = Path(__file__).resolve().parents[1]
_LOOK_SECONDS = 0.05
RECORDS = 8
"""Records of each extract; the last one has no name, and is rejected."""
_PLACE = (pl.col("run").alias("_wb_run"), pl.col("source").alias("_wb_source"), pl.col("record").alias("_wb_record"))

CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: arrivals
version: 1.0.0
status: active
schema:
- name: arrivals
  properties:
  - {name: id, logicalType: integer, primaryKey: true, required: true}
  - {name: name, logicalType: string, required: true}
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a long run came to.

    Attributes:
        kills: workers that were killed.
        samples: one an extract: extracts done before, by its worker and by all, seconds it took, resident
            bytes after it.
        faults: every law that does not hold, in words.
    """

    extracts: int
    kills: int
    wall_seconds: float
    samples: pl.DataFrame
    faults: tuple[str, ...]


def prepare(folder: Path, extracts: int) -> None:
    """Write the contract and the extracts, all keys of all of them apart."""
    (folder / "drop").mkdir(parents=True, exist_ok=True)
    (folder / "arrivals.odcs.yaml").write_text(CONTRACT)
    for number in range(extracts):
        first = number * RECORDS
        lines = [f"{first + i},{'n' * (i < RECORDS - 1)}" for i in range(RECORDS)]
        (folder / "drop" / f"arrivals_{number:06}.csv").write_text("id,name\n" + "\n".join(lines) + "\n")


def work(folder: Path, part: int = 0, parts: int = 1) -> None:
    """Run what is new of one part of the drop folder until nothing is; tell of each extract in ``samples.csv``."""
    contract, into, done = folder / "arrivals.odcs.yaml", folder / "out", 0
    with (folder / "samples.csv").open("a", buffering=1) as told:
        look = partial(waiting, folder / "drop", "*.csv", contract=contract, into=into, settle_seconds=0.0)
        while new := _mine(look().new, part, parts):
            for file in new:
                begun = time.perf_counter()
                run(contract, file, into=into)
                told.write(f"{done},{time.perf_counter() - begun:.4f},{resident_bytes()}\n")
                done += 1


def _mine(files: Sequence[Path], part: int, parts: int) -> list[Path]:
    return [file for file in files if int(file.stem.rpartition("_")[2]) % parts == part]


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def long_run(
    folder: Path,
    extracts: int,
    *,
    kill_seconds: float,
    seed: int,
    workers: int = 1,
    most_seconds: float = float("inf"),
) -> Outcome:
    """Run them all, with kills; count in the end.

    Args:
        folder: an empty folder, for everything.
        extracts: how many.
        kill_seconds: a worker is killed after a random time, this long on average.
        seed: of the random times.
        workers: how many work at once, each on its part of the files.
        most_seconds: stop after so long, and judge what was done till then.
    """
    prepare(folder, extracts)
    chance, kills, begun = random.Random(seed), 0, time.perf_counter()
    crew: list[_Worker] = []
    try:
        crew += [_Worker.start(folder, part, workers, chance, kill_seconds) for part in range(workers)]
        while (left := most_seconds - (time.perf_counter() - begun)) > 0 and any(w.is_busy() for w in crew):
            time.sleep(min(_LOOK_SECONDS, left))
            for at, worker in enumerate(crew):
                if worker.is_busy() and time.perf_counter() > worker.until:
                    worker.kill()
                    kills += 1
                    crew[at] = _Worker.start(folder, at, workers, chance, kill_seconds)
    finally:
        over = not any(w.is_busy() for w in crew)
        for worker in crew:
            worker.kill()
    wall = time.perf_counter() - begun
    return Outcome(extracts, kills, wall, _samples(folder), tuple(_faults(folder, extracts, over=over)))


@dataclass(frozen=True, slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    until: float

    @classmethod
    def start(cls, folder: Path, part: int, parts: int, chance: random.Random, kill_seconds: float) -> _Worker:
        command = [sys.executable, "-m", "benchmarks.long_run", "--work", str(folder)]
        process = subprocess.Popen([*command, "--part", str(part), "--workers", str(parts)], cwd=ROOT)
        return cls(process, time.perf_counter() + 1.5 + chance.expovariate(1 / kill_seconds))

    def is_busy(self) -> bool:
        """Whether it still works; one that ended by itself must have ended well."""
        code = self.process.poll()
        if code:
            raise RuntimeError(f"the worker ended with exit code {code}")
        return code is None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def _samples(folder: Path) -> pl.DataFrame:
    with (folder / "samples.csv").open() as told:
        lines = [line for line in csv.reader(told) if len(line) == 3]
    frame = pl.DataFrame(lines, schema=["life", "seconds", "resident"], orient="row")
    return frame.cast({"life": pl.Int64, "seconds": pl.Float64, "resident": pl.Int64})


# ABANDONED: killed before its commit. ALREADY_PUBLISHED: the one before it was killed after its commit.
_GOOD_ENDS = frozenset({RunState.PUBLISHED, RunState.ABANDONED, RunState.ALREADY_PUBLISHED})


def _faults(folder: Path, extracts: int, *, over: bool) -> list[str]:
    faults: list[str] = []
    into = folder / "out"
    with ledger_of(into) as ledger:
        runs = ledger.runs(limit=100 * extracts + 1000)
    published = [r for r in runs if r.state is RunState.PUBLISHED]
    again = [e for e, count in Counter(r.extract_id for r in published).items() if count > 1]
    states = Counter(r.state.value for r in runs if r.state not in _GOOD_ENDS)
    if over:
        if len(published) != extracts:
            faults.append(f"{len(published)} of {extracts} extracts are published")
        if states:
            faults.append(f"runs that came to no good end: {dict(states)}")
    if again:
        faults.append(f"{len(again)} extracts were published more than once")
    tables = Tables(into, "arrivals", "arrivals")
    try:
        served = scan_table(tables.published).select("id", "_wb_run", "_wb_source", "_wb_record").collect()
        rejected = scan_table(tables.path("quarantine")).select(*_PLACE).collect()
    except PublishError as error:
        return [*faults, str(error)]
    if served["id"].n_unique() != served.height:
        faults.append(f"{served.height - served['id'].n_unique()} published rows stand twice")
    known = {r.id for r in published}
    done = [r for r in published if r.records is not None]
    for name, frame, said in (
        ("published", served, sum(r.accepted or 0 for r in done)),
        ("quarantine", rejected, sum(r.rejected or 0 for r in done)),
    ):
        mine = frame.filter(pl.col("_wb_run").is_in(known))
        if mine.height != said:
            faults.append(f"the ledger counts {said} records in {name}, the table {mine.height}")
        if over and frame.height != mine.height:
            faults.append(f"{frame.height - mine.height} rows in {name} are of no run that the ledger calls published")
    wanted = {str(r.extract_id) for r in published}
    whole = pl.concat([served.drop("id"), rejected]).filter(pl.col("_wb_run").is_in(known))
    counts = whole.group_by("_wb_source").agg(pl.len(), records=pl.col("_wb_record").n_unique())
    if counts.filter((pl.col("len") != RECORDS) | (pl.col("records") != RECORDS)).height:
        faults.append("there are extracts whose records are not each in exactly one table")
    if counts.height != len(wanted):
        faults.append(f"{len(wanted)} extracts are published in the ledger, {counts.height} in the tables")
    left = [str(p) for p in (into / "runs").glob("*/work")]
    if over and left:
        faults.append(f"{len(left)} working folders of killed runs are left")
    return faults


def table(outcome: Outcome, steps: int = 10) -> str:
    """Return the Markdown table: tenths of the way, their pace, and the resident memory of the workers."""
    lines = ["| extracts done | median s an extract | median resident MiB | most |", "|---:|---:|---:|---:|"]
    size = max(1, outcome.samples.height // steps)
    for start in range(0, outcome.samples.height - outcome.samples.height % size, size):
        part = outcome.samples.slice(start, size)
        middle, most = part["resident"].median(), part["resident"].max()
        lines.append(
            f"| {start + part.height:,} | {part['seconds'].median():.3f} | {middle / 2**20:.0f} | {most / 2**20:.0f} |"  # type: ignore[operator]
        )
    return "\n".join(lines)


def growth_bytes_per_extract(samples: pl.DataFrame, warm_up: int = 30) -> float:
    """Return the slope of resident memory over the extracts of one worker's life, its first ones left out."""
    late = samples.filter(pl.col("life") >= warm_up)
    if late.height < 2 or late["life"].n_unique() < 2:
        return 0.0
    x, y = late["life"].cast(pl.Float64), late["resident"].cast(pl.Float64)
    x, y = x - x.mean(), y - y.mean()
    return float((x * y).sum() / (x * x).sum())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extracts", type=int, default=10_000)
    parser.add_argument("--kill-seconds", type=float, default=20.0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--most-seconds", type=float, default=float("inf"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--part", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work is not None:
        work(given.work, given.part, given.workers)
        return 0
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="weighbridge-long-") as scratch:
        folder = given.folder or Path(scratch)
        outcome = long_run(
            folder,
            given.extracts,
            kill_seconds=given.kill_seconds,
            seed=given.seed,
            workers=given.workers,
            most_seconds=given.most_seconds,
        )
    print(table(outcome))
    print(
        f"\n{outcome.samples.height:,} extracts told of, {outcome.kills} kills, {outcome.wall_seconds:.0f} s; "
        f"a worker's memory grows by {growth_bytes_per_extract(outcome.samples) / 1024:.1f} KiB an extract"
    )
    for fault in outcome.faults:
        print(f"FAULT: {fault}")
    print("every law holds" if not outcome.faults else f"{len(outcome.faults)} laws do not hold")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
