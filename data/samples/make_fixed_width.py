"""Write January 2013 the way an old host system would: 80-byte records, one a line.

    python data/samples/make_fixed_width.py

Reads `flights.csv.gz` beside it and writes `flights_201301.dat`; the same input always gives
the same bytes. The layout, field by field, is `LAYOUT` below and a table in README.md (a test
holds the two equal). A header record (H) and a trailer record (T) with the count stand around
the data, as such hosts send them.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORD_BYTES = 80
MISSING = "NA"

Row = dict[str, str]


@dataclass(frozen=True)
class Field:
    """One field of the record: first byte from 1, bytes, COBOL picture, and how it is written."""

    name: str
    start: int
    length: int
    picture: str
    note: str
    write: Callable[[Row], str]


def hhmm(column: str) -> Callable[[Row], str]:
    """Write HHMM without leading zeros, right-justified in blanks; 9999 means none."""
    return lambda row: ("9999" if row[column] == MISSING else row[column]).rjust(4)


def overpunched(column: str, digits: int) -> Callable[[Row], str]:
    """Write zoned digits whose last carries the sign ({ABCDEFGHI plus, }JKLMNOPQR minus); blanks mean none."""

    def write(row: Row) -> str:
        if row[column] == MISSING:
            return " " * digits
        value = int(row[column])
        text = f"{abs(value):0{digits}d}"
        return text[:-1] + ("{ABCDEFGHI" if value >= 0 else "}JKLMNOPQR")[int(text[-1])]

    return write


def trailing_sign(column: str, digits: int) -> Callable[[Row], str]:
    """Write digits and then their sign, `0018-`; asterisks mean none."""

    def write(row: Row) -> str:
        if row[column] == MISSING:
            return "*" * (digits + 1)
        value = int(row[column])
        return f"{abs(value):0{digits}d}{'-' if value < 0 else '+'}"

    return write


def packed_date(row: Row) -> str:
    """Write the date as YYYYMMDD."""
    return f"{int(row['year']):04d}{int(row['month']):02d}{int(row['day']):02d}"


def julian_date(row: Row) -> str:
    """Write the date as YYDDD, the year without its century and the day of the year."""
    return date(int(row["year"]), int(row["month"]), int(row["day"])).strftime("%y%j")


LAYOUT: tuple[Field, ...] = (
    Field("record_type", 1, 1, "X", "`F`: a flight", lambda row: "F"),
    Field("flight_date", 2, 8, "9(8)", "packed date, YYYYMMDD", packed_date),
    Field("sched_julian", 10, 5, "9(5)", "the same day as YYDDD: no century", julian_date),
    Field("carrier", 15, 2, "XX", "", lambda row: row["carrier"].ljust(2)),
    Field("flight", 17, 4, "9(4)", "leading zeros", lambda row: row["flight"].zfill(4)),
    Field(
        "tailnum",
        21,
        6,
        "X(6)",
        "left-justified, padded with blanks; all asterisks: none",
        lambda row: "*" * 6 if row["tailnum"] == MISSING else row["tailnum"].ljust(6),
    ),
    Field("origin", 27, 3, "XXX", "", lambda row: row["origin"]),
    Field("dest", 30, 3, "XXX", "", lambda row: row["dest"]),
    Field("sched_dep_time", 33, 4, "ZZZ9", "HHMM without leading zeros", hhmm("sched_dep_time")),
    Field("dep_time", 37, 4, "ZZZ9", "HHMM; 2400 is midnight; 9999: none", hhmm("dep_time")),
    Field(
        "dep_delay",
        41,
        5,
        "S9(5)",
        "minutes, zoned, sign overpunched on the last digit; blanks: none",
        overpunched("dep_delay", 5),
    ),
    Field("sched_arr_time", 46, 4, "ZZZ9", "HHMM without leading zeros", hhmm("sched_arr_time")),
    Field("arr_time", 50, 4, "ZZZ9", "HHMM; 2400 is midnight; 9999: none", hhmm("arr_time")),
    Field(
        "arr_delay",
        54,
        5,
        "S9(4) SIGN TRAILING SEPARATE",
        "minutes, sign after the digits; all asterisks: none",
        trailing_sign("arr_delay", 4),
    ),
    Field(
        "air_time",
        59,
        4,
        "9(4)",
        "minutes; 9999: none",
        lambda row: "9999" if row["air_time"] == MISSING else row["air_time"].zfill(4),
    ),
    Field(
        "distance",
        63,
        6,
        "9(5)V9",
        "miles, one implied decimal: `014000` is 1,400.0",
        lambda row: row["distance"].zfill(5) + "0",
    ),
    Field(
        "time_hour",
        69,
        10,
        "9(10)",
        "scheduled hour in UTC, YYYYMMDDHH",
        lambda row: row["time_hour"][:13].replace("-", "").replace("T", ""),
    ),
)


def record(row: Row) -> str:
    """Return the 80 characters of one flight."""
    text = ""
    for field in LAYOUT:
        value = field.write(row)
        if len(value) != field.length or len(text) != field.start - 1:
            raise ValueError(f"{field.name}: {value!r} does not fit at {field.start} in {field.length}")
        text += value
    return text.ljust(RECORD_BYTES)


def flights(month: str | None = None) -> Iterator[Row]:
    """Give the flights of a month of `flights.csv.gz`, or all of them, in their order."""
    with gzip.open(HERE / "flights.csv.gz", "rb") as compressed:
        for row in csv.DictReader(io.TextIOWrapper(compressed, "ascii", newline="")):
            if month is None or row["month"] == month:
                yield row


def header(period: str) -> str:
    """Return the header record."""
    return f"HNYCFLT  {period}".ljust(RECORD_BYTES)


def trailer(records: int) -> str:
    """Return the trailer record, which carries the number of flights."""
    return f"T{records:09d}".ljust(RECORD_BYTES)


def main(into: Path = HERE) -> None:
    """Write `flights_201301.dat` into `into`."""
    records = [record(row) for row in flights("1")]
    lines = [header("201301"), *records, trailer(len(records))]
    (into / "flights_201301.dat").write_bytes("".join(line + "\n" for line in lines).encode("ascii"))


if __name__ == "__main__":
    main()
