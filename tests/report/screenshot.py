"""Makes the pictures in docs/images anew: the report on flights_faulty.csv, and the site of a year of extracts.

python -m tests.report.screenshot
"""

from __future__ import annotations

import csv
import random
import sys
import tempfile
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path

import weighbridge
from tests.report.browser import Page, browsing, chromium
from weighbridge.pipeline.site import publish_site
from weighbridge.report import write

ROOT = Path(__file__).parents[2]
SAMPLES = Path("data/samples")
PICTURES = ROOT / "docs" / "images"
REFERENCES = (
    ("airlines", "airlines.csv"),
    ("airports", "airports.csv"),
    ("planes", "planes.csv"),
    ("weather", "weather.csv"),
)
AS_OF = datetime(2014, 1, 2, tzinfo=UTC)
FAULTY_SHARES = {4: 0.02, 7: 0.004, 10: 0.2, 11: 0.01}


def main() -> int:
    """Run the samples, open report and site, and keep pictures of their first screens."""
    path = chromium()
    if path is None:
        print("Chromium is not installed", file=sys.stderr)
        return 2
    with chdir(ROOT), tempfile.TemporaryDirectory() as folder, browsing(path) as page:
        into = Path(folder) / "out"
        for contract, extract in REFERENCES:
            weighbridge.load_contract(f"contracts/{contract}.odcs.yaml").run(SAMPLES / extract, into=into)
        a_year_of_weather(Path(folder) / "work", into)
        flights = weighbridge.load_contract("contracts/flights.odcs.yaml")
        result = flights.run(SAMPLES / "faulty" / "flights_faulty.csv", into=into, as_of=AS_OF)
        report = write(result, into)["report.html"]
        page.open(report.as_uri(), 1280, 1000)
        below = page.ask("Math.ceil(document.querySelector('nav').getBoundingClientRect().top)")
        keep(page, "report", report, 1280, below)
        publish_site(into, as_of=AS_OF)
        site = into / "site"
        keep(page, "site-overview", site / "index.html", 1280, 1000)
        keep(page, "site-overview-phone-dark", site / "index.html", 390, 844, dark=True)
        keep(page, "site-contract", site / "contracts" / "nyc-weather" / "weather" / "index.html", 1280, 1000)
        page.open((site / "runs" / f"{result.run_id}.html").as_uri(), 1280, 1000)
        page.ask(
            "[...document.querySelectorAll('h3')].find(h => h.textContent.includes('tailnum|foreignKey'))"
            ".closest('article').scrollIntoView()"
        )
        save(page, "site-run-findings")
    return 0


def a_year_of_weather(work: Path, into: Path) -> None:
    """Run the weather month by month, with faults in some months and a contract that changes twice."""
    (work / "contracts").mkdir(parents=True)
    (work / "data").symlink_to(ROOT / "data")
    text = (ROOT / "contracts" / "weather.odcs.yaml").read_text(encoding="utf-8")
    with (SAMPLES / "weather.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    dice = random.Random(5)
    month, temp = head.index("month"), head.index("temp")
    for number in range(1, 13):
        version = "1.0.0" if number < 5 else "1.1.0" if number < 9 else "2.0.0"
        contract = work / "contracts" / "weather.odcs.yaml"
        contract.write_text(text.replace("version: 1.0.0", f"version: {version}", 1), encoding="utf-8")
        mine = [list(row) for row in rows if row[month] == str(number)]
        for row in mine:
            if dice.random() < FAULTY_SHARES.get(number, 0.0008):
                row[temp] = dice.choice(("n/a", "999", "--", "1O.4"))
        extract = work / f"weather_2013{number:02}.csv"
        with extract.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *mine])
        as_of = datetime(2013 + number // 12, number % 12 + 1, 2, tzinfo=UTC)
        weighbridge.load_contract(contract).run(extract, into=into, as_of=as_of)


def keep(page: Page, name: str, path: Path, width: int, height: int, *, dark: bool = False) -> None:
    """Open a page and keep a picture of its first screen."""
    page.open(path.as_uri(), width, height, dark=dark)
    save(page, name)


def save(page: Page, name: str) -> None:
    """Keep a picture of what the window shows."""
    picture = PICTURES / f"{name}.png"
    picture.parent.mkdir(exist_ok=True)
    picture.write_bytes(page.picture())
    print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main())
