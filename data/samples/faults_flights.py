"""The faults of the delimited flights extract, one entry a kind."""

from __future__ import annotations

from collections.abc import Callable

from planting import Fault, Make

COLUMNS = [
    "year",
    "month",
    "day",
    "dep_time",
    "sched_dep_time",
    "dep_delay",
    "arr_time",
    "sched_arr_time",
    "arr_delay",
    "carrier",
    "flight",
    "tailnum",
    "origin",
    "dest",
    "air_time",
    "distance",
    "hour",
    "minute",
    "time_hour",
]
AT = {name: i for i, name in enumerate(COLUMNS)}

REJECTED, ACCEPTED = "rejected", "accepted"


def line(fields: list[str], end: str = "\n") -> bytes:
    """Return the fields as a line of the extract."""
    return (",".join(fields) + end).encode()


def flown(fields: list[str]) -> bool:
    """Whether a flight has every value: only such rows carry faults, so that each has one cause."""
    return "NA" not in fields


def setting(**values: str | Callable[[str], str]) -> Make:
    """Return a fault that puts values into columns; a function is given the value that stood there."""

    def make(fields: list[str]) -> list[bytes]:
        for name, value in values.items():
            old = fields[AT[name]]
            fields[AT[name]] = value if isinstance(value, str) else value(old)
        return [line(fields)]

    return make


def swapping(a: str, b: str) -> Make:
    """Return a fault that swaps two columns."""

    def make(fields: list[str]) -> list[bytes]:
        fields[AT[a]], fields[AT[b]] = fields[AT[b]], fields[AT[a]]
        return [line(fields)]

    return make


def in_bytes(name: str, value: bytes) -> Make:
    """Return a fault that puts bytes, which may be no text, into a column."""

    def make(fields: list[str]) -> list[bytes]:
        parts = [field.encode() for field in fields]
        parts[AT[name]] = value
        return [b",".join(parts) + b"\n"]

    return make


def _shift_day(moment: str) -> str:
    return moment[:8] + ("02" if moment[8:10] == "01" else "01") + moment[10:]


