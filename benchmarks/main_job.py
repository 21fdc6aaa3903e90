"""The main job against a bare Polars plan: one command, one table.

python -m benchmarks.main_job --rows 1m --format csv
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.flights import SIZES, made
from benchmarks.measure import Measured, measured

JOBS = {"bare Polars plan": "benchmarks.bare", "Weighbridge": "benchmarks.weighed"}
_COUNTS = ("records", "published", "rejected")


def alternate(source: Path, repeat: int, scratch: Path) -> dict[str, list[Measured]]:
    """Run every job `repeat` times in turn.

    Raises:
        RuntimeError: a job failed, or they do not agree on what became of the records.
    """
    runs: dict[str, list[Measured]] = {name: [] for name in JOBS}
    for _ in range(repeat):
        for name, module in JOBS.items():
            runs[name].append(measured(module, source, scratch / module))
    outcomes = {name: tuple(done[0].printed[c] for c in _COUNTS) for name, done in runs.items()}
    if len(set(outcomes.values())) != 1:
        raise RuntimeError(f"the jobs do not agree on {', '.join(_COUNTS)}: {outcomes}")
    return runs


def table(runs: dict[str, list[Measured]], source: Path) -> str:
    """Return the medians as Markdown."""
    printed = runs["Weighbridge"][0].printed
    megabytes = source.stat().st_size / 1e6
    lines = [
        f"{printed['records']:,} records ({megabytes:,.0f} MB {source.suffix[1:]}), {printed['rejected']:,} rejected; "
        f"medians of {len(runs['Weighbridge'])} alternating runs in fresh processes",
        "",
        "| | wall s | CPU s | peak MB | wall ratio | CPU ratio |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    walls = {name: median(m.wall_seconds for m in done) for name, done in runs.items()}
    cpus = {name: median(m.cpu_seconds for m in done) for name, done in runs.items()}
    base = next(iter(runs))
    for name, done in runs.items():
        peak = median(m.peak_bytes for m in done) / 1e6
        lines.append(
            f"| {name} | {walls[name]:.2f} | {cpus[name]:.2f} | {peak:,.0f} "
            f"| {walls[name] / walls[base]:.2f} | {cpus[name] / cpus[base]:.2f} |"
        )
    lines += ["", "| Weighbridge's stage | s |", "|---|---:|"]
    stages = runs["Weighbridge"][-1].printed["stages"]
    lines += [f"| {stage} | {seconds:.2f} |" for stage, seconds in stages.items()]
    return "\n".join(lines)


def main() -> None:
    """Parse the arguments, make the data, run, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.main_job", description=__doc__)
    parser.add_argument("--rows", choices=SIZES, default="1m", help="how many records, about")
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each job")
    arguments = parser.parse_args()
    source = made(arguments.rows, arguments.format)
    with tempfile.TemporaryDirectory(prefix="weighbridge-bench-") as scratch:
        print(table(alternate(source, arguments.repeat, Path(scratch)), source))


if __name__ == "__main__":
    main()
