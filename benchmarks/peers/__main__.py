"""The whole job through Weighbridge, as a bare Polars plan, and in the words of other tools, in turn, in one run.

    python -m benchmarks.peers --rows 1m --format parquet

Each peer is installed from the package index into an environment of its own under `benchmarks/data/environments/`.
What cannot be installed or fails is told in the table.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import polars as pl

from benchmarks.flights import SIZES, made
from benchmarks.measure import Measured, measured
from benchmarks.peers.environments import PEERS, Peer, own_python, python_of, version_of

_OWN = (("bare Polars plan", "benchmarks.bare"), ("Weighbridge", "benchmarks.weighed"))


@dataclass(slots=True)
class Runner:
    """One line of the table; `failed` says why it stopped running."""

    name: str
    module: str
    python: Path
    version: str
    splits: bool = True
    runs: list[Measured] = field(default_factory=list)
    failed: str = ""


def runners(kind: str, wanted: list[str]) -> list[Runner]:
    """Return who takes part, each in an environment that is ready."""
    found = [
        Runner(name, module, own_python(), pl.__version__ if i == 0 else "") for i, (name, module) in enumerate(_OWN)
    ]
    for peer in PEERS:
        if (wanted and peer.module not in wanted) or (kind == "csv" and not peer.reads_csv):
            continue
        found.append(_runner(peer))
    return found


def _runner(peer: Peer) -> Runner:
    module = f"benchmarks.peers.{peer.module}"
    try:
        python = python_of(peer)
        return Runner(peer.name, module, python, version_of(peer, python), peer.splits)
    except (RuntimeError, OSError) as error:
        return Runner(peer.name, module, own_python(), "", peer.splits, failed=f"cannot be installed: {error}")


def alternate(found: list[Runner], source: Path, repeat: int, scratch: Path) -> None:
    """Run everybody `repeat` times in turn."""
    for turn in range(repeat):
        for runner in found:
            if runner.failed:
                continue
            try:
                runner.runs.append(measured(runner.module, source, scratch / runner.module, runner.python))
            except RuntimeError as error:
                runner.failed = str(error).strip().splitlines()[-1][:120]
            print(f"  {turn + 1}/{repeat} {runner.name}: {runner.failed or f'{runner.runs[-1].wall_seconds:.1f} s'}")


def table(found: list[Runner], source: Path) -> str:
    """Return the medians as Markdown."""
    base = found[0]
    records, published = base.runs[0].printed["records"], base.runs[0].printed["published"]
    repeat = max(len(r.runs) for r in found)
    lines = [
        f"{records:,} records ({source.stat().st_size / 1e6:,.0f} MB {source.suffix[1:]}), "
        f"{records - published:,} rejected; "
        f"medians of {repeat} runs in turn, each in a fresh process. {_machine()}",
        "",
        "| | version | wall s | CPU s | peak MB | wall ratio | CPU ratio | published |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    wall, cpu = (median(getattr(m, n) for m in base.runs) for n in ("wall_seconds", "cpu_seconds"))
    for r in found:
        if not r.runs or r.failed:
            lines.append(f"| {r.name} | {r.version} | {r.failed} | | | | | |")
            continue
        own_wall, own_cpu = (median(getattr(m, n) for m in r.runs) for n in ("wall_seconds", "cpu_seconds"))
        peak = median(m.peak_bytes for m in r.runs) / 1e6
        split = r.runs[0].printed["published"]
        told = "no split" if not r.splits else f"{split:,}" + ("" if split == published else " (not as it should be)")
        lines.append(
            f"| {r.name} | {r.version} | {own_wall:.1f} | {own_cpu:.1f} | {peak:,.0f} "
            f"| {own_wall / wall:.2f} | {own_cpu / cpu:.2f} | {told} |"
        )
    return "\n".join(lines)


def _machine() -> str:
    cpus = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    name = cpus[0].partition(": ")[2] if cpus else platform.processor()
    return f"{len(cpus)} × {name}, Python {platform.python_version()}."


def main() -> None:
    """Parse the arguments, make data and environments, run, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--rows", choices=SIZES, default="1m", help="how many records, about")
    parser.add_argument("--format", choices=("csv", "parquet"), default="parquet")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each")
    parser.add_argument("--only", nargs="*", default=[], metavar="PEER", help="modules of benchmarks/peers")
    parser.add_argument("--write", type=Path, help="a file whose part between its marks becomes the table")
    arguments = parser.parse_args()
    source = made(arguments.rows, arguments.format)
    found = runners(arguments.format, arguments.only)
    with tempfile.TemporaryDirectory(prefix="weighbridge-peers-") as scratch:
        alternate(found, source, arguments.repeat, Path(scratch))
    told = table(found, source)
    print(told)
    if arguments.write is not None:
        _put(arguments.write, f"{arguments.rows} {arguments.format}", told)


def _put(page: Path, name: str, told: str) -> None:
    begin, end = f"<!-- peers {name} -->", f"<!-- end of peers {name} -->"
    text = page.read_text("utf-8")
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    page.write_text(f"{head}{begin}\n{told}\n{end}{tail}", "utf-8")


if __name__ == "__main__":
    main()
