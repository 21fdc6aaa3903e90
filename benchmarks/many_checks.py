"""What many checks cost: the benchmark's contract with 200 checks beside the same with 25.

python -m benchmarks.many_checks --rows 1m --format parquet

The further checks are of the kinds and in the proportions of the first: for each three of single records
(expressions, conditions, shapes with constants of their own) one of the extract.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from benchmarks.flights import SIZES, made
from benchmarks.measure import Measured, measured

LEAN = Path(__file__).with_name("flights_lean.odcs.yaml")
IN_LEAN = 26


def contract_of(checks: int, source: Path, folder: Path) -> Path:
    """Write the benchmark's contract with so many checks and return its path; its only server is `source`."""
    document = yaml.safe_load(LEAN.read_text(encoding="utf-8"))
    (server,) = (s for s in document["servers"] if s["format"] == source.suffix.removeprefix("."))
    document["servers"] = [server | {"path": str(source.resolve())}]
    document["schema"][0]["quality"] += [_further(i) for i in range(checks - IN_LEAN)]
    path = folder / f"{checks}.odcs.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


def _further(number: int) -> dict[str, Any]:
    bound = 1_000 + number
    kinds: list[dict[str, Any]] = [
        _row(f"dep_delay < {bound} OR arr_delay > {-bound}"),
        _row({"check": "conditional", "when": f"distance > {bound}", "then": f"air_time > {20 + number % 30}"}),
        _row(f"carrier <> 'X{number}' AND flight < {9_000 + number}"),
        {"type": "sql", "query": f"SELECT COUNT(*) FROM flights WHERE distance < {-bound}", "mustBeLessThan": bound},
    ]
    return {"name": f"further {number}", **kinds[number % len(kinds)]}


def _row(implementation: Any) -> dict[str, Any]:
    return {"type": "custom", "engine": "weighbridge", "implementation": implementation}


def alternate(source: Path, counts: list[int], repeat: int, scratch: Path) -> dict[int, list[Measured]]:
    """Run the job with each number of checks `repeat` times in turn.

    Raises:
        RuntimeError: a job failed.
    """
    contracts = {count: contract_of(count, source, scratch) for count in counts}
    runs: dict[int, list[Measured]] = {count: [] for count in counts}
    for _ in range(repeat):
        for count, contract in contracts.items():
            runs[count].append(measured("benchmarks.weighed_contract", contract, scratch / str(count)))
    return runs


def table(runs: dict[int, list[Measured]]) -> str:
    """Return the medians as Markdown."""
    printed = next(iter(runs.values()))[0].printed
    lines = [
        f"{printed['records']:,} records; medians of {len(next(iter(runs.values())))} alternating runs, "
        "each in a fresh process",
        "",
        "| checks | wall s | CPU s | peak MB | CPU ratio | weighing s |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    base = median(m.cpu_seconds for m in next(iter(runs.values())))
    for count, done in runs.items():
        wall, cpu = (median(getattr(m, f"{kind}_seconds") for m in done) for kind in ("wall", "cpu"))
        peak = median(m.peak_bytes for m in done) / 1e6
        weighing = median(m.printed["stages"]["weighing"] for m in done)
        lines.append(f"| {count} | {wall:.2f} | {cpu:.2f} | {peak:,.0f} | {cpu / base:.2f} | {weighing:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", choices=SIZES, default="1m")
    parser.add_argument("--format", choices=("csv", "parquet"), default="parquet")
    parser.add_argument("--checks", type=int, nargs="+", default=[IN_LEAN, 200])
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    source = made(asked.rows, asked.format)
    with tempfile.TemporaryDirectory() as scratch:
        print(table(alternate(source, asked.checks, asked.repeat, Path(scratch))))


if __name__ == "__main__":
    main()
