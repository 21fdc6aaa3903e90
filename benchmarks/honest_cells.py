"""The kinds of cells that `benchmarks.honest` plants: how each is written soundly, oddly, and damaged."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

_EXCEL = date(1899, 12, 30)
WIDTH = 44

Cell = tuple[str | bytes, Any]
Make = Callable[[random.Random], Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A property, how its sound cells are written, and what is planted in it: makers of (text, truth)."""

    name: str
    family: str
    type: str
    rules: tuple[Any, ...]
    sound: Make
    planted: tuple[Make, ...]
    options: dict[str, Any] | None = None

    def property(self, position: int | None) -> dict[str, Any]:
        """Return the ODCS property; `position` of a fixed-width field, from 1."""
        rules = list(self.rules) if position is None else ["trim", *self.rules]
        custom: list[dict[str, Any]] = [ours("rules", rules)] if rules else []
        if position is not None:
            custom.append(ours("position", {"start": position, "length": WIDTH}))
        made: dict[str, Any] = {"name": self.name, "logicalType": self.type, "customProperties": custom}
        return made | ({"logicalTypeOptions": self.options} if self.options else {})


def ours(name: str, value: object) -> dict[str, object]:
    """Return one of Weighbridge's own properties of a contract."""
    return {"property": name, "vendor": "weighbridge", "value": value}


def _day(rng: random.Random) -> date:
    return date(2013, 1, 1) + timedelta(rng.randrange(365))


def _amount(rng: random.Random) -> Decimal:
    return Decimal(rng.randrange(1_000_000, 99_999_999)).scaleb(-2)


def _dates(*patterns: str) -> tuple[Make, ...]:
    def made(pattern: str) -> Make:
        def make(rng: random.Random) -> Cell:
            day = _day(rng)
            return day.strftime(pattern), day

        return make

    return tuple(map(made, patterns))


def _late(pattern: str) -> Make:
    """Days that can be no months: only one order reads them."""
    return _of(lambda v: v.strftime(pattern), lambda rng: date(2013, rng.randrange(1, 13), rng.randrange(13, 29)))


def _of(text: Callable[[Any], str | bytes], truth: Callable[[random.Random], Any]) -> Make:
    def make(rng: random.Random) -> Cell:
        value = truth(rng)
        return text(value), value

    return make


def _any(*cells: Cell) -> Make:
    return lambda rng: rng.choice(cells)


def _german(value: Decimal) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


_FULL_WIDTH = str.maketrans("0123456789,", "０１２３４５６７８９，")
_ARABIC = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٫٬")
_WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip


def _german_day(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]}, {day.day}. {_MONTHS[day.month - 1]} {day.year}"


def _debit(rng: random.Random) -> Decimal:
    return -_amount(rng)


def _card(rng: random.Random) -> str:
    body = f"{rng.randrange(10**15):015d}"
    doubled = [d * (1 + (i + 1) % 2) for i, d in enumerate(map(int, body))]
    return body + str(-sum(d - 9 * (d > 9) for d in doubled) % 10)


def _spoilt(text: Callable[[Any], str], truth: Callable[[random.Random], Any]) -> Make:
    """Return a maker of cells that were changed into what is no value any more."""
    return lambda rng: (text(truth(rng)), None)


def _zoned(value: Decimal) -> str:
    digits = f"{abs(int(value * 100)):09d}"
    return digits[:-1] + ("{ABCDEFGHI" if value >= 0 else "}JKLMNOPQR")[int(digits[-1])]


def _signed(rng: random.Random) -> Decimal:
    return _amount(rng) * rng.choice((1, -1))


def _hours(rng: random.Random) -> time:
    return time(rng.randrange(24), rng.randrange(60))


def _sku(rng: random.Random) -> str:
    return str(rng.randrange(100_000_000_000, 999_999_999_999))


def _zip(rng: random.Random) -> str:
    return f"{rng.randrange(501, 9_999):05d}"


def _name(rng: random.Random) -> str:
    return rng.choice(("François", "Müller", "Željko", "Ægir", "Peña", "Smith", "Łukasz", "Nuñez", "Zoë", "Brontë"))


def _once_wrong(rng: random.Random) -> Cell:
    name = rng.choice(("François", "Müller", "Peña", "Zoë", "Brontë", "señor", "garçon", "Åse"))
    return name.encode().decode("cp1252"), name


