"""The newest record must be young enough: `freshness` and `latency` of slaProperties.

    slaProperties:
      - {property: freshness, value: 1, unit: d, element: flights.time_hour}

Compared is the greatest value of the element with the time of the run. A date counts as its
last instant, a timestamp without a zone as UTC. Units: y, mo, w, d, h, m (minutes), s, ms, and
their names; the value may carry its unit (`500ms`) or be an ISO 8601 duration (`P1DT12H`).
Years and months are counted on the calendar. The entry's severity is that of our `severity`
custom property, else error.

An entry without an element, or with one that is no date or timestamp, is listed as not executed;
an entry for another object of the contract is that object's.

Of a classified element only the age is shown, never the value.

Null: is passed over; an extract without any value is as old as can be and fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.words import number
from weighbridge.contract.model import NotExecuted, SlaProperty
from weighbridge.findings import Finding, Place, Severity
from weighbridge.probe import Answer, ScalarProbe

_NAMES = ("freshness", "latency", "ly", "fy")
_UNITS: dict[str, tuple[str, ...]] = {
    "year": ("y", "yr", "yrs", "year", "years"),
    "month": ("mo", "mon", "month", "months"),
    "week": ("w", "wk", "week", "weeks"),
    "day": ("d", "day", "days"),
    "hour": ("h", "hr", "hrs", "hour", "hours"),
    "minute": ("m", "min", "mins", "minute", "minutes"),
    "second": ("s", "sec", "secs", "second", "seconds"),
    "millisecond": ("ms", "millisecond", "milliseconds"),
}
_ISO = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.IGNORECASE
)
_VALUE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*")
_SECONDS = {"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1, "millisecond": 0.001}


def _make(entry: SlaProperty, bench: Bench) -> Iterable[Product]:
    schema = bench.schema
    what = f"slaProperties: {entry.name}"
    owner, _, name = (entry.element or "").strip().rpartition(".")
    if owner and owner not in (schema.name, schema.physical_name):
        return
    if not name:
        yield NotExecuted(what, "it names no element to look at", entry.line)
        return
    if name not in bench.dtypes:
        if owner:
            yield Finding("CHK-037", Place(line=entry.line, path=("slaProperties", entry.name)), str(entry.element))
        yield NotExecuted(what, f"{schema.name} has no property {name}", entry.line)
        return
    dtype = bench.dtypes[name]
    if not isinstance(dtype, pl.Date | pl.Datetime):
        yield NotExecuted(what, f"{name} is neither a date nor a timestamp", entry.line)
        return
    try:
        amounts = duration(entry.value, entry.unit)
    except ValueError as error:
        yield Finding("CHK-036", Place(line=entry.line, path=("slaProperties", entry.name)), str(error))
        yield NotExecuted(what, str(error), entry.line)
        return
    as_of = bench.context.as_of
    hidden = name in bench.classified

    def read(value: datetime | date | None) -> Answer:
        if value is None:
            return Answer(False, None, f"no record has a {name}")
        newest = instant(value)
        age = _age(as_of - newest)
        said = f"the newest {name} is {age}" if hidden else f"the newest {name} is {value}, {age}"
        return Answer(newest >= before(as_of, amounts), None if hidden else newest.isoformat(), said)

    yield ScalarProbe(
        name=f"{name}|{entry.name}",
        value=pl.col(name).max(),
        read=read,
        code="CHK-026",
        severity=severity_of(entry),
        properties=(name,),
        expected=f"a {name} no older than {_words(amounts)} at {as_of:%Y-%m-%d %H:%M} UTC",
        line=entry.line,
    )


def duration(value: Any, unit: str | None) -> dict[str, float]:
    """Return amounts by unit name.

    Raises:
        ValueError: it is no duration.
    """
    text = str(value).strip()
    if text[:1] in "Pp" and (iso := _ISO.fullmatch(text)) and any(iso.groups()):
        return {u: float(n) for u, n in zip(_UNITS, iso.groups(), strict=False) if n}
    match = _VALUE.fullmatch(text)
    if match is None:
        raise ValueError(f"{value!r} is no length of time")
    said = (match[2] or (unit or "")).strip().lower()
    for name, spellings in _UNITS.items():
        if said in spellings:
            return {name: float(match[1])}
    raise ValueError(
        f"{said!r} is no unit of time; use y, mo, w, d, h, m, s or ms" if said else f"{value!r} has no unit"
    )


def before(moment: datetime, amounts: dict[str, float]) -> datetime:
    """Return the moment so much earlier; years and months on the calendar, at most to its last day."""
    months = round(amounts.get("year", 0) * 12 + amounts.get("month", 0))
    if months:
        year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
        if year < 1:
            return datetime.min.replace(tzinfo=UTC)
        for day in range(moment.day, 0, -1):
            try:
                moment = moment.replace(year=year, month=month + 1, day=day)
                break
            except ValueError:
                continue
    try:
        return moment - timedelta(seconds=sum(_SECONDS[u] * n for u, n in amounts.items() if u in _SECONDS))
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def instant(value: datetime | date) -> datetime:
    """Return the value as an instant: a date as its last one, a timestamp without a zone as UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime(value.year, value.month, value.day, 23, 59, 59, 999_999, tzinfo=UTC)