FAULTS: tuple[Fault, ...] = (
    # The record cannot be taken apart.
    Fault("short record", "", REJECTED, "the last three fields are missing", lambda f: [line(f[:-3])]),
    Fault("long record", "", REJECTED, "an unquoted delimiter makes 20 fields", lambda f: [line([*f[:9], "", *f[9:]])]),
    Fault("lost line end", "", REJECTED, "two records on one line", lambda f: [line([*f, *f])], times=5),
    Fault(
        "broken record",
        "",
        REJECTED,
        "one record on two lines, without quotes",
        lambda f: [line(f[:11]), line(f[11:])],
        times=5,
        records=2,
    ),
    Fault(
        "other delimiter", "", REJECTED, "semicolons instead of commas", lambda f: [(";".join(f) + "\n").encode()], 4
    ),
    Fault("footer in the data", "", REJECTED, "a total is no flight", lambda f: [b"TOTAL 5027\n"], 2, beside=True),
    Fault(
        "unclosed quote",
        "",
        REJECTED,
        "a quote that opens a field is never closed",
        lambda f: [line([*f[:9], '"' + f[9], *f[10:]])],
        times=3,
    ),
    Fault(
        "text after quote",
        "",
        REJECTED,
        "a quoted field goes on after its closing quote",
        lambda f: [line([*f[:11], '"N1"4228', *f[12:]])],
        times=5,
    ),
    Fault("invalid UTF-8", "", REJECTED, "byte FF is no UTF-8", in_bytes("tailnum", b"N1\xff28"), times=5),
    Fault("cut UTF-8", "", REJECTED, "C3 begins a character that does not end", in_bytes("dest", b"IA\xc3"), times=4),
    Fault("latin-1 in UTF-8", "", REJECTED, "E9 is é in latin-1, not in UTF-8", in_bytes("tailnum", b"N1\xe9AA"), 4),
    # A value cannot be read as its type.
    Fault("text in integer", "dep_delay", REJECTED, "ON TIME is no number", setting(dep_delay="ON TIME")),
    Fault("float in integer", "distance", REJECTED, "the contract says integer", setting(distance=lambda v: v + ".5")),
    Fault("thousands separator", "distance", REJECTED, "no rule reads 1,400", setting(distance='"1,400"')),
    Fault("unit in number", "air_time", REJECTED, "a unit beside the value", setting(air_time=lambda v: v + " min"), 5),
    Fault("letter O for zero", "flight", REJECTED, "1O5 has a letter", setting(flight="1O5"), 5),
    Fault("undeclared null", "arr_delay", REJECTED, "the contract's null is NA, not n/k", setting(arr_delay="n/k")),
    Fault("number too big", "distance", REJECTED, "beyond 64 bits", setting(distance="99999999999999999999"), 3),
    Fault("NUL byte", "", REJECTED, "a NUL inside a number", setting(flight=lambda v: v + "\0"), 4),
    Fault("NUL byte in text", "", REJECTED, "a NUL inside a code", setting(carrier="UA\0"), 3),
    Fault("bad timestamp", "time_hour", REJECTED, "no such day", setting(time_hour="2013-02-30T10:00:00Z"), 5),
    Fault(
        "other timestamp format",
        "time_hour",
        REJECTED,
        "not the declared format",
        setting(time_hour=lambda v: f"{v[5:7]}/{v[8:10]}/{v[:4]} {v[11:16]}"),
        5,
    ),
    Fault(
        "hour 24 in timestamp",
        "time_hour",
        REJECTED,
        "hour 25 is none",
        setting(time_hour=lambda v: v[:11] + "25:00:00Z"),
        3,
    ),
    # A value is not what the contract promises.
    Fault("month out of range", "month", REJECTED, "month 13", setting(month="13")),
    Fault("month zero", "month", REJECTED, "month 0", setting(month="0"), 4),
    Fault("day out of range", "day", REJECTED, "day 32", setting(day="32"), 5),
    Fault("impossible date", "day", REJECTED, "31 June", setting(month="6", day="31"), 5),
    Fault("hour out of range", "dep_time", REJECTED, "2460", setting(dep_time="2460"), 5),
    Fault("minute out of range", "arr_time", REJECTED, "minute 75", setting(arr_time="1275"), 5),
    Fault("missing required", "carrier", REJECTED, "empty", setting(carrier="")),
    Fault("null where required", "dest", REJECTED, "NA", setting(dest="NA"), 5),
    Fault("missing number", "distance", REJECTED, "empty", setting(distance=""), 5),
    Fault("unknown carrier", "carrier", REJECTED, "no carrier has the code ZZ", setting(carrier="ZZ")),
    Fault("lower case", "carrier", REJECTED, "codes are upper case", setting(carrier=str.lower), 4),
    Fault("look-alike letter", "carrier", REJECTED, "Cyrillic А in AA", setting(carrier="АА"), 3),
    Fault("no-break space", "carrier", REJECTED, "U+00A0 after the code", setting(carrier=lambda v: v + "\u00a0"), 3),
    Fault("wrong pattern", "tailnum", REJECTED, "registrations begin with N", setting(tailnum=lambda v: "D" + v[1:])),
    Fault("over-long field", "tailnum", REJECTED, "5,000 letters", setting(tailnum="N1" + "A" * 4998), 3),
    Fault("negative distance", "distance", REJECTED, "below the minimum", setting(distance=lambda v: "-" + v)),
    Fault("out of bounds", "air_time", REJECTED, "1,500 minutes in the air", setting(air_time="1500"), 5),
    # The parts do not fit each other.
    Fault(
        "dest is origin", "dest", REJECTED, "no flight ends where it began", lambda f: setting(dest=f[AT["origin"]])(f)
    ),
    Fault("swapped columns", "origin", REJECTED, "origin and dest swapped", swapping("origin", "dest"), 5),
    Fault(
        "swapped times",
        "dep_delay",
        REJECTED,
        "arrival and departure times swapped",
        swapping("dep_time", "arr_time"),
        5,
    ),
    Fault(
        "delay does not fit",
        "dep_delay",
        REJECTED,
        "departure less schedule gives another delay",
        setting(dep_delay=lambda v: str(int(v) + 7)),
        5,
    ),
    Fault(
        "schedule does not fit",
        "sched_dep_time",
        REJECTED,
        "hour and minute say otherwise",
        setting(minute=lambda v: str((int(v) + 13) % 60)),
        5,
    ),
    Fault("wrong date", "time_hour", REJECTED, "the hour in UTC is of another day", setting(time_hour=_shift_day), 5),
    Fault(
        "duplicate record",
        "",
        REJECTED,
        "the record sent twice: neither can be trusted",
        lambda f: [line(f)],
        6,
        beside=True,
        also_blamed=True,
    ),
    Fault(
        "duplicate key",
        "",
        REJECTED,
        "the same flight with another aircraft",
        setting(tailnum="N999ZZ"),
        4,
        beside=True,
        also_blamed=True,
    ),
    # Odd, but right: these must be accepted.
    Fault("quoted field", "carrier", ACCEPTED, "a quoted value is the value", setting(carrier=lambda v: f'"{v}"'), 5),
    Fault("quoted record", "", ACCEPTED, "every field quoted", lambda f: [line([f'"{v}"' for v in f])], 5),
    Fault("CRLF among LF", "", ACCEPTED, "another line end", lambda f: [line(f, "\r\n")], 6),
    Fault("trailing blanks", "tailnum", ACCEPTED, "padding, trimmed by a rule", setting(tailnum=lambda v: v + "  "), 5),
    Fault("leading zeros", "distance", ACCEPTED, "001400 is 1400", setting(distance=lambda v: v.zfill(6)), 5),
    Fault("blank line", "", ACCEPTED, "no record", lambda f: [b"\n"], 4, records=0, beside=True),
    Fault("header again", "", ACCEPTED, "no record either", lambda f: [line(COLUMNS)], 2, records=0, beside=True),
)
