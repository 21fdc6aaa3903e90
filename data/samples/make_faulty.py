"""Plant known faults among real records, and write down what was planted where.

    python data/samples/make_faulty.py

Writes `faulty/flights_faulty.csv`, `faulty/airports_faulty.csv`, `faulty/flights_faulty.dat` and
`faulty/flights_faulty.ebc`, each with a truth list beside it, `*.truth.csv`: record, property, kind,
verdict, why. Record numbers are those of Weighbridge: from 1, the header and blank
lines not counted, unframeable records counted. A record that is not in the truth list is as it was at the source.

The same input always gives the same bytes: which record carries which fault is drawn by
SHA-256 of its place, not by a random generator that a Python version could change.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import faults_airports  # noqa: E402
import faults_ebcdic  # noqa: E402
import faults_fixed_width  # noqa: E402
import faults_flights  # noqa: E402
import make_ebcdic  # noqa: E402
import make_fixed_width  # noqa: E402
from planting import plant, write_truth  # noqa: E402

EVERY = 67


def flights(into: Path) -> None:
    """Write the faulty delimited flights: every 67th of the year, about 5,000, with the faults among them."""
    rows = [list(row.values()) for i, row in enumerate(make_fixed_width.flights()) if i % EVERY == 0]
    content, truth = plant(rows, faults_flights.line, faults_flights.FAULTS, faults_flights.flown, "flights")
    (into / "flights_faulty.csv").write_bytes(faults_flights.line(list(faults_flights.COLUMNS)) + content)
    write_truth(into / "flights_faulty.csv.truth.csv", truth)


def airports(into: Path) -> None:
    """Write the faulty airports: all of them, with the faults among them."""
    with (HERE / "airports.csv").open(encoding="ascii", newline="") as source:
        header, *rows = csv.reader(source)
    content, truth = plant(
        rows, faults_airports.line, faults_airports.FAULTS, lambda row: "NA" not in row and row[4] != "0", "airports"
    )
    (into / "airports_faulty.csv").write_bytes(faults_airports.line(header) + content)
    write_truth(into / "airports_faulty.csv.truth.csv", truth)


def fixed_width(into: Path) -> None:
    """Write the faulty fixed-width flights: 1 to 3 January, with the faults among them."""
    days = [row for row in make_fixed_width.flights("1") if int(row["day"]) <= 3]
    rows = [faults_fixed_width.split(make_fixed_width.record(row)) for row in days]
    content, truth = plant(
        rows, faults_fixed_width.line, faults_fixed_width.FAULTS, faults_fixed_width.flown, "fixed width"
    )
    head, tail = make_fixed_width.header("201301"), make_fixed_width.trailer(content.count(b"\n"))
    (into / "flights_faulty.dat").write_bytes(f"{head}\n".encode() + content + f"{tail}\n".encode())
    write_truth(into / "flights_faulty.dat.truth.csv", truth)


def ebcdic(into: Path) -> None:
    """Write the faulty mainframe flights: 1 to 3 January; records are counted among the flights."""
    days = [row for row in make_fixed_width.flights("1") if int(row["day"]) <= 3]
    rows = faults_ebcdic.rows(days)
    content, truth = plant(rows, faults_ebcdic.line, faults_ebcdic.FAULTS, faults_ebcdic.flown, "ebcdic")
    (into / "flights_faulty.ebc").write_bytes(make_ebcdic.blocks(make_ebcdic.records_in(content)))
    write_truth(into / "flights_faulty.ebc.truth.csv", truth)


def main(into: Path = HERE / "faulty") -> None:
    """Write the four faulty extracts and their truth lists into `into`."""
    into.mkdir(parents=True, exist_ok=True)
    flights(into)
    airports(into)
    fixed_width(into)
    ebcdic(into)


if __name__ == "__main__":
    main()
