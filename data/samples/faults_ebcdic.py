"""The faults of the mainframe's extract. A record is the hexadecimal of its fields.

Before them stands what comes before the record: nothing, or the record of its hour.
"""

from __future__ import annotations

from collections.abc import Iterable

from make_ebcdic import flight, hours, record
from make_fixed_width import Row
from planting import Fault, Make

NAMES = (
    "before",
    "segment_id",
    "flight_date",
    "carrier",
    "flight",
    "tailnum",
    "dest",
    "sched_dep_time",
    "dep_time",
    "dep_delay",
    "sched_arr_time",
    "arr_time",
    "arr_delay",
    "air_time",
    "distance",
)
AT = {name: i for i, name in enumerate(NAMES)}

REJECTED, UNCERTAIN, ACCEPTED = "rejected", "uncertain", "accepted"


def rows(flights: Iterable[Row]) -> list[list[str]]:
    """Return the flights as records; the first of an hour has the hour's record before it."""
    out = []
    for head, departures in hours(flights):
        for number, row in enumerate(departures):
            out.append([b"" if number else record(head), *flight(row)])
    return [[field.hex() for field in fields] for fields in out]


def line(fields: list[str]) -> bytes:
    """Return the record behind its descriptor, and what comes before it."""
    return bytes.fromhex(fields[0]) + record(bytes.fromhex(field) for field in fields[1:])


def flown(fields: list[str]) -> bool:
    """Whether a flight has every value: only such records carry faults."""
    return fields[AT["air_time"]] != "ffff" and fields[AT["tailnum"]] != "40" * 6 and fields[AT["dep_time"]] != "000000"


def setting(**values: str) -> Make:
    """Return a fault that puts bytes into fields; ``*`` keeps the digit that is there."""

    def make(fields: list[str]) -> list[bytes]:
        for name, new in values.items():
            old = fields[AT[name]]
            if len(new) != len(old):
                raise ValueError(f"{name}: {new} is not as long as {old}")
            fields[AT[name]] = "".join(o if n == "*" else n for o, n in zip(old, new, strict=True))
        return [line(fields)]

    return make


def cut(fields: list[str]) -> list[bytes]:
    """Return the record without its last six bytes, its descriptor as if that were right."""
    return [bytes.fromhex(fields[0]) + record([bytes.fromhex("".join(fields[1:]))[:-6]])]


FAULTS: tuple[Fault, ...] = (
    # A value cannot be read.
    Fault("sign nibble A", "dep_time", REJECTED, "A is no sign here", setting(dep_time="*****a"), 5),
    Fault("sign nibble 0", "distance", REJECTED, "0 is no sign", setting(distance="*******0"), 4),
    Fault("nibble above 9", "sched_dep_time", REJECTED, "B is no digit", setting(sched_dep_time="0*b**f"), 5),
    Fault("no zone of a sign", "dep_delay", REJECTED, "zone E carries no sign", setting(dep_delay="******e*"), 5),
    Fault("letter among zoned digits", "dep_delay", REJECTED, "an A", setting(dep_delay="f0c1f0**"), 4),
    Fault("bad separate sign", "arr_delay", REJECTED, "the sign is ?", setting(arr_delay="********6f"), 5),
    Fault("impossible day of the year", "flight_date", REJECTED, "day 367", setting(flight_date="0113367f"), 5),
    Fault("zeros for a date", "flight_date", REJECTED, "no date at all", setting(flight_date="0000000f"), 4),
    Fault("LOW-VALUES where required", "flight_date", REJECTED, "nothing", setting(flight_date="00000000"), 4),
    Fault("blanks in a packed field", "arr_time", REJECTED, "X'404040'", setting(arr_time="404040"), 4),
    Fault("record cut short", "distance", REJECTED, "six bytes are missing", cut, 4),
    Fault("text sent as ASCII", "dest", REJECTED, "ORD in ASCII", setting(dest="4f5244"), 4),
    Fault("NUL inside text", "tailnum", REJECTED, "X'00' is no character", setting(tailnum="****00******"), 3),
    # A value can be read in two ways.
    Fault("minus on an unsigned field", "distance", UNCERTAIN, "sign D", setting(distance="*******d"), 5),
    Fault("blanks after the digits", "dep_delay", UNCERTAIN, "12 or 1200", setting(dep_delay="f1f24040"), 4),
    Fault("more than four digits", "flight", UNCERTAIN, "32767 in 9(4)", setting(flight="7fff"), 4),
    # The value is not what the contract promises.
    Fault("unknown carrier", "carrier", REJECTED, "no such carrier", setting(carrier="e9e9"), 4),
    Fault("minute out of range", "sched_arr_time", REJECTED, "2999", setting(sched_arr_time="02999f"), 4),
    Fault("no such time in the air", "air_time", REJECTED, "4096 minutes", setting(air_time="1000"), 4),
    Fault(
        "duplicate record", "", REJECTED, "the record sent twice",
        lambda fields: [line(["", *fields[1:]])], 4, beside=True, also_blamed=True,
    ),
    # Odd, but right.
    Fault("sign C on an unsigned field", "", ACCEPTED, "C is plus", setting(sched_arr_time="*****c"), 5),
    Fault("filler behind the layout", "", ACCEPTED, "a longer record", lambda f: [line([*f, "4040"])], 4),
)  # fmt: skip