def severity_of(entry: SlaProperty) -> Severity:
    """Return the severity of an entry: our custom property, else error."""
    said = entry.options.get("severity")
    try:
        return Severity(str(said).lower()) if said is not None else Severity.ERROR
    except ValueError:
        return Severity.ERROR


def _words(amounts: dict[str, float]) -> str:
    return " ".join(f"{number(n)} {u}{'' if n == 1 else 's'}" for u, n in amounts.items())


def _age(age: timedelta) -> str:
    seconds = age.total_seconds()
    tense = "old" if seconds >= 0 else "ahead"
    for unit in ("day", "hour", "minute"):
        if abs(seconds) >= 2 * _SECONDS[unit]:
            return f"{number(int(abs(seconds) // _SECONDS[unit]))} {unit}s {tense}"
    return f"{number(int(abs(seconds)))} seconds {tense}"


_AT = SlaProperty("freshness", 1, "d", "t.a")

CHECK = Check(
    name="freshness",
    part=SlaProperty,
    claims=lambda entry: entry.name.strip().lower() in _NAMES,
    make=_make,
    cases=lambda: (
        Case(
            "the newest value decides; the cases' clock stands at 2013-06-15 12:00 UTC",
            table(prop("a", "timestamp")),
            pl.DataFrame({"a": [datetime(2013, 6, 14, 11), datetime(2013, 6, 1), None]}),
            sla=(_AT,),
            answers={"a|freshness": (False, "the newest a is 2013-06-14 11:00:00, 25 hours old")},
            expected={"a|freshness": "a a no older than 1 day at 2013-06-15 12:00 UTC"},
        ),
        Case(
            "of a classified element only the age is shown",
            table(prop("a", "timestamp", classification="pii")),
            pl.DataFrame({"a": [datetime(2013, 6, 14, 11)]}),
            sla=(_AT,),
            answers={"a|freshness": (False, "the newest a is 25 hours old")},
        ),
        Case(
            "a date counts as its last instant",
            table(prop("a", "date")),
            pl.DataFrame({"a": [date(2013, 6, 14)]}),
            sla=(_AT,),
            answers={"a|freshness": (True, "the newest a is 2013-06-14, 12 hours old")},
        ),
        Case(
            "no value at all",
            table(prop("a", "date")),
            pl.DataFrame({"a": [None]}, schema={"a": pl.Date}),
            sla=(_AT,),
            answers={"a|freshness": (False, "no record has a a")},
        ),
        Case(
            "what is no length of time is a finding",
            table(prop("a", "date")),
            pl.DataFrame({"a": [date(2013, 6, 14)]}),
            sla=(SlaProperty("latency", "soon", None, "t.a"),),
            amiss=("CHK-036",),
        ),
    ),
)
