"""What the whole column settles: only what it shows, only where the contract lets it, and never in silence."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.contract.model import LogicalType, Property, RuleSpec, SchemaObject
from weighbridge.decode import decode, inquire
from weighbridge.findings import code
from weighbridge.readers.lineage import raw_name

BOTH = ["dd/MM/yyyy", "MM/dd/yyyy"]
DAYS = st.dates(date(2000, 1, 1), date(2049, 12, 31))


def run(kind: str, texts: list[str], rule: str, **parameters: Any) -> tuple[list[Any], dict[str, list[int]], list[str]]:
    """Return the values, the failing rows by the code of the probe, and what the probes expected."""
    schema = SchemaObject("o", "o", (Property("p", LogicalType(kind), ("p",), rules=(RuleSpec(rule, parameters),)),))
    frame = pl.DataFrame({raw_name("p"): texts}, schema={raw_name("p"): pl.String}).lazy()
    inquiry = inquire(frame, ["p"], schema)
    settled = None if inquiry is None else inquiry.settle(inquiry.counts.collect(engine="streaming"))
    decoded = decode(frame, ["p"], schema, settled=settled)
    out = decoded.frame.collect()
    failed = {p.code: out.select(p.failed).to_series().arg_true().to_list() for p in decoded.probes}
    told = [p.expected for p in decoded.probes if failed[p.code]]
    return out["p"].to_list(), {name: rows for name, rows in failed.items() if rows}, told


def written(days: list[date], pattern: str) -> list[str]:
    return [day.strftime(pattern) for day in days]


YEAR = [date(2013, 1, 1) + timedelta(n) for n in range(0, 365, 3)]


@pytest.mark.parametrize("pattern", ["%d/%m/%Y", "%m/%d/%Y"])
def test_days_over_12_decide_the_column_and_the_ledger_tells_why(pattern: str) -> None:
    texts = written(YEAR, pattern)
    values, failed, told = run("date", texts, "date", formats=BOTH, evidence=["column"])
    assert values == YEAR
    open_ones = [i for i, day in enumerate(YEAR) if day.day <= 12 and day.day != day.month]
    assert failed == {"LEG-039": open_ones}
    over = sum(day.day > 12 for day in YEAR)
    first, second = BOTH if pattern == "%d/%m/%Y" else BOTH[::-1]
    assert told == [
        f"a date with one reading; this one was decided: {over} values of the column can only be read as {first}, "
        f"none only as {second}"
    ]
    assert "declare the one format" in code("LEG-039").fix


def test_without_leave_the_column_decides_nothing() -> None:
    _, failed, _ = run("date", written(YEAR, "%d/%m/%Y"), "date", formats=BOTH)
    assert set(failed) == {"LEG-013"}


def test_a_column_that_contradicts_itself_settles_nothing() -> None:
    texts = [*written(YEAR, "%d/%m/%Y"), "12/31/2013"]
    values, failed, _ = run("date", texts, "date", formats=BOTH, evidence=["column", "order"])
    assert set(failed) == {"LEG-013"}
    assert values[-1] == date(2013, 12, 31)


def test_too_little_evidence_settles_nothing() -> None:
    texts = ["13/01/2013", "03/04/2013"]
    assert set(run("date", texts, "date", formats=BOTH, evidence=["column"])[1]) == {"LEG-013"}
    values, failed, _ = run("date", texts, "date", formats=BOTH, evidence=["column"], leastEvidence=1)
    assert (values[1], failed) == (date(2013, 4, 3), {"LEG-039": [1]})


def test_a_column_in_order_by_one_format_only_is_read_by_it() -> None:
    days = [date(2013, month, day) for month in range(1, 13) for day in (1, 5, 9, 12)]
    texts = written(days, "%d/%m/%Y")
    assert set(run("date", texts, "date", formats=BOTH, evidence=["column"])[1]) == {"LEG-013"}
    values, failed, told = run("date", texts, "date", formats=BOTH, evidence=["order"])
    assert values == days
    assert set(failed) == {"LEG-039"}
    assert "read as dd/MM/yyyy the column rises throughout, read as MM/dd/yyyy it breaks that 11 times" in told[0]
    values, failed, _ = run("date", texts[::-1], "date", formats=BOTH, evidence=["order"])
    assert values == days[::-1]
    shuffled = [texts[i * 7 % len(texts)] for i in range(len(texts))]
    assert set(run("date", shuffled, "date", formats=BOTH, evidence=["order"])[1]) == {"LEG-013"}


def test_formats_of_another_shape_are_no_evidence() -> None:
    texts = [*written(YEAR, "%Y-%m-%d"), "03/04/2013"]
    _, failed, _ = run("date", texts, "date", formats=[*BOTH, "yyyy-MM-dd"], evidence=["column"])
    assert failed == {"LEG-013": [len(YEAR)]}


def test_timestamps_are_settled_alike() -> None:
    texts = [f"{t} 05:00" for t in written(YEAR, "%m/%d/%Y")]
    formats = [f"{f} HH:mm" for f in BOTH]
    values, failed, _ = run("timestamp", texts, "timestamp", formats=formats, evidence=["column"])
    assert [v.date() for v in values] == YEAR
    assert set(failed) == {"LEG-039"}


@pytest.mark.parametrize(("texts", "value"), [(["1,5"] * 10, 1234.0), (["1.5"] * 10, 1.234)])
def test_other_numbers_decide_the_decimal_mark(texts: list[str], value: float) -> None:
    values, failed, told = run("number", [*texts, "1.234"], "localNumber", decimal="unknown", evidence=["column"])
    assert values[-1] == value
    assert failed == {"LEG-012": [10]}
    assert "10 values of the column can only be read as a decimal" in told[0]
    assert "declare the decimal mark" in code("LEG-012").fix
    _, failed, _ = run(
        "number",
        [*texts, "1.234", "7,25" if value < 2 else "7.25"],
        "localNumber",
        decimal="unknown",
        evidence=["column"],
    )
    assert failed == {"LEG-011": [10]}


def test_texts_that_pile_up_at_the_width_were_cut() -> None:
    cut = [("SOCIETE GENERALE " + "ABCDEFGHIJKL"[n:] * 2)[:20] for n in range(11)]
    short = ["DUPONT", "MARTIN ET FILS", "X" * 19]
    values, failed, told = run("string", [*cut, *short], "truncated", width=20, evidence=["column"])
    assert failed == {"LEG-025": list(range(11))}
    assert "11 texts of the column have this length, at most 1 have one a little shorter" in told[0]
    by_chance = ["X" * n for n in range(1, 21)] * 4
    values, failed, _ = run("string", by_chance, "truncated", width=20, evidence=["column"])
    assert values == by_chance
    assert not failed
    _, failed, _ = run("string", ["X" * 20, "AB"], "truncated", width=20, evidence=["column"])
    assert failed == {"LEG-025": [0]}


@given(st.lists(DAYS, min_size=1, max_size=60), st.booleans(), st.sampled_from([1, 5, 10]))
@settings(max_examples=60, deadline=None)
def test_a_column_in_one_order_is_never_read_in_the_other_without_evidence_for_it(
    days: list[date], day_first: bool, least: int
) -> None:
    texts = written(days, "%d/%m/%Y" if day_first else "%m/%d/%Y")
    values, failed, _ = run("date", texts, "date", formats=BOTH, evidence=["column"], leastEvidence=least)
    doubtful = {i for rows in failed.values() for i in rows}
    for i, (day, value) in enumerate(zip(days, values, strict=True)):
        assert value == day or i in doubtful
        assert value in (day, None)


@given(st.lists(DAYS, max_size=40), st.lists(st.text(max_size=9), max_size=5), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_never_changes_what_the_values_settle(days: list[date], junk: list[str], random: Any) -> None:
    texts = [*written(days, "%d/%m/%Y"), *junk]
    places = list(range(len(texts)))
    random.shuffle(places)
    straight, _, _ = run("date", texts, "date", formats=BOTH, evidence=["column"])
    mixed, _, _ = run("date", [texts[i] for i in places], "date", formats=BOTH, evidence=["column"])
    assert mixed == [straight[i] for i in places]
