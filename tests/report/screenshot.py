"""Makes docs/images/report.png anew: the first screen of the report on flights_faulty.csv.

python -m tests.report.screenshot
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path

import weighbridge
from tests.report.browser import browsing, chromium
from weighbridge.report import write

ROOT = Path(__file__).parents[2]
SAMPLES = Path("data/samples")
PICTURE = ROOT / "docs" / "images" / "report.png"
REFERENCES = (
    ("airlines", "airlines.csv"),
    ("airports", "airports.csv"),
    ("planes", "planes.csv"),
    ("weather", "weather.csv"),
)
AS_OF = datetime(2014, 1, 2, tzinfo=UTC)


def main() -> int:
    """Run the samples, open the report, and keep a picture of its first screen."""
    path = chromium()
    if path is None:
        print("Chromium is not installed", file=sys.stderr)
        return 2
    with chdir(ROOT), tempfile.TemporaryDirectory() as folder, browsing(path) as page:
        into = Path(folder)
        for contract, extract in REFERENCES:
            weighbridge.load_contract(f"contracts/{contract}.odcs.yaml").run(SAMPLES / extract, into=into)
        flights = weighbridge.load_contract("contracts/flights.odcs.yaml")
        result = flights.run(SAMPLES / "faulty" / "flights_faulty.csv", into=into, as_of=AS_OF)
        report = write(result, into)["report.html"]
        page.open(report.as_uri(), 1280, 1000)
        below = page.ask("Math.ceil(document.querySelector('nav').getBoundingClientRect().top)")
        page.open(report.as_uri(), 1280, below)
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_bytes(page.picture())
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
