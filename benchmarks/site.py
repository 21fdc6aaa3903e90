"""How fast the report site is built, brought up to date, and loaded, with a thousand runs.

python -m benchmarks.site [RUNS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from tests.report.browser import browsing, chromium
from tests.report.site.grown import BEGAN, grow
from weighbridge.pipeline.site import publish_site

CONTRACTS = 10
LOADED = "Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)"


def main(runs: int = 1_000) -> int:
    """Grow a history, and print what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder)
        for number in range(CONTRACTS):
            grow(into, runs // CONTRACTS, contract=f"contract-{number}")
        now = BEGAN + timedelta(days=runs)
        measured("the whole site", into, now)
        measured("nothing new", into, now)
        grow(into, 1, contract="contract-3", first=runs // CONTRACTS)
        measured("one more run", into, now)
        path = chromium()
        if path is not None:
            with browsing(path) as page:
                for name in ("index.html", "contracts/contract-3/people/index.html"):
                    page.open((into / "site" / name).as_uri(), 1280)
                    page.open((into / "site" / name).as_uri(), 1280)
                    print(f"{name}: {page.ask(LOADED)} ms to load in Chromium")
    return 0


def measured(name: str, into: Path, now: datetime) -> None:
    """Build the site and print how long it took."""
    began = time.perf_counter()
    built = publish_site(into, as_of=now)
    print(f"{name}: {time.perf_counter() - began:.2f} s, {len(built.written):,} files written of {built.runs:,} runs")


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
