"""The advice on columns: what is read, what is left open, and that nothing is guessed in silence."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from weighbridge.advice import Advice, advise
from weighbridge.legacy.rules import rule_named

AS_OF = date(2020, 6, 1)
CHANCE = random.Random(4)
MOMENTS = [datetime(2013, 1, 1) + timedelta(minutes=CHANCE.randrange(1_500_000)) for _ in range(200)]
AMOUNTS = [CHANCE.uniform(-1e5, 1e6) for _ in range(200)]


def told(texts: list[str]) -> Advice:
    return advise(pl.Series(texts, dtype=pl.String), AS_OF)


def german(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


@pytest.mark.parametrize(
    ("write", "logical_type", "rules"),
    [
        (lambda m: m.strftime("%Y-%m-%d"), "date", ()),
        (lambda m: m.isoformat(), "timestamp", ()),
        (lambda m: m.isoformat() + "Z", "timestamp", ()),
        (lambda m: m.strftime("%d.%m.%Y"), "date", ({"rule": "date", "formats": ["dd.MM.yyyy"]},)),
        (lambda m: f"{m.month}/{m.day}/{m.year}", "date", ({"rule": "date", "formats": ["M/d/yyyy"]},)),
        (lambda m: m.strftime("%d-%b-%Y").upper(), "date", ({"rule": "date", "formats": ["dd-MMM-yyyy"]},)),
        (lambda m: m.strftime("%b %d, %Y"), "date", ({"rule": "date", "formats": ["MMM dd, yyyy"]},)),
        (lambda m: m.strftime("%Y%m%d"), "date", ({"rule": "date", "formats": ["yyyyMMdd"]},)),
        (lambda m: m.strftime("%Y%j"), "date", ({"rule": "date", "formats": ["yyyyDDD"]},)),
        (lambda m: m.strftime("1%y%m%d"), "date", ({"rule": "date", "formats": ["CyyMMdd"]},)),
        (
            lambda m: m.strftime("%d.%m.%Y %H:%M"),
            "timestamp",
            ({"rule": "timestamp", "formats": ["dd.MM.yyyy HH:mm"]},),
        ),
        (
            lambda m: m.strftime("%m/%d/%Y %I:%M:%S %p"),
            "timestamp",
            ({"rule": "timestamp", "formats": ["MM/dd/yyyy hh:mm:ss a"]},),
        ),
        (lambda m: m.strftime("%H:%M"), "time", ()),
        (lambda m: m.strftime("%H%M"), "time", ({"rule": "time", "formats": ["HHmm"], "zeroFill": True},)),
    ],
)
def test_dates_and_times_are_read_by_the_format_they_are_in(
    write: Callable[[datetime], str], logical_type: str, rules: tuple[Any, ...]
) -> None:
    advice = told([write(moment) for moment in MOMENTS])
    assert (advice.logical_type.value, advice.rules) == (logical_type, rules)
    assert advice.read == advice.values == 200


@pytest.mark.parametrize(
    ("write", "logical_type", "rules"),
    [
        (lambda a: f"{a:.2f}", "number", ()),
        (lambda a: f"{a:.0f}", "integer", ()),
        (lambda a: f"{a:.0f}.0", "integer", ("wholeNumber",)),
        (german, "number", ({"rule": "localNumber", "decimal": ",", "thousands": ["."]},)),
        (
            lambda a: f"${abs(a):,.2f}",
            "number",
            ({"rule": "currency", "marks": ["$"]}, {"rule": "localNumber", "decimal": ".", "thousands": [","]}),
        ),
        (
            lambda a: f"({-a:,.2f})" if a < 0 else f"{a:,.2f}",
            "number",
            ({"rule": "signMark", "negative": ["()"]}, {"rule": "localNumber", "decimal": ".", "thousands": [","]}),
        ),
        (lambda a: f"{a % 100:.1f} %", "number", ({"rule": "percent", "to": "fraction"},)),
        (lambda a: f"{a % 100:.1f} kg", "number", ({"rule": "unit", "units": {"kg": 1}},)),
        (lambda a: f"{int(abs(a)):07d}" + "{ABCDEFGHI"[int(a) % 10], "integer", ("zonedDecimal",)),
    ],
)
def test_numbers_are_read_by_what_stands_around_their_digits(
    write: Callable[[float], str], logical_type: str, rules: tuple[Any, ...]
) -> None:
    advice = told([write(amount) for amount in AMOUNTS])
    assert (advice.logical_type.value, advice.rules) == (logical_type, rules)
    assert advice.read == advice.values == 200


def test_an_order_of_day_and_month_that_nothing_tells_stays_open() -> None:
    advice = told([f"0{1 + i % 9}/0{1 + i % 7}/2013" for i in range(63)])
    assert advice.rules == ({"rule": "date", "formats": ["dd/MM/yyyy", "MM/dd/yyyy"]},)
    assert advice.ambiguous == 63 - sum(1 + i % 9 == 1 + i % 7 for i in range(63))
    assert any("nothing in this column tells" in note for note in advice.notes)


def test_a_century_is_assumed_in_the_open() -> None:
    advice = told([moment.strftime("%d.%m.%y") for moment in MOMENTS])
    (rule,) = advice.rules
    assert isinstance(rule, dict)
    assert rule["century"] == {"from": 1921, "assumed": True}
    assert advice.repaired == 200
    assert any("1921 to 2020" in note for note in advice.notes)


def test_formats_missing_words_open_ends_and_serials_of_one_column_are_told_apart() -> None:
    days = [m.strftime("%Y-%m-%d") for m in MOMENTS] + [m.strftime("%d.%m.%y") for m in MOMENTS[:40]]
    advice = told([*days, "N/A", "00.00.0000", "9999-12-31", "41455", "31.02.2012"])
    (nulls, open_ended, dates) = advice.rules
    assert isinstance(nulls, dict)
    assert isinstance(dates, dict)
    assert sorted(nulls["values"]) == ["00.00.0000", "N/A"]
    assert open_ended == "openEnded"
    assert dates["formats"] == ["yyyy-MM-dd", "dd.MM.yy", "excel1900"]
    assert advice.unread == ("31.02.2012",)


def test_months_are_read_in_the_language_they_are_named_in() -> None:
    names = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
    advice = told([f"{m.day:02d} {names[m.month - 1]} {m.year}" for m in MOMENTS])
    assert advice.rules == ({"rule": "date", "formats": ["dd MMM yyyy"], "locales": ["fr"]},)
    assert advice.read == 200


def test_points_and_commas_used_both_ways_stay_open() -> None:
    advice = told([german(a) if i % 2 else f"{a:,.2f}" for i, a in enumerate(AMOUNTS)] + ["1.234", "1,234"])
    assert advice.rules == ({"rule": "localNumber", "decimal": "unknown", "evidence": ["column"]},)
    assert advice.ambiguous == 2


def test_amounts_in_another_currency_are_not_read() -> None:
    advice = told([f"{abs(a):.2f} EUR" for a in AMOUNTS] + ["12.00 USD"])
    assert advice.rules[0] == {"rule": "currency", "marks": ["EUR"]}
    assert advice.unread == ("12.00 USD",)
    assert any("USD" in note for note in advice.notes)


def test_codes_stay_codes() -> None:
    assert told([f"{n:05d}" for n in range(90_000, 0, -997)]).rules == ()
    assert told([f"{n:05d}" for n in range(90_000, 0, -997)]).logical_type.value == "string"
    zips = [f"{n:05d}" for n in range(501, 99_999, 997)] + ["502", "1007"]
    assert told(zips).rules == ({"rule": "leadingZeros", "width": 5},)
    stems = [str(10**14 + 7_919 * n) for n in range(60)]
    cards = [stem + luhn.calc_check_digit(stem) for stem in stems]
    assert told(cards).rules == ({"rule": "identifier", "of": "luhn"},)


def test_yes_and_no_are_read_in_their_language() -> None:
    assert told(["ja", "nein", "?"] * 9).rules == (
        {"rule": "nullValues", "values": ["?"]},
        {"rule": "boolean", "locales": ["en", "de"]},
    )
    assert told(["M", "F"] * 9).logical_type.value == "string"


def test_texts_get_the_rules_that_they_show_to_need() -> None:
    advice = told(["FranÃ§ois", "Anna ", "Zoë", "Zoe\u0308", "Bob\u200b"] * 5)
    assert advice.rules == ("trim", "encodingDamage", "invisible", "unicodeForm")
    assert advice.read == 25


def test_a_column_without_values_is_text() -> None:
    assert told([]).notes == told(["", " "]).notes == ("there are no values",)


_DIRT = st.text(st.sampled_from("0123456789.,-/ :TZ'%$€()ABCDEeJan{}\u200b\u0663Ã"), max_size=14) | st.text(max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.lists(_DIRT, max_size=12))
def test_advice_on_any_texts_names_rules_that_exist_and_counts_each_text_once(texts: list[str]) -> None:
    advice = told(texts)
    for rule in advice.rules:
        name, parameters = (rule, {}) if isinstance(rule, str) else (rule["rule"], dict(rule))
        parameters.pop("rule", None)
        rule_named(name).parameters.model_validate(parameters)
        assert advice.logical_type.value in rule_named(name).logical_types
    assert 0 <= advice.read + advice.ambiguous <= advice.values <= len(texts)
    assert 0 <= advice.repaired <= advice.read
