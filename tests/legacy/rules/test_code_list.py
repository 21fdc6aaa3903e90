"""What a code list refuses, and what it says of codes that are no longer in force."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from weighbridge.findings import code
from weighbridge.legacy.rules.code_list import CodeList, CodeListParameters


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"codes": ["A"], "retired": {"B": ["C"], "C": ["B"]}}, "circle"),
        ({"codes": ["A"], "retired": {"B": ["Z"]}}, "not listed"),
        ({"codes": ["A", "a"], "ignoreCase": True}, "twice"),
        ({"codes": ["7", "07"], "ignoreLeadingZeros": True}, "twice"),
        ({"codes": ["A"], "retired": {"A": []}}, "twice"),
        ({"codes": [""]}, "empty"),
    ],
)
def test_lists_that_lead_nowhere_are_refused(written: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        CodeListParameters.model_validate(written)


def read(written: dict[str, Any], texts: list[str | None], days: list[date | None] | None = None) -> pl.DataFrame:
    """Return the value, and the codes of the doubts, of each text."""
    reading = CodeList().read(pl.col("text"), CodeListParameters.model_validate(written))
    frame = pl.DataFrame(
        {"text": texts, "day": days or [None] * len(texts)}, schema={"text": pl.String, "day": pl.Date}
    )
    told = [pl.when(d.applies(pl.col("text"), reading.value)).then(pl.lit(d.code)) for d in reading.doubts]
    return frame.select(
        reading.value.alias("value"), pl.concat_list(told).list.drop_nulls().list.join(" ").alias("told")
    )


def test_ways_that_join_again_give_each_successor_once() -> None:
    written = {"codes": ["Z"], "retired": {"A": ["B", "C"], "B": ["Z"], "C": ["Z"]}}
    assert read(written, ["A"]).row(0) == ("Z", "LEG-060")


def test_a_code_becomes_what_was_in_force_on_its_day() -> None:
    written = {
        "asOf": "day",
        "codes": [
            {"code": "A", "until": "1999-12-31", "successors": ["B"]},
            {"code": "B", "from": "2000-01-01", "until": "2009-12-31", "successors": ["C", "D"]},
            {"code": "C", "from": "2010-01-01"},
            {"code": "D", "from": "2010-01-01", "until": "2014-12-31"},
            {"code": "A", "from": "2020-01-01"},
        ],
    }
    days = [date(1999, 12, 31), date(2000, 1, 1), date(2012, 1, 1), date(2016, 1, 1), date(2020, 1, 1), None]
    assert read(written, ["A"] * 6, [*days]).rows() == [
        ("A", ""),
        ("B", "LEG-060"),
        ("C", "LEG-061"),
        ("C", "LEG-060"),
        ("A", ""),
        ("A", ""),
    ]
    assert read(written, ["B", "B", "X", None, ""], [date(1999, 1, 1), None, None, None, None]).rows() == [
        (None, "LEG-063"),
        ("C", "LEG-060"),
        (None, "LEG-062"),
        (None, ""),
        ("", ""),
    ]


@given(
    st.lists(st.tuples(st.sampled_from("ABCX"), st.dates(date(1990, 1, 1), date(2030, 1, 1)) | st.none()), max_size=20)
)
def test_the_order_of_records_changes_no_reading(records: list[tuple[str, date | None]]) -> None:
    until = {"code": "A", "until": "2001-05-05", "successors": ["B"]}
    written = {"asOf": "day", "codes": [until, {"code": "B", "from": "2000-01-01"}, "C"]}
    together = read(written, [c for c, _ in records], [d for _, d in records]).rows()
    assert together == [read(written, [c], [d]).row(0) for c, d in records]


def test_codes_of_several_days_do_not_overlap_and_successors_need_a_last_day() -> None:
    twice = [{"code": "A", "until": "2001-01-01"}, {"code": "A", "from": "2001-01-01"}]
    for codes, says in (
        (twice, "same days"),
        ([{"code": "A", "successors": ["A"]}], "no `until`"),
        ([], "no code is listed"),
    ):
        with pytest.raises(ValidationError, match=says):
            CodeListParameters.model_validate({"codes": codes})


def test_the_fix_says_what_to_do() -> None:
    assert "successor" in code("LEG-060").fix
    assert "which" in code("LEG-061").fix