def _twice_wrong(rng: random.Random) -> Cell:
    text, name = _once_wrong(rng)
    return str(text).encode().decode("cp1252", "replace").replace("�", ""), name


_LIST = {"codes": ["DE", "CZ", "SK", "US"], "retired": {"DD": ["DE"], "CS": ["CZ", "SK"]}, "ignoreCase": True}

COMMON: tuple[Column, ...] = (
    Column(
        "trailing_sign",
        "numbers",
        "number",
        ({"rule": "signMark", "negative": ["-", "()"]},),
        _of(str, _amount),
        (
            _of(lambda v: f"{-v}-", lambda r: -_amount(r)),
            _of(lambda v: f"({-v})", lambda r: -_amount(r)),
            _any(
                ("-12.50-", Decimal("12.50")),
                ("12,5-", Decimal("-12.5")),
                ("(12.50", Decimal("-12.50")),
                ("12.50CR", Decimal("-12.50")),
                ("1O.50-", Decimal("-10.50")),
            ),
        ),
    ),
    Column(
        "overpunch",
        "numbers",
        "number",
        ({"rule": "zonedDecimal", "scale": 2},),
        _of(_zoned, _signed),
        (
            _of(lambda v: f"{abs(int(v * 100)):09d}-", lambda r: -_amount(r)),
            _any(
                ("0001234Z", Decimal("12.34")),
                ("12.3D", Decimal("12.34")),
                ("00012 4C", Decimal("12.43")),
                ("C0001234", Decimal("3.12")),
            ),
            _of(str, _amount),
        ),
    ),
    Column(
        "implied",
        "numbers",
        "number",
        ({"rule": "impliedDecimal", "scale": 2},),
        _of(lambda v: f"{int(v * 100):010d}", _amount),
        (_of(str, _amount), _of(_german, _amount), _any(("000012E4", Decimal(1200)), ("0001O34", Decimal("10.34")))),
    ),
    Column(
        "whole",
        "numbers",
        "integer",
        ("wholeNumber",),
        _of(str, lambda r: r.randrange(1, 40_000)),
        (
            _of(lambda v: f"{v}.0", lambda r: r.randrange(1, 40_000)),
            _any(("517.5", 517), ("5l7", 517), ("1e3", 1000), ("99999", None), ("5 17", 517), ("٥١٧", 517)),
        ),
        {"maximum": 50_000},
    ),
    Column(
        "sentinel",
        "missing",
        "integer",
        ({"rule": "nullValues", "values": ["NA", "-", {"value": "-8", "reason": "refused"}], "repeated": ["9"]},),
        _of(str, lambda r: r.randrange(1, 98)),
        (
            _any(("NA", None), ("-8", None), ("99", None), ("99999", None), ("-", None)),
            _any(("N/A", None), ("na", None), (".", None), ("\\N", None), ("-9", None), ("NULL", None)),
        ),
        {"minimum": 0, "maximum": 97},
    ),
    Column(
        "open_end",
        "missing",
        "date",
        ("openEnded", {"rule": "date", "formats": ["yyyy-MM-dd"]}),
        _dates("%Y-%m-%d")[0],
        (
            _any(("9999-12-31", None)),
            _any(("0000-00-00", None), ("2013-02-30", None), ("2013-00-00", None), ("2013-13-01", None)),
        ),
    ),
    Column(
        "clock",
        "dates",
        "time",
        ({"rule": "time", "formats": ["HHmm"], "zeroFill": True},),
        _of(lambda v: f"{v:%H%M}", _hours),
        (
            _of(lambda v: str(v.hour * 100 + v.minute), _hours),
            _any(
                ("2400", time(0)),
            ),
            _any(
                ("2460", None),
                ("1275", None),
                ("-5", None),
                ("05:17", time(5, 17)),
                ("5.17", time(5, 17)),
                ("O517", time(5, 17)),
            ),
        ),
    ),
    Column(
        "country",
        "codes",
        "string",
        ({"rule": "codeList", **_LIST},),
        _any(("DE", "DE"), ("CZ", "CZ"), ("SK", "SK"), ("US", "US")),
        (
            _any(("DD", "DE"), ("de", "DE"), ("us", "US")),
            _any(("CS", "CZ"), ("CS", "SK")),
            _any(("D E", "DE"), ("XX", None), ("0E", "DE"), ("ＤＥ", "DE")),
        ),
    ),
    Column(
        "postcode",
        "codes",
        "string",
        ({"rule": "leadingZeros", "width": 5},),
        _of(str, _zip),
        (_of(lambda v: v.lstrip("0"), _zip), _any(("005010", "00501"), ("501.0", "00501"), ("5O1", "00501"))),
        {"pattern": "^[0-9]{5}$"},
    ),
    Column(
        "sku",
        "codes",
        "string",
        ({"rule": "spreadsheetDamage", "lookFor": ["scientific", "dates", "precision", "floats"]},),
        _of(str, _sku),
        (
            _of(lambda v: f"{int(v):.5E}", _sku),
            _any(
                ("1-Mar", "MAR1"),
                ("123456789012345000", "123456789012345678"),
                ("1.2E+03", "1200"),
                ("2.31E+12", "2310009999999"),
                ("1207.0", "1207"),
            ),
        ),
    ),
    Column(
        "active",
        "booleans",
        "boolean",
        ({"rule": "boolean", "locales": ["en", "de"]},),
        _any(("Y", True), ("N", False), ("J", True), ("ja", True), ("nein", False), ("1", True), ("0", False)),
        (
            _any(("TRUE", True), ("f", False), ("Nein", False), ("yes", True)),
            _any(("2", True), ("-1", True), ("ok", True), ("YN", None)),
        ),
    ),
    Column(
        "agreed",
        "booleans",
        "boolean",
        ({"rule": "boolean", "locales": ["fr", "nl"]},),
        _any(("oui", True), ("non", False), ("ja", True), ("nee", False)),
        (_any(("O", True), ("O", False)), _any(("n", False), ("x", True))),
    ),
    Column(
        "person",
        "text",
        "string",
        ("encodingDamage", "invisible", {"rule": "unicodeForm", "form": "NFC"}),
        _of(str, _name),
        (
            _once_wrong,
            _twice_wrong,
            _any(
                ("Ãª", "ê"),
                ("Fran\ufffdois", "François"),
                ("Franç\u200bois", "François"),
                ("Zoe\u0308", "Zoë"),
                ("\ufeffSmith", "Smith"),
                ("FranÃ§ois Müller", "François Müller"),
            ),
        ),
    ),
    Column(
        "mixed",
        "text",
        "string",
        (),
        _of(str, _name),
        (_of(lambda v: v.encode("cp1252"), lambda r: r.choice(("François", "Müller", "Peña", "Zoë"))),),
    ),
    Column(
        "packed",
        "numbers",
        "number",
        ({"rule": "packedDecimal", "scale": 2},),
        _of(lambda v: f"{int(v * 100)}C".zfill(12), _amount),
        (
            _of(lambda v: f"{int(-v * 100)}D".zfill(12), lambda r: -_amount(r)),
            _any(("00123A4C", Decimal("12.34")), ("0012345", Decimal("123.45")), ("0012E45C", Decimal("12.45"))),
        ),
    ),
)

