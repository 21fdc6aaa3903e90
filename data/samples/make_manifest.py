"""Write down what every sample is: bytes, digest, records.

    python data/samples/make_manifest.py

`manifest.json` is what a test holds the files against. `sha256` is of the file; where the file
is compressed, `content_sha256` is of what is in it, which another compressor does not change.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from make_ebcdic import unblocked  # noqa: E402

TABLES = ("airlines.csv", "airports.csv", "planes.csv", "weather.csv", "flights.csv.gz")
REAL = ("flights_201301.dat", "flights_201301.ebc")
FAULTY = tuple(
    f"faulty/{name}"
    for name in ("flights_faulty.csv", "airports_faulty.csv", "flights_faulty.dat", "flights_faulty.ebc")
)
TRUTH = tuple(f"{name}.truth.csv" for name in FAULTY)


def described(name: str) -> dict[str, Any]:
    """Return the facts of one file."""
    stored = (HERE / name).read_bytes()
    facts: dict[str, Any] = {"bytes": len(stored), "sha256": hashlib.sha256(stored).hexdigest()}
    content = stored
    if name.endswith(".gz"):
        content = gzip.decompress(stored)
        facts |= {"content_bytes": len(content), "content_sha256": hashlib.sha256(content).hexdigest()}
    if name in TABLES or name in TRUTH:
        facts["records"] = content.count(b"\n") - 1
    elif name == "flights_201301.dat":
        facts["records"] = content.count(b"\n") - 2
    elif name == "flights_201301.ebc":
        facts["records"] = sum(1 for _ in unblocked(content))
    return facts


def main() -> None:
    """Write `manifest.json`."""
    facts = {name: described(name) for name in (*TABLES, *REAL, *FAULTY, *TRUTH)}
    (HERE / "manifest.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
