import polars as pl
import pytest

from weighbridge.checks.sql import UnusableSqlError, row_expression

DTYPES: dict[str, pl.DataType] = {"hhmm": pl.Int64(), "month": pl.Int64()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hhmm % 100 < 60", [True, False]),
        ("hhmm // 100 = 5", [True, False]),
        ("month IN (4, 6, 9, 11)", [True, False]),
        ("hhmm / 100 < 6", [True, False]),
        ("hhmm % 100 < CASE WHEN month IN (4) THEN 60 ELSE 1 END", [True, False]),
    ],
)
def test_arithmetic_and_lists_look_at_one_record(text: str, expected: list[bool]) -> None:
    frame = pl.DataFrame({"hhmm": [517, 1275], "month": [4, 2]})
    expression = row_expression(text, DTYPES, "flights", None)
    assert frame.select(expression.alias("holds"))["holds"].to_list() == expected


@pytest.mark.parametrize("text", ["SUM(hhmm) % 100 < 60", "MAX(month) IN (4, 6)", "hhmm // MIN(hhmm) = 1"])
def test_an_aggregate_within_them_is_refused(text: str) -> None:
    with pytest.raises(UnusableSqlError, match="more than the one record"):
        row_expression(text, DTYPES, "flights", None)
