"""The faults of the delimited airports extract: free text, decimals and codes."""

from __future__ import annotations

from collections.abc import Callable

from planting import Fault, Make

COLUMNS = ["faa", "name", "lat", "lon", "alt", "tz", "dst", "tzone"]
AT = {name: i for i, name in enumerate(COLUMNS)}

REJECTED, ACCEPTED = "rejected", "accepted"


def line(fields: list[str], encoding: str = "utf-8") -> bytes:
    """Return the fields as a line of the extract."""
    return (",".join(fields) + "\n").encode(encoding)


def setting(encoding: str = "utf-8", **values: str | Callable[[str], str]) -> Make:
    """Return a fault that puts values into columns; a function is given the value that stood there."""

    def make(fields: list[str]) -> list[bytes]:
        for name, value in values.items():
            old = fields[AT[name]]
            fields[AT[name]] = value if isinstance(value, str) else value(old)
        return [line(fields, encoding)]

    return make


FAULTS: tuple[Fault, ...] = (
    Fault("latin-1 in UTF-8", "", REJECTED, "é as one byte", setting("latin-1", name="Montréal"), 3),
    Fault("unquoted delimiter", "", REJECTED, "a comma in the name", setting(name="Springfield, Municipal"), 3),
    Fault("missing required", "name", REJECTED, "empty", setting(name=""), 3),
    Fault("out of range", "lat", REJECTED, "beyond the pole", setting(lat="91.5"), 3),
    Fault("out of range", "lon", REJECTED, "beyond the date line", setting(lon="-181.25"), 3),
    Fault("other notation", "lat", REJECTED, "degrees and minutes", setting(lat="41°07'N"), 2),
    Fault("decimal comma", "lat", REJECTED, "the contract reads decimal points", setting(lat='"41,1304722"'), 3),
    Fault("not a number", "lat", REJECTED, "NaN is no latitude", setting(lat="NaN"), 2),
    Fault("infinite", "lon", REJECTED, "inf is no longitude", setting(lon="-inf"), 2),
    Fault("undeclared null", "alt", REJECTED, r"the contract's null is NA, not \N", setting(alt=r"\N"), 3),
    Fault("out of bounds", "alt", REJECTED, "higher than any mountain", setting(alt="39000"), 2),
    Fault("unknown code", "dst", REJECTED, "X is not in the enum", setting(dst="X"), 3),
    Fault("lower case", "faa", REJECTED, "codes are upper case", setting(faa="jfk1"), 3),
    Fault(
        "duplicate key",
        "faa",
        REJECTED,
        "two airports of one code",
        setting(name="Another Field"),
        3,
        beside=True,
        also_blamed=True,
    ),
    Fault(
        "quoted delimiter", "name", ACCEPTED, "a comma inside quotes", setting(name=lambda v: f'"{v}, Terminal 1"'), 4
    ),
    Fault("embedded newline", "name", ACCEPTED, "a line end inside quotes", setting(name=lambda v: f'"{v}\nEast"'), 4),
    Fault("embedded CRLF", "name", ACCEPTED, "a CRLF inside quotes", setting(name=lambda v: f'"{v}\r\nWest"'), 2),
    Fault("doubled quotes", "name", ACCEPTED, "a quote inside quotes", setting(name=lambda v: f'"""{v}"""'), 4),
    Fault("other script", "name", ACCEPTED, "UTF-8 of more than one byte", setting(name="Аэропорт 空港 ✈"), 3),
    Fault("plus sign", "alt", ACCEPTED, "+12 is 12", setting(alt="+12"), 2),
)
