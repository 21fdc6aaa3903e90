"""The faults of the fixed-width extract. A record is the list of its fields' texts, filler last."""

from __future__ import annotations

from collections.abc import Callable

from make_fixed_width import LAYOUT
from planting import Fault, Make

AT = {field.name: i for i, field in enumerate(LAYOUT)}

REJECTED, ACCEPTED = "rejected", "accepted"


def line(fields: list[str]) -> bytes:
    """Return the fields as a line of the extract; latin-1, so that any byte can be planted."""
    return ("".join(fields) + "\n").encode("latin-1")


def split(record: str) -> list[str]:
    """Return the fields of a record and its filler."""
    return [*(record[f.start - 1 : f.start - 1 + f.length] for f in LAYOUT), record[LAYOUT[-1].start + 9 :]]


def flown(fields: list[str]) -> bool:
    """Whether a flight has every value: only such records carry faults."""
    text = "".join(fields)
    return "9999" not in text and "*" not in text


def setting(**values: str | Callable[[str], str]) -> Make:
    """Return a fault that puts texts into fields; each must have its field's length."""

    def make(fields: list[str]) -> list[bytes]:
        for name, value in values.items():
            old = fields[AT[name]]
            new = value if isinstance(value, str) else value(old)
            if len(new) != len(old):
                raise ValueError(f"{name}: {new!r} is not {len(old)} long")
            fields[AT[name]] = new
        return [line(fields)]

    return make


FAULTS: tuple[Fault, ...] = (
    # The record is not as long as its layout.
    Fault("short record", "", REJECTED, "cut after 57 bytes", lambda f: ["".join(f)[:57].encode() + b"\n"], 6),
    Fault("long record", "", REJECTED, "83 bytes", lambda f: [line([*f, "XYZ"])], 6),
    Fault(
        "shifted record",
        "",
        REJECTED,
        "one byte too many before the carrier",
        lambda f: [line([*f[:3], " ", *f[3:]])],
        4,
    ),
    Fault("lost line end", "", REJECTED, "two records on one line", lambda f: [line([*f, *f])], 3),
    # A value cannot be read.
    Fault("letters in digits", "flight", REJECTED, "15A5", setting(flight="15A5"), 6),
    Fault("inner blank", "air_time", REJECTED, "0 27", setting(air_time="0 27"), 5),
    Fault("impossible date", "flight_date", REJECTED, "31 February", setting(flight_date="20130231"), 6),
    Fault("zero date", "flight_date", REJECTED, "no date at all, but required", setting(flight_date="00000000"), 4),
    Fault("impossible Julian date", "sched_julian", REJECTED, "day 367", setting(sched_julian="13367"), 5),
    Fault("bad overpunch", "dep_delay", REJECTED, "Z carries no sign", setting(dep_delay="0000Z"), 6),
    Fault("bad trailing sign", "arr_delay", REJECTED, "the sign is ?", setting(arr_delay="0011?"), 5),
    Fault("decimal point in implied decimals", "distance", REJECTED, "140.00", setting(distance="140.00"), 4),
    Fault("hour 24", "time_hour", REJECTED, "hour 25 is none", setting(time_hour=lambda v: v[:8] + "25"), 4),
    # Sentinels where they do not belong.
    Fault(
        "sentinel of another field",
        "dep_delay",
        REJECTED,
        "asterisks are not this field's sentinel",
        setting(dep_delay="*****"),
        5,
    ),
    Fault("sentinel where required", "sched_dep_time", REJECTED, "9999 is no time", setting(sched_dep_time="9999"), 5),
    Fault("half a sentinel", "tailnum", REJECTED, "N** is neither a number nor none", setting(tailnum="N***  "), 5),
    Fault("blank where required", "carrier", REJECTED, "blanks", setting(carrier="  "), 6),
    Fault(
        "sentinel on one of two", "dep_delay", REJECTED, "no departure time, but a delay", setting(dep_time="9999"), 5
    ),
    # The value is not what the contract promises.
    Fault("minute out of range", "arr_time", REJECTED, "1275", setting(arr_time="1275"), 5),
    Fault("unknown carrier", "carrier", REJECTED, "no such carrier", setting(carrier="ZZ"), 5),
    Fault("unknown record type", "record_type", REJECTED, "X", setting(record_type="X"), 4),
    Fault(
        "dates do not fit",
        "sched_julian",
        REJECTED,
        "the Julian date is another day",
        setting(sched_julian=lambda v: "13030" if v != "13030" else "13029"),
        5,
    ),
    Fault(
        "dest is origin",
        "dest",
        REJECTED,
        "no flight ends where it began",
        lambda f: setting(dest=f[AT["origin"]])(f),
        5,
    ),
    Fault("distance zero", "distance", REJECTED, "below the minimum", setting(distance="000000"), 4),
    Fault("accented letter", "tailnum", REJECTED, "E9: é in latin-1", setting(tailnum="N1\xe9AA "), 3),
    Fault(
        "duplicate record", "", REJECTED, "the record sent twice", lambda f: [line(f)], 4, beside=True, also_blamed=True
    ),
    # Odd, but right.
    Fault(
        "blanks for leading zeros",
        "air_time",
        ACCEPTED,
        "another way to pad",
        setting(air_time=lambda v: v.lstrip("0").rjust(4)),
        5,
    ),
    Fault("filler not blank", "", ACCEPTED, "nobody reads the filler", lambda f: [line([*f[:-1], "@@"])], 4),
)
