"""Write January 2013 the way a mainframe would unload it: RECFM=VB, EBCDIC, two kinds of records.

    python data/samples/make_ebcdic.py

Reads `flights.csv.gz` and `weather.csv` beside it and writes `flights_201301.ebc`; the same input always gives the
same bytes. The layout is the copybook `contracts/nycflt.cpy`. For each airport and hour stands a record `H` with the
weather that was measured in it, if any was, and under it a record `F` for each flight that was to depart in it. What
a flight has of its hour, airport and instant, stands in the hour's record alone.

The bytes are made here by hand, by none of the code that will read them.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from make_fixed_width import MISSING, Row, flights

HERE = Path(__file__).resolve().parent
BLOCK_BYTES = 27_998


def text(value: str, length: int) -> bytes:
    """Return text padded with blanks; nothing is blanks."""
    return ("" if value == MISSING else value).ljust(length).encode("cp037")


def packed(value: str, digits: int, decimals: int = 0, signed: bool = False) -> bytes:
    """Return a COMP-3 number; nothing is LOW-VALUES."""
    size = digits // 2 + 1
    if value == MISSING:
        return bytes(size)
    whole, _, fraction = value.lstrip("-").partition(".")
    number = whole + fraction.ljust(decimals, "0")
    if len(fraction) > decimals or len(number) > digits:
        raise ValueError(f"{value} has no room in {digits} digits, {decimals} of them decimals")
    sign = "D" if value.startswith("-") else "C" if signed else "F"
    return bytes.fromhex((number + sign).rjust(2 * size, "0"))


def zoned(value: str, digits: int) -> bytes:
    """Return a signed zoned number, the sign in the zone of its last digit; nothing is blanks."""
    if value == MISSING:
        return b"\x40" * digits
    out = bytearray(0xF0 + int(d) for d in value.lstrip("-").rjust(digits, "0"))
    out[-1] = (0xD0 if value.startswith("-") else 0xC0) + (out[-1] & 0xF)
    return bytes(out)


def separate(value: str, digits: int) -> bytes:
    """Return a number with its sign behind it; nothing is blanks."""
    if value == MISSING:
        return b"\x40" * (digits + 1)
    return value.lstrip("-").rjust(digits, "0").encode("cp037") + (b"\x60" if value.startswith("-") else b"\x4e")


def binary(value: str) -> bytes:
    """Return a halfword; nothing is -1."""
    return (-1 if value == MISSING else int(value)).to_bytes(2, "big", signed=True)


def hexadecimal(value: str) -> bytes:
    """Return a COMP-2 number, IBM hexadecimal: all digits of the double are kept; nothing is -1."""
    number = -1.0 if value == MISSING else float(value)
    if number == 0:
        return bytes(8)
    fraction, power = math.frexp(abs(number))
    exponent = -(-power // 4)
    scaled = int(math.ldexp(fraction, power - 4 * exponent + 56))
    return ((128 if number < 0 else 0) + exponent + 64).to_bytes(1, "big") + scaled.to_bytes(7, "big")


def instant(row: Row) -> str:
    """Return the hour in UTC as YYYYMMDDHH."""
    return row["time_hour"][:13].replace("-", "").replace("T", "")


def hour(origin: str, at: str, weather: Row | None) -> list[bytes]:
    """Return the fields of an hour's record."""
    seen = weather or {}

    def of(name: str) -> str:
        return seen.get(name, MISSING)

    return [
        text("H", 1),
        text(origin, 3),
        at.encode("cp037"),
        packed(of("temp"), 5, 2, signed=True),
        packed(of("dewp"), 5, 2, signed=True),
        packed(of("humid"), 5, 2),
        packed(of("wind_dir"), 3),
        hexadecimal(of("wind_speed")),
        hexadecimal(of("wind_gust")),
        packed(of("precip"), 3, 2),
        packed(of("pressure"), 5, 1),
        packed(of("visib"), 4, 2),
    ]


def flight(row: Row) -> list[bytes]:
    """Return the fields of a flight's record."""
    day = date(int(row["year"]), int(row["month"]), int(row["day"]))
    return [
        text("F", 1),
        packed(f"{day.year // 100 - 19}{day:%y%j}", 7),
        text(row["carrier"], 2),
        binary(row["flight"]),
        text(row["tailnum"], 6),
        text(row["dest"], 3),
        packed(row["sched_dep_time"], 4),
        packed(row["dep_time"], 4),
        zoned(row["dep_delay"], 4),
        packed(row["sched_arr_time"], 4),
        packed(row["arr_time"], 4),
        separate(row["arr_delay"], 4),
        binary(row["air_time"]),
        packed(row["distance"], 6, 1),
    ]


def record(fields: Iterable[bytes]) -> bytes:
    """Return a record behind its descriptor word, whose length counts itself."""
    payload = b"".join(fields)
    return (len(payload) + 4).to_bytes(2, "big") + b"\0\0" + payload


def blocks(records: Iterable[bytes]) -> bytes:
    """Return the records in blocks of at most `BLOCK_BYTES`, each behind its descriptor word."""
    out: list[bytes] = []
    current: list[bytes] = []
    size = 4
    for one in [*records, b""]:
        if current and (not one or size + len(one) > BLOCK_BYTES):
            out += [size.to_bytes(2, "big"), b"\0\0", *current]
            current, size = [], 4
        current.append(one)
        size += len(one)
    return b"".join(out)


def records_in(content: bytes) -> Iterator[bytes]:
    """Give the records that stand behind each other, each with its descriptor word."""
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 2], "big")
        yield content[at : at + length]
        at += length


def unblocked(content: bytes) -> Iterator[bytes]:
    """Give the records of blocks, each with its descriptor word."""
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 2], "big")
        yield from records_in(content[at + 4 : at + length])
        at += length


def hours(rows: Iterable[Row]) -> Iterator[tuple[list[bytes], list[Row]]]:
    """Give each airport's hours in order, the fields of their records, and the flights in them."""
    with (HERE / "weather.csv").open(encoding="ascii", newline="") as source:
        weather = {(row["origin"], instant(row)): row for row in csv.DictReader(source)}
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row["origin"], instant(row)), []).append(row)
    for key in sorted(grouped):
        yield hour(*key, weather.get(key)), grouped[key]


def main(into: Path = HERE) -> None:
    """Write `flights_201301.ebc` into `into`."""
    records = (
        record(fields)
        for head, departures in hours(flights("1"))
        for fields in (head, *(flight(row) for row in departures))
    )
    (into / "flights_201301.ebc").write_bytes(blocks(records))


if __name__ == "__main__":
    main()
