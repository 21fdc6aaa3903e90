"""Laws of the rules: what is written by a convention reads back; what reads was written so."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.legacy.booleans import LOCALES as BOOLEAN_LOCALES
from weighbridge.legacy.booleans import words
from weighbridge.legacy.iso import wall_time
from weighbridge.legacy.months import LOCALES as MONTH_LOCALES
from weighbridge.legacy.months import spellings
from weighbridge.legacy.patterns import PatternError, compile_pattern
from weighbridge.legacy.reading import Certainty
from weighbridge.legacy.rules import rule_named

DATES = st.dates(date(1000, 1, 1), date(9999, 12, 31))
QUICK = settings(max_examples=60, deadline=None)


def read(name: str, texts: list[str], **parameters: Any) -> tuple[list[Any], list[frozenset[Certainty]]]:
    """Return values and the certainties that apply, row by row."""
    rule = rule_named(name)
    reading = rule.read(pl.col("t"), rule.parameters.model_validate(parameters))
    flags = [d.applies(pl.col("t"), reading.value).alias(str(i)) for i, d in enumerate(reading.doubts)]
    frame = pl.DataFrame({"t": texts}, schema={"t": pl.String}).select(reading.value.alias("v"), *flags)
    kinds = [d.certainty for d in reading.doubts]
    rows = frame.select(pl.exclude("v")).rows() if flags else [()] * len(texts)
    return frame["v"].to_list(), [frozenset(k for k, on in zip(kinds, row, strict=True) if on) for row in rows]


WRITTEN = [
    ("yyyy-MM-dd", "%Y-%m-%d"),
    ("yyyyMMdd", "%Y%m%d"),
    ("dd.MM.yyyy", "%d.%m.%Y"),
    ("MM/dd/yyyy", "%m/%d/%Y"),
    ("yyyyDDD", "%Y%j"),
    ("d MMM yyyy", "%d %b %Y"),
    ("EEEE, MMMM d yyyy", "%A, %B %d %Y"),
]


@pytest.mark.parametrize(("pattern", "python"), WRITTEN, ids=[p for p, _ in WRITTEN])
@given(days=st.lists(DATES, min_size=1, max_size=20))
@QUICK
def test_a_date_written_by_a_pattern_reads_back(pattern: str, python: str, days: list[date]) -> None:
    values, doubts = read("date", [day.strftime(python) for day in days], formats=[pattern])
    assert values == days
    assert not any(doubts)


@given(st.lists(st.text(alphabet="0123456789 +-", min_size=7, max_size=9), min_size=1, max_size=40))
@QUICK
def test_what_reads_as_a_packed_date_is_one(texts: list[str]) -> None:
    def truth(text: str) -> date | None:
        if len(text) != 8 or not text.isascii() or not text.isdigit():
            return None
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            return None

    values, doubts = read("date", texts, formats=["yyyyMMdd"])
    assert values == [truth(t) for t in texts]
    assert all((Certainty.UNREADABLE in d) == (v is None) for v, d in zip(values, doubts, strict=True))


def test_every_day_of_two_leap_cycles_reads_as_year_and_day() -> None:
    days = [date(1899, 12, 31) + timedelta(n) for n in range(3000)]
    assert read("date", [f"{d:%Y%j}" for d in days], formats=["yyyyDDD"])[0] == days
    century = [d for d in days if d.year >= 1900]
    texts = [f"{(d.year - 1900) // 100}{d:%y%m%d}" for d in century]
    assert read("date", texts, formats=["CyyMMdd"])[0] == century


@given(st.integers(1800, 2100), st.integers(0, 99), st.booleans())
@QUICK
def test_a_window_places_every_two_digit_year_in_its_hundred_years(first: int, year: int, sliding: bool) -> None:
    window = {"asOf": first + 79, "yearsAhead": 20} if sliding else {"from": first}
    (value,), (doubts,) = read("date", [f"{year:02d}0615"], formats=["yyMMdd"], century=window)
    assert first <= value.year <= first + 99
    assert value.year % 100 == year
    assert not doubts


def test_every_number_as_a_time_of_day() -> None:
    numbers = list(range(2500))
    values, doubts = read("time", [str(n) for n in numbers], formats=["HHmm"], zeroFill=True)
    for number, value, found in zip(numbers, values, doubts, strict=True):
        hour, minute = divmod(number, 100)
        if number == 2400:
            assert (value, found) == (time(0, 0), {Certainty.REPAIRED})
        elif hour < 24 and minute < 60:
            assert (value, found) == (time(hour, minute), frozenset())
        else:
            assert (value, found) == (None, {Certainty.UNREADABLE})


@given(st.lists(st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 30)), min_size=1, max_size=20))
@QUICK
def test_a_db2_timestamp_reads_back(moments: list[datetime]) -> None:
    texts = [m.strftime("%Y-%m-%d-%H.%M.%S.%f") for m in moments]
    values, doubts = read("timestamp", texts, formats=["yyyy-MM-dd-HH.mm.ss.SSSSSS"])
    assert values == moments
    assert not any(doubts)


NUMBERS = st.decimals(-(10**15), 10**15, places=2, allow_nan=False)


@given(st.lists(NUMBERS, min_size=1, max_size=20))
@QUICK
def test_implied_decimals_read_back(numbers: list[Decimal]) -> None:
    texts = [str(int(n.scaleb(2))) for n in numbers]
    assert [Decimal(v) for v in read("impliedDecimal", texts, scale=2)[0]] == numbers


@pytest.mark.parametrize("signs", ["ebcdic", "microFocus"])
@pytest.mark.parametrize("sign", ["trailing", "leading"])
@given(numbers=st.lists(NUMBERS, min_size=1, max_size=20))
@QUICK
def test_zoned_decimals_read_back(signs: str, sign: str, numbers: list[Decimal]) -> None:
    plus, minus = {"ebcdic": ("{ABCDEFGHI", "}JKLMNOPQR"), "microFocus": ("0123456789", "pqrstuvwxy")}[signs]

    def punch(number: Decimal) -> str:
        digits = f"{abs(int(number.scaleb(2))):018d}"
        table = minus if number < 0 else plus
        return table[int(digits[0])] + digits[1:] if sign == "leading" else digits[:-1] + table[int(digits[-1])]

    values, doubts = read("zonedDecimal", [punch(n) for n in numbers], scale=2, signs=signs, sign=sign)
    assert [Decimal(v) for v in values] == numbers
    assert not any(doubts)


def _indian(whole: str) -> str:
    head, tail = whole[:-3], whole[-3:]
    pairs = []
    while head:
        head, pair = head[:-2], head[-2:]
        pairs.insert(0, pair)
    return ",".join([*pairs, tail])


@given(st.lists(NUMBERS, min_size=1, max_size=20))
@QUICK
def test_local_numbers_read_back_and_are_never_silently_another(numbers: list[Decimal]) -> None:
    english = [f"{n:,.2f}" for n in numbers]
    german = [t.translate(str.maketrans(",.", ".,")) for t in english]
    indian = [("-" if n < 0 else "") + _indian(f"{abs(n):.2f}"[:-3]) + f"{abs(n):.2f}"[-3:] for n in numbers]
    assert [Decimal(v) for v in read("localNumber", english, decimal=".", thousands=[","])[0]] == numbers
    assert [Decimal(v) for v in read("localNumber", german, decimal=",", thousands=["."])[0]] == numbers
    assert [
        Decimal(v) for v in read("localNumber", indian, decimal=".", thousands=[","], grouping="indian")[0]
    ] == numbers
    for texts in (english, german):
        values, doubts = read("localNumber", texts, decimal="unknown")
        for number, value, found in zip(numbers, values, doubts, strict=True):
            assert Decimal(value) == number or Certainty.AMBIGUOUS in found


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20))
@QUICK
def test_whole_numbers_in_either_convention_are_ambiguous_or_right(numbers: list[int]) -> None:
    texts = [f"{n:,}" for n in numbers]
    values, doubts = read("localNumber", texts, decimal="unknown")
    for number, value, found in zip(numbers, values, doubts, strict=True):
        assert Decimal(value) == number or Certainty.AMBIGUOUS in found


@given(st.lists(NUMBERS, min_size=1, max_size=20))
@QUICK
def test_signs_and_percent_read_back(numbers: list[Decimal]) -> None:
    trailing = [f"{abs(n)}-" if n < 0 else str(n) for n in numbers]
    assert [Decimal(v) for v in read("signMark", trailing, negative=["-"])[0]] == numbers
    brackets = [f"({abs(n)})" if n < 0 else str(n) for n in numbers]
    assert [Decimal(v) for v in read("signMark", brackets, negative=["()"])[0]] == numbers
    percent = [f"{n}%" for n in numbers]
    assert [Decimal(v) for v in read("percent", percent, to="fraction")[0]] == [n / 100 for n in numbers]
    unmarked = read("percent", [str(n) for n in numbers], to="percent", unmarked="fraction")[0]
    assert [Decimal(v) for v in unmarked] == [n * 100 for n in numbers]


@given(st.lists(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 30)), min_size=1, max_size=20))
@QUICK
def test_serial_times_read_back(moments: list[datetime]) -> None:
    seconds = [m.replace(microsecond=0) for m in moments]
    unix = [str(int((m - datetime(1970, 1, 1)).total_seconds())) for m in seconds]
    assert read("serialTime", unix, of="unixSeconds")[0] == [m.replace(tzinfo=UTC) for m in seconds]
    days = [datetime(m.year, m.month, m.day) for m in moments]
    excel = [str((d - datetime(1899, 12, 30)).days) for d in days]
    assert read("serialTime", excel, of="excel1900")[0] == days
    lilian = [str((d - datetime(1582, 10, 14)).days) for d in days]
    assert read("serialTime", lilian, of="lilian")[0] == days


@given(st.lists(st.text(alphabet="abcéèüßñçøåœ’€ £Ãâ", min_size=1, max_size=12), min_size=1, max_size=20))
@QUICK
def test_no_text_is_silently_another_after_encoding_damage(texts: list[str]) -> None:
    damaged = [
        "".join(chr(b) if b in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([b]).decode("cp1252") for b in t.encode())
        for t in texts
    ]
    values, doubts = read("encodingDamage", damaged)
    for text, value, found in zip(texts, values, doubts, strict=True):
        assert value == text or Certainty.AMBIGUOUS in found
    values, doubts = read("encodingDamage", texts)
    for text, value, found in zip(texts, values, doubts, strict=True):
        assert value == text or found


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("YYYY-MM-DD", "'YYYY' in 'YYYY-MM-DD' is not a pattern letter that can be read"),
        ("yyyy-mm-dd", "does not name one day"),
        ("yyyy-MM-dd[ HH:mm", "'[' is not closed"),
        ("HH:mm'", "a quote is not closed"),
        ("yyyy-MM-dd hh:mm", "has no hour: H, or h with a"),
        ("", "cannot be read as a date or time pattern"),
        ("yyyyMMdd yyyy", "year stands twice"),
        ("CyyyyMMdd", "C in 'CyyyyMMdd' must stand before yy"),
    ],
)
def test_a_wrong_pattern_says_why(pattern: str, words: str) -> None:
    with pytest.raises(PatternError) as raised:
        compile_pattern(pattern)
    assert words in str(raised.value)


def test_optional_parts_are_variants() -> None:
    pattern = "yyyy-MM-dd[ HH:mm[:ss]]"
    assert [p.chrono for p in compile_pattern(pattern)] == ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
    texts = ["2013-06-30 05:00:01", "2013-06-30 05:00", "2013-06-30", "2013-06-30:01"]
    values, _ = read("timestamp", texts, formats=[pattern])
    assert values == [datetime(2013, 6, 30, 5, 0, 1), datetime(2013, 6, 30, 5), datetime(2013, 6, 30), None]


@given(st.lists(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 30)), min_size=1, max_size=15), st.data())
@QUICK
def test_an_iso_timestamp_reads_back_however_it_is_spelled(moments: list[datetime], data: st.DataObject) -> None:
    mixed = data.draw(st.booleans())
    texts, expected = [], []
    for moment in moments:
        separator = data.draw(st.sampled_from("T "))
        hours = data.draw(st.integers(-14, 14))
        if not mixed or moment.year in (1, 9999):
            texts.append(moment.replace(microsecond=0).isoformat())
            expected.append(moment.replace(microsecond=0))
            continue
        offset = data.draw(st.sampled_from([f"{hours:+03d}:30", f"{hours:+03d}30"]))
        minutes = hours * 60 + (-30 if offset[0] == "-" else 30)
        texts.append(moment.isoformat(separator, timespec="microseconds") + offset)
        expected.append(moment - timedelta(minutes=minutes))
    frame = pl.DataFrame({"t": texts}).select(wall_time(pl.col("t")).alias("v"))
    assert frame["v"].to_list() == expected


@pytest.mark.parametrize("nibbles", ["CD", "FD", "AB", "EB"])
@given(numbers=st.lists(NUMBERS, min_size=1, max_size=20))
@QUICK
def test_packed_decimals_read_back(nibbles: str, numbers: list[Decimal]) -> None:
    texts = [f"{abs(int(n.scaleb(2))):019d}{nibbles[n < 0]}" for n in numbers]
    values, doubts = read("packedDecimal", texts, scale=2)
    assert [Decimal(v) for v in values] == numbers
    assert not any(doubts)


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=8), min_size=1, max_size=20))
@QUICK
def test_an_exponent_is_written_out_to_the_last_digit(numbers: list[Decimal]) -> None:
    texts = [f"{n:E}" for n in numbers]
    values, doubts = read("scientific", texts)
    for number, value, found in zip(numbers, values, doubts, strict=True):
        assert (value is None) is (Certainty.UNREADABLE in found)
        assert value is None or Decimal(value) == number
        assert value is not None or abs(int(f"{number:E}".split("E")[1])) > 38


@given(st.lists(st.integers(0, 10**17), min_size=1, max_size=20), st.integers(0, 9))
@QUICK
def test_no_digit_of_an_identifier_changes_unseen(numbers: list[int], wrong: int) -> None:
    from stdnum import luhn

    valid = [f"{n}{luhn.calc_check_digit(str(n))}" for n in numbers]
    assert read("identifier", valid, of="luhn")[0] == valid
    spoilt = [f"{t[:-1]}{wrong}" for t in valid]
    for right, text, value in zip(valid, spoilt, read("identifier", spoilt, of="luhn")[0], strict=True):
        assert value == (text if text == right else None)


def test_no_spelling_of_a_month_is_another_month_elsewhere() -> None:
    meanings: dict[str, set[str]] = {}
    for locale in MONTH_LOCALES:
        for spelling, month in spellings([locale]).items():
            meanings.setdefault(spelling, set()).add(month)
    assert {spelling: months for spelling, months in meanings.items() if len(months) > 1} == {}


@pytest.mark.parametrize("locale", MONTH_LOCALES)
def test_every_spelling_of_a_month_reads(locale: str) -> None:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = {spelling: name for spelling, name in spellings([locale]).items() if name not in days}
    values, doubts = read("date", [f"3 {n} 2013" for n in months], formats=["d MMM yyyy"], locales=[locale, "en"])
    assert [f"{v:%b}" for v in values] == list(months.values())
    assert not any(doubts)
    weekdays = {spelling: name for spelling, name in spellings([locale]).items() if name in days}
    texts = [f"{spelling} {days.index(name) + 1}.7.2013" for spelling, name in weekdays.items()]
    values, doubts = read("date", texts, formats=["EEEE d.M.yyyy"], locales=[locale, "nl"])
    assert [f"{v:%a}" for v in values] == list(weekdays.values())
    assert not any(doubts)


@pytest.mark.parametrize("locale", BOOLEAN_LOCALES)
def test_every_word_for_yes_and_no_reads_as_itself(locale: str) -> None:
    true, false = words([locale])
    for side, texts in ((True, sorted(true)), (False, sorted(false))):
        spelled = [s for t in texts for s in (t, t.upper(), t.title())]
        values, doubts = read("boolean", spelled, locales=[locale])
        assert values == [side] * len(spelled)
        assert not any(doubts)


SCRIPTS = ("\uff10", "\u0660", "\u06f0", "\u0966", "\u09e6", "\u0e50")


@settings(max_examples=40, deadline=None)
@given(st.integers(-(10**12), 10**12), st.sampled_from(SCRIPTS), st.sampled_from("-\u2212\u2013\uff0d"), st.booleans())
def test_a_number_means_the_same_in_every_script_and_with_every_minus(
    number: int, zero: str, minus: str, trailing: bool
) -> None:
    grouped = f"{abs(number):,}".replace(",", ".") + ",50"
    shown = "".join(chr(ord(zero) + int(c)) if c.isdigit() else c for c in grouped)
    if number < 0:
        shown = f"{shown}{minus}" if trailing else f"{minus}{shown}"
    (value,), doubts = read("localNumber", [f"\u200e {shown}\u00a0"], decimal=",")
    assert Decimal(value) == (abs(number) + Decimal("0.5")) * (-1 if number < 0 else 1)
    assert doubts == [frozenset()]
