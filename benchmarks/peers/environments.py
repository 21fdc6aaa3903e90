"""An environment for each peer: what two of them need often cannot stand together, nor beside Weighbridge."""

from __future__ import annotations

import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from benchmarks.flights import DATA


@dataclass(frozen=True, slots=True)
class Peer:
    """Another tool doing the benchmark's job.

    Attributes:
        name: as the table calls it.
        module: of this package, what is run.
        packages: what pip installs for it; Polars' own version is that of Weighbridge where the peer lets it be.
        splits: whether it splits the records in two, with reasons.
        reads_csv: whether it can be given the CSV too.
    """

    name: str
    module: str
    packages: tuple[str, ...]
    splits: bool = True
    reads_csv: bool = False


PEERS = (
    Peer("DuckDB, SQL by hand", "duckdb_sql", ("duckdb", "polars", "numpy", "pyarrow"), reads_csv=True),
    Peer("dataframely", "dataframely_schema", ("dataframely", "numpy", "pyarrow"), reads_csv=True),
    Peer("Pandera on Polars", "pandera_polars", ("pandera[polars]", "numpy", "pyarrow"), reads_csv=True),
    Peer("pointblank", "pointblank_steps", ("pointblank", "polars", "numpy", "pyarrow"), reads_csv=True),
    Peer("PySpark, by hand", "pyspark_plan", ("pyspark", "polars", "numpy", "pyarrow")),
    Peer("Great Expectations, pandas", "great_expectations_pandas", ("great_expectations", "polars", "pyarrow")),
    Peer(
        "cuallee (counts only)",
        "cuallee_counts",
        ("cuallee", "polars", "numpy", "pyarrow"),
        splits=False,
        reads_csv=True,
    ),
    Peer(
        "Soda on DuckDB (counts only)",
        "soda_counts",
        ("soda-core-duckdb<4", "duckdb<1.4", "setuptools<81", "pytz", "polars", "numpy", "pyarrow"),
        splits=False,
    ),
)


def python_of(peer: Peer) -> Path:
    """Return the interpreter of the peer's environment, made when it is not there.

    Raises:
        RuntimeError: its packages cannot be installed; the message holds what pip said.
    """
    folder = DATA / "environments" / peer.module
    python = folder / "bin" / "python"
    done = folder / "installed"
    if done.exists() and done.read_text() == str(peer.packages):
        return python
    venv.create(folder, with_pip=True, clear=True)
    made = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", *peer.packages], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise RuntimeError(made.stderr.strip().splitlines()[-1] if made.stderr.strip() else "pip failed")
    done.write_text(str(peer.packages))
    return python


def version_of(peer: Peer, python: Path) -> str:
    """Return the version of the peer's own package."""
    package = peer.packages[0].partition("[")[0].partition("<")[0]
    told = subprocess.run(
        [python, "-c", f"import importlib.metadata as m; print(m.version({package!r}))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def own_python() -> Path:
    """Return the interpreter that Weighbridge and the bare plan run in."""
    return Path(sys.executable)