DECLARED: tuple[Column, ...] = (
    Column(
        "day",
        "dates",
        "date",
        ({"rule": "date", "formats": ["dd/MM/yyyy"], "within": {"from": "2013-01-01", "to": "2013-12-31"}},),
        _dates("%d/%m/%Y")[0],
        (*_dates("%Y-%m-%d", "%d.%m.%Y"), _any(("30/02/2013", None), ("12/31/2013", date(2013, 12, 31)))),
    ),
    Column(
        "short_year",
        "dates",
        "date",
        ({"rule": "date", "formats": ["ddMMyy"], "century": {"from": 1950}},),
        _dates("%d%m%y")[0],
        (*_dates("%d%m%Y"), _any(("31049", None), ("310413", None))),
    ),
    Column(
        "serial",
        "dates",
        "date",
        ({"rule": "date", "formats": ["yyyy-MM-dd", "excel1900"]},),
        _dates("%Y-%m-%d")[0],
        (_of(lambda v: str((v - _EXCEL).days), _day), _any(("60", None), ("41455.5", None))),
    ),
    Column(
        "partial",
        "dates",
        "date",
        ({"rule": "partialDate", "assume": "first"}, {"rule": "date", "formats": ["yyyy-MM-dd"]}),
        _dates("%Y-%m-%d")[0],
        _dates("%Y-%m", "%Y-%m-00", "%Y"),
    ),
    Column(
        "price",
        "numbers",
        "number",
        ({"rule": "localNumber", "decimal": ",", "thousands": ["."]},),
        _of(_german, _amount),
        (
            _of(lambda v: f"{v:,.2f}", _amount),
            _any(
                ("1.23", Decimal("1.23")),
                ("12.3456,7", None),
                ("1,234,567", Decimal(1234567)),
                ("1 234,5", Decimal("1234.5")),
            ),
        ),
    ),
    Column(
        "world",
        "numbers",
        "number",
        ({"rule": "currency", "marks": ["EUR", "€"]}, {"rule": "localNumber", "decimal": ","}),
        _of(_german, _amount),
        (
            _of(lambda v: f"{_german(-v)}-", _debit),
            _of(lambda v: f"\u2212{_german(-v)}", _debit),
            _of(lambda v: f"{_german(v).replace('.', chr(0xA0))} EUR", _amount),
            _of(lambda v: _german(v).replace(".", "'").translate(_FULL_WIDTH), _amount),
            _of(lambda v: _german(v).translate(_ARABIC), _amount),
            _of(lambda v: f"{v:,.2f}", _amount),
            _any(("12.50", Decimal("12.5")), ("-5,00-", None), ("1.234 567,8", None), ("5,00 USD", None)),
        ),
    ),
    Column(
        "letter_day",
        "dates",
        "date",
        ({"rule": "date", "formats": ["EEEE, d. MMMM yyyy", "d. MMM yyyy"], "locales": ["de"]},),
        _of(_german_day, _day),
        (
            _of(lambda d: f"{d.day}. {_MONTHS[d.month - 1][:3].upper()} {d.year}", _day),
            _of(lambda d: _german_day(d).upper(), _day),
            _spoilt(lambda d: f"{_WEEKDAYS[d.weekday() - 1]}, {_german_day(d).partition(', ')[2]}", _day),
            _any(("31. Juni 2013", None), ("3. Brumaire 2013", None)),
        ),
    ),
    Column(
        "card",
        "codes",
        "string",
        ({"rule": "identifier", "of": "luhn"},),
        _of(str, _card),
        (
            _of(lambda c: f"{c[:4]} {c[4:8]} {c[8:12]} {c[12:]}", _card),
            _of(lambda c: f"{c[:4]}-{c[4:8]}-{c[8:12]}-{c[12:]}", _card),
            _spoilt(lambda c: c[:7] + str((int(c[7]) + 1) % 10) + c[8:], _card),
            _spoilt(lambda c: c[:-1] + "O", _card),
        ),
    ),
)


