"""The text must have the format it names.

    - name: contact
      logicalType: string
      logicalTypeOptions: {format: email}

    email       one address as browsers accept it: no comments, no quotes, ASCII
    uri         absolute, RFC 3986          uuid       8-4-4-4-12 hexadecimal digits
    ipv4, ipv6  without a mask or zone      hostname   labels of at most 63 characters, 253 in all
    date, time, date-time                   RFC 3339; the calendar is checked, leap seconds are not admitted
    byte        base64 with padding

`password` and `binary` say how to treat a value, not what it looks like: nothing is checked.
Any other format is listed as not executed.

Null: passes.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import on_values, prop
from weighbridge.checks.check import Bench, Check, Product, Target
from weighbridge.contract.model import NotExecuted

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_H16 = r"[0-9A-Fa-f]{1,4}"
_LS32 = rf"(?:{_H16}:{_H16}|{_IPV4})"
_IPV6 = "|".join(
    [
        rf"(?:{_H16}:){{6}}{_LS32}",
        rf"::(?:{_H16}:){{5}}{_LS32}",
        rf"(?:{_H16})?::(?:{_H16}:){{4}}{_LS32}",
        rf"(?:(?:{_H16}:){{0,1}}{_H16})?::(?:{_H16}:){{3}}{_LS32}",
        rf"(?:(?:{_H16}:){{0,2}}{_H16})?::(?:{_H16}:){{2}}{_LS32}",
        rf"(?:(?:{_H16}:){{0,3}}{_H16})?::{_H16}:{_LS32}",
        rf"(?:(?:{_H16}:){{0,4}}{_H16})?::{_LS32}",
        rf"(?:(?:{_H16}:){{0,5}}{_H16})?::{_H16}",
        rf"(?:(?:{_H16}:){{0,6}}{_H16})?::",
    ]
)
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_OFFSET = r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_REGEX = {
    "email": rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+",
    "uuid": r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "ipv4": _IPV4,
    "ipv6": _IPV6,
    "hostname": rf"{_LABEL}(?:\.{_LABEL})*\.?",
    "date": _DATE,
    "time": _CLOCK + _OFFSET,
    "date-time": rf"{_DATE}[Tt ]{_CLOCK}{_OFFSET}",
    "byte": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
}
_SAYS_NOTHING = ("password", "binary")


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    name = str(target.options["format"])
    if name not in _REGEX:
        why = "it says how to treat the text, not what it looks like" if name in _SAYS_NOTHING else "unknown format"
        yield NotExecuted(f"{target.path}: format {name}", why, target.declared.line)
        return
    yield target.probe("format", ~has_format(target.value, name), code="CHK-007", expected=f"a text of format {name}")


def has_format(text: pl.Expr, name: str) -> pl.Expr:
    """Return whether `text` has the format called `name`; null where it is null."""
    matches = text.str.contains(f"^(?:{_REGEX[name]})$")
    if name in ("date", "date-time"):
        day = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        return matches & (day.is_not_null() | text.is_null())
    if name == "hostname":
        return matches & (text.str.strip_suffix(".").str.len_bytes() <= 253)
    return matches


CHECK = Check(
    name="textFormat",
    part=Target,
    claims=lambda target: "format" in target.options and target.dtype == pl.String,
    make=_make,
    cases=lambda: (
        on_values("email", prop("a", options={"format": "email"}), ["a@b.de", "a@b@c", "@b", None], {"format": (1, 2)}),
        on_values(
            "a date is a real one",
            prop("a", options={"format": "date"}),
            ["2012-02-29", "2013-02-29"],
            {"format": (1,)},
        ),
        on_values(
            "ipv6", prop("a", options={"format": "ipv6"}), ["::1", "1::2::3", "fe80::1%eth0"], {"format": (1, 2)}
        ),
        on_values("an unknown format is not executed", prop("a", options={"format": "iban"}), ["x"], {}),
    ),
    options=("format",),
)