def unknown(**more: Any) -> tuple[Column, ...]:
    """Return the columns of which the contract does not know the conventions; `more` goes into their rules."""
    return (
        Column(
            "day",
            "dates",
            "date",
            ({"rule": "date", "formats": ["dd/MM/yyyy", "MM/dd/yyyy"], **more},),
            _late("%d/%m/%Y"),
            (*_dates("%d/%m/%Y", "%m/%d/%Y"), _any(("30/02/2013", None))),
        ),
        Column(
            "same_order",
            "dates",
            "date",
            ({"rule": "date", "formats": ["dd/MM/yyyy", "MM/dd/yyyy"], **more},),
            _late("%m/%d/%Y"),
            _dates("%m/%d/%Y"),
        ),
        Column(
            "short_year",
            "dates",
            "date",
            ({"rule": "date", "formats": ["ddMMyyyy", "ddMMyy"]},),
            _dates("%d%m%Y")[0],
            _dates("%d%m%y"),
        ),
        Column(
            "partial",
            "dates",
            "date",
            ("partialDate", {"rule": "date", "formats": ["yyyy-MM-dd"]}),
            _dates("%Y-%m-%d")[0],
            _dates("%Y-%m", "%Y-%m-00", "%Y"),
        ),
        Column(
            "mixed_marks",
            "numbers",
            "number",
            ({"rule": "localNumber", "decimal": "unknown", **more},),
            _of(_german, _amount),
            (
                _of(lambda v: f"{v:,.2f}", _amount),
                _any(("1.234", Decimal(1234)), ("1.234", Decimal("1.234")), ("1,234", Decimal("1.234"))),
            ),
        ),
        Column(
            "same_marks",
            "numbers",
            "number",
            ({"rule": "localNumber", "decimal": "unknown", **more},),
            _of(_german, _amount),
            (_any(("1.234", Decimal(1234)), ("7,125", Decimal("7.125"))),),
        ),
    )
